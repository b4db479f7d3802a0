"""Dead letters: what was buried, found again, sent again or dropped."""
