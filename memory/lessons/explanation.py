"""Says why a memory stands as it does, a line for each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.kinds.vocabulary import Kind, Status
from memory.lessons.confidence import PRIOR, TAIL
from memory.lessons.evidence import fetch_sources
from memory.models.answer import Ancestor, Explained
from memory.models.assessment import AnchorVerdict
from memory.norms.read import norms_of
from memory.standings import fetch_standings, named_in
from memory.texts.formatting import day
from memory.texts.numbers import number
from memory.views.memory_view import (
    anchor_words,
    named,
    orders_words,
    place,
    premise_words,
    relations,
    verdict_word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.ledger.interface.database import Database
    from memory.models.answer import Listed, Written
    from memory.models.assessment import Confidence, Evidence
    from memory.models.selection import Lens
    from memory.models.standing import Standing


def explain(db: Database, uid: str, lens: Lens) -> Explained:
    """A memory with its ancestors, and without what bears on it, nor any reasons yet.

    Raises:
        UnknownMemory: there is none, or the lens shows nothing of it.
    """
    memory = db.memories.fetch(uid, lens)
    standing = fetch_standings(db, lens, [uid])[uid]
    sources = fetch_sources(db, lens, [uid])[uid] if memory.kind is Kind.LESSON else ()
    ancestors = tuple(
        Ancestor(
            uid=one.memory.uid,
            title=one.memory.title,
            kind=one.memory.kind,
            trust=one.memory.revision.trust,
            how=one.how,
            of=one.of,
        )
        for one in sources
    )
    titles = db.memories.titles(named_in([standing]))
    return Explained(
        memory=memory, standing=standing, reasons=(), ancestors=ancestors, titles=titles
    )


def reasoned(explained: Explained, written: Written | None = None) -> Explained:
    """The same with its reasons, from all that bears on it, and who committed it last."""
    reasons = (*_reasons(explained, explained.titles), *_committed(explained, written))
    return explained.model_copy(update={"reasons": reasons})


def arithmetic(known: Confidence) -> Iterator[str]:
    """How the evidence comes to the rank, a line for each step."""
    yield (f"prior: Beta({number(PRIOR.alpha)}, {number(PRIOR.beta)}), {PRIOR.reason}")
    for one in known.evidence:
        yield _piece(one)
    sides = {
        side: [one.weight for one in known.evidence if one.speaks_for is side and one.weight]
        for side in (True, False)
    }
    yield (f"posterior: Beta({_sum(PRIOR.alpha, sides[True])}, {_sum(PRIOR.beta, sides[False])})")
    yield (
        f"mean: {number(known.alpha, 4)} / ({number(known.alpha, 4)} + {number(known.beta, 4)})"
        f" = {known.mean:.3f}"
    )
    yield (
        f"lower bound: {known.lower:.3f}, the {TAIL:.0%} quantile: it holds at least so often, "
        f"with {1 - TAIL:.0%} certainty"
    )
    yield f"rank: {known.rank}, as {known.reason}"


def _reasons(explained: Explained, titles: Mapping[str, str]) -> Iterator[str]:
    yield f"status: {_status(explained)}"
    yield from _standing(explained.standing, titles)
    if explained.confidence is not None:
        yield from arithmetic(explained.confidence)
        yield from _trust(explained, explained.confidence)
    else:
        source = explained.memory.revision.source
        trust = explained.memory.revision.trust
        yield f"trust: {trust}, said by {source.author} in {explained.memory.citation}"
    if orders := orders_words(explained.memory):
        yield f"doubt: {orders}"
    for norm in norms_of(explained.memory):
        where = place(explained.memory, norm.lines)
        yield f"norm: {norm.demand}, “{norm.sentence}” ({where})"
    yield from _premises(explained)
    yield from _freshness(explained)


def _status(explained: Explained) -> str:
    own, stands = explained.memory.revision.draft.status, explained.standing
    words = "in force" if stands.in_force else "not in force"
    if explained.memory.revision.removed:
        return f"{stands.status}, {words}: its source no longer says it"
    if stands.status is Status.UNSTATED:
        return f"unstated{'' if stands.in_force else ', ' + words}: its source states none"
    if own is stands.status:
        return f"{stands.status}, {words}, by its own words"
    if own is Status.UNSTATED:  # "Invalidated by ADR 18": only whom it names says how it stands
        return f"{stands.status}, {words}, by how it and other records name each other"
    return f"{stands.status}, {words}, where by its own words it is {own}"


def _standing(standing: Standing, titles: Mapping[str, str]) -> Iterator[str]:
    for words, uids in relations(standing):
        yield from (f"{words}: {named(uid, titles)}" for uid in uids)


def _piece(one: Evidence) -> str:
    side = "for" if one.speaks_for else "against"
    when = f"{day(one.at)} " if one.at else ""
    sign = "+" if one.weight else "±"
    words = f": {one.words}" if one.words and one.words != one.origin else ""
    return f"{side}: {sign}{number(one.weight, 3)} {one.kind} {when}{one.origin}{words}"


def _sum(prior: float, weights: list[float]) -> str:
    """A sum as it is worked out, such as `1 + 2×1 + 0.5 = 3.5`; equal weights are put together."""
    if not weights:
        return number(prior)
    terms = []
    for weight in sorted(set(weights), reverse=True):
        times = weights.count(weight)
        terms.append(f"{times}×{number(weight, 3)}" if times > 1 else number(weight, 3))
    total = number(prior + sum(weights), 4)
    return f"{' + '.join([number(prior), *terms])} = {total}"


def _trust(explained: Explained, known: Confidence) -> Iterator[str]:
    source = explained.memory.revision.source
    if not explained.ancestors:
        yield f"trust: {known.trust}, said by {source.author} in {explained.memory.citation}"
        return
    own = explained.memory.revision.trust
    yield f"trust: {known.trust}, the least of its own ({own}) and its sources'"
    for one in explained.ancestors:
        how = one.how.replace("_", " ")
        of = "" if one.of == explained.memory.uid else f"{one.of} "
        yield f"source: {of}{how} {one.uid} ({one.kind}, {one.trust}): {one.title}"


def _committed(explained: Explained, written: Written | None) -> Iterator[str]:
    """Who committed its lines last, and whether a signature says that it was them."""
    if written is None:
        return
    if not written.commit:
        yield "git: its lines are not committed as they are"
        return
    signed = "signed by a key that you trust"
    if not written.is_signed:
        signed = "with no signature that you trust, so that the name is anybody's word"
    yield f"git: {written.author} committed it last, {written.day} {written.commit[:12]}, {signed}"
    source, draft = explained.memory.revision.source, explained.memory.revision.draft
    if source.author.startswith("agent:") and not draft.said_by and source.path:
        yield f"vouched: by nobody: {source.author} recorded it, and no signed commit took that out"


def _premises(listed: Listed) -> Iterator[str]:
    for one in listed.premises:
        yield f"premise changed: {premise_words(one)}: {one.reason}"


def _freshness(listed: Listed) -> Iterator[str]:
    if listed.freshness is None:
        yield "freshness: it names no place in the code, or nobody has looked yet"
        return
    yield f"freshness: {verdict_word(listed.freshness.verdict)}"
    for one in listed.freshness.anchors:
        if one.verdict is not AnchorVerdict.FRESH:
            yield f"anchor: {anchor_words(one)}: {one.reason}"
