"""Flags: what one domain has to tell another."""

from memory.kinds.spec import Field, FieldForm, KindSpec, open_while
from memory.kinds.vocabulary import Kind, Status

SPEC = KindSpec(
    kind=Kind.FLAG,
    prefix="fla",
    section=open_while(Status.OPEN, Status.ACKNOWLEDGED),
    happened="flagged",
    about="Raise what another domain has to know.",
    example=r"""
flag --title "Refunds need a scope of their own" \
    --sender payments --receiver auth --severity high --blocking
""",
    statuses=(Status.OPEN, Status.ACKNOWLEDGED, Status.RESOLVED, Status.EXPIRED),
    fields=(
        Field("flag_type", "What sort of flag: breaking_change, security ...", FieldForm.TEXT),
        Field("sender", "The domain or agent that raises it.", FieldForm.TEXT),
        Field("receivers", "Who has to know.", FieldForm.TEXTS),
        Field(
            "severity", "How bad it is.", FieldForm.CHOICE, ("critical", "high", "medium", "low")
        ),
        Field("blocking", "Nobody can go on before it is resolved.", FieldForm.SWITCH),
        Field("owner", "Who sees to it.", FieldForm.TEXT),
        Field("due", "When it has to be resolved.", FieldForm.MOMENT),
        Field("suggested_action", "What could be done.", FieldForm.TEXT),
        Field("resolution", "What was done.", FieldForm.TEXT),
    ),
    file="flags/pending.json",
    collections=("flags", "pending_flags", "pending", "open"),
    spelled={
        "flag_type": "type",
        "sender": "found_by",
        "receivers": "agents_to_notify",
        "valid_from": "timestamp",
        "modules": "affects_multiple",
    },
    is_tidied=True,
)
