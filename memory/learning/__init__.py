"""What was learned from outcomes, and how far it can be relied on."""
