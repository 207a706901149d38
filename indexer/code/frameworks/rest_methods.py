"""What views of REST framework answer to, by what they are made of and what stands at them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTIONS = {
    "list": ("GET", False),
    "create": ("POST", False),
    "retrieve": ("GET", True),
    "update": ("PUT", True),
    "partial_update": ("PATCH", True),
    "destroy": ("DELETE", True),
}
OF_MIXINS = {
    "ListModelMixin": ("list",),
    "CreateModelMixin": ("create",),
    "RetrieveModelMixin": ("retrieve",),
    "UpdateModelMixin": ("update", "partial_update"),
    "DestroyModelMixin": ("destroy",),
    "ModelViewSet": tuple(ACTIONS),
    "ReadOnlyModelViewSet": ("list", "retrieve"),
}
OF_GENERICS = (  # what a name of `rest_framework.generics` says: the part, and the methods
    ("List", "GET"),
    ("Retrieve", "GET"),
    ("Create", "POST"),
    ("Update", "PUT"),
    ("Update", "PATCH"),
    ("Destroy", "DELETE"),
)
VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_ACTION = re.compile(
    r"(?:[\w.]+\.)?(?:action|detail_route|list_route)\s*\((?P<said>.*)\)", re.DOTALL
)
MORE = re.compile(r"(?P<action>\w+)\.mapping\.(?P<method>\w+)")


class ViewMethods(NamedTuple):
    """What a view answers to."""

    method: str
    action: str  # the method of the class
    is_detail: bool = False
    below: str = ""  # the path below the view's own


def actions_of(name: str, said: str) -> Iterator[ViewMethods]:
    """What an `@action` of a view set adds."""
    found = _ACTION.fullmatch(said)
    if not found:
        return
    given = found["said"]
    path = re.search(r"url_path\s*=\s*[rR]?(['\"])(.*?)\1", given)
    methods = re.search(r"methods\s*=\s*[\[(]([^\])]*)", given)
    is_detail = "detail_route" in said or bool(re.search(r"detail\s*=\s*True", given))
    listed = re.findall(r"['\"](\w+)['\"]", methods[1]) if methods else ["get"]
    for method in listed:
        yield ViewMethods(method.upper(), name, is_detail, path[2] if path else name)
