"""Files with comments are edited like others, and every comment stays where it was."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.agents.json_places import LeftAlone
from cli.agents.json_settings import server_part, with_hooks, without_hooks
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


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # on a busy machine
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


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # on a busy machine
@given(documents())
def test_hooks_go_in_and_out_of_a_file_with_comments_too(text):
    entries = {event: {"command": "archmem", "args": ["hook", event]} for event in ("Stop", "Go")}

    installed = with_hooks(text, entries)

    assert json.loads(_strict(installed))["hooks"].keys() == {"Stop", "Go"}
    assert with_hooks(installed, entries) == installed
    assert without_hooks(installed) == text


@pytest.mark.parametrize(
    "text", ["", "\n", "  \r\n", "\ufeff", "// mine", "// mine\n", "/* mine\n */\r\n"]
)
def test_a_file_of_nothing_but_comments_is_begun_and_comes_back(text):
    installed = PART.put(text)

    assert installed.startswith(text)
    assert json.loads(_strict(installed).lstrip("\ufeff")) == {"servers": {"archmem": ENTRY}}
    assert PART.put(installed) == installed
    assert PART.take(installed) == text
    assert PART.take(text) == text


def test_a_comment_outlives_the_file_that_was_made_for_the_server_alone():
    assert PART.take("// mine\n" + PART.put(None)) == "// mine"


@pytest.mark.slow
def test_a_long_file_takes_no_longer_than_its_length_asks():
    text = "{" + ",".join(f'"{number}": [{number},]' for number in range(250_000)) + "}"
    begun = time.process_time()

    assert _strict(text).count(",") == 250_000 - 1
    assert time.process_time() - begun < 6  # a square takes three times that


@pytest.mark.parametrize("text", ["{ // open", '{"a": /* 1 }', "{,}", "{'a': 1}"])
def test_what_is_no_json_even_so_is_left_alone(text):
    with pytest.raises(LeftAlone):
        PART.put(text)
