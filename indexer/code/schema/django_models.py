"""Models of Django as their files say them; which tables they come to is in `django_tables`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.readers import Reader
from indexer.code.schema.django_values import listed, options
from indexer.code.syntax import line_of
from indexer.code.tables.django_columns import MIGRATIONS, NAME, is_relation
from indexer.code.tables.django_tables import DjangoModelTables
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import Table, Unresolved

_FIELDS = """
(class_definition name: (identifier) @class body: (block
    (expression_statement (assignment left: (identifier) @field
        right: (call function: (_) @type arguments: (argument_list) @arguments)))))
"""
_META = """
(class_definition name: (identifier) @class body: (block
    (class_definition name: (identifier) @meta body: (block
        (expression_statement (assignment left: (identifier) @option right: (_) @value))))))
"""
_SETTINGS = """
(module (expression_statement (assignment left: (identifier) @name right: (string) @value)))
"""
_CONFIG = """
(class_definition superclasses: (argument_list) @bases body: (block
    (expression_statement (assignment left: (identifier) @name right: (string) @value))))
"""
_HAS_FIELDS = re.compile(rb"Field\s*\(|ForeignKey\s*\(|ParentalKey\s*\(")
_TOLD = frozenset(
    """abstract proxy db_table app_label unique_together index_together indexes
    constraints order_with_respect_to""".split()
)


class DjangoModels(Reader):
    """Classes that derive from `django.db.models.Model`, their fields and `Meta`."""

    name = NAME
    version = 4
    yields = True
    generates = MIGRATIONS
    languages = frozenset({"python"})
    hint = re.compile(rb"\bmodels\b|Field\s*\(|ForeignKey|AUTH_USER_MODEL|AppConfig")

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`field` and option of `meta` of a class; `user`, the model of users; an app's `label`."""
        for found in source.matches(_FIELDS) if _HAS_FIELDS.search(source.content) else ():
            called = source.text(found["type"][0])
            kind = called.rpartition(".")[2]
            if is_relation(kind) or kind.endswith("Field"):
                data = {
                    "class": _qualified(source, found["class"][0]),
                    "type": kind,
                    "is_plain": called.startswith("models."),
                    **options(source, found["arguments"][0]),
                }
                field = found["field"][0]
                yield Mark(self.name, "field", source.text(field), line_of(field), data)
        text = source.content
        for found in source.matches(_META) if b"class Meta" in text else ():
            option = found["option"][0]
            if source.text(found["meta"][0]) == "Meta" and source.text(option) in _TOLD:
                value = found["value"][0]
                data = {
                    "class": _qualified(source, found["class"][0]),
                    "value": source.text(value),
                    "listed": listed(source, value),
                }
                yield Mark(self.name, "meta", source.text(option), line_of(option), data)
        for found in source.matches(_SETTINGS) if b"AUTH_USER_MODEL" in text else ():
            if source.text(found["name"][0]) == "AUTH_USER_MODEL":
                said = source.text(found["value"][0]).strip("'\"")
                yield Mark(self.name, "user", said, line_of(found["name"][0]), {})
        for found in source.matches(_CONFIG) if b"AppConfig" in text else ():
            name = source.text(found["name"][0])
            if name == "label" and "AppConfig" in source.text(found["bases"][0]):
                said = source.text(found["value"][0]).strip("'\"")
                yield Mark(self.name, "label", said, line_of(found["name"][0]), {})

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """A table for each concrete model, and one for each list that models have of others."""
        yield from DjangoModelTables(project).tables()


def _qualified(source: SourceFile, name: Node) -> str:
    """The name of a class within its file."""
    return source.owner(name) or source.text(name)
