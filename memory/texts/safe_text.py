"""Makes recalled text harmless to the terminal, or the program, that it is shown to."""

from __future__ import annotations

import json
import re
from typing import Any

# Controls (C0 but tab and line feed, DEL, C1), which drive a terminal; marks that reorder or hide
# what stands beside them (bidi overrides and isolates, annotations, tags: Unicode TR 36 and 39);
# line ends that only some programs know; halves of surrogate pairs, which no encoding can write;
# what is no character, which XML does not take.
_DRIVES = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
# What a reader does not see: soft hyphens, fillers, word joiners, byte order marks. Joiners and
# variation selectors belong to emoji and to many scripts, but next to ASCII letters they only
# hide a word from those who look for it, and in a row they are a text of their own.
_HIDES = (
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff"
    "\uffa0\U0001d173-\U0001d17a]"
    "|[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}"
    "|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}|[\u200c\u200d]{2,}"
    '|(?<=[!"$-)+-/:-~])[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]'
    '|[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef](?=[!"$-)+-/:-~])'
)
_UNSAFE = re.compile(f"{_DRIVES}|{_HIDES}")
# A style as terminals take it (ECMA-48, 8.3.117), but not the one that hides what follows.
_STYLE = r"\x1b\[(?!(?:\d{1,3};){0,9}8[;m])[\d;]{0,20}m"
_STYLE_OR_UNSAFE = re.compile(f"({_STYLE})|{_DRIVES}|{_HIDES}")
_ESCAPED = re.compile(r"\\u[dD]")  # a surrogate, of a pair or not


def visible(text: str) -> str:
    """The text with line ends as they should be and a sign in place of each unsafe character."""
    return _UNSAFE.sub(_sign, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """The text on one line, single spaces between its words, unsafe characters as signs."""
    return visible(" ".join(text.split()))


def for_terminal(text: str) -> str:
    """Printed text as it may reach a terminal: with styles, and otherwise as `visible` has it."""
    return _STYLE_OR_UNSAFE.sub(lambda found: found[1] or _sign(found), text)


def escape_unsafe(json_text: str) -> str:
    r"""JSON text with unsafe characters written as `\uXXXX`; it means the same."""
    return _UNSAFE.sub(_escape, json_text)


def read_json(text: str) -> Any:
    r"""What JSON says, with a question mark for each half of a surrogate pair (`"\ud83d"`)."""
    said = json.loads(text)
    if not _ESCAPED.search(text):
        return said
    return json.loads(json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"))


def _sign(match: re.Match[str]) -> str:
    is_control = len(match[0]) == 1 and match[0] < " "
    return chr(0x2400 + ord(match[0])) if is_control else "\ufffd"  # U+241B is a small "ESC"


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
