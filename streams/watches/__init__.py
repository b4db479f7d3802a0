"""Watches: the users' rules, their file, and the hours in which they are quiet."""
