"""Makes a brief: chooses from what was gathered, under a budget, and writes it down."""

from __future__ import annotations

import hashlib
import shlex
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, cast

from memory.briefs.choosing import Option, choose
from memory.briefs.framing import coverage_of, frame_of
from memory.briefs.markdown import Markdown
from memory.briefs.overlap import overlap
from memory.briefs.page import Entry, Group, Left
from memory.briefs.response import Response
from memory.briefs.sections import Section, is_blocking, warns
from memory.briefs.slices import Place, place_of
from memory.briefs.telling import tell
from memory.briefs.wording import say
from memory.briefs.worth import FLOOR, worth
from memory.errors import BudgetTooSmall
from memory.models.brief import LEAST_BUDGET, MOST_BUDGET, Brief
from memory.models.details import Served
from memory.models.flags import by_urgency
from memory.models.kinds import Kind
from memory.retrieval.embedding.tokens import count_tokens, with_margin, within_margin
from memory.texts.modules import same_modules
from memory.texts.quoting import harmless_line

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from memory.briefs.choosing import Chosen
    from memory.briefs.material import Gathered
    from memory.briefs.page import Form, Writer
    from memory.briefs.telling import Telling
    from memory.models.revision import Memory

RESERVED = (0.1, 60, 400)  # for what is left out: a share of the room, at least, at most
HEADROOM = 100  # tokens that a brief of all that did not fit has for what is still left out
COMMAND = 8  # a command may take this part of the room
TITLES, TITLE = 10, 80  # of what did not fit, and their characters
#: As likely to answer as this, the first two that tell of what failed come before what is merely
#: cheaper to tell: two that warn of one thing are alike, and the second would seem to add little.
EVIDENT, WARNINGS = 0.95, 2
SHORTEST = 25  # tokens of a memory in a line, at least
LOADED = 40  # tokens of a line that counts them


def make_brief(gathered: Gathered, asked: Form) -> Brief:
    """A brief of what was gathered; never more tokens than its budget.

    Args:
        gathered: What there is.
        asked: Under which budget, and in which form.

    Raises:
        BudgetTooSmall: nothing of use has room.
    """
    if asked.budget < LEAST_BUDGET:
        raise BudgetTooSmall(asked.budget, LEAST_BUDGET)
    return _Making(gathered, asked).brief()


class _Counted(NamedTuple):
    """What a section of a brief, or of an agent's slice, takes."""

    section: str
    agent: str  # "" for everybody's part
    memories: int
    tokens: int


