"""Which versions of what a project's manifests ask for."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.source_paths import is_test
from memory.texts.lexicon import read_lexicon, words_of
from memory.texts.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAMED = lazy(
    r"(?:pyproject\.toml|setup\.(?:cfg|py)|(?>.*?(?:requirements|constraints)).*\.(?:txt|in)|package\.json"
    r"|go\.mod|Gemfile|Cargo\.toml|libs\.versions\.toml|pom\.xml|build\.gradle(?:\.kts)?|composer\.json|.*Dockerfile.*"
    r"|(?:docker-)?compose[\w.-]*\.ya?ml|\.tool-versions|\.python-version|\.ruby-version|\.nvmrc"
    r"|\.node-version|runtime\.txt)$"
)
_DEEPEST = 4  # folders above a manifest; what lies deeper is an example or a test

_RANGE = lazy(r"\^|~[>=]?\s*v?\d+(?:\.\d+)?(?![\d.])")
_WORD = lazy(r"[a-z]+")
_NUMBER = r"v?(?P<version>\d+(?:\.\d+){0,3})"
_REQUIREMENT = lazy(
    rf"(?<![\w./@-])(?P<name>[A-Za-z@][\w./@-]*+)(?:\[[\w, -]++\])?[\"']?\s*+"
    rf"(?:[=:]\s*+)?[\"']?\s*+"
    rf"(?:>=|==|~=|~>|\^|~|=)\s*{_NUMBER}"
)
_PLAIN = lazy(rf"^[ \t]*+[\"']?(?P<name>[A-Za-z@][\w./@-]*)[\"']?\s*[=:]\s*[\"']{_NUMBER}", re.M)
_IMAGE = lazy(
    rf"(?:^[ \t]*+FROM\s+(?:--\S+\s+)?|image:\s*[\"']?)(?:[\w.-]+/)*(?P<name>[\w.-]+):{_NUMBER}",
    re.MULTILINE | re.IGNORECASE,
)
_TOOL = lazy(rf"^(?P<name>[a-z](?:\w|-(?!v?\d))*+)[ \t-]++{_NUMBER}", re.MULTILINE)
_GO = lazy(rf"^[ \t]*+(?:require\s++)?(?P<name>[\w.-]++(?:/[\w.-]++)*+)\s++{_NUMBER}", re.MULTILINE)
_GEM = lazy(
    rf"^[ \t]*+(?:gem\s++[\"'])?(?P<name>[\w-]++)[\"',\s]++(?:~>|>=|=)?\s*+{_NUMBER}", re.MULTILINE
)
_POM = lazy(
    rf"<artifactId>(?P<name>[\w.-]+)</artifactId>\s*<version>{_NUMBER}"
    rf"|<(?P<tag>[\w.-]+?)\.version>(?P<tagged>\d+(?:\.\d+){{0,3}})"
    r"|<(?:maven\.compiler\.)?(?:release|source)>(?:1\.)?(?P<release>\d+)<"
)
_PROPERTY = lazy(r"<([\w.-]+)>\s*([^<>\s]+)\s*</\1>")
_PROPERTY_USED = lazy(r"\$\{([\w.-]+)\}")
_GRADLE_JAVA = lazy(
    r"(?:JavaLanguageVersion\.of\(|jvmToolchain\(|(?:source|target)Compatibility\s*=\s*"
    r"(?:JavaVersion\.(?:VERSION_)?|JavaVersion\.toVersion\()?)[\"']?(?:1[._])?(?P<version>\d+)"
)
_GRADLE_PLUGIN = lazy(
    rf"id[\s(]+[\"'](?P<name>[\w.-]+)[\"']\)?\s+version\s+[\"']{_NUMBER}", re.MULTILINE
)
_GRADLE_LIBRARY = lazy(rf"[\"'][\w.-]+:(?P<name>[\w.-]+):{_NUMBER}")


class Pinned(NamedTuple):
    """A version that a manifest asks for."""

    name: str  # of the product, folded
    version: str  # its number, without what stands around it
    path: str
    is_least: bool = False  # whether any later one will do as well
    is_range: bool = False  # whether a later one of the same major version will


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
        Pinned(
            fold_product(name),
            number,
            path,
            ">" in said.replace("~>", ""),
            bool(_RANGE.search(said)),
        )
        for name, number, said in _read(path, text)
    )
    return list(dict.fromkeys(found))


def governing(pinned: Sequence[Pinned]) -> list[Pinned]:
    """Those of some versions of one product that count.

    A package's manifest counts before an image that something runs in, what lies at the root
    before what lies deeper, and an exact version before the least that will do. A site, an example
    or a test beside the program does not count at all.
    """

    def rank(one: Pinned) -> tuple[bool, int, bool]:
        *folders, name = one.path.split("/")
        return _patterns(name) == (_IMAGE,), len(folders), one.is_least or one.is_range

    ours = [one for one in pinned if not _is_aside(one.path)]
    first = min(map(rank, ours), default=None)
    return [one for one in ours if rank(one) == first]


def _is_aside(path: str) -> bool:
    words = {word for part in path.lower().split("/")[:-1] for word in (part, *_WORD.findall(part))}
    aside = words_of("paths", "aside_folders") | words_of("programs", "aside")
    return not aside.isdisjoint(words) or is_test(path)


def _read(path: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Names, versions, and what each is asked for by."""
    name = posixpath.basename(path)
    version_files = read_lexicon("programs")["version_files"]
    if name in version_files:
        if match := re.match(rf"\s*(?:[a-z]+-)?{_NUMBER}", text):
            yield version_files[name], match["version"], ""
    elif name.endswith("package.json") or name == "composer.json":
        yield from _of_json(text)
    elif name == "pom.xml":
        known = dict(_PROPERTY.findall(text))
        resolved = _PROPERTY_USED.sub(lambda match: known.get(match[1], match[0]), text)
        for match in _POM.finditer(resolved):
            version = match["version"] or match["tagged"] or match["release"]
            yield match["name"] or match["tag"] or "java", version, ""
    else:
        for pattern in _patterns(name):
            for match in pattern.finditer(text):
                groups = match.groupdict()
                yield groups.get("name") or "java", match["version"], match[0]


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


def _of_json(text: str) -> Iterator[tuple[str, str, str]]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return
    parts = ("dependencies", "devDependencies", "peerDependencies", "engines", "require")
    for part in parts if isinstance(said, dict) else ():
        wanted = said.get(part)
        for name, version in wanted.items() if isinstance(wanted, dict) else ():
            if match := re.search(_NUMBER, str(version)):
                yield name, match["version"], str(version)
