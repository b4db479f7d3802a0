"""The desk as people change it while it runs: what they ask in a channel, its record, and what follows from it."""