class _Making:
    """One brief while it is being made."""

    def __init__(self, gathered: Gathered, asked: Form) -> None:
        self._gathered = gathered
        self._asked = asked
        self._room = within_margin(asked.budget)
        self._writer: Writer = Response() if asked.form == "json" else Markdown()
        self._found = {one.uid: one for one in gathered.found}
        self._tellings: dict[str, Telling] = {}
        self._costs: dict[tuple[str, int], int] = {}
        self._places = {one.uid: place_of(one, gathered.owners) for one in gathered.found}
        self._worth = {
            one.uid: worth(one.listed, one.near, gathered.earned.get(one.uid, 0.0))
            for one in gathered.found
        }
        self._musts = (*self._blocking(), *self._warnings())
        self._frame = frame_of(gathered, asked.seen_from, self._room)

    def brief(self) -> Brief:
        """The brief."""
        share, least, most = RESERVED
        reserved = max(least, min(most, int(self._room * share)))
        if self._asked.everything:
            reserved += LOADED * (len(Section) + len(self._gathered.owners) + 1)
        taken = count_tokens(self._page([], Left()))
        chosen = choose(
            self._options(),
            self._room - taken - reserved,
            cost=lambda option, form: self._cost(option.uid, form),
            heading=self._heading_cost,
            likeness=self._likeness,
            floor=0.0 if self._asked.everything else FLOOR,
        )
        return self._fitted(chosen)

    def _options(self) -> list[Option]:
        """What there is to choose from, what blocks first."""
        forms = 3 if self._asked.everything else 2
        return [
            Option(uid, self._worth[uid], self._places[uid], forms, must=uid in self._musts)
            for uid in self._worth_a_look()
        ]

    def _worth_a_look(self) -> list[str]:
        """What blocks, and of the rest the most worthy, as many as could have room."""
        rest = sorted(self._found, key=lambda uid: (-self._worth[uid], uid))
        return [*dict.fromkeys((*self._musts, *rest))][: max(1, self._room // SHORTEST)]

    def _blocking(self) -> tuple[str, ...]:
        """The flags that forbid to touch the modules that were asked about, most urgent first."""
        own = {module for owner in self._gathered.owners for module in owner.modules}
        concerned = {*self._gathered.modules, *own}
        flags = (one.listed for one in self._found.values() if is_blocking(one.listed))
        return tuple(
            one.memory.uid
            for one in by_urgency(flags)
            if self._asked.everything
            or same_modules(concerned, self._found[one.memory.uid].modules)
        )

    def _warnings(self) -> list[str]:
        """What evidently is about the task and says that it did not work, the nearest first."""
        warnings = [
            one
            for one in self._found.values()
            if one.relevance >= EVIDENT and self._worth[one.uid] >= FLOOR and warns(one.listed)
        ]
        warnings.sort(key=lambda one: (-one.relevance, one.uid))
        return [one.uid for one in warnings[:WARNINGS]]

    def _fitted(self, chosen: Chosen) -> Brief:
        """The brief, with as much as has room of what was left out; at worst without the last."""
        titles = TITLES
        while True:
            groups = self._groups(chosen.forms)
            left = self._left(chosen, titles)
            if self._asked.everything:
                loaded = tuple(self._loaded(groups))
                self._frame = replace(self._frame, loaded=loaded)
            text = self._page(groups, left)
            counted = count_tokens(text)
            if counted <= self._room or not (titles or chosen.order):
                break
            if titles:
                titles = max(0, titles - 1 - (counted - self._room) // 30)
            else:
                self._drop_last(chosen)
        if counted > self._room:
            raise BudgetTooSmall(self._asked.budget, with_margin(counted))
        return self._brief(groups, text, counted, left)

    def _loaded(self, groups: Sequence[Group]) -> Iterator[str]:
        """How many tokens each agent and each section takes, and all together."""
        counts = [self._counted(group) for group in groups]
        memories, tokens = sum(one.memories for one in counts), sum(one.tokens for one in counts)
        yield f"Loaded: {memories:,} of {self._gathered.total:,} memories, {tokens:,} tokens."
        for agent in dict.fromkeys(one.agent for one in counts if one.agent):
            own = sum(one.tokens for one in counts if one.agent == agent)
            yield f"- {say(agent, TITLE)}: {own:,} tokens"
        for section in Section:
            own = sum(one.tokens for one in counts if one.section == section and not one.agent)
            if own:
                yield f"- {section}: {own:,} tokens"

    def _drop_last(self, chosen: Chosen) -> None:
        uid, form = chosen.order.pop()
        chosen.missed.append((uid, form))
        if form:
            chosen.forms[uid] = form - 1
        else:
            del chosen.forms[uid]

    def _brief(self, groups: Sequence[Group], text: str, counted: int, left: Left) -> Brief:
        gathered = self._gathered
        served = [entry.telling.uid for group in groups for entry in group.entries]
        return Brief(
            task=gathered.task,
            modules=gathered.modules,
            agents=tuple(owner.name for owner in gathered.owners),
            budget=self._asked.budget,
            tokens=with_margin(counted),
            text=text,
            digest=hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest(),
            served=tuple(_served(self._found[uid].listed.memory) for uid in served),
            omitted=left.count,
            coverage=coverage_of(gathered),
            complete=gathered.complete,
            reason=gathered.reason,
        )

    def _counted(self, group: Group) -> _Counted:
        tokens = sum(self._cost_of(entry) for entry in group.entries)
        return _Counted(
            section=str(group.section),
            agent=group.agent,
            memories=len(group.entries),
            tokens=with_margin(tokens),
        )

    def _groups(self, forms: Mapping[str, int]) -> list[Group]:
        """What was chosen: everybody's part first, each section by urgency or worth."""
        by_place: dict[Place, list[str]] = {}
        for uid in forms:
            by_place.setdefault(self._places[uid], []).append(uid)
        agents = ["", *(owner.name for owner in self._gathered.owners)]
        return [
            Group(agent, section, [Entry(self._telling(uid), forms[uid]) for uid in ordered])
            for agent in agents
            for section in Section
            if (ordered := self._ordered(by_place.get(Place(agent, section), [])))
        ]

    def _ordered(self, uids: Sequence[str]) -> list[str]:
        """Flags by urgency before all else; then by worth, ties by uid."""
        listed = [self._found[uid].listed for uid in uids]
        flags = [
            one.memory.uid
            for one in by_urgency(one for one in listed if one.memory.kind is Kind.FLAG)
        ]
        rest = sorted({*uids} - {*flags}, key=lambda uid: (-self._worth[uid], uid))
        return flags + rest

    def _left(self, chosen: Chosen, titles: int) -> Left:
        """What did not fit, and what was told in short."""
        missed = self._missed(chosen)
        ordered = sorted(missed, key=lambda uid: (-self._worth[uid], uid))
        counts = Counter(self._places[uid].section for uid in ordered)
        blocking = [uid for uid in self._blocking() if uid not in chosen.forms]
        total = self._gathered.total
        return Left(
            blocking=tuple(blocking[:5]),
            by_section={str(one): counts[one] for one in Section if counts[one]},
            titles=tuple((uid, self._title(uid)) for uid in ordered[:titles]),
            shortened=len({uid for uid, _ in chosen.missed} & chosen.forms.keys()),
            others=max(0, total - len(chosen.forms) - len(missed)),
            command=self._command(chosen, missed),
            rest_command=""
            if self._asked.everything
            else "`archmem brief --everything` loads all.",
        )

    def _missed(self, chosen: Chosen) -> set[str]:
        """What is worth telling and is not told; of everything, that is all the rest."""
        missed = self._found if self._asked.everything else (uid for uid, _ in chosen.missed)
        return {*missed} - chosen.forms.keys()

    def _command(self, chosen: Chosen, missed: Iterable[str]) -> str:
        """What tells all that did not fit: the same with a larger budget."""
        if not chosen.missed:
            return ""
        further = sum(self._cost(uid, form) for uid, form in chosen.missed)
        unseen = len({*missed} - {uid for uid, _ in chosen.missed})
        further += unseen * (further // len(chosen.missed))
        budget = with_margin(self._room + further + HEADROOM)
        budget = min(MOST_BUDGET, -(-budget // 500) * 500)
        task = self._gathered.task
        if harmless_line(task) != task:
            return f"the same with `--budget {budget}`"
        words = ["archmem", "brief", *([task] if task else [])]
        if self._gathered.modules:
            words += ["--modules", ",".join(self._gathered.modules)]
        words += [word for name in self._asked.agents for word in ("--agent", name)]
        words += [*self._asked.options, "--budget", str(budget)]
        said = " ".join(map(shlex.quote, words))
        is_short = count_tokens(said) <= self._room // COMMAND
        return f"`{said}`" if is_short else f"the same with `--budget {budget}`"

    def _page(self, groups: Sequence[Group], left: Left) -> str:
        return self._writer.page(self._frame, groups, left)

    def _telling(self, uid: str) -> Telling:
        if uid not in self._tellings:
            found, series = self._found[uid], self._gathered.series.get(uid)
            self._tellings[uid] = tell(
                found.listed, self._gathered.titles, passage=found.passage, series=series
            )
        return self._tellings[uid]

    def _title(self, uid: str) -> str:
        return say(self._telling(uid).title, TITLE)

    def _cost(self, uid: str, form: int) -> int:
        key = uid, form
        if key not in self._costs:
            self._costs[key] = self._cost_of(Entry(self._telling(uid), form))
        return self._costs[key]

    def _cost_of(self, entry: Entry) -> int:
        return sum(map(count_tokens, self._writer.entry(entry)))

    def _heading_cost(self, group: Hashable) -> int:
        place = cast("Place", group)
        lines = self._writer.heading(place.agent, place.section, is_first=bool(place.agent))
        return sum(map(count_tokens, lines))

    def _likeness(self, one: str, other: str) -> float:
        if self._asked.everything:
            return 0.0
        return overlap(self._found[one], self._found[other])


def _served(memory: Memory) -> Served:
    revision = memory.revision
    return Served(uid=memory.uid, revision=revision.number, digest=revision.draft.digest)
