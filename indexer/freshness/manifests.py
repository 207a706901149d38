"""Which versions of what a project's manifests ask for."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMED = re.compile(
    r"(?:pyproject\.toml|setup\.(?:cfg|py)|.*(?:requirements|constraints).*\.(?:txt|in)|package\.json"
    r"|go\.mod|Gemfile|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|composer\.json|.*Dockerfile.*"
    r"|(?:docker-)?compose[\w.-]*\.ya?ml|\.tool-versions|\.python-version|\.ruby-version|\.nvmrc"
    r"|\.node-version|runtime\.txt)$"
)
_DEEPEST = 4  # folders above a manifest; what lies deeper is an example or a test

_NUMBER = r"v?(?P<version>\d+(?:\.\d+){0,3})"
_REQUIREMENT = re.compile(
    rf"(?<![\w.-])(?P<name>[A-Za-z@][\w./@-]*)(?:\[[\w, -]+\])?[\"']?\s*(?:[=:]\s*)?[\"']?\s*"
    rf"(?:>=|==|~=|~>|\^|~|=)\s*{_NUMBER}"
)
_PLAIN = re.compile(rf"^\s*[\"']?(?P<name>[A-Za-z@][\w./@-]*)[\"']?\s*[=:]\s*[\"']{_NUMBER}", re.M)
_IMAGE = re.compile(
    rf"(?:^\s*FROM\s+(?:--\S+\s+)?|image:\s*[\"']?)(?:[\w.-]+/)*(?P<name>[\w.-]+):{_NUMBER}",
    re.MULTILINE | re.IGNORECASE,
)
_TOOL = re.compile(rf"^(?P<name>[a-z][\w-]*)[ \t-]+{_NUMBER}", re.MULTILINE)
_GO = re.compile(rf"^\s*(?:require\s+)?(?P<name>[\w.-]+(?:/[\w.-]+)*)\s+{_NUMBER}", re.MULTILINE)
_GEM = re.compile(
    rf"^\s*(?:gem\s+[\"'])?(?P<name>[\w-]+)[\"',\s]+[\"']?(?:~>|>=|=)?\s*{_NUMBER}", re.MULTILINE
)
_POM = re.compile(
    rf"<artifactId>(?P<name>[\w.-]+)</artifactId>\s*<version>{_NUMBER}"
    rf"|<(?P<tag>[\w.-]+?)\.version>(?P<tagged>\d+(?:\.\d+){{0,3}})"
)


class Pinned(NamedTuple):
    """A version that a manifest asks for."""

    name: str  # of the product, folded
    version: str  # its number, without what stands around it
    path: str


def is_manifest(path: str) -> bool:
    """Whether a file says which versions a project needs."""
    return bool(_NAMED.match(posixpath.basename(path))) and path.count("/") <= _DEEPEST


def fold_product(name: str) -> str:
    """The name by which a product is compared."""
    name = " ".join(name.casefold().split())
    return str(read_lexicon("programs")["products"].get(name, name.replace("_", "-")))


def read_manifest(path: str, text: str) -> list[Pinned]:
    """The versions that a manifest names, each once."""
    found = (Pinned(fold_product(name), number, path) for name, number in _read(path, text))
    return list(dict.fromkeys(found))


def _read(path: str, text: str) -> Iterator[tuple[str, str]]:
    name = posixpath.basename(path)
    version_files = read_lexicon("programs")["version_files"]
    if name in version_files:
        if match := re.match(rf"\s*(?:[a-z]+-)?{_NUMBER}", text):
            yield version_files[name], match["version"]
    elif name.endswith("package.json") or name == "composer.json":
        yield from _of_json(text)
    elif name == "pom.xml":
        for match in _POM.finditer(text):
            yield match["name"] or match["tag"], match["version"] or match["tagged"]
    else:
        for pattern in _patterns(name):
            for match in pattern.finditer(text):
                yield match["name"], match["version"]


def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    if "Dockerfile" in name or name.endswith((".yml", ".yaml")):
        return (_IMAGE,)
    if name == "go.mod":
        return (_GO,)
    if name == "Gemfile":
        return (_GEM,)
    if name in (".tool-versions", "runtime.txt"):
        return (_TOOL,)
    return (_REQUIREMENT, _PLAIN)


def _of_json(text: str) -> Iterator[tuple[str, str]]:
    try:
        said = json.loads(text)
    except ValueError:
        return
    parts = ("dependencies", "devDependencies", "peerDependencies", "engines", "require")
    for part in parts if isinstance(said, dict) else ():
        wanted = said.get(part)
        for name, version in wanted.items() if isinstance(wanted, dict) else ():
            if match := re.search(_NUMBER, str(version)):
                yield name, match["version"]
