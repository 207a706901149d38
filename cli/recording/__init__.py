"""From options, JSON or an editor to a draft that can be recorded."""
