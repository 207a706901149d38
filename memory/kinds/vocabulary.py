"""The closed vocabularies of archmem: kinds, states, link types, trust."""

from enum import StrEnum


class Kind(StrEnum):
    """What sort of knowledge a memory is."""

    DECISION = "decision"
    REFACTORING = "refactoring"
    BASELINE = "baseline"
    NOTE = "note"
    FLAG = "flag"
    LESSON = "lesson"
    RUN = "run"
    PLAN = "plan"


class Status(StrEnum):
    """Where a memory stands, whatever words its source uses for it.

    Decisions are proposed, accepted, rejected, deprecated or superseded; flags open,
    acknowledged, resolved or expired; refactorings planned, done or reverted; runs and plans open,
    done or failed. A memory whose source does not say is *unstated*, which is not the same
    as in force.
    """

    UNSTATED = "unstated"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEPRECATED = "deprecated"
    SUPERSEDED = "superseded"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    EXPIRED = "expired"
    PLANNED = "planned"
    DONE = "done"
    FAILED = "failed"
    REVERTED = "reverted"
    WITHDRAWN = "withdrawn"


#: Statuses that say of themselves: do not act on this as if it held.
NO_LONGER_IN_FORCE = frozenset(
    {
        Status.REJECTED,
        Status.DEPRECATED,
        Status.SUPERSEDED,
        Status.RESOLVED,
        Status.EXPIRED,
        Status.REVERTED,
        Status.WITHDRAWN,
    }
)


class LinkType(StrEnum):
    """A typed relation, read from the memory that asserts it to the one it names."""

    SUPERSEDES = "supersedes"
    AMENDS = "amends"
    EXTENDS = "extends"
    REQUIRES = "requires"
    RELATES_TO = "relates_to"
    RESTS_ON = "rests_on"
    TRIED_IN = "tried_in"
    REVERTS = "reverts"
    RESOLVES = "resolves"
    CAUSED_BY = "caused_by"
    LEARNED_IN = "learned_in"  # a lesson in a run
    SUPPORTS = "supports"  # a run, a lesson: evidence for it
    CONTRADICTS = "contradicts"  # a run or a lesson, a lesson: evidence against it
    HELPED_BY = "helped_by"  # a run by a memory that was in its brief
    MISLED_BY = "misled_by"  # likewise
    MERGES = "merges"  # a lesson, another that says the same


class Trust(StrEnum):
    """How a source came to say what it says; the order is from most to least trusted."""

    REVIEWED = "reviewed"  # a record in an ADR folder, which passed somebody's review
    TEAM = "team"  # the memory folder that a team shares
    AGENT = "agent"  # written by an agent about its own work
    DERIVED = "derived"  # worked out by archmem from other memories
    DOUBTED = "doubted"  # it gives orders to whoever reads it, which no record should
