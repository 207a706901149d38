"""Plans: phases with steps, gates and a way back, kept while they are followed and afterwards."""

from memory.kinds.spec import Field, FieldForm, KindSpec, open_while
from memory.kinds.vocabulary import Kind, Status

SPEC = KindSpec(
    kind=Kind.PLAN,
    prefix="pla",
    section=open_while(Status.OPEN),
    happened="planned",
    happened_as={Status.DONE: "carried out", Status.FAILED: "given up"},
    statuses=(Status.OPEN, Status.DONE, Status.FAILED),
    fields=(
        Field("request", "What it is to bring about.", FieldForm.TEXT),
        Field("commit", "What was checked out when it was made: a full hash.", FieldForm.TEXT),
        Field("phases", "Its phases, in their order.", FieldForm.PHASES),
        Field("outcome", "What came of it.", FieldForm.TEXT),
    ),
    file="plans/plans.json",
    collections=("plans",),
    is_plain=True,
)
