"""What `archmem install claude` adds to a project, and how it gets in and out of its files.

Nothing is kept beside those files: what was there before can be read from the files themselves.
"""
