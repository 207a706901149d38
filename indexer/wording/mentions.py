"""Where a text names other records: links, `ADR-14`, `RFC 1574`, `0004-use-sqlite.md`."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from indexer.markup.elements import links, plain
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.markup.elements import MarkdownLink

#: Stands for a mention in a masked text.
MASK = "\x01"

_CUES = read_lexicon("relations")["cues"]
_KINDS = rf"{any_of(read_lexicon('records')['kinds']['mentioned'])}|Decision(?=[\s-]?#|-\d)"


@cache
def _numbered(tradition: str) -> re.Pattern[str]:
    kinds = f"{_KINDS}|{re.escape(tradition)}" if tradition else _KINDS
    return re.compile(
        rf"(?<![\w#.@-])(?<![^\d]/)(?P<kind>{kinds})(?P<plural>s)?(?:[\s_#-]{{0,3}}|\s(?:no\.?|nr\.?|n[º°]|№|number)\s?)"
        r"(?P<number>OO\d\d|\d{1,5})(?:(?P<more>(?:(?:,|\s?&|,?\s(?:and|or))\s#?\d{1,5}\b){1,12})"
        rf"|\s?(?:[-\u2013\u2014]|to|through|bis|\u00e0)\s?(?:(?:{kinds})[\s_#-]{{0,3}})?"
        r"(?P<last>\d{1,5})(?![-_]?\w))?"
        rf"(?![.]\d|[\w-]*/(?!(?:{kinds})[\s_#-]))\b",
        re.IGNORECASE,
    )


_FILE_NAME = lazy(
    r"(?<![\w/.@-])(?:[\w.-]{1,40}/){0,6}(?:(?:adr|rfc|otep|pep)[-_])?(?:0\d{3}-[a-z]"
    # "4096-byte reads" are none
    r"|\d{4}-[a-z](?=\w{0,40}-\w|[\w-]{0,102}\.(?:md|rst|txt|markdown|adoc|org)\b))"
    r"(?:[\w-]{0,102}\.(?:md|rst|txt|markdown|adoc|org)|[\w-]{2,100})(?![\w/])",
    re.IGNORECASE,
)
_WIKI = lazy(r"\[\[(\w[\w/ -]{0,150}[- \d][\w/ -]{0,150}(?:\.md)?)(?:\|[^\[\]\n]{0,200})?\]\]")
_DIGIT = lazy(r"\d")
_PADDED = lazy(r"(?<![\w/.:+-])#?(0\d{3})\b(?![-:/.]?\w)")
#: A number where a status or a field is to name a record: "superseded by 12", "see #12", "3 and 4".
_BARE = lazy(
    rf"(?:^|[(\[,;:&>\u2192]\s?|\b(?:{any_of(_CUES['before_number'])})\s)"
    r"(?P<said>(?:#|№\s?|n[or]\.\s?|n[º°]\s?|number\s)?(?P<number>(?!(?:19|20)\d\d\b)\d{1,4}))\b(?!\s?%|[-:/.\u2013]?\w)"
    rf"(?!\s(?!(?:{any_of(_CUES['after_number'])})\b)[^\W\d])",
    re.IGNORECASE,
)
_ALONE = lazy(r"#?(\d{1,4})")
#: What is left around the mention of a reference link that nobody defined.
_BRACKETS = lazy(rf"\[{MASK}\](?:\[[^\[\]]{{0,300}}\])?")
_RECORD_FILE = lazy(r"(?:[a-z]+[-_])?\d{1,5}(?:[-_. ]|$)|(?:adr|rfc)[-_]", re.IGNORECASE)
_RENDERED = lazy(
    r"(?:adr|rfc|otep|pep)?[-_]?\d{3,5}-[a-z].*\.html$|(?:rfc|pep)-\d{1,5}(?:\.html)?$"
)
#: What the words of a link may be that are a title: three words and more.
_TITLE = lazy(r"[^\s()]++(?: [^\s()]++){2,20}")
_NAMED_RECORD = lazy(r"(?:[a-z]+[-_])?\d{1,5}-[a-z]", re.IGNORECASE)
_PAGE = lazy(r"\.(?:md|markdown|mdx|rst|txt|adoc|org)$", re.IGNORECASE)
_PULL = lazy(r"github\.com/[\w.-]+/(rfc|otep|pep|adr|enhancement|proposal)s?/pull/(\d{1,5})$")
_BLOB = lazy(
    r"(?:https?://)?(?:github|gitlab)[^/]*(?:/[^/]+){1,6}?/(?P<name>[^/]+)/(?:-/)?"
    r"(?:blob|tree|raw|edit|blame)/[^/]+/(?P<path>.+)$"
)
_SCHEME = lazy(r"([a-zA-Z][a-zA-Z0-9+.-]{0,20}):/{1,2}")  # one may be lost: `https:/example.org`
_STANDARDS = lazy(r"ietf\.org|rfc-editor\.org|w3\.org|rfc-annotations|httpwg", re.IGNORECASE)
#: A day before the number that a file's name has as well: `2023-04-26_023-local-state`.
_DAY_BEFORE = lazy(
    r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])"
    r"(?:_(?=\d{1,5}[-_. ])|[- ](?=0\d{1,4}[-_. ]))"
)
_MAX_RANGE = 20  # records; "ADR 3-5" names them all, what is longer is no list of them
_KEYWORD_RFCS = frozenset({("rfc", 2119), ("rfc", 8174)})
_PREFIX = lazy(
    r"^([a-z]+)[-_ ]?0*(?P<number>\d{1,5})(?!\d)|^0*(?P<alone>\d{1,5})(?=[-_. ])", re.IGNORECASE
)
_PADDED_NAME = lazy(r"0\d{2,4}")  # of a folder; `2024` is a year
#: `ODH-ADR-Operator-0009-tracing`
_OF_PROJECT = lazy(
    r"^(?:[A-Z][A-Za-z]{1,15}[-_]){0,2}(ADR|RFC|KEP|PEP|TEP|OTEP)(?:[-_][A-Z][A-Za-z]{1,15}){0,2}"
    r"[-_]0*(?P<number>\d{1,5})(?=[-_. ]|$)"
)
_EXAMPLE = lazy(r"xxxx|nnnn|(?:^|\d[-_]|adr[-_])(?:example|template)\b(?!-)", re.IGNORECASE)


@dataclass(frozen=True)
class TextPlace:
    """Where a text stands, which decides what its relative links and numbers mean."""

    path: str = ""  # of its file, relative to the project root
    definitions: Mapping[str, str] = field(default_factory=dict, hash=False)  # `Page.definitions`
    tradition: str = ""  # what its title calls it before its number: "MSC"

    @property
    def own(self) -> tuple[str, int] | None:
        """The kind ("" where its file name has none) and number of the record at this place."""
        return numbered_name(record_name(self.path))


NOWHERE = TextPlace()


@dataclass(frozen=True)
class Mention:
    """Another record, as a text names it."""

    target: str  # what `Reference.target` becomes
    text: str  # the words that a reader sees
    kind: str = ""  # "adr", "rfc" … where the mention is a number
    number: int | None = None
    weak: bool = False  # a bare number: a record only when a verb says so


def mask_mentions(
    text: str, place: TextPlace = NOWHERE, *, bare: bool = False
) -> tuple[str, tuple[Mention, ...]]:
    """The text with each mention replaced by `MASK` and other links by their words.

    Mentions of the record's own file or number are not masked. The mentions come in the
    order of the text.

    Args:
        text: Markdown or plain words.
        place: Where it stands.
        bare: It is a status or a field: a number alone, as in "superseded by 12", is a mention.
    """
    text = text.replace(MASK, " ")
    spans = sorted(_spans(text, place, bare=bare), key=lambda found: (found[0], -found[1]))
    kept: list[str] = []
    mentions: list[Mention] = []
    at = 0
    for start, end, found in spans:
        if start < at:
            continue
        kept.append(text[at:start])
        at = end
        if isinstance(found, str):
            kept.append(found)
            continue
        kept.append(", ".join(MASK for _ in found))
        mentions += found
    return _BRACKETS.sub(MASK, "".join([*kept, text[at:]])), tuple(mentions)


def numbered_name(name: str) -> tuple[str, int] | None:
    """The kind and the number at the beginning of a file name, behind a day, or of a mention."""
    name = without_day(name)
    match = _PREFIX.match(name) or _OF_PROJECT.match(name)
    if match is None:
        return None
    kind, number = match[1] or "", match["number"] or match["alone"]
    return kind.lower(), int(number)


def without_day(name: str) -> str:
    """A file name without the day before its number, if it has both."""
    day = _DAY_BEFORE.match(name)
    return name[day.end() :] if day else name


def record_name(path: str) -> str:
    """The name of a record's file; of `0012-use-kafka/README.md` it is that of the folder."""
    around, _, name = path.rpartition("/")
    folder = posixpath.basename(around)
    is_numbered = numbered_name(folder) or _PADDED_NAME.fullmatch(folder)
    in_folder = is_numbered and name.partition(".")[0].lower() in {"readme", "index"}
    return folder + posixpath.splitext(name)[1] if in_folder else name


