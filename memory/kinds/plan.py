"""Plans: phases with steps, gates and a way back, kept while they are followed and afterwards."""

from memory.kinds.spec import Field, Form, KindSpec, open_while
from memory.kinds.vocabulary import Kind, Status

SPEC = KindSpec(
    kind=Kind.PLAN,
    prefix="pla",
    section=open_while(Status.OPEN),
    happened="planned",
    happened_as={Status.DONE: "carried out", Status.FAILED: "given up"},
    statuses=(Status.OPEN, Status.DONE, Status.FAILED),
    fields=(
        Field("request", "What it is to bring about.", Form.TEXT),
        Field("commit", "What was checked out when it was made: a full hash.", Form.TEXT),
        Field("phases", "Its phases, in their order.", Form.PHASES),
        Field("outcome", "What came of it.", Form.TEXT),
    ),
    file="plans/plans.json",
    collections=("plans",),
    is_plain=True,
)
