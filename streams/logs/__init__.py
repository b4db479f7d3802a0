"""Log lines: for eyes or for machines, without secrets, without floods."""
