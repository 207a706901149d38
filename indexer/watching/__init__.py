"""Notices which of a project's files change, and hands them on in batches."""

from indexer.watching.batches import Batch, Cause, Tuning
from indexer.watching.watcher import Mode, State, Watcher, watch

__all__ = ["Batch", "Cause", "Mode", "State", "Tuning", "Watcher", "watch"]
