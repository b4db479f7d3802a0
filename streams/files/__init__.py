"""Articles in files: a line of JSON or a row of CSV each, packed or not, and from there to a topic and back."""
