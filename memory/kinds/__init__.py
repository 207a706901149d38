"""The kinds of memories, each in a file of its own; none of it imports more than Python's own.

What a kind's details are as values is in `memory.models.details`.
"""

from memory.kinds import baseline, decision, flag, lesson, note, refactoring, run
from memory.kinds.spec import KindSpec
from memory.kinds.vocabulary import Kind

__all__ = ["SPECS", "KindSpec"]

#: In the order of `Kind`.
SPECS: dict[Kind, KindSpec] = {
    module.SPEC.kind: module.SPEC
    for module in (decision, refactoring, baseline, note, flag, lesson, run)
}
