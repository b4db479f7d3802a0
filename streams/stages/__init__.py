"""The stages of triage, one file each, in the order of `streams.flow.stages`."""
