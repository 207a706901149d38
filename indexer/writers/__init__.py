"""From a draft to the project's files: which file takes it, and how its new text looks."""

from indexer.writers.files import write_file
from indexer.writers.insertion import insert
from indexer.writers.targets import target_for

__all__ = ["insert", "target_for", "write_file"]
