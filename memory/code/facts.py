"""What one file of code says, from its bytes alone; kept by the hash of these bytes.

All of it is tuples of tuples, numbers and texts, so JSON is its form on disk. Lines count from 1.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple


class Import(NamedTuple):
    """A statement that names another module, as it is written."""

    target: str  # "a.b", "./user", "App\\Models\\User"; "" in `from . import x`, or if computed
    line: int
    names: tuple[str, ...] = ()  # what is taken out of it; "*" for all; none for the module itself
    local: tuple[str, ...] = ()  # what each is called here, as `names`; of a module, one
    level: int = 0  # leading dots of Python; 0 is absolute
    type_checking: bool = False  # for a type checker only
    dynamic: bool = False  # by a call, `importlib.import_module("a.b")`
    within: int = -1  # the definition that it stands in, as an index; -1 for none
    exempt: bool = False  # a comment exempts it from contracts: `# tach-ignore`

    @property
    def is_computed(self) -> bool:
        """Whether it is a call with what only a run of the program tells."""
        return self.dynamic and not (self.target or self.names or self.level)


class Definition(NamedTuple):
    """Something that has a name and a body."""

    name: str  # within the file: "Invoice.total"
    kind: str  # class, interface, trait, enum, function, method, constant, type
    line: int
    last_line: int
    visibility: str = "public"  # public, protected, private
    bases: tuple[str, ...] = ()  # what it extends or implements, as it is written
    annotations: tuple[str, ...] = ()  # decorators and annotations, as they are written


class Use(NamedTuple):
    """A name that this file took from elsewhere or defined, where it is used."""

    name: str  # a chain as it is written, from its local root: "models.User.objects"
    line: int
    is_call: bool = False
    within: int = -1  # as for Import


class Text(NamedTuple):
    """A string that may name something: a dotted path, a table."""

    value: str
    line: int
    within: int = -1


class Mark(NamedTuple):
    """What a framework or a schema finds in a file, for its own second look over all files."""

    reader: str  # whose it is: the name of a framework or schema
    kind: str  # a word of the reader's own
    name: str
    line: int
    data: dict[str, Any]  # JSON, in a form of the reader's own; never changed


class FileFacts(NamedTuple):
    """All that one file says."""

    language: str
    lines: int = 0
    imports: tuple[Import, ...] = ()
    definitions: tuple[Definition, ...] = ()  # in the order of their lines
    uses: tuple[Use, ...] = ()
    texts: tuple[Text, ...] = ()
    marks: tuple[Mark, ...] = ()
    package: str = ""  # what the file says that it belongs to: a package or namespace
    errors: int = 0  # places that the grammar did not understand and that were read around
    content: str = ""  # of files that set something for a language, all of it
    opaque: int = 0  # calls of methods of values, whose class the file does not say
    problem: str = ""  # why the rest is empty, if it could not be read

    def interface(self) -> str:
        """All that the meaning of names in other files can depend on, as one hash."""
        names = [(one.name, one.kind, one.bases) for one in self.definitions]
        imports = [one._replace(line=0, within=-1) for one in self.imports]
        said = repr((self.language, names, imports, self.package, self.content))
        return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()

    def to_json(self) -> str:
        """The facts as one line."""
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))


_PARTS = {2: Import, 3: Definition, 4: Use, 5: Text, 6: Mark}


def facts_from_json(said: str) -> FileFacts:
    """What `FileFacts.to_json` gave."""
    fields = json.loads(said)
    for position, part in _PARTS.items():
        fields[position] = tuple(part(*map(_as_tuple, each)) for each in fields[position])
    return FileFacts(*fields)


def _as_tuple(said: Any) -> Any:
    return tuple(said) if isinstance(said, list) else said
