"""Makes recalled text harmless: a model can read it, but it cannot address the model.

Recalled text was written by anybody: in it, a closing tag or the beginning of somebody's turn
must not be taken for one. The character that would give it its meaning is replaced by one that
looks alike and means nothing: ‹/memory>, ［INST], Human：. All else stays as it was written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.texts.safe_text import visible

if TYPE_CHECKING:
    from pydantic import JsonValue

_TAGS = """
    memory memories recalled system sys human assistant developer function functions
    function_call function_calls function_result function_results tool_call tool_calls tool_use
    tool_result tool_results tool_response invoke antml instruction instructions thinking think
    scratchpad important start_of_turn end_of_turn bos eos im_start im_end endoftext untrusted
    trusted command-name command-message command-args user-prompt-submit-hook
"""
#: Also the names of types in code, as in `Promise<User>`, where they are left alone.
_TAGS_AFTER_NO_WORD = """
    user tool tools parameter parameters result results prompt document documents context command
    local task admin output input example policy rules message messages
"""


def _any_of(names: str) -> str:
    return "|".join(map(re.escape, sorted(names.split(), key=len, reverse=True)))


_SPACE = r"\s{0,9}"  # bounded, so that a long run of spaces costs nothing
_TAG = re.compile(
    rf"[<＜﹤](?={_SPACE}(?:[/\\?!]{_SPACE})?(?:[\w.-]{{1,40}}{_SPACE}:{_SPACE})?"
    rf"(?:{_any_of(_TAGS)})(?![a-z]))"
    rf"|(?<!\w)[<＜﹤](?={_SPACE}(?:{_any_of(_TAGS_AFTER_NO_WORD)})(?![a-z]))"
    rf"|[<＜﹤](?={_SPACE}/{_SPACE}(?:{_any_of(_TAGS_AFTER_NO_WORD)})(?![a-z]))"
    rf"|[<＜﹤](?={_SPACE}[|｜]|{_SPACE}/?{_SPACE}s{_SPACE}>|<{_SPACE}/?{_SPACE}sys)",
    re.IGNORECASE,
)
_BRACKET = re.compile(
    rf"\[(?={_SPACE}/?{_SPACE}(?:inst|sys|system|system_prompt|assistant|tool_calls|tool_results"
    rf"|available_tools){_SPACE}\])",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"^([ \t>#]{0,99}[*_]{0,3}"
    r"(?:Human|HUMAN|Assistant|ASSISTANT|System|SYSTEM|User|USER|Developer|DEVELOPER)"
    r"[*_]{0,3}[ \t]{0,9}"
    r"|[ \t]{0,99}\#{1,9}[ \t]{0,9}(?:Instruction|Response|Input)s?[ \t]{0,9}):",
    re.MULTILINE,
)
#: In small letters too, but where it could be a setting, as `user: postgres`, only before words.
_SMALL_TURN = re.compile(
    r"^([ \t>#|]{0,99}[*_]{0,3}(?:human|assistant)[*_]{0,3}[ \t]{0,9}"
    r"|[ \t>#|]{0,99}[*_]{0,3}(?:user|system|developer|tool)[*_]{0,3}[ \t]{0,9}"
    r"(?=:[*_]{0,3}[ \t]{1,9}\S{1,40}[ \t]{1,9}\S{1,40}[ \t]{1,9}\S)):",
    re.MULTILINE,
)
#: A link that does something when it is followed.
_SCRIPT = re.compile(
    r"\b(javascript|vbscript):(?=\S)|\b(data):(?=\s{0,9}(?:text/html|image/svg|application/))",
    re.IGNORECASE,
)


def harmless(text: str) -> str:
    """The text, its lines kept, with nothing in it that drives a terminal or addresses a model.

    Doing it twice changes nothing more; a part of the outcome is harmless after doing it again.
    """
    text = visible(text)
    text = _BRACKET.sub("［", _TAG.sub("‹", text))
    text = _SCRIPT.sub(lambda found: f"{found[0][:-1]}：", text)
    return _SMALL_TURN.sub("\\1：", _TURN.sub("\\1：", text))


def harmless_line(text: str) -> str:
    """The same on one line, with single spaces between its words."""
    return harmless(" ".join(text.split()))


def harmless_value(value: JsonValue) -> JsonValue:
    """A value of JSON with all its texts, and the names in its objects, made harmless."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, list):
        return [harmless_value(one) for one in value]
    if isinstance(value, dict):
        return {harmless_line(name): harmless_value(one) for name, one in value.items()}
    return value
