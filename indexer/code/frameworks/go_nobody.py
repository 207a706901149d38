"""What calls give who shows nothing: no cookie, no key, a check of nothing that fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.code.access import IDENTITY, OTHER_REASONS
from indexer.code.open_paths import may_be_open

if TYPE_CHECKING:
    from indexer.code.open_paths import How


class _Known:
    """A value of which only one thing is known."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


UNKNOWN, NIL, EMPTY, ERROR = (_Known(one) for one in ("unknown", "nil", "empty", "an error"))
FAILED = _Known("failed")  # what checked nothing: false, or an error
NEXT, REQUEST, SESSION = (_Known(one) for one in ("next", "the request", "an empty session"))
ANSWER = _Known("the answer")  # what writes it


class Value(NamedTuple):
    """The path that is asked for."""

    kind: str
    asked: Any

    def compared(self, how: How, said: str) -> bool | None:
        """Whether it is so for all paths of the route, or for none; None for some."""
        path, is_stripped = self.asked.path, self.asked.is_stripped
        if not may_be_open(path, [(how, said)], is_stripped=is_stripped):
            return False
        front = re.split(r"[{*]", path)[0]
        is_all = how == "begins" and front.startswith(said) and (not is_stripped or said == "/")
        is_whole = front == path and not is_stripped
        return True if is_all or is_whole else None


#: What is sent under a name; nothing by who shows nothing, if it tells who somebody is.
_SENT = re.compile(
    r"(?:\.Header(?:\(\))?\.Get|\.(?:Post)?Form\.Get|\.GetHeader|\.Query\(\)\.Get|\.(?:Query|QueryParam"
    r"|FormValue|PostFormValue|PostForm))$"
)
_SESSION = re.compile(r"(?i)(?:^|\.)sessions?\.(?:get|default)$|store\w{0,30}(?:\(\))?\.get$")
_GIVES: tuple[tuple[re.Pattern[str], tuple[Any, ...]], ...] = (
    (re.compile(r"\.(?:Cookie|GetCookie)$"), (EMPTY, ERROR)),
    (re.compile(r"\.BasicAuth$"), (EMPTY, EMPTY, False)),
    (re.compile(r"^(?:errors\.New|fmt\.Errorf)$"), (ERROR,)),
)
#: Changes nothing of what is empty.
_SAME = re.compile(r"^strings\.(?:Trim\w+|ToLower|ToUpper|Replace|ReplaceAll)$")
_OF_EMPTY: dict[str, tuple[Any, ...]] = {
    "strings.Trim": (EMPTY,),
    "strings.Cut": (EMPTY, EMPTY, False),
    "strings.Split": ((EMPTY,),),
    "strings.SplitN": ((EMPTY,),),
    "strings.Fields": ((),),
    "len": (0,),
}
_TOLD = re.compile(r"^strings\.(HasPrefix|HasSuffix|Contains|EqualFold)$")
_HOW: dict[str, How] = {
    "HasPrefix": "begins", "HasSuffix": "ends", "Contains": "has", "EqualFold": "is",
}  # fmt: skip
#: What checks something, by its name, and fails where it is given nothing.
_CHECKS = re.compile(r"(?i)(?:parse|verify|valid|authenticate|decode|extract|check)\w{0,60}$")


_NO_CHECKS = re.compile(r"(?i)invalid|unverif|skip|miss|fail|not|without|no_?auth|default|optional")


_OF_OWNER: dict[tuple[Any, str], tuple[Any, ...]] = {
    (REQUEST, "WithContext"): (REQUEST,),
    (REQUEST, "Clone"): (REQUEST,),
    (SESSION, "Get"): (NIL,),
}


def given_to_nobody(  # noqa: PLR0911  (a form each)
    called: str, given: list[Any], said: list[str], owner: Any
) -> tuple[Any, ...] | None:
    """What a call gives who shows nothing; None where nothing is known of it.

    Args:
        called: What is called.
        given: What it is given.
        said: The same as texts.
        owner: What it is called on, if it is known.
    """
    if owner in (REQUEST, SESSION) and (ends := _OF_OWNER.get((owner, called.rpartition(".")[2]))):
        return ends
    if REQUEST in given and _SESSION.search(called):
        return SESSION, UNKNOWN
    for pattern, gave in _GIVES:
        if pattern.search(called):
            return gave
    if _SENT.search(called):
        return (EMPTY if said and is_of_who(said[0]) else UNKNOWN,)
    first = given[0] if given else UNKNOWN
    if told := _TOLD.match(called):
        return (_told(told[1], first, given[1] if len(given) > 1 else UNKNOWN),)
    if isinstance(first, tuple) and called == "len":
        return (len(first),)
    if isinstance(first, str) and called == "strings.ToUpper":
        return (first.upper(),)
    if first is EMPTY and (gave_empty := _OF_EMPTY.get(_SAME.sub("strings.Trim", called))):
        return gave_empty
    is_check = _CHECKS.search(called) and not _NO_CHECKS.search(called)
    return (FAILED,) if EMPTY in given and is_check else None


def is_of_who(name: str) -> bool:
    """Whether what a request carries under a name says who asks: a header, a field of a form."""
    plain = name.replace("-", "_")
    return bool(IDENTITY.search(plain)) and not OTHER_REASONS.search(plain)


def _told(how: str, first: Any, second: Any) -> Any:
    if first is EMPTY and isinstance(second, str):
        return False
    if isinstance(first, Value) and isinstance(second, str) and how != "EqualFold":
        found = first.compared(_HOW[how], second)
        return UNKNOWN if found is None else found
    return UNKNOWN


def is_true(value: Any) -> bool | None:
    """Whether a condition holds that is only a value; None where nobody knows."""
    if value is FAILED:
        return False
    return value if isinstance(value, bool) else None


def same(one: Any, other: Any) -> bool:
    """Whether two values are one."""
    return one is other or (isinstance(one, (str, int, tuple)) and one == other)
