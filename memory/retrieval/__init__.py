"""Finding memories again; all of it is derived from the ledger."""
