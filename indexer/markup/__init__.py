"""How files are put together: headings, lists, tables, front matter, JSON, each with its lines."""
