"""Whether a step says to add an import by which a check of a decision would not hold.

That is told only where it is certain: the step names both ends in so many words, both are parts of
the code, and the check holds for no file of the one that would import any of the other.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from memory.code.checks.check import CannotTell, judge
from memory.code.checks.judging import judge_all, violation_words
from memory.code.checks.orders import Layer
from memory.code.checks.parts import Named
from memory.code.checks.web import AT_RUN_TIME, PACKAGE, Web, Webs
from memory.code.codebase import CodePlace, Edge, Grade, Outside
from memory.models.plan import Cited, Ground, StepFinding
from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from memory.code.checks.check import Check
    from memory.code.codebase import CodeBase

_NAME = r"[`'\"]?(?P<{}>[\w@][\w@./-]*[\w/])[`'\"]?"


def edge_findings(code: CodeBase, checks: Sequence[Check], text: str) -> Iterator[StepFinding]:
    """The decisions whose checks a step would break, each once.

    Args:
        code: As it is.
        checks: Of decisions that hold.
        text: What the step proposes.
    """
    told: set[str] = set()
    for source, target in _named(text):
        for check, why in _broken(code, checks, source, target):
            if check.uid not in told:
                told.add(check.uid)
                yield StepFinding(
                    ground=Ground.FORBIDDEN,
                    cited=Cited(uid=check.uid, title=check.owner, citation=check.citation),
                    conflicts=True,
                    reason=f"its check would not hold: {why}",
                    sentence=check.said,
                )


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    said = read_lexicon("checks")["steps"]
    names = {"{source}": _NAME.format("source"), "{target}": _NAME.format("target")}
    return tuple(
        re.compile(
            r"\s+".join(names.get(word, f"(?:{word})") for word in form.split()), re.IGNORECASE
        )
        for form in said["forms"]
    )


def _named(text: str) -> Iterator[tuple[str, str]]:
    """The ends of the imports that a text says to add."""
    for sentence in re.split(r"(?<=[.;!?])\s+|\n+", text):
        if re.search(read_lexicon("checks")["steps"]["not"], sentence, re.IGNORECASE):
            continue
        for pattern in _patterns():
            for found in pattern.finditer(sentence):
                yield found["source"], found["target"]


def _broken(
    code: CodeBase, checks: Sequence[Check], source: str, target: str
) -> Iterator[tuple[Check, str]]:
    web = Web(code, AT_RUN_TIME)
    try:
        sources, targets = (sorted(Named(one).nodes(web)) for one in (source, target))
    except CannotTell:
        return
    if not sources or not targets or {*sources} & {*targets} or sources[0].startswith(PACKAGE):
        return
    broken = {
        (check.id, one.parts)
        for check, verdict in judge_all(code, checks)
        for one in verdict.violations
    }
    woven: dict[tuple[str, str], Webs] = {}
    for check in checks:
        why = ""
        for pair in product(_unlike(sources, check, web), _unlike(targets, check, web)):
            if pair[1] in web.links.get(pair[0], {}):
                continue  # it is there already, and says nothing of another one
            if pair not in woven:
                woven[pair] = Webs(with_import(code, *pair))
            verdict = judge(check, woven[pair])
            new = [one for one in verdict.violations if (check.id, one.parts) not in broken]
            if not new:
                break
            why = why or violation_words(new[0]).rpartition(" (")[0] or new[0].message
        else:
            if why:
                yield check, why


def _unlike(nodes: Sequence[str], check: Check, web: Web) -> list[str]:
    """The first and the last of some nodes, and one of each that a check treats alike."""
    found: dict[tuple[bool, ...], str] = {}
    try:
        parts = [one.nodes(web) for one in _parts(vars(check.demand).values())]
    except CannotTell:  # nothing breaks it
        parts = []
    for node in nodes:
        found.setdefault(tuple(node in one for one in parts), node)
    return sorted({nodes[0], nodes[-1], *found.values()})


def _parts(said: Iterable[object]) -> Iterator[Named]:
    """The parts that a demand names, wherever in it."""
    for one in said:
        if isinstance(one, Named):
            yield one
        elif isinstance(one, Layer):
            yield from _parts(one.parts)
        elif isinstance(one, tuple):
            yield from _parts(one)


def with_import(code: CodeBase, source: str, target: str) -> CodeBase:
    """The code with one more import."""
    if target.startswith(PACKAGE):
        more = Outside(source, 0, target.removeprefix(PACKAGE))
        return replace(code, outside=(*code.outside, more))
    return replace(
        code, edges=(*code.edges, Edge(CodePlace(source), CodePlace(target), Grade.IMPORT, 0))
    )
