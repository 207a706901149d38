"""Refactorings: what moved where, why, and what it did."""

from memory.kinds.spec import BriefSection, Field, FieldForm, KindSpec, in_section
from memory.kinds.vocabulary import Kind, Status

SPEC = KindSpec(
    kind=Kind.REFACTORING,
    prefix="ref",
    section=in_section(BriefSection.TRIED),
    happened="refactored",
    about="Keep a change of structure and what it did.",
    example=r"""
refactoring --title "Move token checks into middleware" \
    --moved "token checks" handlers auth/middleware --why "31 copies" \
    --measured-effect "p95 from 38 to 31 ms"
""",
    statuses=(Status.DONE, Status.PLANNED, Status.REVERTED),
    fields=(
        Field("moved", "What moved from where to where.", FieldForm.MOVES),
        Field("why", "What was wrong before.", FieldForm.TEXT),
        Field("intended_effect", "What it was to bring.", FieldForm.TEXT),
        Field("measured_effect", "What it did bring.", FieldForm.TEXT),
        Field("commits", "A commit that did it.", FieldForm.TEXTS),
        Field("reverted_by", "The commit that took it back.", FieldForm.TEXT),
        Field("revert_reason", "Why it was taken back.", FieldForm.TEXT),
    ),
    file="refactorings/history.json",
    collections=("refactorings", "refactors", "history", "entries"),
    spelled={"valid_from": "date"},
)
