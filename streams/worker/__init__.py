"""The Faust side. No other package imports faust."""
