"""Lessons: what works, what does not, and how something is best done."""

from memory.kinds.spec import Field, Form, KindSpec, Section, in_section
from memory.kinds.vocabulary import Kind

_FORMS = ("pattern", "antipattern", "best_practice")

SPEC = KindSpec(
    kind=Kind.LESSON,
    prefix="les",
    section=in_section(Section.LEARNED),
    happened="learned",
    about="Keep a pattern, an antipattern or a best practice.",
    example=r"""
lesson --form antipattern --title "Retry at a fixed interval" \
    --issue "All clients come back at once." --alternative "Full jitter."
""",
    fields=(
        Field("form", "What sort of lesson.", Form.CHOICE, _FORMS),
        Field("context", "The situation in which it was learned.", Form.TEXT),
        Field("outcome", "What came of it.", Form.TEXT),
        Field("issues", "What went wrong.", Form.TEXTS),
        Field("alternative", "What works instead of an antipattern.", Form.TEXT),
        Field("evidence_for", "What bears it out, beginning with a run's uid.", Form.TEXTS),
        Field("evidence_against", "What speaks against it, likewise.", Form.TEXTS),
        Field("review_triggers", "What should make us look at it again.", Form.TEXTS),
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
