"""Runs: coordinations, each with a task, what was known at its beginning and what came of it."""

from memory.kinds.spec import KindSpec, open_while
from memory.kinds.vocabulary import Kind, Status

SPEC = KindSpec(
    kind=Kind.RUN,
    prefix="run",
    section=open_while(Status.OPEN),
    happened="coordinated",
    happened_as={Status.FAILED: "failed"},
    is_searched=False,
    in_files=False,
)
