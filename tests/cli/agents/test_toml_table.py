"""A table goes into a TOML text and out of it again; nothing else is touched."""

from __future__ import annotations

import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.agents.json_places import LeftAlone
from cli.agents.toml_table import with_table, without_table

PATH = ("mcp_servers", "archmem")
OURS = {"command": "archmem", "args": ["mcp"]}
LINES = [
    'model = "o9"',
    "# said",
    "",
    "[features]",
    "hooks = true",
    "[[list]]",
    "[mcp_servers]",
    "[mcp_servers.a-b]",
    '[mcp_servers."a.b"]',
    'text = """\n[mcp_servers.archmem]\n"""',
    "rows = [\n[1],\n[2]]",
    "other = '[{' # isn't a \"[\n[x]",
    "more = [ # ]\n'''\n[y]'''',\n[3]]",
]
THEIRS = st.lists(st.sampled_from(LINES), max_size=8).map("\n".join)


def is_toml(text):
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


@pytest.mark.slow
@given(THEIRS.filter(is_toml), st.sampled_from(["", "\n", "\n\n"]), st.sampled_from(["", "\ufeff"]))
def test_taking_out_is_the_reverse_of_putting_in(theirs, end, mark):
    text = mark + theirs + end
    changed = with_table(text, PATH, OURS)

    before = tomllib.loads(theirs + end)
    before.setdefault("mcp_servers", {})["archmem"] = OURS
    assert tomllib.loads(changed.removeprefix(mark)) == before
    assert with_table(changed, PATH, OURS) == changed
    assert without_table(changed, PATH) == text


def test_no_file_comes_and_goes():
    assert without_table(with_table(None, PATH, OURS), PATH) is None
    assert without_table(None, PATH) is None


def test_an_earlier_entry_is_brought_up_to_date_and_keeps_what_was_added():
    text = '[mcp_servers.archmem]\ncommand = "/old/archmem"\nargs = ["mcp"]\nseconds = 9\n\n[x]\n'

    changed = with_table(text, PATH, OURS)

    assert changed == text.replace("/old/archmem", "archmem")
    assert without_table(changed, PATH) == "[x]\n"


def test_what_belongs_to_the_table_goes_with_it():
    text = with_table("a = 1\n", PATH, OURS) + '\n[mcp_servers.archmem.env]\nX = "1"\n'

    assert tomllib.loads(without_table(text, PATH)) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no toml", "it is not valid TOML"),
        ("mcp_servers = {}", "cannot be added to"),
        ('mcp_servers = "none"', "is no table"),
        ("[mcp_servers.archmem]\ncommand = 'x'\n", "did not write"),
    ],
)
def test_what_cannot_be_added_to_is_left_alone_and_it_is_said_why(text, why):
    with pytest.raises(LeftAlone, match=why):
        with_table(text, PATH, OURS)


@pytest.mark.slow
def test_a_long_file_takes_no_longer_than_its_length_asks():
    text = "".join(f"[projects.'/shop/{number}']\nlevel = 'trusted'\n" for number in range(20_000))
    begun = time.process_time()

    assert without_table(with_table(text, PATH, OURS), PATH) == text
    assert time.process_time() - begun < 20  # a square would take an hour


def test_a_path_of_any_letters_is_written():
    values = OURS | {"command": '/home/ä 😀"/archmem'}

    assert tomllib.loads(with_table("", PATH, values))["mcp_servers"]["archmem"] == values
