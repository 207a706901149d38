"""What names mean in each language: modules, imports, classes."""
