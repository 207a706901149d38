"""Checks as sentences: what each says, by the forms in `data/lexicon/checks.toml`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from memory.code.checks.edges import Forbidden, OnlyBy
from memory.code.checks.fact_demands import METRICS, EveryRoute, MetricLimit, Owned
from memory.code.checks.orders import Acyclic, Layer, Layers
from memory.code.checks.parts import Named
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory.code.checks.check import CodeDemand

EXAMPLES = (
    "payments must not import notifications, even indirectly",
    "layers: api > services > models",
    "no cycle among orders, users",
    "only payments may import stripe",
    "independent: orders, users",
    "table orders is owned by sales",
    "every route under /admin has authorisation",
    "fan-out of payments at most 5",
)
LONGEST = 500  # characters of a sentence: it is told as a whole wherever the code breaks it
_SAID = read_lexicon("checks")
_PIECE = re.compile(r"<(?P<words>\w+)>|\{(?P<name>\w+)\}|\[(?P<maybe>[^\[\]]*)\]|(?P<blank>\s+)")
_LIST = re.compile(r"\s*,\s*(?:(?:and|or|nor)\s+)?|\s+(?:and|or|nor)\s+|\s*;\s*")
_MARKUP = re.compile(r"[`\"“”„«»*]|(?<!\w)'|'(?!\w)")
_IN_PERCENT = dict.fromkeys(("duplicated lines", "duplicated percentage"), "duplicated percentage")
_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
_NUMBER = re.compile(r"\d+(?:[_,]\d{3})*(?:\.\d+)?")


class NotACheck(ValueError):
    """A sentence says nothing that could be checked; the message says what is wrong with it."""


def read_check(sentence: str) -> CodeDemand:
    """What a sentence demands of the code.

    Raises:
        NotACheck: it is none of the forms, or names what is not to be named there.
    """
    if len(sentence) > LONGEST:
        raise NotACheck(f"it is longer than {LONGEST} characters")
    said, modifiers = _modified(_tidy(sentence))
    for form, pattern in _forms():
        if found := pattern.fullmatch(said):
            names = {name: value.strip() for name, value in found.groupdict().items() if value}
            return _DEMANDS[form["demand"]](names, modifiers, form.get("comparison", ""))
    raise NotACheck(f"this is none of the checks there are: {'; '.join(EXAMPLES)}")


def _tidy(sentence: str) -> str:
    globs = sentence.replace("**", "*") if "/**" in sentence else sentence
    said = globs if re.search(r"[\w/]\*|\*[./]", globs) else _MARKUP.sub("", globs)
    return " ".join(re.sub(r"[`\"“”„«»]", "", said).split()).rstrip(" .;!")


def _modified(said: str) -> tuple[str, dict[str, str]]:
    """The sentence without what modifies it, and that."""
    found: dict[str, str] = {}
    if excepted := re.search(rf",? (?:{_words('except', 'modifiers')}) (?P<what>.+)$", said, re.I):
        rest = excepted["what"]
        if late := _flag("indirectly").search(rest):
            found["indirectly"] = late[0]
            rest = rest[: late.start()] + rest[late.end() :]
        found["except"] = rest.strip(" ,")
        said = said[: excepted.start()]
    for name in ("indirectly", "directly", "closed"):
        if flag := _flag(name).search(said):
            found[name] = flag[0]
            said = said[: flag.start()] + said[flag.end() :]
    return " ".join(said.split()).rstrip(" ,"), found


@cache
def _flag(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:,\s*|\s*\(|\s+|\b)(?:{_words(name, 'modifiers')})(?:\)|(?![\w-]))", re.I
    )


def _words(name: str, table: str = "words") -> str:
    longest_first = sorted(_SAID[table][name], key=len, reverse=True)
    return "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in longest_first)


@cache
def _forms() -> list[tuple[dict[str, str], re.Pattern[str]]]:
    return [(form, re.compile(_pattern(form["said"]), re.IGNORECASE)) for form in _SAID["forms"]]


def _pattern(form: str) -> str:
    """A form as a pattern."""
    out, end = [], 0
    for piece in _PIECE.finditer(form):
        out.append(re.escape(form[end : piece.start()]))
        end = piece.end()
        if piece["words"]:
            out.append(f"(?:{_words(piece['words'])})")
        elif piece["name"]:
            out.append(f"(?P<{piece['name']}>\\S.*?)")
        elif piece["maybe"] and "|" in piece["maybe"] and "<" not in piece["maybe"]:
            out.append(f"(?:{piece['maybe']})")
        elif piece["maybe"]:
            out.append(f"(?:{_pattern(piece['maybe'])})?")
        else:
            out.append(r"\s+")
    return "".join(out) + re.escape(form[end:])


def names_of(said: str) -> tuple[str, ...]:
    """The names of a list, without "the" before and "module" around them."""
    found = []
    for one in _LIST.split(said):
        name = re.sub(r"^(?:the|a|an|any|modules?)\s+", "", one.strip(), flags=re.I)
        name = re.sub(
            r"^modules?\s+|(?<!\s)\s++(?:modules?|layers?|folders?)$", "", name, flags=re.I
        )
        if name:
            found.append(name)
    return tuple(dict.fromkeys(found))


def _parts(said: str, *, least: int = 1) -> tuple[Named, ...]:
    found = []
    for name in names_of(said):
        is_outside = re.match(r"(?:package|library)\s", name, re.I)
        if re.search(r"\s", name) and not is_outside:
            raise NotACheck(f'"{name}" is no name of a module, folder or package')
        found.append(Named(name))
    if len(found) < least:
        raise NotACheck(f"it has to name {least} parts of the code")
    return tuple(found)


Names = dict[str, str]


def _excepted(modifiers: Names) -> tuple[Named, ...]:
    return _parts(modifiers["except"]) if "except" in modifiers else ()


def _only_some(modifiers: Names, *known: str) -> None:
    """Raises `NotACheck` for what modifies nothing here."""
    for name, said in modifiers.items():
        if name not in known:
            raise NotACheck(f'"{said}" says nothing in this check')


def _forbidden(names: Names, modifiers: Names, _comparison: str) -> CodeDemand:
    _only_some(modifiers, "indirectly", "directly", "except")
    return Forbidden(
        _parts(names["sources"]),
        _parts(names["targets"]),
        indirectly="indirectly" in modifiers,
        excepted=_excepted(modifiers),
    )


def _only(names: Names, modifiers: Names, _comparison: str) -> CodeDemand:
    _only_some(modifiers, "directly", "except")
    return OnlyBy((*_parts(names["importers"]), *_excepted(modifiers)), _parts(names["targets"]))


def _layers(names: Names, modifiers: Names, _comparison: str) -> CodeDemand:
    _only_some(modifiers, "indirectly", "directly", "closed", "except")
    rows = re.split(rf"(?:{_over()})", names["layers"].strip(), flags=re.IGNORECASE)
    if len(rows) < 2:
        raise NotACheck('layers are told from the top, with ">" between them')
    layers = []
    for row in rows:
        siblings = [one.strip() for one in re.split(r"[|:]", row) if one.strip()]
        parts = tuple(part for one in siblings for part in _parts(one))
        layers.append(Layer(parts, independent="|" in row))
    return Layers(
        tuple(layers),
        indirectly="indirectly" in modifiers,
        closed="closed" in modifiers,
        excepted=_excepted(modifiers),
    )


def _over() -> str:
    signs = [re.escape(one) for one in _SAID["words"]["over"] if not one[0].isalpha()]
    words = [rf"(?<=\s){one}(?=\s)" for one in _SAID["words"]["over"] if one[0].isalpha()]
    return "|".join((*sorted(signs, key=len, reverse=True), *words))


def _independent(names: Names, modifiers: Names, _comparison: str) -> CodeDemand:
    _only_some(modifiers, "indirectly", "directly", "except")
    parts = _parts(names["parts"], least=2)
    return Layers(
        (Layer(parts),), indirectly="indirectly" in modifiers, excepted=_excepted(modifiers)
    )


def _acyclic(names: Names, modifiers: Names, _comparison: str) -> CodeDemand:
    _only_some(modifiers)
    if re.fullmatch(r"(?:all |the )?modules", names.get("parts", "modules"), re.I):
        return MetricLimit("module cycles", "at most", 0)
    if re.fullmatch(r"(?:all |the )?files", names["parts"], re.I):
        return MetricLimit("file cycles", "at most", 0)
    return Acyclic(_parts(names["parts"], least=2))


def _owned(names: Names, modifiers: Names, _comparison: str) -> CodeDemand:
    _only_some(modifiers, "except")
    tables = names_of(names["tables"])
    return Owned(tables, (*_parts(names["owners"]), *_excepted(modifiers)))


def _routes(names: Names, modifiers: Names, _comparison: str) -> CodeDemand:
    _only_some(modifiers, "except")
    wanted = names["what"].casefold()
    what = next((field for field, said in _SAID["what"].items() if wanted in said), "")
    if not what:
        known = ", ".join(said[0] for said in _SAID["what"].values())
        raise NotACheck(f'"{names["what"]}" is nothing that routes have; they have {known}')
    methods = tuple(one.upper() for one in names_of(names.get("methods", "")))
    for one in methods:
        if one not in _METHODS:
            raise NotACheck(f'"{one}" is no method of HTTP')
    return EveryRoute(
        what,
        wanted,
        methods=methods,
        under=names.get("under", "") or names.get("below", ""),
        excepted=names_of(modifiers.get("except", "")),
    )


def _metric(names: Names, modifiers: Names, comparison: str) -> CodeDemand:
    _only_some(modifiers)
    wanted = names["metric"].casefold().replace("_", " ")
    wanted = re.sub(r"^(?:the|number of|total)\s+", "", wanted)
    aliases = {one: name for name, also in _SAID["metrics"].items() for one in also}
    metric = wanted if wanted in METRICS else aliases.get(wanted, "")
    if not metric:
        raise NotACheck(f'no metric is called "{names["metric"]}"; there are {", ".join(METRICS)}')
    number = _NUMBER.fullmatch(names["limit"].rstrip(" %"))
    if number is None:
        raise NotACheck(f'"{names["limit"]}" is no number')
    if "%" in names["limit"]:
        if metric not in _IN_PERCENT:
            raise NotACheck(f"{metric} is no share")
        metric = _IN_PERCENT[metric]
    parts = names.get("parts", "")
    everything = re.fullmatch(r"(?:every|each|any|all|a)\s+modules?", parts, re.I)
    modules = () if everything else names_of(parts)
    return MetricLimit(metric, comparison, float(re.sub(r"[_,]", "", number[0])), modules)


_DEMANDS: dict[str, Callable[[Names, Names, str], CodeDemand]] = {
    "forbidden": _forbidden,
    "only": _only,
    "layers": _layers,
    "independent": _independent,
    "acyclic": _acyclic,
    "owned": _owned,
    "routes": _routes,
    "metric": _metric,
}
