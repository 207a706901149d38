"""Finds what looks like a credential in a text, by gitleaks' rules and some of our own.

RE2 asks the patterns, so that time grows as the text does, whatever they are and whatever it is.
Most of a text is never asked: only lines that hold a long word, or one that tells of a password.
"""

from __future__ import annotations

import base64
import math
import re
import tomllib
from collections import Counter
from functools import cache, cached_property
from itertools import pairwise, starmap
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from memory.config import data_folder
from memory.texts.lexicon import read_lexicon
from memory.texts.linear import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The rules of gitleaks for what only its name tells of; ours are for texts, not for code.
_FOR_CODE = {"generic-api-key", "curl-auth-user", "curl-auth-header"}
LONG_WORD = 16  # characters; nobody types so many, and no shorter one is asked by itself
_WORD = re.compile(rf"(?<![\w+/=.~-])[\w+/=.~-]{{{LONG_WORD},}}")
_TELLING = re.compile(
    r"pass|pw|psk|identified|credential| pat |_pat|secret|token|log ?in|://[^\s/]*@| -u|--user"
    r"|-----begin"
)
_GOES_ON = (":", "=", "|", ":**", "\\")  # ends a line whose value stands below it
_BLOCK = "-----begin"  # begins what goes on over many lines
#: A block that is meant for everybody to read, to its end; a dash in it stands in its comments.
_PUBLIC = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}(?:PUBLIC KEY|CERTIFICATE|SIGNATURE|MESSAGE)[A-Z ]{0,20}-----"
    r"(?:[^-]++|-(?!----))*+-----END"
)
#: How gitleaks has a word end; sentences and addresses have more that does.
_END_IN_CODE = r"""(?:[\x60'"\s;]|\\[nr]|$)"""
_END = r"""(?:[\x60'"\s;&,)\]}>|.:]|\\[nr]|$)"""

#: What is random: so long, so mixed. See `python benchmarks/credentials.py` for how often
#: a text of people has such a word.
_RANDOM = re.compile(
    r"(?<![\w+/=~@%#-])(?<!SHA256:)(?:[\w%-]{24,400}(?![\w/@-])|(?<!\.)[\w+/]{40,200}={0,2}(?![\w/@]))"
)
_ENTROPY, _MIXED, _LONG = 4.0, 0.35, 32
_SPELLED, _MOST_SPELLED = re.compile(r"[a-z]{4,}"), 0.4
_MIXED_IN_LOWER, _LONG_IN_LOWER = 0.2, 40
_HASH = re.compile(r"(?:[A-Za-z]+[_-]|[A-Z_]+)?[0-9a-f-]+")
_NO_KEY = re.compile(rf"{_HASH.pattern}|.*/.*")  # a path may be in lower case, too
_AROUND = ")}];=\"'"  # what a value is written in


class Found(NamedTuple):
    """What looks like a credential."""

    kind: str  # the name of the rule that knows it
    value: str


class _Rule:
    """One rule; its pattern is compiled when it is first asked."""

    def __init__(self, place: int, said: dict[str, Any]) -> None:
        self.place = place
        self.name: str = said["id"]
        self.keywords = tuple(word.lower() for word in said["keywords"])
        self._pattern: str = said["regex"].replace(_END_IN_CODE, _END)
        self._entropy: float = said.get("entropy", 0.0)
        self._group: int = said.get("secretGroup", 0)
        self._nots: list[str] = [said["not"]] if "not" in said else []
        for allowed in said.get("allowlists", []):
            self._nots += allowed.get("regexes", [])
        self.is_of_all = said.get("whole", False) or _BLOCK in self.keywords  # lines are too few
        self._is_named: bool = said.get("named", False)
        self._is_strong: bool = said.get("strong", False)

    @cached_property
    def _asked(self) -> Any:
        return compiled(self._pattern)

    @cached_property
    def _none(self) -> Any:
        return compiled("|".join(f"(?:{one})" for one in self._nots))

    def find(self, text: str) -> Iterator[Found]:
        """Everything in a text that the rule knows."""
        for match in self._asked.finditer(text):
            groups = (match[self._group],) if self._group else match.groups()
            value = next(filter(None, groups), match[0])
            if entropy(value) < self._entropy or (self._nots and self._none.search(value)):
                continue
            if self._is_named:
                value = value.rstrip(".,:?*")
                said = value.rstrip(_AROUND)
                if says_nothing(value) or says_nothing(said):
                    continue
                if self._is_strong and not is_strong(value):
                    continue
            yield Found(self.name, value)


