"""One memory as a page: where it stands and comes from, its fields, its links, its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from cli.printing.bearing import anchor_words, confidence_words, premise_words
from cli.printing.console import indented, line, paragraphs, print_whole
from cli.printing.runs import run_fields
from cli.printing.standing import relations, summary
from cli.printing.tables import facts_grid
from cli.printing.words import minute
from memory.models.details import Run
from memory.texts.numbers import number
from memory.texts.safe_text import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console
    from rich.table import Table

    from memory.models.answer import Shown
    from memory.models.link import Link

_SAID_ELSEWHERE = {"kind", "status"}  # of the details
_INDENT = 2


def print_page(console: Console, shown: Shown) -> None:
    """Print all that is known of a memory."""
    console.print(line(shown.memory.title, "bold"))
    console.print(indented(summary(shown), _INDENT))
    print_whole(console, Text(" " * _INDENT + line(shown.memory.citation).plain, "cyan"))
    for relation in relations(shown.standing, shown.titles):
        console.print(indented(relation, _INDENT))
    for part in (_origin(shown), _details(shown), _links(shown), _bearing(shown)):
        if part.row_count:
            console.print()
            console.print(indented(part, _INDENT))
    console.print()
    _print_body(console, shown.memory.revision.draft.body)


def _origin(shown: Shown) -> Table:
    """Who said it, when, and how far it can be trusted."""
    memory = shown.memory
    draft, source = memory.revision.draft, memory.revision.source
    rows = {
        "modules": ", ".join(draft.modules),
        "agent": draft.agent or "",
        "tags": ", ".join(draft.tags),
        "author": source.author,
        "trust": str(source.trust),
        "commit": source.commit or "",
        "recorded": minute(memory.revision.recorded_at),
        "revision": f"{memory.revision.number} of {memory.revisions}",
        "pending": "not yet in the project's files" if memory.pending_file else "",
        "removed": "its source no longer says this" if memory.revision.removed else "",
    }
    return facts_grid((name, line(words)) for name, words in rows.items() if words)


def _details(shown: Shown) -> Table:
    """The fields of its kind and of its source that its text does not say already."""
    draft = shown.memory.revision.draft
    fields = draft.details.model_dump(mode="json", exclude_defaults=True) | draft.extra
    if isinstance(draft.details, Run):
        fields = run_fields(draft.details, fields)
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


def _links(shown: Shown) -> Table:
    return facts_grid(_link(link, shown.memory.uid, shown.titles) for link in shown.links)


def _bearing(shown: Shown) -> Table:
    """What bears on it today, every place that it names among that."""
    rows: list[tuple[str, Text]] = []
    if shown.confidence:
        rows.append(("borne out", confidence_words(shown.confidence)))
    rows += [("rests on", premise_words(premise)) for premise in shown.premises]
    anchors = shown.freshness.anchors if shown.freshness else ()
    rows += [("names", anchor_words(one)) for one in anchors]
    return facts_grid(rows)


def _link(link: Link, uid: str, titles: Mapping[str, str]) -> tuple[str, Text]:
    outward = link.source == uid
    other = link.target if outward else link.source
    words = f"{'→' if outward else '←'} {link.type.replace('_', ' ')}"
    title = line(f"“{titles.get(other, '')}”")
    return words, Text.assemble(title, " in part" if link.partial else "", " ", (other, "dim"))


def _print_body(console: Console, body: str) -> None:
    """Print a text: as it is for a file or a program, laid out for a person."""
    if console.is_terminal:
        from rich.markdown import Markdown  # brings a parser, which no other command needs

        console.print(Markdown(visible(body), hyperlinks=False))
    else:
        console.print(paragraphs(body), soft_wrap=True)
