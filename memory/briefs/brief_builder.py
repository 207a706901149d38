"""Answers what is known for a task: gathers, selects, and writes it down under a budget."""

from __future__ import annotations

import hashlib
import shlex
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, cast

from memory.briefs.code_facts import LEAST, SHARE, fit_facts
from memory.briefs.everything import gather_all
from memory.briefs.gather import gather_for_task
from memory.briefs.layout import Entry, Group, Omissions, frame_of
from memory.briefs.render_markdown import Markdown
from memory.briefs.render_memory import say
from memory.briefs.response_json import Response
from memory.briefs.scoring import FLOOR, BriefPlace, is_named
from memory.briefs.select import Option, select, select_in_order
from memory.errors import BudgetTooSmall
from memory.kinds.spec import BriefSection
from memory.models.brief import (
    DEFAULT_BUDGET,
    EVERYTHING_BUDGET,
    LEAST_BUDGET,
    MOST_BUDGET,
    Brief,
    BriefForm,
    ModuleCoverage,
)
from memory.models.request import LONGEST_QUESTION
from memory.retrieval.embedding.tokens import count_tokens, with_margin, within_margin
from memory.texts.module_names import same_modules
from memory.texts.quoting import harmless_line

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from memory.briefs.brief_items import Gathered
    from memory.briefs.layout import Writer
    from memory.briefs.render_memory import RenderedMemory
    from memory.briefs.select import BriefSelection
    from memory.code.loading import FactSection
    from memory.ledger.interface.database import Database
    from memory.models.selection import Lens
    from memory.retrieval.meaning import Meaning

RESERVED = (0.1, 60, 400)  # for what is left out: a share of the room, at least, at most
HEADROOM = 100  # tokens that a brief of all that did not fit has for what is still left out
COMMAND = 8  # a command may take this part of the room
TITLES, TITLE = 10, 80  # of what did not fit, and their characters
#: As likely to answer as this, the first two that tell of what failed come before what is merely
#: cheaper to tell: two that warn of one thing are alike, and the second would seem to add little.
EVIDENT, WARNINGS = 0.95, 2
MEASURED = 200  # of what did not fit; the rest is taken to be as long
SHORTEST = 25  # tokens of a memory in a line, at least
LOADED = 40  # tokens of a line that counts them


@dataclass(frozen=True)
class BriefRequest:
    """How a brief is wanted."""

    budget: int | None = None  # tokens
    form: BriefForm = "md"
    commit: str = ""  # as of which the memory is, if it is not that of today
    everything: bool = False
    code: tuple[str, ...] = ()  # lines on the code that the task is about
    facts: tuple[FactSection, ...] = ()  # of all code; for everything
    only: frozenset[str] | None = None  # uids of the memories that may be told; None for all
    without: frozenset[str] = frozenset()  # uids of those that somebody has been told


def brief(
    db: Database,
    task: str,
    modules: tuple[str, ...],
    agents: tuple[str, ...],
    lens: Lens,
    asked: BriefRequest,
    *,
    meaning: Meaning,
) -> Brief:
    """What is known for a task, in no more tokens than its budget.

    Args:
        db: An open ledger.
        task: In plain words; what is longer than a question can be is not looked at.
        modules: That it is about; none for those that it names.
        agents: That get a slice; of everything, none for all.
        lens: From when to look.
        asked: How it is wanted.
        meaning: Encodes the task and finds what is near it.

    Raises:
        BudgetTooSmall: nothing of use has room.
    """
    task = task[:LONGEST_QUESTION]
    default = EVERYTHING_BUDGET if asked.everything else DEFAULT_BUDGET
    budget = default if asked.budget is None else asked.budget
    if asked.everything:
        most = within_margin(budget) // SHORTEST
        gathered = gather_all(db, task, modules, agents, lens, most)
    else:
        gathered = gather_for_task(db, task, modules, agents, lens, meaning)
    if asked.without or asked.only is not None:
        kept = (one for one in gathered.items if one.uid not in asked.without)
        items = tuple(one for one in kept if asked.only is None or one.uid in asked.only)
        gathered = replace(gathered, items=items)
    if budget < LEAST_BUDGET:
        raise BudgetTooSmall(budget, LEAST_BUDGET)
    options = [word for name in agents for word in ("--agent", name)]
    options += _options(lens, asked)
    return _Draft(gathered, asked, budget, _seen_from(lens, asked.commit), options).brief()


