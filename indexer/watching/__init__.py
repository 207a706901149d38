"""Notices which of a project's files change, and hands them on in batches."""

from indexer.watching.values import Batch, Cause, Mode, State, Tuning
from indexer.watching.watcher import Watcher, watch

__all__ = ["Batch", "Cause", "Mode", "State", "Tuning", "Watcher", "watch"]
