"""Endpoints that are open, unchecked or unlimited, where others of their kind are not.

What counts as `no` is what a reader of routes is certain of; what it did not understand is
`cannot tell`, with its reason, and never a finding.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from memory.code.findings.rule import AuditSubject, Rule, Seen, finding
from memory.code.testing import is_test
from memory.models.findings import Endpoint, Spot
from memory.texts.lexicon import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from memory.code.codebase import Answered, CodeBase, Route
    from memory.code.flow import Flow
    from memory.models.findings import Finding, Severity

Aspect: TypeAlias = Literal["auth", "authorisation", "validation", "rate_limit"]

_MOST = 0.5  # share of those beside it that have what it lacks, from which on it is the odd one
_FEWEST = 2  # of those, at least
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: Of a password: by who is known already.
_CHANGES = frozenset({"change", "update", "profile", "me", "settings"})
_WORDS = re.compile(r"[^a-z0-9.]+")
#: In evidence of a `no`: somebody wrote down that it is open.
_DECLARED = re.compile(r"permitAll|PUBLIC|ANONYMOUS|AllowAny|@Public|anonymous", re.IGNORECASE)


class _Peers(NamedTuple):
    """The routes that one is held against."""

    where: str
    having: tuple[Route, ...]
    total: int  # of which it is known

    @property
    def mostly(self) -> bool:
        """Whether most of them have it."""
        return len(self.having) >= _FEWEST and len(self.having) > _MOST * self.total


def endpoints(code: CodeBase) -> tuple[Endpoint, ...]:
    """Every endpoint that is no test's, with what is known of it and by what."""
    return tuple(
        Endpoint(
            method=one.method,
            path=one.path,
            handler=one.handler,
            file=one.file,
            line=one.line,
            module=_module(code, one),
            public=_is_public(one),
            auth=one.auth._asdict(),
            authorisation=one.authorisation._asdict(),
            validation=one.validation._asdict(),
            rate_limit=one.rate_limit._asdict(),
        )
        for one in _served(code)
    )


def _served(code: CodeBase) -> list[Route]:
    return [one for one in code.routes if not is_test(one.file)]


def _module(code: CodeBase, route: Route) -> str:
    return code.files[route.file].module if route.file in code.files else ""


def _words(route: Route) -> set[str]:
    parts = [one for one in route.path.lower().split("/") if one and not one.startswith("{")]
    words = {word for part in parts for word in _WORDS.split(part)}
    return {*parts, *words} - {""}


def _is_public(route: Route) -> bool:
    """Whether it is open by its nature, going by the words of its path."""
    words = _words(route)
    named = words_of("endpoints", "public") | words_of("endpoints", "signed")
    parts = [part for part in route.path.lower().split("/") if part]
    is_root = all(part.startswith("{") for part in parts)
    joins = route.method == "POST" and parts[-1:] and parts[-1] in words_of("endpoints", "joined")
    return is_root or bool(joins or words & named)


def _serves(route: Route) -> bool:
    """Whether it gives or takes anything; OPTIONS only says what may be asked."""
    return route.method != "OPTIONS"


def _writes(route: Route) -> bool:
    return route.method in _WRITING


def _takes_input(route: Route) -> bool:
    """Whether a request sends more than a path; of what deletes, the path says which."""
    return _writes(route) and route.method != "DELETE" and route.takes_input


def _look(
    subject: AuditSubject,
    *,
    aspect: Aspect,
    wanted: Callable[[Route], bool],
    told: Callable[[AuditSubject, Route, Sequence[Route]], Seen],
) -> Seen:
    served = [one for one in _served(subject.code) if wanted(one)]
    seen = Seen(len(served))
    for one in served:
        known: Answered = getattr(one, aspect)
        if known.answer == "unknown":
            seen.untold.append(Spot(file=one.file, line=one.line, said=known.why))
        elif known.answer == "no":
            seen.findings += told(subject, one, served).findings
    return seen


def _open(subject: AuditSubject, route: Route, served: Sequence[Route]) -> Seen:
    """Nobody is refused: told where those beside it, or most of the project, refuse somebody."""
    peers = _peers(subject.code, route, served, "auth")
    if not peers.mostly:
        return Seen()
    is_public = _is_public(route) or bool(_DECLARED.search(route.auth.evidence))
    severity: Severity = "major" if _writes(route) and not is_public else "minor"
    return Seen(
        findings=[
            _finding(
                "security.open-endpoint",
                subject.code,
                route,
                f"{_named(route)} refuses nobody; {_counted(peers)} ask who it is",
                (route.auth.evidence, peers, "auth"),
                severity=severity,
                sure=not is_public and _is_written(subject.flow, route),
                served=served,
            )
        ]
    )


