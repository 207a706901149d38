"""Flags: which are still open, whose they are, and which come first."""

from memory.models.flags import STILL_OPEN, by_urgency, flag_of, parties

__all__ = ["STILL_OPEN", "by_urgency", "flag_of", "parties"]
