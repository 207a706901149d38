"""A memory on a terminal: in a row, as a hit, as a page; the words are those of `memory.views`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from cli.forms.screen import facts_grid, indented, line, paragraphs, print_whole
from memory.kinds.vocabulary import Status
from memory.models.assessment import AnchorVerdict, Rank
from memory.models.details import PhasedPlan, Run
from memory.texts.formatting import minute
from memory.texts.numbers import number
from memory.texts.safe_text import one_line, visible
from memory.texts.shortening import excerpt
from memory.texts.words import stem, stem_places
from memory.views.memory_view import (
    STALE,
    anchor_words,
    confidence_words,
    dates,
    link_words,
    orders_words,
    place,
    premise_words,
    relations,
    status_words,
    verdict_word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console

    from memory.models.answer import Hit, Listed, Shown
    from memory.models.assessment import CheckedAnchor, Confidence
    from memory.models.memory import Link, Memory
    from memory.models.norm import Norm
    from memory.models.series import Premise
    from memory.models.standing import Standing

_HOLDS, _WAITS, _OVER = "green", "yellow", "red"
_STATUSES = {
    **dict.fromkeys((Status.ACCEPTED, Status.DONE, Status.RESOLVED), _HOLDS),
    **dict.fromkeys((Status.PROPOSED, Status.PLANNED, Status.OPEN, Status.ACKNOWLEDGED), _WAITS),
    **dict.fromkeys((Status.SUPERSEDED, Status.DEPRECATED, Status.REJECTED), _OVER),
    **dict.fromkeys((Status.REVERTED, Status.FAILED, Status.WITHDRAWN), _OVER),
}
_RELATIONS = {
    "replaced by": _OVER,
    "in its place": _HOLDS,
    "proposed instead": _WAITS,
    "amended by": _WAITS,
    "replaces": "dim",
}
_VERDICTS = {
    AnchorVerdict.GONE: _OVER,
    AnchorVerdict.CHANGED: _WAITS,
    AnchorVerdict.MOVED: _WAITS,
    AnchorVerdict.UNKNOWN: "dim",
    AnchorVerdict.FRESH: _HOLDS,
}
_RANKS = {Rank.PRACTICE: _HOLDS, Rank.CANDIDATE: "", Rank.RETIRED: _OVER}
_SEPARATOR = " · "
_INDENT, _PAGE_INDENT = 4, 2
_PASSAGE_LINES = 4
_BAR = 20  # characters for a share of the whole score
_SAID_ELSEWHERE = {"kind", "status"}  # of the details


def summary(listed: Listed) -> Text:
    """Kind, status, dates and uid on one line, and whether all that it names is as it was."""
    parts = [
        Text(listed.memory.kind),
        styled_status(listed),
        Text(dates(listed)),
        Text(listed.memory.uid, "dim"),
        _fresh(listed),
    ]
    return Text(_SEPARATOR).join(part for part in parts if part.plain)


def styled_status(listed: Listed) -> Text:
    """The status in words, in a colour that says whether it holds."""
    words = status_words(listed.memory.kind, listed.standing)
    return Text(words, _STATUSES.get(listed.standing.status, ""))


def styled_relations(standing: Standing, titles: Mapping[str, str]) -> Iterator[Text]:
    """A line for each memory that replaced or amended this one, or was replaced by it.

    Args:
        standing: Of the memory.
        titles: Of the others, by uid.
    """
    for words, uids in relations(standing):
        for uid in uids:
            other = line(f"“{titles.get(uid, '')}”")
            yield Text.assemble((words, _RELATIONS[words]), " ", other, " ", (uid, "dim"))


def bearing(listed: Listed) -> Iterator[Text]:
    """A line each for what is to be said; nothing of what is as it was, or cannot be told."""
    anchors = listed.freshness.anchors if listed.freshness else ()
    stale = [one for one in anchors if one.verdict in STALE]
    if orders := orders_words(listed.memory):
        yield Text(orders, "bold red")
    if stale:
        more = f", and {len(stale) - 1} more" if len(stale) > 1 else ""
        yield Text.assemble(styled_anchor(stale[0]), more)
    yield from map(styled_premise, listed.premises)
    if listed.confidence:
        yield _styled_confidence(listed.confidence)


def short_bearing(listed: Listed) -> Text:
    """The worst of it in a word or two, as a table has room for."""
    if listed.freshness and listed.freshness.verdict in STALE:
        verdict = listed.freshness.verdict
        return Text(verdict_word(verdict), _VERDICTS[verdict])
    if listed.premises:
        return Text(f"premise {listed.premises[0].movement}", _WAITS)
    if listed.confidence:
        return Text(str(listed.confidence.rank), _RANKS[listed.confidence.rank])
    return _fresh(listed)


def styled_anchor(checked: CheckedAnchor) -> Text:
    """What became of one place, and why one thinks so."""
    verdict, name = anchor_words(checked).split(": ", 1)
    said = Text.assemble((f"{verdict}: ", _VERDICTS[checked.verdict]), line(name))
    return Text.assemble(said, ": ", line(checked.reason, "dim"))


def styled_premise(premise: Premise) -> Text:
    """A baseline that moved."""
    return Text.assemble(("premise changed: ", _WAITS), line(premise_words(premise)))


def print_hit(
    console: Console,
    rank: int,
    hit: Hit,
    words: Sequence[str],
    titles: Mapping[str, str],
    *,
    explain: bool,
) -> None:
    """Print one hit as a calm block: what it is, where it stands, what it says.

    Args:
        console: Where to.
        rank: 1 for the best.
        hit: What was found.
        words: Of the question; they are shown in the passage.
        titles: Of the memories that its standing names, by uid.
        explain: Say how the score came about.
    """
    head = Table.grid(padding=(0, 1), expand=True)
    head.add_column(width=_INDENT - 1, justify="right")
    head.add_column(ratio=1)
    head.add_column(justify="right", style="dim")
    head.add_row(f"{rank}.", line(hit.memory.title, "bold"), f"{hit.score:.2f}")
    console.print(head)
    console.print(indented(summary(hit), _INDENT))
    print_citation(console, hit.citation, _INDENT)
    for said in (*styled_relations(hit.standing, titles), *bearing(hit)):
        console.print(indented(said, _INDENT))
    if hit.because:
        console.print(indented(line(f"why here: {hit.because}", "italic"), _INDENT))
    console.print(indented(_passage(console, hit, words), _INDENT + 2))
    if explain:
        console.print(indented(_signals(hit), _INDENT))


def print_page(console: Console, shown: Shown) -> None:
    """Print a memory as a page: where it stands and comes from, its fields, links and text."""
    print_head(console, shown)
    for relation in styled_relations(shown.standing, shown.titles):
        console.print(indented(relation, _PAGE_INDENT))
    parts = _origin(shown), _details(shown), _norms(shown), _links(shown), _whole_bearing(shown)
    for part in parts:
        if part.row_count:
            console.print()
            console.print(indented(part, _PAGE_INDENT))
    console.print()
    body = shown.memory.revision.draft.body
    if console.is_terminal:  # laid out for a person; as it is for a file or a program
        from rich.markdown import Markdown  # brings a parser, which no other command needs

        console.print(Markdown(visible(body), hyperlinks=False))
    else:
        console.print(paragraphs(body), soft_wrap=True)


def print_head(console: Console, listed: Listed) -> None:
    """Print the title of a page, where the memory stands and where it is said."""
    console.print(line(listed.memory.title, "bold"))
    console.print(indented(summary(listed), _PAGE_INDENT))
    print_citation(console, listed.memory.citation, _PAGE_INDENT)


def print_citation(console: Console, citation: str, indent: int) -> None:
    """Print where something is said, on a line that is not broken."""
    print_whole(console, Text(" " * indent + line(citation).plain, "cyan"))


def _fresh(listed: Listed) -> Text:
    """One word for a memory that names only what is as it was; else nothing."""
    is_fresh = listed.freshness is not None and listed.freshness.verdict is AnchorVerdict.FRESH
    return Text("fresh" if is_fresh else "", _HOLDS)


def _styled_confidence(confidence: Confidence) -> Text:
    rank, _, borne = confidence_words(confidence).partition(":")
    return Text.assemble((rank, _RANKS[confidence.rank]), f":{borne}")


def _passage(console: Console, hit: Hit, words: Sequence[str]) -> Text:
    width = console.width - _INDENT - 2
    text = line(excerpt(hit.passage, words, length=width * _PASSAGE_LINES - 8))
    if words:  # and those that only end otherwise
        wanted = {stem(word) for word in words}
        for start, end, root in stem_places(text.plain):
            if root in wanted:
                text.stylize("bold yellow", start, end)
    return text


def _signals(hit: Hit) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim")
    grid.add_column(justify="right")
    grid.add_column(style="cyan")
    for name, share in sorted(hit.signals.items(), key=lambda signal: -signal[1]):
        grid.add_row(name, f"{share:+.3f}", "▇" * round(max(0.0, share) * _BAR))
    return grid


def _origin(shown: Shown) -> Table:
    """Who said it, when, and how far it can be trusted."""
    memory = shown.memory
    draft, source = memory.revision.draft, memory.revision.source
    rows = {
        "modules": ", ".join(draft.modules),
        "agent": draft.agent or "",
        "tags": ", ".join(draft.tags),
        "author": source.author,
        "trust": str(memory.revision.trust),
        "commit": source.commit or "",
        "recorded": minute(memory.revision.recorded_at),
        "revision": f"{memory.revision.number or 'git'} of {memory.revisions} recorded here",
        "pending": "not yet in the project's files" if memory.pending_file else "",
        "removed": "its source no longer says this" if memory.revision.removed else "",
    }
    return facts_grid((name, line(words)) for name, words in rows.items() if words)


def _details(shown: Shown) -> Table:
    """The fields of its kind and of its source that its text does not say already."""
    from cli.printing.plans import phase_lines
    from cli.printing.runs import run_fields

    draft = shown.memory.revision.draft
    fields = draft.details.model_dump(mode="json", exclude_defaults=True) | draft.extra
    if isinstance(draft.details, Run):
        fields = run_fields(draft.details, fields)
    if isinstance(draft.details, PhasedPlan):
        fields["phases"] = phase_lines(draft.details)
    body = one_line(draft.body)
    return facts_grid(
        (one_line(name.replace("_", " ")), _value(value))
        for name, value in fields.items()
        if name not in _SAID_ELSEWHERE and not _is_said(value, body)
    )


def _is_said(value: Any, body: str) -> bool:
    """Whether the text has these very words; a mere word or number may be there by chance."""
    if isinstance(value, list):
        return all(_is_said(item, body) for item in value)
    return isinstance(value, str) and " " in value and one_line(value) in body


def _value(value: Any) -> Text:
    if isinstance(value, list):
        return Text("\n").join(_value(item) for item in value)
    if isinstance(value, dict):
        return line(", ".join(f"{key}: {item}" for key, item in value.items() if item))
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    return paragraphs(number(value) if isinstance(value, float) else str(value))


def _norms(shown: Shown) -> Table:
    """What it demands, each with the words that say so and where they stand."""
    return facts_grid(
        (str(norm.demand), Text.assemble(line(norm.sentence), " ", _place(shown.memory, norm)))
        for norm in shown.norms
        if norm.sentence != shown.memory.title
    )


def _place(memory: Memory, norm: Norm) -> Text:
    return line(place(memory, norm.lines) if norm.lines else "", "dim")


def _links(shown: Shown) -> Table:
    return facts_grid(_link(link, shown.memory.uid, shown.titles) for link in shown.links)


def _link(link: Link, uid: str, titles: Mapping[str, str]) -> tuple[str, Text]:
    outward = link.source == uid
    other = link.target if outward else link.source
    words = f"{'→' if outward else '←'} {link_words(link.type, outward=outward)}"
    title = line(f"“{titles.get(other, '')}”")
    return words, Text.assemble(title, " in part" if link.partial else "", " ", (other, "dim"))


def _whole_bearing(shown: Shown) -> Table:
    """What bears on it today, every place that it names among that."""
    rows: list[tuple[str, Text]] = []
    if shown.confidence:
        rows.append(("borne out", _styled_confidence(shown.confidence)))
    rows += [("rests on", styled_premise(premise)) for premise in shown.premises]
    anchors = shown.freshness.anchors if shown.freshness else ()
    rows += [("names", styled_anchor(one)) for one in anchors]
    return facts_grid(rows)