def _is_written(flow: Flow, route: Route) -> bool:
    """Whether a request is known to write a table; a page that is open is mostly meant to be."""
    places = flow.reach(flow.starts(route)) if _writes(route) else ()
    return any(query.does == "write" for place in places for query in flow.queries(place))


def _unchecked(subject: AuditSubject, route: Route, served: Sequence[Route]) -> Seen:
    peers = _peers(subject.code, route, [one for one in served if _takes_input(one)], "validation")
    if not peers.mostly:
        return Seen()
    return Seen(
        findings=[
            _finding(
                "security.unvalidated-input",
                subject.code,
                route,
                f"{_named(route)} takes its input unchecked; {_counted(peers)} check theirs",
                (route.validation.evidence, peers, "validation"),
                severity="major",
                sure=False,  # what is sent may be made into something that takes no other
                served=served,
            )
        ]
    )


def _unlimited(subject: AuditSubject, route: Route, served: Sequence[Route]) -> Seen:
    """A password can be tried without end; less sure where one has to be known before."""
    words = _words(route)
    is_named = bool(words_of("endpoints", "tried") & words)
    is_named = is_named and words.isdisjoint({*_CHANGES, *words_of("endpoints", "elsewhere")})
    having = tuple(one for one in served if one.rate_limit.answer == "yes")
    peers = _Peers("of their kind", having, len(served))
    beside = f"; {_counted(peers)} are limited" if having else ""
    return Seen(
        findings=[
            _finding(
                "security.no-rate-limit",
                subject.code,
                route,
                f"{_named(route)} can be tried as often as one likes{beside}",
                (route.rate_limit.evidence, peers, "rate_limit"),
                severity="major" if having else "minor",
                sure=is_named and route.auth.answer == "no",
                served=served,
            )
        ]
    )


def _is_tried(route: Route) -> bool:
    """Whether it is something that is tried: a login, or a form that is open to all."""
    named = words_of("endpoints", "tried") & _words(route)
    return route.method in {"POST", "ANY"} and bool(named or route.auth.answer == "no")


def _peers(code: CodeBase, route: Route, served: Iterable[Route], aspect: Aspect) -> _Peers:
    """Those of its file, or if too few are known of its module, or else all."""
    module = _module(code, route)
    known = [one for one in served if one is not route and getattr(one, aspect).answer != "unknown"]
    for where, own in (
        ("its file", [one for one in known if one.file == route.file]),
        ("its module", [one for one in known if _module(code, one) == module]),
        ("the project", known),
    ):
        if len(own) > _FEWEST or where == "the project":
            break
    having = tuple(one for one in own if getattr(one, aspect).answer == "yes")
    return _Peers(where, having, len(own))


def _counted(peers: _Peers) -> str:
    where = peers.where if peers.where.startswith("of") else f"others of {peers.where}"
    return f"{len(peers.having)} of {peers.total} {where}"


def _named(route: Route) -> str:
    return f"{route.method} {route.path}"


def _finding(
    rule: str,
    code: CodeBase,
    route: Route,
    message: str,
    evidence: tuple[str, _Peers, Aspect],
    *,
    severity: Severity,
    sure: bool,
    served: Sequence[Route],
) -> Finding:
    said, peers, aspect = evidence
    spots = [Spot(file=route.file, line=route.line, said=said)]
    file, _, line = route.registered.rpartition(":")
    if file and line.isdigit() and (file, int(line)) != (route.file, route.line):
        spots.append(Spot(file=file, line=int(line), said="registered here"))
    for one in peers.having[:1]:
        has: Answered = getattr(one, aspect)
        spots.append(Spot(file=one.file, line=one.line, said=f"{_named(one)}: {has.evidence}"))
    twice = sum((one.method, one.path) == (route.method, route.path) for one in served) > 1
    parts = (_named(route), route.file) if twice else (_named(route),)
    module = _module(code, route)
    return finding(
        rule,
        parts,
        message,
        spots,
        severity=severity,
        modules=[module] if module else (),
        sure=sure,
    )


RULES = (
    Rule(
        "security.open-endpoint",
        "endpoints that refuse nobody where those beside them do",
        partial(_look, aspect="auth", wanted=_serves, told=_open),
        2,
    ),
    Rule(
        "security.unvalidated-input",
        "endpoints that write what they are sent unchecked",
        partial(_look, aspect="validation", wanted=_takes_input, told=_unchecked),
        3,
    ),
    Rule(
        "security.no-rate-limit",
        "logins and open forms that can be tried without end",
        partial(_look, aspect="rate_limit", wanted=_is_tried, told=_unlimited),
        3,
    ),
)
