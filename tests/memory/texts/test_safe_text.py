from __future__ import annotations

import json
import re

import pytest

from memory.texts.safe_text import escape_unsafe, for_terminal, one_line, visible

HARMFUL = [
    "\x1b[31mred",  # a colour
    "\x1b]0;title\x07",  # a window's title
    "a\rb",  # overwrites what stands before it
    "\x9b31m",  # the same as ESC [ in one byte
    "admin\u202etxt.exe",  # a bidi override
    "\u2066isolate\u2069",
    "hidden \U000e0041\U000e0042",  # letters that no font shows
    "half \ud83d of a pair",
    "line\u2028separator",
    "\x00",
    "pay\u200bments",  # another word for whoever compares
    "word\u2060joiner, soft\u00adhyphen, \ufeffmark, fil\u3164ler",
    "a\u200db",  # a joiner where there is nothing to join
    "\ufe01\ufe02\ufe03",  # a text of its own
]


@pytest.mark.parametrize("text", HARMFUL)
def test_nothing_harmful_is_left(text):
    shown = visible(text)

    assert shown.isprintable()
    shown.encode("utf-8")


@pytest.mark.parametrize("text", ["Größe — „so“", "日本語", "👩‍💻 emoji", "a\tb\nc", "שלום"])
def test_harmless_text_stays_as_it_is(text):
    assert visible(text) == text


def test_control_characters_are_shown_by_their_pictures():
    assert visible("\x1b[31m\x00") == "␛[31m␀"


def test_line_ends_of_windows_are_line_ends():
    assert visible("a\r\nb") == "a\nb"
    assert one_line(" a\r\n\tb ") == "a b"


@pytest.mark.parametrize("text", HARMFUL)
def test_escaped_json_means_the_same_and_harms_nobody(text):
    written = escape_unsafe(json.dumps({"said": text}, ensure_ascii=False))

    assert json.loads(written) == {"said": text}
    assert written.isprintable()


@pytest.mark.parametrize("text", HARMFUL)
def test_what_is_printed_keeps_its_styles_and_nothing_else_that_drives_a_terminal(text):
    styled = "\x1b[1;36mtitle\x1b[0m"

    shown = for_terminal(f"{styled} {text}\x1b[8mhidden\x1b[1;8m")

    assert shown.startswith(styled)
    assert "\x1b[8m" not in shown
    assert "\x1b[1;8m" not in shown
    assert for_terminal(shown) == shown
    assert re.sub(r"\x1b\[[\d;]+m", "", shown).isprintable()
