"""A shop, for planted queries."""