def link_target(target: str, place: TextPlace = NOWHERE) -> str | None:
    """What record a link leads to: a path, `RFC 1358` for a pull request, or None.

    Relative paths become relative to the project root; an absolute address of a file in a
    repository stays one, without its protocol, as it may be of another. Only names that look like
    a record's are taken from absolute addresses. Behind Cursor's `mdc:` is a file of the workspace
    as it is called from its root, or an address.
    """
    address = unquote(target).partition("#")[0].partition("?")[0].strip().rstrip("/")
    if address.startswith("mdc:"):
        named = address.removeprefix("mdc:")
        scheme = _SCHEME.match(named)
        rest = named[scheme.end() :] if scheme else named.removeprefix("./")
        is_below = not scheme and not rest.startswith("../")
        address = f"{scheme[1]}://{rest}" if scheme else "/" * is_below + rest
    name = posixpath.basename(address)
    if not name or address.startswith("mailto:") or _EXAMPLE.search(name):
        return None
    return _in_repository(address, name) if "://" in address else _in_tree(address, name, place)


def path_in_repository(target: str) -> str | None:
    """The path in whichever repository an absolute address names; None of any other target."""
    blob = _BLOB.match(target)
    return blob["path"] if blob else None


def repository_in(target: str) -> str:
    """What an absolute address of a file calls its repository; "" of any other target."""
    blob = _BLOB.match(target)
    return blob["name"].casefold() if blob else ""