def find_credentials(text: str) -> tuple[Found, ...]:
    """What looks like a credential in a text, each value once, the longest first."""
    if not text.isascii():  # half of a surrogate pair has no encoding, and is in no credential
        text = text.encode("utf-8", "replace").decode()
    lines = "\n".join(_telling_lines(text))
    if not lines:
        return ()
    folded = lines.lower()
    by_word = _rules_by_word()
    asked = {rule.place: rule for word in by_word if word in folded for rule in by_word[word]}
    found: dict[str, Found] = {}
    for _, rule in sorted(asked.items()):  # those that know a format first
        for one in rule.find(text if rule.is_of_all else lines):
            found.setdefault(one.value, one)
    for one in _random(lines):
        found.setdefault(one.value, one)
    return tuple(sorted(found.values(), key=lambda one: (-len(one.value), one.value)))


def entropy(value: str) -> float:
    """Bits that a character of it tells, by Shannon."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def says_nothing(value: str) -> bool:
    """Whether a value only stands in the place of a secret."""
    return bool(_nothing().fullmatch(value))


@cache
def _nothing() -> Any:
    return compiled("|".join(read_lexicon("credentials")["nothing"]))


@cache
def _rules_by_word() -> dict[str, list[_Rule]]:
    """The rules that are asked where a word stands, by that word in lower case."""
    path = data_folder() / "credentials" / "gitleaks.toml"
    theirs = tomllib.loads(path.read_text(encoding="utf-8"))["rules"]
    kept = [
        one for one in theirs if "regex" in one and "path" not in one and one["id"] not in _FOR_CODE
    ]
    found: dict[str, list[_Rule]] = {}
    said = sorted((*kept, *read_lexicon("credentials")["rules"]), key=lambda one: "named" in one)
    for rule in starmap(_Rule, enumerate(said)):
        for word in rule.keywords:
            found.setdefault(word, []).append(rule)
    return found


def _telling_lines(text: str) -> Iterator[str]:
    """The lines that may hold a credential."""
    if len(text) < 8:
        return
    goes_on = False
    for line in _PUBLIC.sub("", text).split("\n"):
        if goes_on or _WORD.search(line) or _TELLING.search(line.lower()):
            yield line
            goes_on = line.rstrip().endswith(_GOES_ON)


def _random(text: str) -> Iterator[Found]:
    for match in _RANDOM.finditer(text):
        word = unquote(match[0])
        if is_random(word) and not _names().match(word) and not _is_text(word):
            yield Found("random-key", match[0])


def is_strong(word: str) -> bool:
    """Whether a word is as passwords have to be: letters in both cases, digits and signs."""
    return {"A", "a", "1", "."} == {_kind(one) for one in word}


def is_random(word: str) -> bool:
    """Whether a word is what no person has chosen: letters and digits, mixed, in both cases.

    What is long may be in lower case and have no sign but digits, or hardly any.
    """
    kinds = [kind for one in word if (kind := _kind(one)) != "."]
    upper, lower, digits = map(kinds.count, "Aa1")
    mixed = sum(one != other for one, other in pairwise(kinds)) / max(1, len(kinds))
    if len(kinds) < 20 or entropy(word) < _ENTROPY:
        return False
    if not upper:
        is_long = len(kinds) >= _LONG_IN_LOWER and digits >= 3
        return is_long and mixed >= _MIXED_IN_LOWER and not _NO_KEY.fullmatch(word)
    is_in_both = min(upper, lower) >= 3 and digits >= (1 if len(kinds) >= _LONG else 2)
    spelled = sum(map(len, _SPELLED.findall(word)))
    is_mixed = mixed >= _MIXED and spelled < _MOST_SPELLED * len(word)
    return is_in_both and is_mixed and not _is_path(word)


def _is_path(word: str) -> bool:
    """Whether a word is a hash, or one below names as in an address."""
    *above, last = word.split("/")
    return bool(_HASH.fullmatch(last)) and all(one.replace("-", "").isalpha() for one in above)


def _is_text(word: str) -> bool:
    """Whether a word is text that was written in base64."""
    try:
        said = base64.b64decode(f"{word}{'=' * (-len(word) % 4)}", "-_" if "-" in word else None)
    except ValueError:
        return False
    return all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in said)


@cache
def _names() -> re.Pattern[str]:
    return re.compile(read_lexicon("credentials")["names"])


def _kind(character: str) -> str:
    if not character.isalnum():
        return "."
    return "1" if character.isdigit() else "A" if character.isupper() else "a"
