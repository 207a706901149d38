"""What has to be looked at again, and what says so."""
