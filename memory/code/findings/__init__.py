"""What is wrong in code: rules, one a file, and findings that keep their identity over time."""
