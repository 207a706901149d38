"""The library: what is remembered, how it is kept, and how it is found again."""
