"""Words and exit codes: the command line of archmem."""
