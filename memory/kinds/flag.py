"""Flags: what one domain has to tell another."""

from memory.kinds.spec import Field, Form, KindSpec, open_while
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
        Field("flag_type", "What sort of flag: breaking_change, security ...", Form.TEXT),
        Field("sender", "The domain or agent that raises it.", Form.TEXT),
        Field("receivers", "Who has to know.", Form.TEXTS),
        Field("severity", "How bad it is.", Form.CHOICE, ("critical", "high", "medium", "low")),
        Field("blocking", "Nobody can go on before it is resolved.", Form.SWITCH),
        Field("owner", "Who sees to it.", Form.TEXT),
        Field("due", "When it has to be resolved.", Form.MOMENT),
        Field("suggested_action", "What could be done.", Form.TEXT),
        Field("resolution", "What was done.", Form.TEXT),
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
