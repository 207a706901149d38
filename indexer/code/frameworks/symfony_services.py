"""Services of Symfony as YAML states them: aliases, arguments, bindings, decorators, listeners."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.yaml_lines import read_yaml
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject

#: Files that an application of Symfony has, each in a folder of it.
SYMFONY = ("config/bundles.php", "src/Kernel.php", "app/AppKernel.php")
_STATES = re.compile(r"(?:^|/)(?:services(?!_(?:test|dev))[^/]*|services/[^_][^/]*)\.ya?ml$")
_DEEPEST = 8  # aliases of aliases


class Heard(NamedTuple):
    """A listener by a tag."""

    service: str
    event: str
    method: str


class StatedServices:
    """What the files of services of a project say; classes and ids by their names in full."""

    def __init__(self, project: CodeProject) -> None:
        self._ids: dict[str, set[str]] = {}  # what an id or "Type $name" stands for
        self._decorators: dict[str, set[str]] = {}  # by id: the classes that are given instead
        self._given: dict[str, dict[str, str]] = {}  # by class: arguments, by "$name" or type
        self._bound: dict[str, set[str]] = {}  # for all services, likewise
        self.heard: list[Heard] = []
        for path, text in project.configs("php").items():
            said = read_yaml(text) if _STATES.search(path) and not is_test(path) else None
            services = (said or {}).get("services", ({}, 0))[0]
            for name, one in services.items() if isinstance(services, dict) else ():
                self._take(str(name).lstrip("\\"), one)

    def _take(self, name: str, one: Any) -> None:
        if isinstance(one, str):
            if one.startswith("@"):
                self._ids.setdefault(name, set()).add(one)
            return
        said = one if isinstance(one, dict) else {}
        bound = dict(_services(said.get("bind")))
        if name == "_defaults":
            for key, value in bound.items():
                self._bound.setdefault(key, set()).add(value)
            return
        if name.startswith("_") or name.endswith("\\"):
            return
        class_ = str(said.get("class", name)).lstrip("\\")
        if "alias" in said or "class" in said:
            self._ids.setdefault(name, set()).add(str(said.get("alias", class_)))
        self._given.setdefault(class_, {}).update(bound | dict(_services(said.get("arguments"))))
        if isinstance(said.get("decorates"), str):
            self._decorators.setdefault(said["decorates"].lstrip("\\"), set()).add(class_)
        for tag in said.get("tags") or () if isinstance(said.get("tags"), list) else ():
            if isinstance(tag, dict) and tag.get("name") == "kernel.event_listener":
                event, method = str(tag.get("event", "")), str(tag.get("method", "__invoke"))
                self.heard.append(Heard(class_, event.lstrip("\\"), method))

    def given(self, owner: str, type_: str, name: str) -> str:
        """The class that a parameter is given by what is stated; "" where nothing is.

        Args:
            owner: The class whose parameter it is.
            type_: Of the parameter, in full.
            name: "$mailer".
        """
        keys = (f"{type_} {name}", name, type_)
        own = self._given.get(owner, {})
        stated = next((own[key] for key in keys if key in own), "")
        for key in keys:
            bound = self._bound.get(key, set())
            stated = stated or (next(iter(bound)) if len(bound) == 1 else "")
        for key in (keys[0], keys[2]):
            stated = stated or (key if key in self._ids or key in self._decorators else "")
        return self._class(stated, owner) if stated else ""

    def _class(self, said: str, owner: str) -> str:
        """The class of a service: by aliases, and by what decorates it, for all but that itself."""
        name = said.lstrip("@?\\")
        for _ in range(_DEEPEST):
            instead = self._decorators.get(name, set())
            if instead and owner not in instead:
                return next(iter(instead)) if len(instead) == 1 else ""
            found = self._ids.get(name)
            if not found:
                break
            if len(found) > 1:
                return ""
            following = next(iter(found)).lstrip("@?\\")
            if following == name:
                break
            name = following
        return name


def _services(said: Any) -> Iterator[tuple[str, str]]:
    """Arguments that are services, by what they are bound to."""
    for key, value in said.items() if isinstance(said, dict) else ():
        if isinstance(value, str) and re.match(r"@\??[\w\\]", value):
            yield str(key).lstrip("\\"), value
