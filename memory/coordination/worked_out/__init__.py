"""What is worked out for one kind of request, beyond state and impact; a file for each kind."""
