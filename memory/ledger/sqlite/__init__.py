"""The ledger in SQLite; no other package knows its tables."""
