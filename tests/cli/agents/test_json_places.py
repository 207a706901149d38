"""Whatever is put into a JSON text comes out again, and leaves it as it was."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cli.agents.json_places import (
    LeftAlone,
    find_member,
    put_item,
    put_member,
    read_strictly,
    take_out,
)

NAMES = st.sampled_from(["hooks", "mcpServers", "env", "a b", "ü", "x"]) | st.text(max_size=4)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
)
#: Where Python says that a last comma is wrong: at it since 3.13, before that behind it.
_AT_THE_COMMA = int(sys.version_info >= (3, 13))
BLANK = st.text(" \t\n\r", max_size=3)


@dataclass(frozen=True)
class _Laid:
    """How a made text is laid out: nobody's style, anywhere different."""

    draw: st.DrawFn

    def write(self, value: object) -> str:
        blank = self.draw(BLANK)
        if isinstance(value, dict):
            members = (
                f"{self.space()}{json.dumps(name)}{self.space()}:{self.space()}{self.write(inner)}"
                for name, inner in value.items()
            )
            return "{" + ",".join(members) + blank + "}"
        if isinstance(value, list):
            return "[" + ",".join(self.space() + self.write(each) for each in value) + blank + "]"
        return json.dumps(value, ensure_ascii=self.draw(st.booleans())) + blank

    def space(self) -> str:
        return self.draw(BLANK)


@st.composite
def laid_out(draw, values=VALUES):
    """The text of a JSON object in any formatting."""
    value = draw(st.dictionaries(NAMES, values, max_size=4))
    laid = _Laid(draw)
    style = draw(st.sampled_from(["any", "pretty", "compact", "crlf", "tabs"]))
    if style == "any":
        return laid.space() + laid.write(value) + laid.space()
    if style == "compact":
        return json.dumps(value, separators=(",", ":"))
    text = json.dumps(value, indent="\t" if style == "tabs" else draw(st.integers(1, 4)))
    return (text + "\n").replace("\n", "\r\n" if style == "crlf" else "\n")


def take_member(text: str, *names: str) -> str | None:
    document = read_strictly(text)
    way = [document.whole]
    for name in names:
        way.append(find_member(document, way[-1], name))
    return take_out(document, way)


def take_last(text: str, *names: str) -> str | None:
    document = read_strictly(text)
    way = [document.whole]
    for name in names:
        way.append(find_member(document, way[-1], name))
    return take_out(document, [*way, document.members(way[-1])[-1]])


@pytest.mark.slow
@settings(deadline=None)
@given(laid_out(), VALUES)
@example("{}", 1)
@example("{ }", 1)
@example("{\n}\n", {"a": [1]})
@example('{"hooks": {}}', [1])
@example('{"hooks":{ }}', [1])
@example('{\n  "hooks": {}\n}', {"b": 2})
@example('{\r\n\t"hooks": {\r\n\t}\r\n}\r\n', {"b": {"c": []}})
@example('{\n "x": 1}', {"b": {}})
@example('\ufeff{"x": 1}', 1)
def test_a_member_comes_out_as_it_went_in(text, value):
    before = json.loads(text.removeprefix("\ufeff"))
    assume(isinstance(before.get("hooks", {}), dict))
    assume("ours" not in before.get("hooks", {}))

    after = put_member(text, ["hooks"], "ours", value)

    expected = before | {"hooks": before.get("hooks", {}) | {"ours": value}}
    assert json.loads(after.removeprefix("\ufeff")) == expected
    assert list(json.loads(after.removeprefix("\ufeff"))) == list(expected)
    assert take_member(after, "hooks", "ours") == text


@pytest.mark.slow
@settings(deadline=None)
@given(laid_out(), st.lists(VALUES, min_size=1, max_size=3))
@example('{"hooks": {"Stop": []}}', [1, 2])
@example('{"hooks": {"Stop": [\n]}}', [1, 2])
def test_items_come_out_as_they_went_in(text, values):
    before = json.loads(text)
    assume(isinstance(before.get("hooks", {}), dict))
    assume(isinstance(before.get("hooks", {}).get("Stop", []), list))

    after = text
    for value in values:
        after = put_item(after, ["hooks", "Stop"], value)
    stop = before.get("hooks", {}).get("Stop", [])
    assert json.loads(after)["hooks"]["Stop"] == [*stop, *values]

    for _ in values:
        after = take_last(after, "hooks", "Stop")
    assert after == text


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True), VALUES)
def test_nothing_is_left_of_a_file_that_was_made(names, value):
    text = put_member(None, names, "ours", value)

    assert text.endswith("}\n")
    assert take_member(text, *names, "ours") is None


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]])
@pytest.mark.parametrize("text", ["{}\n", '{"hooks": {}}', '{\n  "x": 1\n}\n', '{"hooks": {\n}}'])
def test_members_may_come_out_in_any_order(text, order):
    after = text
    for number in range(3):
        after = put_member(after, ["hooks"], f"ours {number}", {"n": [number]})

    for number in order:
        after = take_member(after, "hooks", f"ours {number}")

    assert after == text


def test_a_made_member_looks_like_its_neighbours():
    assert put_member('{\n    "x": 1\n}\n', ["y"], "z", {"n": 1}) == (
        '{\n    "x": 1,\n    "y": {\n        "z": {\n            "n": 1\n        }\n    }\n}\n'
    )
    assert put_member('{"x": 1}', ["y"], "z", {"n": [1]}) == '{"x": 1, "y": {"z": {"n": [1]}}}'
    assert put_member("{}\n", ["y"], "z", 1) == '{ \n  "y": {\n    "z": 1\n  }\n}\n'
    assert put_member('{\r\n\t"x": 1\r\n}', [], "y", [1]) == (
        '{\r\n\t"x": 1,\r\n\t"y": [\r\n\t\t1\r\n\t]\r\n}'
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1,}', f"line 1, column {9 - _AT_THE_COMMA}"),
        ('{\n  // mine\n  "a": 1\n}', "line 2, column 3"),
        ('{\n  "a": 1,\n  "b": [2\n}\n', "line 4, column 1"),
        ("", "line 1, column 1"),
        ('{"a": 1} x', "line 1, column 10"),
        ('{"s": "NaN",\n "a": NaN}', "NaN is no number (line 2, column 7)"),
        ('{"a": "x\ny"}', "line 1, column 9"),
        ('{"x": {"a": 1, "a": 2}, "b"', "line 1, column 28"),
        ('{"a": 1, "a": ' + "[" * 80 + "]" * 80 + "}", "nested"),
        ('{"a": 1,\n "b": {"c": 1, "c": 2}}', "'c' is there twice (line 2, column 16)"),
        ("[1]", "no JSON object"),
        ('{"a":' * 100 + "1" + "}" * 100, "nested"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested"),
        ('\ufeff{"a": 1,}', f"line 1, column {10 - _AT_THE_COMMA}"),
        ('{"hooks": []}', "'hooks' is no object (line 1, column 2)"),
        ('{"hooks": {"Stop": {}}}', "'Stop' is no array (line 1, column 12)"),
    ],
)
def test_what_cannot_be_edited_is_refused_with_its_place(text, reason):
    with pytest.raises(LeftAlone) as refused:
        put_item(text, ["hooks", "Stop"], 1)

    assert reason in str(refused.value)


def test_numbers_of_any_length_are_kept():
    long = '{"a": ' + "9" * 5000 + ', "b": 1e999}'

    after = put_member(long, [], "c", 1)

    assert after == long[:-1] + ', "c": 1}'
