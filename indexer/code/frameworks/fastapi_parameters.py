"""What functions of FastAPI are given: dependencies, types, and what comes from a request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.code.syntax import Node, SourceFile

DEPENDS = re.compile(r"(?:^|\b)(?P<how>Depends|Security)\(\s*(?P<what>[\w.]*)(?P<made>\()?")
#: Dependencies that read a body: `Depends(Order.as_form)`.
_READS = re.compile(r"form|body|payload|input", re.IGNORECASE)
#: What is no part of a request.
_NO_INPUT = re.compile(r"(?:self|cls|\*|/)$|.*:\s*(?:\w+\.)*(?:BackgroundTasks|Response)\b")


def parameters(source: SourceFile, function: Node) -> tuple[dict[str, str], list[str], list[str]]:
    """The dependencies of a function by parameter; the types of the others; what is asked for."""
    node = function.child_by_field_name("parameters")
    depends: dict[str, str] = {}
    types, given = [], []
    for one in node.named_children if node is not None else ():
        said = " ".join(source.text(one).split())
        type_ = source.text(one.child_by_field_name("type"))
        name, match = re.split(r"\W", said, maxsplit=1)[0], DEPENDS.search(said)
        if match:
            depends[name] = said[match.start() :].rstrip("] ")
        elif re.fullmatch(r"[A-Z]\w*|[\w.]+\.[A-Z]\w*", type_):
            types.append(type_)
        if not _NO_INPUT.match(said) and (not match or _READS.search(match["what"])):
            given.append(name)
    return depends, types, given
