"""What domains have to tell one another, and how it is settled."""
