"""Notices which of a project's files change, and hands them on in batches."""

from indexer.watching.batches import Batch, Cause, Tuning
from indexer.watching.watcher import Mode, Watcher, WatcherState, watch

__all__ = ["Batch", "Cause", "Mode", "Tuning", "Watcher", "WatcherState", "watch"]
