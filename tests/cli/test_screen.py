from typing import get_args

import pytest
from rich.text import Text

from cli.form import Terminal
from cli.forms.screen import Screen
from cli.printing import code, findings, learned, plans
from cli.verbs import health
from memory.models.findings import Severity


def test_nothing_reaches_a_terminal_but_text_and_styles_whoever_printed_it():
    screen = Screen(Terminal(width=80, is_tty=True, colour=True))
    hostile = "fix\x1b]0;owned\x07 \x9b2J \x1b[8mhidden \u202egnp.exe \u200b"

    screen.line(screen.styled(hostile, bold=True))
    screen.console.print(Text(hostile, "red"))
    screen.note(hostile)
    printed = screen.printed

    for said in (printed.out, printed.err):
        assert not set("\x07\x9b\u202e\u200b") & set(said)
        assert "\x1b]" not in said
        assert "\x1b[8m" not in said
        assert "hidden" in said
    assert "\x1b[1m" in printed.out


@pytest.mark.parametrize(
    ("colours", "said"),
    [
        (findings._COLOURS, get_args(Severity)),
        (code._COLOURS, ("HIGH", "MED", "LOW")),
        (plans._COLOURS, ("met", "open", "cannot tell")),
        (health._COLOURS, ("better", "worse", "same")),
        (learned._STYLES, ("added", "revised", "removed")),
    ],
)
def test_whatever_is_told_in_colour_has_one_that_a_terminal_knows(colours, said):
    screen = Screen(Terminal(width=80, is_tty=True, colour=True))

    assert set(colours) == set(said)
    assert all("\x1b[" in screen.styled(one, fg=colours[one]) for one in said)
