"""Delivery: from a durable intent to exactly one message, with doubt settled by reading the channel back."""
