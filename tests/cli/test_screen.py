from rich.text import Text

from cli.form import Terminal
from cli.forms.screen import Screen


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
