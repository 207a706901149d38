"""Whatever somebody's file looks like, archmem goes into it and out of it again, byte for byte."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from cli.agents.agent import AGENTS, InstallRequest
from cli.agents.agents_md import part
from cli.agents.json_places import LeftAlone
from cli.agents.jsonc import read

PARTS = {
    f"{name} {path}": one
    for name, agent in AGENTS.items()
    for path, one in agent.parts(InstallRequest("archmem", False, Path("/nowhere"))).items()
    if not one.is_whole_file
}
JSON_PARTS = {name: one for name, one in PARTS.items() if not name.endswith(".toml")}
CONTAINERS = ("mcpServers", "servers", "mcp", "hooks", "Stop", "other", "Größe \u2028", "archmem")
VALUES = st.recursive(
    st.sampled_from(
        [1, -0.5, True, None, "", "x // y", "/* z */", 'say "hi"', "C:\\a", "},]", "ü"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(CONTAINERS), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(CONTAINERS), VALUES, max_size=4)
FILLING = ["", "", "", " ", "\t", "\n", "\n\t", " // no, }\n", "/* no, ] */", "\n/* a\n b */\n  "]
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


@st.composite
def strange_texts(draw):
    """JSON as people's editors leave it: comments, commas behind the last, tabs, odd line ends."""
    tokens = _TOKENS.findall(
        json.dumps(draw(OBJECTS), indent=draw(st.sampled_from([None, 2, "\t"])))
    )
    if draw(st.booleans()):
        text = json.dumps(
            json.loads("".join(tokens)), indent=draw(st.sampled_from([None, 0, 2, "\t"]))
        )
    else:

        def fill():
            return draw(st.sampled_from(FILLING))

        text = fill()
        for before, token in zip(["", *tokens], tokens, strict=False):
            if token in {"}", "]"} and before not in {"{", "["} and draw(st.booleans()):
                text += fill() + ","
            text += fill() + token
        text += fill()
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    text += draw(st.sampled_from(["", "\n", "\r\n", "\n\n", " "]))
    return draw(st.sampled_from(["", "", "\ufeff"])) + text


EMPTY = st.sampled_from(
    ["", " ", "\n", "\r\n", "\ufeff", "// all mine\n", "/* a */", "\t\n\n", "//x"]
)


@pytest.mark.slow
@pytest.mark.parametrize("name", JSON_PARTS)
@examples(max_examples=25, deadline=None)
@given(text=strange_texts() | EMPTY)
def test_it_goes_into_any_file_of_json_and_out_again(name, text):
    one = JSON_PARTS[name]
    try:
        installed = one.put(text)
    except LeftAlone:
        assume(False)

    assert one.put(installed) == installed
    assert "archmem" in read(installed).text
    assert one.take(installed) == text


@pytest.mark.slow
@example(["# Rules", ""], "\r", "", "")
@examples(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["# Rules", "", "- one\t", "ü", "<!-- note -->", "```"]), max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\n", "\r\n", " ", "\n\n"]),
    st.sampled_from(["", "\ufeff"]),
)
def test_its_section_goes_into_any_agents_md_and_out_again(lines, ends, last, mark):
    text = mark + ends.join(lines) + last
    section = part([{"title": "Use Kafka", "path": "a.md", "uid": "dec-1"}], [], "")

    installed = section.put(text)

    assert section.put(installed) == installed
    assert section.take(installed) == text