def _seen_from(lens: Lens, commit: str) -> str:
    """The lens in words; nothing for today."""
    if commit:
        return f"commit {commit[:12]}"
    held = f"{lens.as_of:%Y-%m-%d %H:%M} UTC" if lens.as_of else ""
    held = held or ("today" if lens.known_at else "")
    known = f"as known at {lens.known_at:%Y-%m-%d %H:%M} UTC" if lens.known_at else ""
    return ", ".join(words for words in (held, known) if words)


def _options(lens: Lens, asked: BriefRequest) -> list[str]:
    """The options of the command that looks from there."""
    options = ["--everything"] if asked.everything else []
    options += ["--format", asked.form] if asked.form != "md" else []
    if asked.commit:
        options += ["--as-of", asked.commit[:12]]
    for name, moment in (("--as-of", lens.as_of), ("--known-at", lens.known_at)):
        if moment:
            options += [name, moment.isoformat()]
    return options


class _Draft:
    """One brief while it is being made."""

    def __init__(
        self,
        gathered: Gathered,
        asked: BriefRequest,
        budget: int,
        seen_from: str,
        options: Sequence[str],
    ) -> None:
        self._gathered = gathered
        self._everything = asked.everything
        self._budget = budget
        self._room = within_margin(budget)
        self._options = options  # of the command that asks the same
        self._writer: Writer = Response() if asked.form == "json" else Markdown()
        self._items = {one.uid: one for one in gathered.items}
        # What gives orders to its reader comes last, however near it is.
        self._in_order = sorted(
            self._items,
            key=lambda uid: (self._items[uid].is_doubted, self._items[uid].near.order, uid),
        )
        self._by_worth = sorted(self._in_order, key=lambda uid: -self._items[uid].worth)
        self._musts = (*self._first(), *self._blocking(), *self._warnings())
        self._facts = asked.facts if budget >= LEAST else ()
        self._frame = replace(
            frame_of(gathered, seen_from, self._room, asked.code),
            facts=fit_facts(self._facts, int(SHARE * self._room), self._fact_cost),
        )
        self._memory = cache(self._render)  # by uid
        self._cost = cache(self._count)  # tokens by uid and form

    def brief(self) -> Brief:
        """The brief, with as much as has room of what was left out; at worst without the last."""
        selected, titles = self._selected(), TITLES
        doubtful = [] if self._everything else self._doubtful()
        while True:
            groups = self._groups(selected.forms)
            self._frame = replace(self._frame, also=tuple(doubtful[:titles]))
            left = self._left(selected, titles)
            if self._everything:
                self._frame = replace(self._frame, loaded=tuple(self._loaded(groups)))
            text = self._writer.page(self._frame, groups, left)
            counted = count_tokens(text)
            if counted <= self._room or not (titles or selected.order):
                break
            if titles:
                titles = max(0, titles - 1 - (counted - self._room) // 30)
            else:
                selected.drop_last()
        if counted > self._room:
            raise BudgetTooSmall(self._budget, with_margin(counted))
        told = (self._items[entry.memory.uid] for group in groups for entry in group.entries)
        gathered = self._gathered
        return Brief(
            task=gathered.task,
            modules=gathered.modules,
            agents=tuple(owner.name for owner in gathered.owners),
            budget=self._budget,
            tokens=with_margin(counted),
            text=text,
            digest=hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest(),
            served=tuple(one.served for one in told),
            omitted=left.count,
            coverage=tuple(
                ModuleCoverage(module=name, counts=dict(counts))
                for name, counts in gathered.counts.items()
            ),
            complete=not gathered.reason,
            reason=gathered.reason,
        )

    def _selected(self) -> BriefSelection:
        share, least, most = RESERVED
        reserved = max(least, min(most, int(self._room * share)))
        if self._everything:
            headings = len(BriefSection) + len(self._gathered.owners) + len(self._facts)
            reserved += LOADED * (headings + 1)
        taken = count_tokens(self._writer.page(self._frame, [], Omissions()))
        forms = 3 if self._everything else 2
        # What must be told, and of the rest the most worthy, as many as could have room.
        looked_at = [*dict.fromkeys((*self._musts, *self._by_worth))]
        options = [
            Option(uid, one.worth, one.place, forms, must=uid in self._musts)
            for uid in looked_at[: max(1, self._room // SHORTEST)]
            for one in [self._items[uid]]
        ]
        room = self._room - taken - reserved
        if self._everything:
            selected = select_in_order(options, room, cost=self._price, heading=self._heading_cost)
            self._fill(room - selected.spent)
            return selected
        return select(
            options,
            room,
            cost=self._price,
            heading=self._heading_cost,
            likeness=self._likeness,
            floor=FLOOR,
        )

    def _fill(self, room: int) -> None:
        """Facts have what memories leave."""
        told = sum(one.tokens for one in self._frame.facts)
        facts = fit_facts(self._facts, told + max(0, room), self._fact_cost)
        self._frame = replace(self._frame, facts=facts)

    def _fact_cost(self, line: str) -> int:
        return count_tokens(self._writer.fact(line))

    def _price(self, option: Option, form: int) -> int:
        return self._cost(option.uid, form)

    def _first(self) -> list[str]:
        """What a search for the task finds first, unless that is not to the point either."""
        worthy = (
            uid
            for uid in self._in_order
            if self._items[uid].worth and not self._items[uid].is_doubted
        )
        return [] if self._everything else list(islice(worthy, 1))

    def _blocking(self) -> list[str]:
        """The flags that forbid to touch the modules that were asked about, most urgent first."""
        own = {module for owner in self._gathered.owners for module in owner.modules}
        concerned = {*self._gathered.modules, *own}
        return [
            uid
            for uid in self._by_urgency(self._items)
            if self._items[uid].is_blocking
            and not self._items[uid].is_doubted
            and (self._everything or same_modules(concerned, self._items[uid].modules))
        ]

    def _warnings(self) -> list[str]:
        """What evidently is about the task and says that it did not work, the nearest first."""
        warnings = [
            one
            for one in self._items.values()
            if one.near.relevance >= EVIDENT
            and one.worth >= FLOOR
            and one.warns
            and not one.is_doubted
        ]
        warnings.sort(key=lambda one: (-one.near.relevance, one.uid))
        return [one.uid for one in warnings[:WARNINGS]]

    def _by_urgency(self, uids: Iterable[str]) -> list[str]:
        """The flags among them, the most urgent first."""
        flags = ((one.urgency, one.uid) for one in map(self._items.__getitem__, uids))
        return [uid for urgency, uid in sorted(flag for flag in flags if flag[0] is not None)]

    def _loaded(self, groups: Sequence[Group]) -> Iterator[str]:
        """How many tokens each agent and each section takes, and all together."""
        costs = [
            (one.place, with_margin(sum(map(self._entry_cost, one.entries)))) for one in groups
        ]
        memories = sum(len(group.entries) for group in groups)
        tokens = sum(cost for _, cost in costs)
        tokens += with_margin(sum(one.tokens for one in self._frame.facts))
        lines = sum(len(one.lines) for one in self._frame.facts)
        of_code = f" and {lines:,} facts of the code" if lines else ""
        yield (
            f"Loaded: {memories:,} of {self._gathered.total:,} memories{of_code}, "
            f"{tokens:,} tokens."
        )
        for agent in dict.fromkeys(place.agent for place, _ in costs if place.agent):
            own = sum(cost for place, cost in costs if place.agent == agent)
            yield f"- {say(agent, TITLE)}: {own:,} tokens"
        for section in BriefSection:
            if own := sum(cost for place, cost in costs if place == BriefPlace("", section)):
                yield f"- {section}: {own:,} tokens"
        for facts in self._frame.facts:
            part = f", {len(facts.lines):,} of {facts.total:,}" if facts.left else ""
            yield f"- {facts.title}: {with_margin(facts.tokens):,} tokens{part}"

    def _groups(self, forms: Mapping[str, int]) -> list[Group]:
        """What was selected: everybody's part first; in each section the most relevant first.

        The section of what a search finds first comes before the others.
        """
        agents = ["", *(owner.name for owner in self._gathered.owners)]
        places = [BriefPlace(agent, section) for agent in agents for section in BriefSection]
        leading = {self._items[uid].place for uid in self._first()}
        places.sort(key=lambda place: (agents.index(place.agent), place not in leading))
        by_place: dict[BriefPlace, list[Entry]] = {place: [] for place in places}
        blocking = self._by_urgency(uid for uid in forms if self._items[uid].is_blocking)
        ordered = dict.fromkeys([*self._first(), *blocking, *self._in_order])
        ordered = dict.fromkeys(sorted(ordered, key=lambda uid: self._items[uid].is_doubted))
        for uid in ordered:
            if uid in forms:
                entry = Entry(self._memory(uid), forms[uid])
                by_place[self._items[uid].place].append(entry)
        groups = [Group(place, entries) for place, entries in by_place.items() if entries]
        return sorted(groups, key=lambda one: self._items[one.entries[0].memory.uid].is_doubted)

    def _left(self, selected: BriefSelection, titles: int) -> Omissions:
        """What did not fit, and what was told in short."""
        told, short = selected.forms.keys(), {uid for uid, _ in selected.missed}
        worth_telling = self._items.keys() if self._everything else short
        stood_for = sum(self._items[uid].stands_for for uid in told) + len(self._frame.also)
        missed = [uid for uid in self._in_order if uid in worth_telling and uid not in told]
        counts = Counter(self._items[uid].place.section for uid in missed)
        counts.update(self._gathered.beyond)
        return Omissions(
            blocking=tuple(uid for uid in self._blocking() if uid not in told)[:5],
            by_section={one: counts[one] for one in BriefSection if counts[one]},
            titles=tuple((uid, say(self._memory(uid).title, TITLE)) for uid in missed[:titles]),
            shortened=len(short & told),
            others=max(0, self._gathered.total - stood_for - counts.total()),
            command=self._command(selected, missed),
            rest_command="" if self._everything else "`archmem brief --everything` loads all.",
        )

    def _doubtful(self) -> list[tuple[str, str]]:
        """What may be of use but hardly is, a title by uid, the likeliest first."""
        named = (
            one for one in self._items.values() if is_named(one.near.useful) and not one.is_doubted
        )
        ordered = sorted(named, key=lambda one: (-one.near.useful, one.uid))
        told = (self._memory(one.uid) for one in ordered)
        return [
            (one.uid, say(f"{one.title} ({one.standing})" if one.standing else one.title, TITLE))
            for one in told
        ]

    def _command(self, selected: BriefSelection, missed: Sequence[str]) -> str:
        """What tells all that did not fit: the same with a larger budget."""
        if not selected.missed:
            return ""
        measured = selected.missed[:MEASURED]
        further = sum(self._cost(uid, form) for uid, form in measured)
        unseen = {*missed} - {uid for uid, _ in selected.missed}
        count = len(selected.missed) + len(unseen) + sum(self._gathered.beyond.values())
        further += (count - len(measured)) * (further // len(measured))
        budget = with_margin(self._room + further + HEADROOM)
        budget = min(MOST_BUDGET, -(-budget // 500) * 500)
        task, modules = self._gathered.task, self._gathered.modules
        words = ["archmem", "brief", *([task] if task else [])]
        words += ["--modules", ",".join(modules)] if modules else []
        said = " ".join(map(shlex.quote, [*words, *self._options, "--budget", str(budget)]))
        is_short = harmless_line(task) == task and count_tokens(said) <= self._room // COMMAND
        return f"`{said}`" if is_short else f"the same with `--budget {budget}`"

    def _render(self, uid: str) -> RenderedMemory:
        return self._items[uid].render()

    def _count(self, uid: str, form: int) -> int:
        return self._entry_cost(Entry(self._memory(uid), form))

    def _entry_cost(self, entry: Entry) -> int:
        return sum(map(count_tokens, self._writer.entry(entry)))

    def _heading_cost(self, group: Hashable) -> int:
        place = cast("BriefPlace", group)
        return sum(map(count_tokens, self._writer.heading(place, is_first=bool(place.agent))))

    def _likeness(self, one: str, other: str) -> float:
        return self._items[one].likeness(self._items[other])
