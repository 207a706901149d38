"""What a coordinator is handed for one task."""
