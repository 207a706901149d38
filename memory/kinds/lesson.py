"""Lessons: what works, what does not, and how something is best done."""

from memory.kinds.spec import BriefSection, Field, FieldForm, KindSpec, in_section
from memory.kinds.vocabulary import Kind

_FORMS = ("pattern", "antipattern", "best_practice")

SPEC = KindSpec(
    kind=Kind.LESSON,
    prefix="les",
    section=in_section(BriefSection.LEARNED),
    happened="learned",
    about="Keep a pattern, an antipattern or a best practice.",
    example=r"""
lesson --form antipattern --title "Retry at a fixed interval" \
    --issue "All clients come back at once." --alternative "Full jitter."
""",
    fields=(
        Field("form", "What sort of lesson.", FieldForm.CHOICE, _FORMS),
        Field("context", "The situation in which it was learned.", FieldForm.TEXT),
        Field("outcome", "What came of it.", FieldForm.TEXT),
        Field("issues", "What went wrong.", FieldForm.TEXTS),
        Field("alternative", "What works instead of an antipattern.", FieldForm.TEXT),
        Field("evidence_for", "What bears it out, beginning with a run's uid.", FieldForm.TEXTS),
        Field("evidence_against", "What speaks against it, likewise.", FieldForm.TEXTS),
        Field("review_triggers", "What should make us look at it again.", FieldForm.TEXTS),
    ),
    by_form={
        "pattern": ("learned/patterns.md", "# Patterns"),
        "antipattern": ("learned/antipatterns.md", "# Antipatterns"),
        "best_practice": ("learned/best_practices.md", "# Best practices"),
    },
    says_trust=True,
    is_tidied=True,
    is_merged=True,
)
