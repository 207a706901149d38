"""What functions ask of databases: a reader a language, and what all of them mean together.

Each leaves marks of what stands in one file: a `query` with its model or table, whether it reads
or writes, and the columns that it goes by; a `relation` that a model has; in a loop, a `lazy`
relation of what it goes over and a `repeat` of a call; and an `http` call. `meaning` finds the
tables and functions that they name.
"""
