"""Relevance: examples written by us, a linear model trained on them, its card and its measurements."""
