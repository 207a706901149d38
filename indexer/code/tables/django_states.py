"""Replays migrations of Django to the models, and so to the tables, that they end in.

As Django does: what a migration changes are the fields and options of models, and tables follow
from these; statements of its own are carried out on what the models come to.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from indexer.code.tables.django_columns import (
    LISTS,
    LITERAL,
    MIGRATIONS,
    ORDER,
    OWN_APPS,
    USER,
    Apps,
    DjangoTable,
    ReferredModel,
    between,
    column_of,
    has_column,
    is_relation,
    of_django,
)
from indexer.code.tables.replay import Replay
from memory.code.codebase import CodePlace, Table, Unresolved
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indexer.code.project_code import CodeProject
    from memory.code.facts import Mark

_RUN_PYTHON = (
    ["django.db.migrations.RunPython"],
    ["django.db.migrations.operations.RunPython"],
    ["django.db.migrations.operations.special.RunPython"],
)
_CHANGES = ("state_forwards", "database_forwards")  # where an operation says what it changes
_ITSELF = "self"
_LISTED = ("unique_together", "index_together", "indexes", "constraints")
_NOT_MADE = "no migration before it makes it"
_SEVERAL = "several apps are called so, and which one others mean is not known"
_NOT_HERE = "what it refers to is not in the project"
Key = tuple[str, str]  # an app and a model, in lower case
Migration = tuple[str, str]  # an app and the name of its file


def tables_of(project: CodeProject) -> Iterator[Table | Unresolved]:
    """The tables of all apps, in the order in which they are made."""
    apps = Apps(project)
    follows: dict[Migration, dict[str, list[list[str]]]] = {}
    steps: dict[Migration, list[Mark]] = {}
    paths: dict[Migration, str] = {}
    for app, by_folder in _by_app(project, apps).items():
        usual = [one for one in by_folder if one.endswith("/migrations")]
        folders = usual if len(by_folder) > 1 and usual else [*by_folder]
        if len(folders) > 1:
            for folder in folders:
                path, said = by_folder[folder][0][0], f"migrations of {app}"
                yield Unresolved(path, 1, "table", said, _SEVERAL)
            continue
        for path, mark in by_folder[folders[0]]:
            at = app, path.rpartition("/")[2].removesuffix(".py")
            if mark.kind == "follows":
                follows[at], paths[at] = mark.data, path
            else:
                steps.setdefault(at, []).append(mark)
    state = _State(apps)
    for at in _ordered(follows):
        for mark in steps.get(at, ()):
            if _runs_code(project, paths[at], mark.data.get("called", "")):
                continue
            if reason := state.apply(at[0], paths[at], mark):
                said = mark.data.get("said") or f"{mark.kind} {state.said(mark)}"
                yield Unresolved(paths[at], mark.line, "table", said, reason)
    yield from state.tables()


def _runs_code(project: CodeProject, path: str, called: str) -> bool:
    """Whether an operation of the project's own is a RunPython that is given its code."""
    place = project.locate(path, called)
    one = project.definition(place) if place else None
    if (
        not place
        or not one
        or any(
            project.definition(CodePlace(place.path, f"{place.symbol}.{name}")) for name in _CHANGES
        )
    ):
        return False
    origins = [project.origin(place.path, base) for base in one.bases]
    return origins in _RUN_PYTHON


def _by_app(project: CodeProject, apps: Apps) -> dict[str, dict[str, list[tuple[str, Mark]]]]:
    """What migrations say, by app and by the folder that they are in."""
    found: dict[str, dict[str, list[tuple[str, Mark]]]] = {}
    for path, mark in project.marks(MIGRATIONS):
        folder = path.rpartition("/")[0]
        if folder and not is_test(path):
            app = apps.label(path, folder.rpartition("/")[2])
            found.setdefault(app, {}).setdefault(folder, []).append((path, mark))
    return found


