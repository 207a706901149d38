"""Ways of defining tables, a file each: models, migrations, and statements.

To add one, add a file with a class that derives from `indexer.code.readers.Reader`, and its test.
Its `assemble` gives each `Table` as it is after all migrations, `Edge` of grade `table` from who
reads or writes a table to its model, and `Unresolved` for each operation that was not understood.
"""
