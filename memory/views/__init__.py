"""A memory told once: the fields and words that every form of an answer takes from here."""
