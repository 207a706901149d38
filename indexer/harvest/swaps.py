"""Which dependencies commits took away and which they brought, by the manifests they changed."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.git.process import END, LONG, GitFailed
from memory.texts.lexicon import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indexer.git.repository import Repository

FEW = 3  # dependencies of either side, of which it is clear what came for what
LONGEST = 500  # characters of a line that names a dependency
MOST = 12  # dependencies of either side; a commit with more is about something else
_JSON = re.compile(
    r'\s*"(?P<name>@?[\w./-]+)"\s*:\s*"(?:[~^>=<*v\d]|workspace:|github:|npm:|latest|dev-'
    r"|git[+:@]|[\w-]{1,40}/[\w.-]{1,100}#)"
)
_PYTHON = re.compile(r"(?P<name>[A-Za-z][\w.-]*)(?:\[[\w, -]+\])?\s*(?:[=<>~!;@]|$)")
_TOML = re.compile(
    r"""\s*(?:"?(?P<key>[A-Za-z][\w.-]*)"?\s*=\s*(?:"[~^>=<*\d]|\{)
    |['"](?P<name>[A-Za-z][\w.-]*)(?:\[[\w,\ -]+\])?\s*(?:[=<>~!;@'"]|$))""",
    re.VERBOSE,
)
_CARGO = re.compile(r'\s*"?(?P<name>[A-Za-z][\w-]*)"?\s*=\s*(?:"[~^>=<*\d]|\{)')
_GEM = re.compile(r"\s*gem\s+['\"](?P<name>[\w-]+)|.*add_\w*dependency\(?\s*['\"](?P<key>[\w-]+)")
_GO = re.compile(r"\s*(?:require\s+)?(?P<name>[\w.-]+(?:/[\w.-]+)+)\s+v\d(?!.*//\s*indirect)")
_POM = re.compile(r"\s*<artifactId>(?P<name>[\w.-]+)</artifactId>")
_GRADLE = re.compile(r".*['\"][\w.-]+:(?P<name>[\w.-]+)(?::[^'\"]*)?['\"]")

#: What a manifest is called -> how a line of it names a dependency.
_MANIFESTS = (
    (re.compile(r"package\.json|composer\.json"), _JSON),
    (re.compile(r".*requirements.*\.(?:txt|in)"), _PYTHON),
    (re.compile(r"pyproject\.toml|Pipfile|setup\.py"), _TOML),
    (re.compile(r"Cargo\.toml"), _CARGO),
    (re.compile(r"Gemfile|.*\.gemspec"), _GEM),
    (re.compile(r"go\.mod"), _GO),
    (re.compile(r"pom\.xml"), _POM),
    (re.compile(r".*\.gradle(?:\.kts)?"), _GRADLE),
)
_NO_NAMES = frozenset(
    "version name python requires-python node npm description repository url"
    " edition resolver rust-version python_version target-version minversion".split()
)
_OWN = re.compile(r"\bpath ?= ?[\"']|[\"'](?:file|link|workspace):")  # a part of the same project
_MAJOR = re.compile(r"v\d+")  # at the end of a path of Go
#: What stands around the product's name.
_AROUND = re.compile(
    r"^(?:django|python|py|go|node)[-_]|[-_](?:python|py|js|go|rails|ruby)$|\.js$", re.IGNORECASE
)
_LINE = re.compile(r"@@ -\d+(?:,\d+)? \+(?P<line>\d+)")


class Swap(NamedTuple):
    """What one commit did to the dependencies."""

    places: Mapping[str, tuple[str, int]]  # of each, the manifest and the line there, 1-based
    gone: tuple[str, ...]
    came: tuple[str, ...]
    still_holds: bool = True  # what came is there today, and what went is not

    def in_words(self, text: str) -> str:
        """What it did: what came took the place of what went, if a text names both."""
        told, left = names(text, self.came), names(text, self.gone)
        came, gone = ", ".join(told or self.came), ", ".join(left or self.gone)
        if not (came and gone):
            return f"{came} is a dependency now." if came else f"{gone} is no dependency any more."
        return f"{came} in place of {gone}." if told and left else f"{gone} went, {came} came."

    def place(self, text: str) -> tuple[str, int]:
        """Where the first that a text names came or went, or else the first of all."""
        told = names(text, self.places)
        return self.places[told[0]] if told else next(iter(self.places.values()))

    def is_told(self, text: str) -> bool:
        """Whether a text speaks of what came or went: of both, or of one beside few."""
        told, left = names(text, self.came), names(text, self.gone)
        if told and left:
            return True
        return bool((told and len(self.gone) <= FEW) or (left and len(self.came) <= 1))


def is_manifest(path: str) -> bool:
    """Whether a file names what a project depends on."""
    return _naming(path) is not None


def swapped(
    git: Repository, head: str, commits: Sequence[str]
) -> tuple[dict[str, Swap], list[str]]:
    """What these commits, by hash, did to the dependencies, and whether that holds at `head`.

    Those that only moved versions are out.

    Returns:
        The swaps by the hashes, and a line for each commit of which git cannot say.
    """
    found, problems = dict[str, Swap](), list[str]()
    today = dependencies(git, head) if commits else set()
    for name, diff in _diffs(git, commits, problems):
        if swap := read_swap(diff.split("\n")):
            came, gone = map(_folded, swap.came), map(_folded, swap.gone)
            holds = today.issuperset(came) and today.isdisjoint(gone)
            found[name] = swap._replace(still_holds=holds)
    return found, problems


def _diffs(
    git: Repository, commits: Sequence[str], problems: list[str]
) -> Iterator[tuple[str, str]]:
    """Commits with what they changed, without context; one by one where an object is missing."""
    if not commits:
        return
    options = ("--no-walk=unsorted", "-U0", "--no-color", "--no-ext-diff", "--no-textconv")
    plain = ("--no-renames", "--src-prefix=a/", "--dst-prefix=b/", "--format=%x1e%H")
    try:
        said = git.ask("log", *options, *plain, END, *commits, seconds=LONG)
    except GitFailed as error:
        if len(commits) == 1:
            problems.append(f"what commit {commits[0][:12]} changed: {error}")
            return
        for one in commits:
            yield from _diffs(git, [one], problems)
        return
    for part in said.split("\x1e")[1:]:
        name, _, diff = part.partition("\n")
        yield name, diff


def dependencies(git: Repository, commit: str) -> set[str]:
    """The names of all that the manifests of a commit ask for, folded."""
    paths = [one.path for one in git.tree(commit) if is_manifest(one.path)]
    texts = git.texts((commit, path) for path in paths)
    return {
        _folded(name)
        for (_, path), text in texts.items()
        for line in text.split("\n")
        if (name := _dependency(path, f"+{line}"))
    }


def read_swap(diff: Iterable[str]) -> Swap | None:
    """What a diff without context does to dependencies; None if it neither takes nor brings one."""
    gone, came, places = dict[str, str](), dict[str, str](), dict[str, tuple[str, int]]()
    path, line = "", 0
    for text in diff:
        if text.startswith(("--- a/", "+++ b/")):
            path = text[6:].removesuffix("\t")
        elif match := _LINE.match(text):
            line = max(int(match["line"]), 1)
        elif name := _dependency(path, text):
            (came if text[0] == "+" else gone)[_folded(name)] = name
            places.setdefault(name, (path, line))
        line += text.startswith("+") and not text.startswith("+++")
    both = gone.keys() & came.keys()
    left = tuple(name for key, name in gone.items() if key not in both)
    new = tuple(name for key, name in came.items() if key not in both)
    if not (left or new) or max(len(left), len(new)) > MOST:
        return None
    return Swap({name: at for name, at in places.items() if name in (*left, *new)}, left, new)


def names(text: str, dependencies: Iterable[str]) -> list[str]:
    """Those of some dependencies that a text speaks of, by their name or its last part."""
    return [one for one in dependencies if _speaks_of(text, one)]


def _speaks_of(text: str, dependency: str) -> bool:
    parts = [one for one in re.split(r"[/:@]", dependency) if one and not _MAJOR.fullmatch(one)]
    if len(parts) > 1 and parts[-1].lower() in words_of("harvest", "part_names"):
        parts = ["-".join(parts[-2:])]
    called = (
        {one for one in (parts[-1], _AROUND.sub("", parts[-1])) if len(one) > 1} if parts else ()
    )
    words = "|".join("[-_/ ]?".join(map(re.escape, re.split("[-_]", one))) for one in called)
    return bool(words) and bool(re.search(rf"(?<!\w)(?:{words})(?!\w)", text, re.IGNORECASE))


def _naming(path: str) -> re.Pattern[str] | None:
    folder, name = posixpath.split(path)
    if posixpath.basename(folder) == "requirements" and name.endswith((".txt", ".in")):
        return _PYTHON
    return next((naming for called, naming in _MANIFESTS if called.fullmatch(name)), None)


def _dependency(path: str, line: str) -> str:
    """The dependency that a line of a diff takes away or brings; "" if it does neither."""
    naming = _naming(path)
    if naming is None or line[:1] not in ("+", "-") or line.startswith(("+++", "---")):
        return ""
    if len(line) > LONGEST:
        return ""
    if _OWN.search(line):
        return ""
    match = naming.match(line, 1)
    said = match.groupdict() if match else {}
    name = said.get("name") or said.get("key") or ""
    return "" if name.lower() in _NO_NAMES else name


def _folded(name: str) -> str:
    return name.lower().replace("_", "-")
