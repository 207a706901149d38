"""How tables come to be: operations of migrations, statements, and members of models."""
