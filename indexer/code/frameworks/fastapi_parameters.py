"""What functions of FastAPI are given: dependencies, types, and what comes from a request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from indexer.code.syntax import Node, SourceFile

DEPENDS = re.compile(r"(?:^|\b)(?P<how>Depends|Security)\(\s*(?P<what>[\w.]*)(?P<made>\()?")
#: Dependencies that read a body: `Depends(Order.as_form)`.
_READS = re.compile(r"form|body|payload|input", re.IGNORECASE)
_INNER = re.compile(r"(?<![\w.])(?:\w+\.)*+[A-Z]\w*")
_SENT = re.compile(r"\b(?:File|Form)\(\.\.\.|\bUploadFile\b")  # has to be there, and of its type
#: What is no part of a request.
_NO_INPUT = re.compile(r"(?:self|cls|\*|/)$|.*:\s*(?:\w+\.)*(?:BackgroundTasks|Response)\b")


class Parameters(NamedTuple):
    """What a function is given."""

    depends: dict[str, str]  # the dependencies that it states, by parameter
    types: list[str]  # of its other parameters, those that are one class
    inner: list[str]  # classes in other types: "Order" of list[Order]; "File(...)" of an upload
    given: list[str]  # names of what comes from a request


def parameters(source: SourceFile, function: Node) -> Parameters:
    """What a function is given, by its parameters."""
    node = function.child_by_field_name("parameters")
    found = Parameters({}, [], [], [])
    for one in node.named_children if node is not None else ():
        said = " ".join(source.text(one).split())
        type_ = source.text(one.child_by_field_name("type"))
        name, match = re.split(r"\W", said, maxsplit=1)[0], DEPENDS.search(said)
        if match:
            found.depends[name] = said[match.start() :].rstrip("] ")
        elif re.fullmatch(r"[A-Z]\w*|[\w.]+\.[A-Z]\w*", type_):
            found.types.append(type_)
        elif type_:
            found.inner.extend(_INNER.findall(type_))
        if type_ and (sent := _SENT.search(said)):
            found.inner.append(sent[0])
        if not _NO_INPUT.match(said) and (not match or _READS.search(match["what"])):
            found.given.append(name)
    return found
