"""Which memory each draft is, however its file was edited, renumbered or moved."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from memory.kinds.vocabulary import Kind
    from memory.models.memory import Draft, Memory

SAME_TEXT = 0.5  # share of word triples in common; git calls a file renamed from 0.5 on as well
SAME_TITLE = 0.3  # the same, where the titles agree
LIKELY = 20  # memories that a draft is compared with, those with most of its rarest triples
VISITS = 1_000  # of memories while they are looked for: a template's words are in all of them


class FoundDraft(NamedTuple):
    """A draft and the file in which it stands."""

    path: str
    draft: Draft


class DraftMatch(NamedTuple):
    """A draft that is a known memory."""

    memory: Memory
    found: FoundDraft


@dataclass(frozen=True)
class Reconciliation:
    """What an index run has to do: every draft is in `matched` or `added`, never in both."""

    matched: tuple[DraftMatch, ...] = ()
    added: tuple[FoundDraft, ...] = ()
    removed: tuple[Memory, ...] = ()


class _Matching:
    """Memories and drafts that are still without one another, and the matches so far."""

    def __init__(self, memories: Iterable[Memory], found: Sequence[FoundDraft]) -> None:
        self.memories = {memory.uid: memory for memory in memories}
        self.drafts = dict(enumerate(found))
        self.matches: list[DraftMatch] = []

    def take(self, uid: str, number: int) -> None:
        self.matches.append(DraftMatch(self.memories.pop(uid), self.drafts.pop(number)))

    def by(
        self,
        of_memory: Callable[[Memory], Hashable | None],
        of_draft: Callable[[FoundDraft], Hashable | None],
    ) -> None:
        """Match what has the same name, one to one, in the order in which both come."""
        named = defaultdict(list)
        for memory in self.memories.values():
            named[of_memory(memory)].append(memory.uid)
        named.pop(None, None)
        for number, found in list(self.drafts.items()):
            if uids := named.get(of_draft(found)):
                self.take(uids.pop(0), number)


def plan_reconciliation(found: Sequence[FoundDraft], known: Iterable[Memory]) -> Reconciliation:
    """Decide for each draft whether it is new or a memory that we know.

    Tried in turn, each on what the ones before it left: the uid that the draft carries; the
    same words, then the same title, in the same place; the same words elsewhere; an entry of
    the same name in the same file; the same kind of memory with half of its words; the same
    file, where it is one entry. Likeness comes before the file, since files called by numbers
    alone are renumbered. A memory is matched once, so that a copy of a record becomes a memory
    of its own; of several with equal claims, one that was not removed comes first.

    `known` are those that stand in these files, or in files that are gone, and removed ones that
    may have come back.

    Returns:
        The plan. Known memories that nothing matches are removed, if they were not already.
    """
    state = _Matching(sorted(known, key=lambda m: m.revision.removed), found)
    state.by(lambda m: (m.uid, m.path), lambda f: (f.draft.uid, f.path))
    state.by(lambda m: m.uid, lambda f: f.draft.uid)
    state.by(
        lambda m: (m.path, m.entry, m.revision.draft.digest),
        lambda f: (f.path, f.draft.key, f.draft.digest),
    )
    state.by(
        lambda m: (m.path, m.entry, m.kind, _plain(m.title)),
        lambda f: (f.path, f.draft.key, f.draft.kind, _plain(f.draft.title)),
    )
    state.by(lambda m: m.revision.draft.digest, lambda f: f.draft.digest)
    state.by(
        lambda m: (m.path, m.entry, m.kind) if m.entry else None,
        lambda f: (f.path, f.draft.key, f.draft.kind),
    )
    for uid, number in _alike(state):
        if uid in state.memories and number in state.drafts:
            state.take(uid, number)
    state.by(
        lambda m: (m.path, m.kind) if not m.entry else None,
        lambda f: (f.path, f.draft.kind) if not f.draft.key else None,
    )
    return Reconciliation(
        matched=tuple(state.matches),
        added=tuple(state.drafts.values()),
        removed=tuple(m for m in state.memories.values() if not m.revision.removed),
    )


def _alike(state: _Matching) -> list[tuple[str, int]]:
    """Pairs of uid and draft that say much the same, equal titles and most alike first."""
    memories = {uid: m for uid, m in state.memories.items() if not m.revision.removed}
    if not memories or not state.drafts:
        return []
    triples = {uid: _word_triples(m.revision.draft.body) for uid, m in memories.items()}
    holders = defaultdict(list)
    for uid, words in triples.items():
        for triple in words:
            holders[memories[uid].kind, triple].append(uid)
    pairs = []
    for number, found in state.drafts.items():
        words = _word_triples(found.draft.body)
        for uid in _likely(found.draft.kind, words, holders):
            common = len(words & triples[uid])
            likeness = common / (len(words) + len(triples[uid]) - common)
            same_title = _plain(memories[uid].title) == _plain(found.draft.title)
            if likeness >= (SAME_TITLE if same_title else SAME_TEXT):
                pairs.append((not same_title, -likeness, uid, number))
    return [(uid, number) for _, _, uid, number in sorted(pairs)]


def _likely(
    kind: Kind, words: Iterable[str], holders: Mapping[tuple[Kind, str], Sequence[str]]
) -> list[str]:
    """The memories of a kind that share most of the rarest of these triples."""
    held = [(len(uids), triple, uids) for triple in words if (uids := holders.get((kind, triple)))]
    shared: Counter[str] = Counter()
    visits = 0
    for count, _, uids in sorted(held):
        if visits and visits + count > VISITS:
            break
        shared.update(uids)
        visits += count
    return [uid for uid, _ in shared.most_common(LIKELY)]


def _word_triples(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", text.lower())
    if len(words) < 3:
        return frozenset([" ".join(words)])
    return frozenset(" ".join(words[i : i + 3]) for i in range(len(words) - 2))


def _plain(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.lower()))
