"""Which versions of what a project's manifests ask for."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.source_paths import is_test
from memory.texts.lexicon import read_lexicon, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    r"|<(?:maven\.compiler\.)?(?:release|source)>(?:1\.)?(?P<release>\d+)<"
)
_GRADLE_JAVA = re.compile(
    r"(?:JavaLanguageVersion\.of\(|jvmToolchain\(|(?:source|target)Compatibility\s*=\s*"
    r"(?:JavaVersion\.(?:VERSION_)?|JavaVersion\.toVersion\()?)[\"']?(?:1[._])?(?P<version>\d+)"
)
_GRADLE_PLUGIN = re.compile(
    rf"id[\s(]+[\"'](?P<name>[\w.-]+)[\"']\)?\s+version\s+[\"']{_NUMBER}", re.MULTILINE
)
_GRADLE_LIBRARY = re.compile(rf"[\"'][\w.-]+:(?P<name>[\w.-]+):{_NUMBER}")


class Pinned(NamedTuple):
    """A version that a manifest asks for."""

    name: str  # of the product, folded
    version: str  # its number, without what stands around it
    path: str
    is_least: bool = False  # whether later ones will do as well


def is_manifest(path: str) -> bool:
    """Whether a file says which versions a project needs."""
    return bool(_NAMED.match(posixpath.basename(path))) and path.count("/") <= _DEEPEST


def fold_product(name: str) -> str:
    """The name by which a product is compared."""
    name = " ".join(name.casefold().split())
    return str(read_lexicon("programs")["products"].get(name, name.replace("_", "-")))


def read_manifest(path: str, text: str) -> list[Pinned]:
    """The versions that a manifest names, each once."""
    found = (
        Pinned(fold_product(name), number, path, is_least)
        for name, number, is_least in _read(path, text)
    )
    return list(dict.fromkeys(found))


def governing(pinned: Sequence[Pinned]) -> list[Pinned]:
    """Those of some versions of one product that count.

    A package's manifest counts before an image that something runs in, a part of the program
    before a site, an example or a test beside it, what lies at the root before what lies deeper,
    and an exact version before the least that will do.
    """

    def rank(one: Pinned) -> tuple[bool, bool, int, bool]:
        *folders, name = one.path.split("/")
        beside = not words_of("paths", "aside_folders").isdisjoint(map(str.lower, folders))
        is_aside = beside or is_test(one.path)
        return is_aside, _patterns(name) == (_IMAGE,), len(folders), one.is_least

    first = min(map(rank, pinned), default=None)
    return [one for one in pinned if rank(one) == first]


def _read(path: str, text: str) -> Iterator[tuple[str, str, bool]]:
    """Names, versions, and whether each is the least that will do."""
    name = posixpath.basename(path)
    version_files = read_lexicon("programs")["version_files"]
    if name in version_files:
        if match := re.match(rf"\s*(?:[a-z]+-)?{_NUMBER}", text):
            yield version_files[name], match["version"], False
    elif name.endswith("package.json") or name == "composer.json":
        yield from _of_json(text)
    elif name == "pom.xml":
        for match in _POM.finditer(text):
            version = match["version"] or match["tagged"] or match["release"]
            yield match["name"] or match["tag"] or "java", version, False
    else:
        for pattern in _patterns(name):
            for match in pattern.finditer(text):
                groups = match.groupdict()
                yield groups.get("name") or "java", match["version"], ">" in match[0]


def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    if "Dockerfile" in name or name.endswith((".yml", ".yaml")):
        return (_IMAGE,)
    if name == "go.mod":
        return (_GO,)
    if name == "Gemfile":
        return (_GEM,)
    if name.startswith("build.gradle"):
        return (_GRADLE_JAVA, _GRADLE_PLUGIN, _GRADLE_LIBRARY, _PLAIN)
    if name in (".tool-versions", "runtime.txt"):
        return (_TOOL,)
    return (_REQUIREMENT, _PLAIN)


def _of_json(text: str) -> Iterator[tuple[str, str, bool]]:
    try:
        said = json.loads(text)
    except ValueError:
        return
    parts = ("dependencies", "devDependencies", "peerDependencies", "engines", "require")
    for part in parts if isinstance(said, dict) else ():
        wanted = said.get(part)
        for name, version in wanted.items() if isinstance(wanted, dict) else ():
            if match := re.search(_NUMBER, str(version)):
                yield name, match["version"], ">" in str(version)
