"""Files with comments are edited like others, and every comment stays where it was."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.agents.json_entries import server_part
from cli.agents.json_places import LeftAlone
from cli.agents.jsonc import _strict

ENTRY = {"command": "archmem", "args": ["mcp"]}
PART = server_part(("servers",), ENTRY)
SPACE = st.sampled_from(
    ["", " ", "\n", "\n  ", " // said, by me\n", "/* one */", "\n\t/* a\n b */ "]
)


@st.composite
def documents(draw):
    """A JSON object with comments and last commas where they may stand."""

    def space():
        return draw(SPACE)

    def container(members, brackets="{}"):
        inside = ("," + space()).join(f"{space()}{member}{space()}" for member in members)
        last = "," + space() if members and draw(st.booleans()) else space()
        return f"{brackets[0]}{inside}{last}{brackets[1]}"

    docs = container(['"command": "http://x // no comment"', '"args": ' + container(["1"], "[]")])
    servers = container(draw(st.sampled_from([[], [f'"docs": {docs}'], ['"a": {}', '"b": 1']])))
    others = ['"inputs": ' + container(['"a,}"', "[]"], "[]")]
    chosen = draw(
        st.sampled_from([[], others, [f'"servers": {servers}'], [*others, f'"servers": {servers}']])
    )
    return space() + container(chosen) + space()


@given(documents())
def test_taking_out_is_the_reverse_of_putting_in(text):
    installed = PART.put(text)

    before = json.loads(_strict(text))
    assert json.loads(_strict(installed)) == {
        **before,
        "servers": {**before.get("servers", {}), "archmem": ENTRY},
    }
    assert PART.put(installed) == installed
    assert PART.take(installed) == text


def test_a_long_file_takes_no_longer_than_its_length_asks():
    text = "{" + ",".join(f'"{number}": [{number},]' for number in range(250_000)) + "}"
    begun = time.process_time()

    assert _strict(text).count(",") == 250_000 - 1
    assert time.process_time() - begun < 6  # a square takes three times that


@pytest.mark.parametrize("text", ["{ // open", '{"a": /* 1 }', "{,}", "{'a': 1}"])
def test_what_is_no_json_even_so_is_left_alone(text):
    with pytest.raises(LeftAlone):
        PART.put(text)
