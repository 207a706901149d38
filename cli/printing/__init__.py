"""What people see: blocks, tables and pages, made of text that cannot harm a terminal."""
