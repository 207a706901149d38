"""The kinds of memories, each in a file of its own; none of it imports more than Python's own.

A new kind is a member of `Kind`, a `KindSpec` in the module of its name, and a class of details
in `memory.models.details`.
"""

from importlib import import_module

from memory.kinds.spec import KindSpec
from memory.kinds.vocabulary import Kind

__all__ = ["RECORDABLE", "SPECS", "KindSpec"]

#: In the order of `Kind`.
SPECS: dict[Kind, KindSpec] = {
    kind: import_module(f"memory.kinds.{kind.value}").SPEC for kind in Kind
}
#: What people and agents can record.
RECORDABLE = tuple(kind for kind, spec in SPECS.items() if spec.can_be_recorded)
