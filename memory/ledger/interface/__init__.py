"""The ledger as an interface: what can be asked of it and told it, whatever keeps it."""
