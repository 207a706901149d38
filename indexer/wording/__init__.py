"""What people's words mean: dates, statuses, quantities, and which records they speak of."""
