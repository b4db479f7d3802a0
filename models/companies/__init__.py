"""Companies: a directory that a person edits, and a matcher that finds what it names."""
