"""What `archmem install` adds to the files of coding agents, and how it gets in and out of them.

A file here for each agent says which files it reads and what archmem has in them; the rest is how
that is put in, shown and taken out. Nothing is kept beside those files: what was there before can
be read from the files themselves.
"""
