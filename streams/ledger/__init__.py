"""The ledger: decisions and receipts counted, and what they say of one article or one story."""
