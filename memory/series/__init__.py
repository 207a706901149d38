"""What was measured, over time."""
