"""Whether a memory is in force, worked out from what it and others say."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from pydantic import AwareDatetime

from memory.kinds.vocabulary import NO_LONGER_IN_FORCE, LinkType, Status
from memory.models.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from memory.models.memory import Link

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_NOT_YET = frozenset({Status.PROPOSED, Status.PLANNED})
_UNSETTLED = frozenset({Status.OPEN, Status.ACKNOWLEDGED})  # until their time is over
#: Stay so, whatever came then.
_ENDED = frozenset({Status.DEPRECATED, Status.REJECTED, Status.WITHDRAWN, Status.REVERTED})
#: Held until they ended, where a day is given.
ONCE_HELD = frozenset({Status.SUPERSEDED, Status.DEPRECATED, Status.WITHDRAWN, Status.REVERTED})
_NEVER_CAME = frozenset({Status.PROPOSED, Status.REJECTED, Status.WITHDRAWN})


class DeclaredState(NamedTuple):
    """How a memory stands by its own words."""

    status: Status
    valid_from: datetime | None
    valid_to: datetime | None


class Standing(Value):
    """How a memory stands when what other memories say of it is taken into account."""

    in_force: bool
    status: Status
    valid_to: AwareDatetime | None = None  # when it ceased to hold, if that is known
    replaced_by: tuple[str, ...] = ()  # uids of what supersedes it
    current: tuple[str, ...] = ()  # uids of what is in force in its place, at the chains' ends
    proposed: tuple[str, ...] = ()  # uids of what is only proposed in its place
    replaces: tuple[str, ...] = ()  # uids of what it supersedes
    amended_by: tuple[str, ...] = ()  # uids of what changed a part of it

    @property
    def instead(self) -> tuple[str, ...]:
        """What to read in its place: what is in force there.

        Where a source calls itself superseded by what is still a proposal, it is that.
        """
        return self.current or (self.proposed if self.status is Status.SUPERSEDED else ())


def stand(
    states: Mapping[str, DeclaredState], links: Iterable[Link], as_of: datetime
) -> dict[str, Standing]:
    """The standing of every memory in `states` at one moment.

    A memory is superseded from the day on which something that supersedes the whole of it
    began to hold; one that was deprecated, rejected or withdrawn stays so, and its successor is
    known. Something proposed, rejected or withdrawn supersedes nothing. What supersedes a part
    of a memory amends it. A memory that calls itself superseded holds until what supersedes it
    does, or was proposed; one that ended on a day holds until then.

    Args:
        states: All memories concerned, those at the far ends of `links` among them.
        links: Of type supersedes and amends; others are passed over.
        as_of: The moment.
    """
    heirs: dict[str, set[str]] = defaultdict(set)  # by what they supersede, whenever they do
    proposed: dict[str, set[str]] = defaultdict(set)
    amenders: dict[str, set[str]] = defaultdict(set)
    for link in links:
        ends = {link.source, link.target}
        if len(ends) < 2 or not ends <= states.keys():
            continue
        if link.type is LinkType.AMENDS or (link.type is LinkType.SUPERSEDES and link.partial):
            amenders[link.target].add(link.source)
        elif link.type is LinkType.SUPERSEDES and states[link.source].status not in _NEVER_CAME:
            heirs[link.target].add(link.source)
        elif link.type is LinkType.SUPERSEDES and states[link.source].status is Status.PROPOSED:
            proposed[link.target].add(link.source)
    _break_circles(heirs, states)
    now = {
        old: {new for new in news if _has_begun(states[new], as_of)} for old, news in heirs.items()
    }
    replaces: dict[str, set[str]] = defaultdict(set)
    for old, news in now.items():
        for new in news:
            replaces[new].add(old)
    return {
        uid: _standing(
            state,
            as_of,
            has_heirs=bool(heirs.get(uid))
            or any(not _has_begun(states[one], as_of) for one in proposed.get(uid, ())),
            replaced_by={new: states[new].valid_from for new in now.get(uid, ())},
            current={end for end in _ends(uid, now) if _holds(states[end], as_of)},
            proposed={one for one in proposed.get(uid, ()) if _has_begun(states[one], as_of)},
            replaces=replaces.get(uid, set()),
            amended_by={one for one in amenders.get(uid, ()) if _has_begun(states[one], as_of)},
        )
        for uid, state in states.items()
    }


def _standing(
    state: DeclaredState,
    as_of: datetime,
    *,
    has_heirs: bool,
    replaced_by: Mapping[str, datetime | None],
    current: set[str],
    proposed: set[str],
    replaces: set[str],
    amended_by: set[str],
) -> Standing:
    status, valid_to = state.status, state.valid_to
    if replaced_by:
        status = status if status in _ENDED else Status.SUPERSEDED
        ends = [valid_to, *replaced_by.values()]
        valid_to = min((moment for moment in ends if moment is not None), default=None)
    elif status in _UNSETTLED and valid_to is not None and valid_to <= as_of:
        status = Status.EXPIRED
    elif (status in ONCE_HELD and _ends_later(state, as_of)) or (
        status is Status.SUPERSEDED and has_heirs
    ):
        status = Status.ACCEPTED
    return Standing(
        in_force=_holds(DeclaredState(status, state.valid_from, valid_to), as_of),
        status=status,
        valid_to=valid_to,
        replaced_by=tuple(sorted(replaced_by)),
        current=tuple(sorted(current)),
        proposed=tuple(sorted(proposed)),
        replaces=tuple(sorted(replaces)),
        amended_by=tuple(sorted(amended_by)),
    )


def _holds(state: DeclaredState, as_of: datetime) -> bool:
    over = state.status in NO_LONGER_IN_FORCE or state.status in _NOT_YET
    ended = state.valid_to is not None and state.valid_to <= as_of
    return _has_begun(state, as_of) and not over and not ended


def _has_begun(state: DeclaredState, as_of: datetime) -> bool:
    return state.valid_from is None or state.valid_from <= as_of


def _ends_later(state: DeclaredState, as_of: datetime) -> bool:
    return state.valid_to is not None and state.valid_to > as_of


def _break_circles(heirs: dict[str, set[str]], states: Mapping[str, DeclaredState]) -> None:
    """Of two memories that each claim to supersede the other, believe the later one."""
    for old in list(heirs):
        for new in list(heirs[old]):
            if old in heirs.get(new, ()):
                older, newer = sorted((old, new), key=lambda uid: _age_key(uid, states))
                heirs[newer].discard(older)


def _age_key(uid: str, states: Mapping[str, DeclaredState]) -> tuple[datetime, str]:
    return states[uid].valid_from or _BEGINNING, uid


def _ends(uid: str, heirs: Mapping[str, set[str]]) -> set[str]:
    """Where the chains of heirs end; empty for one without heirs."""
    ends, seen, ahead = set(), {uid}, list(heirs.get(uid, ()))
    while ahead:
        one = ahead.pop()
        if one in seen:
            continue
        seen.add(one)
        if further := heirs.get(one):
            ahead += further
        else:
            ends.add(one)
    return ends
