"""Speeds, as ratios to bare loops on the same broker and messages in the same run: `make bench`."""
