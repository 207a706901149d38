"""What git knows of a repository, asked of the program `git` in one way.

The program, and not a library: partial and shallow clones, replaced objects, linked worktrees and
renames are then as the user's own git has them, and one `cat-file` or `blame` answers for many
objects. An index run that finds nothing changed starts five processes, which take 20 ms.
Which project a folder is in is read from git's files alone, in `project_root`.
"""
