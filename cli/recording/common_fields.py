"""What can be recorded of every kind; `KindSpec.details_fields` is what each has besides."""

from memory.kinds.spec import Field, FieldForm
from memory.kinds.vocabulary import LinkType

#: What a record can say of another memory, by its uid.
RELATIONS = {
    LinkType.SUPERSEDES: "What this replaces.",
    LinkType.AMENDS: "What this changes in part.",
    LinkType.RESTS_ON: "What this would not hold without.",
    LinkType.RESOLVES: "The flag that this settles.",
    LinkType.CAUSED_BY: "What brought this about.",
    LinkType.RELATES_TO: "What else has to do with this.",
}
COMMON_FIELDS = (
    Field("title", "What it is called.", FieldForm.TEXT),
    Field("body", "What is to be said beyond its fields, in Markdown.", FieldForm.TEXT),
    Field("modules", "A module that it concerns.", FieldForm.TEXTS),
    Field("agent", "The agent whose memory it is.", FieldForm.TEXT),
    Field("tags", "A tag.", FieldForm.TEXTS),
    Field("valid_from", "When it began to hold; today if not given.", FieldForm.MOMENT),
    Field("valid_to", "When it ceased to hold.", FieldForm.MOMENT),
)