def _in_repository(address: str, name: str) -> str | None:
    pull = _PULL.search(address)
    if pull:
        return f"{pull[1].upper()} {int(pull[2])}"
    if _RECORD_FILE.match(record_name(address)) and _BLOB.match(address):
        return address.partition("://")[2]
    if _RENDERED.match(name):
        return name.removesuffix(".html")
    return address.partition("://")[2] if _NAMED_RECORD.match(name) else None


def _in_tree(address: str, name: str, place: TextPlace) -> str | None:
    if _RECORD_FILE.match(name):
        address = address.removesuffix(".html").removesuffix(".htm")
    elif not _PAGE.search(name):
        return None
    if address.startswith("/"):
        return address.lstrip("/") or None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(place.path), address))
    return name if path.startswith("..") else path


_Found = tuple[int, int, "str | list[Mention]"]


def _spans(text: str, place: TextPlace, *, bare: bool) -> Iterator[_Found]:
    """Spans of the text with what they are: mentions, or the words of another link."""
    if "[" in text:
        for match in _WIKI.finditer(text):
            yield *match.span(), _others([Mention(match[1].strip(), match[1])], place) or match[1]
        for link in links(text, place.definitions):
            yield *link.span, _linked(link, place, bare=bare)
    if not _DIGIT.search(text):
        return
    for match in _numbered(place.tradition).finditer(text):
        yield *match.span(), _others(_numbers(match), place) or match[0]
    for match in _FILE_NAME.finditer(text):
        target = link_target(match[0] if "/" not in match[0] else f"/{match[0]}", place)
        if target:
            yield *match.span(), _others([Mention(target, match[0])], place) or match[0]
    for match in _PADDED.finditer(text):
        number = Mention(match[1], match[0], number=int(match[1]), weak=True)
        yield *match.span(), _others([number], place) or match[0]
    for match in _BARE.finditer(text) if bare else ():
        said, digits = match["said"], match["number"]
        number = Mention(digits, said, number=int(digits), weak=True)
        yield *match.span("said"), _others([number], place) or said


