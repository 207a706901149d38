"""The vocabularies of `memory.kinds`, under the name by which models import them."""

from memory.kinds.vocabulary import NO_LONGER_IN_FORCE, Kind, LinkType, Status, Trust

__all__ = ["NO_LONGER_IN_FORCE", "Kind", "LinkType", "Status", "Trust"]
