"""What decisions, and what was learned, demand of whoever goes on working."""