def _linked(link: MarkdownLink, place: TextPlace, *, bare: bool) -> str | list[Mention]:
    words = plain(link.text)
    target = link_target(link.target, place)
    called = _called(words, place, bare=bare) if _DIGIT.search(words) else []
    if target is not None:
        kind, number = numbered_name(target) or ("", None)
        mention = Mention(target, words, kind, number if " " in target else None)
        if not _others([mention], place):
            return words
        return [_also_called(mention, called, place)] if "://" not in link.target else [mention]
    if called and not _STANDARDS.search(link.target) and not _EXAMPLE.search(link.target):
        return _others(called, place) or words
    return f"{words} "


def _called(words: str, place: TextPlace, *, bare: bool) -> list[Mention]:
    """The records that the words of a link name by number."""
    if match := _numbered(place.tradition).search(words):
        return _numbers(match)
    alone = _ALONE.fullmatch(words) if bare else None
    return [Mention(alone[1], words, number=int(alone[1]), weak=True)] if alone else []


def _also_called(mention: Mention, called: list[Mention], place: TextPlace) -> Mention:
    """A path with the number in the words of its link, `docs/gone.md (ADR-12)`, or those words.

    It stands for the record that is called so, where the path leads nowhere. A path with a number
    of its own needs that only where its folder may have been renamed: one beside ours.
    """
    folder, name = posixpath.split(mention.target)
    own = posixpath.dirname(place.path)
    is_beside = folder != own and posixpath.dirname(folder) == posixpath.dirname(own)
    if _DIGIT.search(name) and not is_beside:
        return mention
    words = " ".join(mention.text.split())
    if len(called) == 1:
        words = called[0].target
    elif called or _DIGIT.search(name) or not _TITLE.fullmatch(words):
        return mention
    return replace(mention, target=f"{mention.target} ({words})")


def _numbers(match: re.Match[str]) -> list[Mention]:
    kind = match["kind"].split()[0]
    more = re.findall(r"\d+", match["more"] or "") if match["plural"] else []
    digits = match["number"].lstrip("Oo")  # "FIP-OO35" was meant to have zeros
    first, last = int(digits), int(match["last"] or 0)
    if first < last <= first + _MAX_RANGE:
        more = [str(number) for number in range(first + 1, last + 1)]
    return [
        Mention(
            f"{kind}-{number}" if kind.isupper() and kind != "RFC" else f"{kind} {number}",
            f"{kind} {number}",
            kind.lower(),
            int(number),
        )
        for number in [digits, *more]
        if (kind.lower(), int(number)) not in _KEYWORD_RFCS
    ]


def _others(mentions: list[Mention], place: TextPlace) -> list[Mention]:
    """Those that are not the record at this place itself."""
    return [mention for mention in mentions if not _is_own(mention, place)]


def _is_own(mention: Mention, place: TextPlace) -> bool:
    if mention.number is None:
        return mention.target == place.path or (
            "/" not in mention.target and mention.target == posixpath.basename(place.path)
        )
    own = place.own
    return (
        own is not None
        and own[1] == mention.number
        and (not own[0] or not mention.kind or own[0] == mention.kind)
    )