def _ordered(follows: Mapping[Migration, Mapping[str, list[list[str]]]]) -> list[Migration]:
    """Migrations in the order of their application, without those that another one replaces."""
    instead: dict[Migration, Migration] = {
        (app, name): at for at, said in follows.items() for app, name in said["replaces"]
    }
    kept = sorted({_standing_for(at, instead) for at in follows})
    graph: dict[Migration, set[Migration]] = {at: set() for at in kept}

    def known(pairs: list[list[str]]) -> Iterator[Migration]:
        for app, name in pairs:
            own = [one for one in kept if one[0] == app]
            at = {"__first__": own[:1], "__latest__": own[-1:]}.get(name, [(app, name)])
            for each in at:
                yield _standing_for(each, instead)

    for at, said in follows.items():
        one = _standing_for(at, instead)
        graph[one].update(other for other in known(said["dependencies"]) if other in graph)
        for other in known(said["run_before"]):
            graph.get(other, set()).add(one)
    try:  # each as sorted, so that the order is always the same
        return [*TopologicalSorter({at: sorted(graph[at] - {at}) for at in kept}).static_order()]
    except CycleError:
        return sorted(kept, key=lambda one: (one[1], one[0]))


def _standing_for(at: Migration, instead: Mapping[Migration, Migration]) -> Migration:
    """What replaces a migration in the end, or itself; also where some replace each other."""
    seen = set()
    while at in instead and at not in seen:
        seen.add(at)
        at = instead[at]
    return at


@dataclass
class _Model:
    app: str
    name: str  # as it is written
    path: str
    line: int
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)  # what each is given
    options: dict[str, Any] = field(default_factory=dict)
    bases: list[str] = field(default_factory=list)  # that are said as texts: "auth.user"
    whole: bool = True
    since: int = 0  # how many statements came before it; a field has the same if it came later

    @property
    def table(self) -> str:
        return str(self.options.get("db_table") or f"{self.app}_{self.name.lower()}").strip('"')

    @property
    def target(self) -> ReferredModel:
        """It as a relation refers to it."""
        keys = [
            column_of(name, said)
            for name, said in self.fields.items()
            if said.get("primary_key") == "True"
        ]
        return ReferredModel(self.table, self.name.lower(), tuple(keys) or ("id",))

    def came(self) -> Iterator[tuple[str, int]]:
        """How many statements came before each column, and before the table itself: ""."""
        yield "", self.since
        for name, said in self.fields.items():
            yield column_of(name, said).lower(), said.get("since", self.since)

    @property
    def is_proxy(self) -> bool:
        return self.options.get("proxy") == "True"

    @property
    def has_table(self) -> bool:
        return not self.is_proxy and self.options.get("managed") != "False"


