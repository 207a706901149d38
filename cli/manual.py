"""Manual pages of all commands, made of what `--help` says; https://man7.org, man(7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_NOT_FILLED = "\b\n"  # click's mark of a paragraph whose lines stay as they are


def manual_pages(
    group: click.Group, *words: str, parent: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    """The name and the text of each page: `archmem-run-start` and what `man` shows of it.

    Args:
        group: Of commands, of which each has a page, and the group first.
        words: By which it is called.
        parent: Of its context.
    """
    context = click.Context(group, info_name=words[-1], parent=parent)
    names = group.list_commands(context)
    below = ["-".join([*words, name]) for name in names]
    yield "-".join(words), _page(context, below)
    for name in names:
        _, command, _ = group.resolve_command(context, [name])
        if isinstance(command, click.Group):
            yield from manual_pages(command, *words, name, parent=context)
        elif command is not None:
            yield (
                "-".join([*words, name]),
                _page(click.Context(command, info_name=name, parent=context), ["-".join(words)]),
            )


def _page(context: click.Context, others: Sequence[str]) -> str:
    command, name = context.command, context.command_path.replace(" ", "-")
    line = f"{name} - {command.get_short_help_str(200).rstrip('.')}"
    said = _Roff()
    command.format_help(context, said)
    parts = (
        f'.TH "{name.upper()}" "1" "" "archmem {VERSION}" "archmem"\n.nh\n.ad l\n',
        f".SH NAME\n{_escaped(line)}\n",
        said.getvalue(),
        f".SH SEE ALSO\n{', '.join(f'{_escaped(one)}(1)' for one in others)}\n",
    )
    return "".join(parts)


class _Roff(click.HelpFormatter):
    """Writes what click would show on a terminal for `man` to set."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        del prefix
        self.write(f".SH SYNOPSIS\n\\fB{_escaped(prog)}\\fR {_escaped(args)}\n.SH DESCRIPTION\n")

    def write_heading(self, heading: str) -> None:
        self.write(f".SH {_escaped(heading.upper())}\n")

    def write_paragraph(self) -> None:
        """Headings part what click parts by empty lines."""

    def write_text(self, text: str) -> None:
        for number, paragraph in enumerate(re.split(r"\n{2,}", text)):
            self.write(".PP\n" if number else "")
            if paragraph.startswith(_NOT_FILLED):
                self.write(f".nf\n{_escaped(paragraph.removeprefix(_NOT_FILLED))}\n.fi\n")
            else:
                self.write(f"{_escaped(paragraph)}\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        del col_max, col_spacing
        for term, said in rows:
            self.write(f".TP\n\\fB{_escaped(term)}\\fR\n{_escaped(said)}\n")


def _escaped(text: str) -> str:
    """The text as it stands: no escape, no request, and dashes that can be searched for."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"(?m)^(?=[.'])", r"\\&", text)
