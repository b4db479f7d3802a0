"""The stages of triage, one file each, in the order of `streams/flow.py`; what they end with is in `decision`."""
