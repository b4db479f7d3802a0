"""Replay: any stretch of a topic, or a file, through the same flow with parts that cannot speak."""