class _State:
    """The models as they are after some migrations."""

    def __init__(self, apps: Apps) -> None:
        self._apps = apps
        self._models: dict[Key, _Model] = {}
        self._statements: list[tuple[str, Mark]] = []

    @staticmethod
    def said(mark: Mark) -> str:
        """Which part of which model an operation is about."""
        names = (mark.data.get(one) for one in ("model_name", "old_name", "name"))
        return ".".join(str(one) for one in names if one) or mark.name

    def apply(self, app: str, path: str, mark: Mark) -> str:
        """Make one operation; why it could not be made, else ""."""
        data = deepcopy(mark.data)  # what a file says is kept, and stays as it is
        if mark.kind == "statements":
            self._statements.append((path, mark))
            return ""
        if mark.kind == "CreateModel":
            self._create(app, path, mark.line, data)
            return ""
        name = data.get("model_name") or data.get("name") or data.get("old_name") or mark.name
        known = self._models.get((app, str(name).lower()))
        if mark.kind == "unclear":
            own = [one for one in self._models.values() if one.app == app]
            for one in [known] if known else own:  # it may be about any of them
                one.whole = False
            return str(data["reason"])
        if known is None:
            return _NOT_MADE
        if not _OPERATIONS[mark.kind](self, known, data):
            known.whole = False
            return _NOT_MADE
        return ""

    def _create(self, app: str, path: str, line: int, data: dict[str, Any]) -> None:
        made = _Model(app, data["name"], path, line, since=len(self._statements))
        made.fields = dict(data.get("fields", ()))
        made.options = data.get("options", {})
        made.bases = [one for one in data.get("bases", ()) if one]
        if made.options.get("order_with_respect_to"):
            made.fields |= ORDER
        self._models[app, made.name.lower()] = made

    def _delete(self, model: _Model, _data: dict[str, Any]) -> bool:
        del self._models[model.app, model.name.lower()]
        return True

    def _rename(self, model: _Model, data: dict[str, Any]) -> bool:
        before = model.app, model.name.lower()
        model.name = data["new_name"]
        after = model.app, model.name.lower()
        self._models = {(after if key == before else key): one for key, one in self._models.items()}
        for said, option in self._referring(before, ("to", "through")):
            said[option] = f"'{model.app}.{model.name}'"
        return True

    def _referring(
        self, model: Key, options: tuple[str, ...]
    ) -> Iterator[tuple[dict[str, Any], str]]:
        """What each field is given that names a model, and by which option."""
        for one in self._models.values():
            for said in one.fields.values():
                for option in options:
                    if self._key(said.get(option, ""), one.app) == model:
                        yield said, option

    def _set_table(self, model: _Model, data: dict[str, Any]) -> bool:
        model.options["db_table"] = data.get("table")
        return True

    def _set_together(self, model: _Model, data: dict[str, Any]) -> bool:
        for option in ("unique_together", "index_together"):
            if option in data:
                model.options[option] = data[option]
        return True

    def _set_order(self, model: _Model, data: dict[str, Any]) -> bool:
        model.fields.pop("_order", None)
        if data.get("order_with_respect_to"):
            model.fields |= ORDER
        return True

    def _add_field(self, model: _Model, data: dict[str, Any]) -> bool:
        model.fields[data["name"]] = data["field"] | {"since": len(self._statements)}
        return True

    def _alter_field(self, model: _Model, data: dict[str, Any]) -> bool:
        is_known = data["name"] in model.fields
        return self._add_field(model, data) and is_known

    def _remove_field(self, model: _Model, data: dict[str, Any]) -> bool:
        return model.fields.pop(data["name"], None) is not None

    def _rename_field(self, model: _Model, data: dict[str, Any]) -> bool:
        before, after = data["old_name"], data["new_name"]
        if before not in model.fields:
            return False
        model.fields = {
            (after if name == before else name): said for name, said in model.fields.items()
        }
        for said, _ in self._referring((model.app, model.name.lower()), ("to",)):
            if said.get("to_field", "").strip("'\"") == before:
                said["to_field"] = f"'{after}'"
        for option in _LISTED:
            for one in model.options.get(option, ()):
                listed = one.get("fields") if isinstance(one, dict) else one
                if listed:
                    listed[:] = [after if each == before else each for each in listed]
        return True

    def _add_named(self, model: _Model, data: dict[str, Any]) -> bool:
        option = "indexes" if "index" in data else "constraints"
        added = data.get("index") or data["constraint"]
        model.options[option] = [*model.options.get(option, ()), added]
        return True

    def _remove_named(self, model: _Model, data: dict[str, Any]) -> bool:
        found = False
        for option in ("indexes", "constraints"):
            kept = [one for one in model.options.get(option, ()) if not _is(one, data["name"])]
            found |= len(kept) < len(model.options.get(option, ()))
            model.options[option] = kept
        return found

    def _rename_index(self, model: _Model, data: dict[str, Any]) -> bool:
        for fields in data.get("old_fields") or ():
            together = model.options.get("index_together", [])
            if fields not in together:
                return False
            model.options["index_together"] = [one for one in together if one != fields]
            added = {"is": "Index", "fields": fields, "options": [], "name": data["new_name"]}
            return self._add_named(model, {"index": added})
        for one in model.options.get("indexes", ()):
            if _is(one, data["old_name"]):
                one["name"] = data["new_name"]
                return True
        return False

    # -- what the models come to

    def _key(self, said: str, app: str) -> Key | None:
        """The model that a relation names."""
        if USER.fullmatch(said):
            said = f"'{self._apps.user}'"
        literal = LITERAL.fullmatch(said)
        own, _, name = literal[1].rpartition(".") if literal else ("", "", "")
        return (own or app, name.lower()) if name else None

    def _target(self, said: str, owner: _Model) -> ReferredModel | None:
        if said.strip("'\"") == _ITSELF:
            return owner.target
        key = self._key(said, owner.app)
        known = self._models.get(key) if key else None
        for _ in self._models:  # no more proxies than that stand before one another
            if known is None or not known.is_proxy:
                break
            key = self._key(f"'{known.bases[0]}'", known.app) if known.bases else None
            known = self._models.get(key) if key else None
        if known and not known.is_proxy:
            return known.target
        return of_django(*key) if key and key[0] in OWN_APPS else None

    def tables(self) -> Iterator[Table | Unresolved]:
        """The tables of all models, and after them what statements make of these."""
        found: list[Table] = []
        for model in self._models.values():
            if model.has_table:
                for one in self._table(model):
                    if isinstance(one, Table):
                        found.append(one)
                    else:
                        yield one
        yield from self._after_statements(found) if self._statements else found

    def _table(self, model: _Model) -> Iterator[Table | Unresolved]:
        made = DjangoTable(model.table)
        made.is_whole = model.whole
        lists = []
        for name, data in model.fields.items():
            is_list = data["type"] in LISTS
            if has_column(data["type"]):
                made.add(name, data)
            if not is_relation(data["type"]) and (not is_list or "through" in data):
                continue
            target = self._target(data.get("to", ""), model)
            if target is None:
                made.is_whole = made.is_whole and is_list
                told = f"{made.table} {data.get('to', '')}"
                yield Unresolved(model.path, model.line, "table", told, _NOT_HERE)
            elif is_list:
                said = data.get("db_table") or f"{made.table}_{name}"
                lists.append(between(said, model.target, target, model.path, model.line))
            else:
                made.refer(name, data, target, 0)
        if not made.primary:
            made.put_first("id", "AutoField")
        for option in _LISTED:
            made.is_whole &= made.constrain(option, model.options.get(option, ()))
        yield made.result("", model.path, model.line, "")
        yield from lists

    def _after_statements(self, tables: Iterable[Table]) -> Iterator[Table | Unresolved]:
        from indexer.code.tables.sql_changes import changes_of

        replay = Replay(tables)
        since = {
            (model.table.lower(), column): number
            for model in self._models.values()
            for column, number in model.came()
        }
        for number, (path, mark) in enumerate(self._statements):
            for one in changes_of(mark.data["sql"], mark.line):
                gone = one.data["column"].lower() if one.kind == "drop_column" else ""
                is_drop = one.kind in {"drop", "drop_column"}
                if is_drop and number < since.get((one.name.lower(), gone), 0):
                    continue  # it was made again
                if one.kind == "unclear":
                    reason = str(one.data["reason"])
                    yield Unresolved(path, one.line, "table", one.data.get("said", ""), reason)
                    continue
                if one.kind == "create":
                    one.data["if_absent"] = True
                for _ in replay.run([(path, one)]):
                    pass  # what is not there any more was changed before it went
        yield from replay.tables()


def _is(one: Any, name: str) -> bool:
    return isinstance(one, dict) and one.get("name") == name


_OPERATIONS = {
    "DeleteModel": _State._delete,
    "RenameModel": _State._rename,
    "AlterModelTable": _State._set_table,
    "AlterUniqueTogether": _State._set_together,
    "AlterIndexTogether": _State._set_together,
    "AlterOrderWithRespectTo": _State._set_order,
    "AddField": _State._add_field,
    "AlterField": _State._alter_field,
    "RemoveField": _State._remove_field,
    "RenameField": _State._rename_field,
    "AddIndex": _State._add_named,
    "AddConstraint": _State._add_named,
    "RemoveIndex": _State._remove_named,
    "RemoveConstraint": _State._remove_named,
    "RenameIndex": _State._rename_index,
}
