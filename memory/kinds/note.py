"""Notes: what an agent knows, or what is known of a module."""

from memory.kinds.spec import BriefSection, Field, FieldForm, KindSpec, in_section
from memory.kinds.vocabulary import Kind

SPEC = KindSpec(
    kind=Kind.NOTE,
    prefix="not",
    section=in_section(BriefSection.KNOWN),
    happened="noted",
    about="Keep what is known of a module or by an agent.",
    example=r"""
note --title "Northgate answers late on Mondays" \
    --body "Its settlement runs until 09:00 UTC." --module payments
""",
    fields=(
        Field(
            "topic", "What sort of knowledge: patterns, dependencies, history ...", FieldForm.TEXT
        ),
    ),
    heading="# Notes",  # of its agent's file, its module's or the one for all
    is_tidied=True,
    is_merged=True,
)
