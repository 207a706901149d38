"""Decisions: what was chosen, why, and what follows from it."""

from memory.kinds.spec import BriefSection, Field, FieldForm, KindSpec
from memory.kinds.vocabulary import Kind, Status


def _section(status: Status, in_force: bool) -> BriefSection:
    """One that was rejected, or that another has replaced, is something that was tried."""
    if status is Status.PROPOSED:
        return BriefSection.PROPOSED
    return BriefSection.GOVERNS if in_force else BriefSection.TRIED


SPEC = KindSpec(
    kind=Kind.DECISION,
    prefix="dec",
    section=_section,
    happened="decided",
    happened_as={Status.PROPOSED: "proposed", Status.REJECTED: "rejected"},
    about="Keep an architectural decision.",
    example=r"""
decision --title "Queue webhooks in RabbitMQ" \
    --context "Redis loses jobs at a deploy." --decision "Quorum queues." \
    --supersedes dec-k3f9x2ab --module notifications
""",
    statuses=(Status.ACCEPTED, Status.PROPOSED, Status.REJECTED, Status.DEPRECATED),
    fields=(
        Field("number", "Its number, if decisions are numbered.", FieldForm.INTEGER),
        Field("context", "The situation that asked for a decision.", FieldForm.TEXT),
        Field("decision", "What was chosen, and why.", FieldForm.TEXT),
        Field("alternatives", "What else was considered, and why not.", FieldForm.TEXTS),
        Field("consequences", "What follows from it, good and bad.", FieldForm.TEXT),
        Field("review_triggers", "What should make us look at it again.", FieldForm.TEXTS),
        Field("deciders", "Who decided.", FieldForm.TEXTS),
        Field("checks", 'What the code must keep to: "a must not import b".', FieldForm.TEXTS),
    ),
    file="context/decisions.md",
    heading="# Architectural decisions",
    is_tidied=True,
)
