"""archmem's entries go into Claude Code's files and out again; nobody else's are touched."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from cli.agents import json_settings
from cli.agents.claude import (
    EVENTS,
    READING_TOOLS,
    hook_entry,
    server_entry,
    with_permissions,
    without_permissions,
)
from cli.agents.json_places import LeftAlone
from cli.agents.json_settings import is_our_hook, is_our_server, without_hooks


def with_hooks(text, program):
    return json_settings.with_hooks(text, {event: hook_entry(program, event) for event in EVENTS})


def with_server(text, program):
    return json_settings.with_server(text, ("mcpServers",), server_entry(program))


def without_server(text):
    return json_settings.without_server(text, ("mcpServers",))


PROPERTY = examples(max_examples=40, deadline=None)
THEIRS = {"type": "command", "command": "./lint.sh", "timeout": 3}
EVENT_NAMES = st.sampled_from([*EVENTS, "PostToolUse", "SessionEnd"])
HANDLERS = st.sampled_from(
    [THEIRS, {"type": "command", "command": "archmemory hook Stop"}, {"type": "prompt"}, 7]
)
GROUPS = st.fixed_dictionaries(
    {"hooks": st.lists(HANDLERS, max_size=2)}, optional={"matcher": st.just("Bash")}
)
EVERYTHING_ELSE = st.dictionaries(st.sampled_from(["env", "model", "x"]), st.integers(), max_size=2)


@st.composite
def settings_texts(draw):
    """`settings.json` of somebody who may have hooks and rules of their own, in some style."""
    settings = draw(EVERYTHING_ELSE)
    if draw(st.booleans()):
        settings["hooks"] = draw(st.dictionaries(EVENT_NAMES, st.lists(GROUPS, max_size=2)))
    if draw(st.booleans()):
        rules = st.lists(st.sampled_from(["Bash(ls)", "mcp__other__search"]), max_size=2)
        settings["permissions"] = {name: draw(rules) for name in draw(st.sets(RULE_LISTS))}
    return laid_out(draw, settings)


@st.composite
def server_texts(draw):
    servers = draw(EVERYTHING_ELSE)
    if draw(st.booleans()):
        names = st.dictionaries(st.sampled_from(["a", "b"]), st.just({"command": "archmem"}))
        servers["mcpServers"] = draw(names)
    return laid_out(draw, servers)


RULE_LISTS = st.sampled_from(["allow", "deny"])


def laid_out(draw, value) -> str:
    indent = draw(st.sampled_from([None, 0, 1, 2, 4, "\t"]))
    separators = draw(st.sampled_from([None, (",", ":"), (" ,", " : ")]))
    text = json.dumps(value, indent=indent, separators=separators)
    text = text.replace("{}", draw(st.sampled_from(["{}", "{ }", "{\n}", "{\n\n  }"])))
    text = text.replace("[]", draw(st.sampled_from(["[]", "[ ]", "[\n]"])))
    text += draw(st.sampled_from(["", "\n", " \n\n"]))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


def handlers_of(text: str, event: str) -> list[object]:
    groups = json.loads(text)["hooks"].get(event, [])
    return [handler for group in groups for handler in group["hooks"]]


@pytest.mark.slow
@PROPERTY
@given(settings_texts(), st.booleans())
def test_what_install_adds_to_settings_uninstall_takes_away(text, allow):
    installed = with_hooks(text, "archmem")
    if allow:
        installed = with_permissions(installed)

    before, after = json.loads(text), json.loads(installed)
    assert taken_apart(after) == taken_apart(before)
    for event in EVENTS:
        ours = [one for one in handlers_of(installed, event) if is_our_hook(one)]
        assert ours == [hook_entry("archmem", event)]
    assert with_hooks(installed, "archmem") == installed
    assert without_permissions(without_hooks(installed)) == text


@pytest.mark.slow
@PROPERTY
@given(server_texts())
def test_what_install_adds_to_servers_uninstall_takes_away(text):
    installed = with_server(text, "archmem")

    before, after = json.loads(text), json.loads(installed)
    assert after["mcpServers"].pop("archmem") == server_entry("archmem")
    assert after == {"mcpServers": {}} | before
    assert with_server(installed, "archmem") == installed
    assert without_server(installed) == text


def taken_apart(settings: dict) -> dict:
    """What settings hold beside archmem's entries and empty containers."""
    rest = copy.deepcopy(settings)
    for groups in rest.get("hooks", {}).values():
        groups[:] = [group for group in groups if not any(map(is_our_hook, group["hooks"]))]
    for rules in rest.get("permissions", {}).values():
        rules[:] = [rule for rule in rules if rule not in READING_TOOLS]
    for name in ("hooks", "permissions"):
        rest[name] = {key: said for key, said in rest.get(name, {}).items() if said}
    return rest


@pytest.mark.slow
@PROPERTY
@given(settings_texts())
def test_nothing_is_taken_from_settings_that_have_nothing_of_ours(text):
    assert without_permissions(without_hooks(text)) == text


def test_files_that_were_made_are_taken_away_whole():
    assert without_server(with_server(None, "archmem")) is None
    assert without_hooks(with_hooks(None, "archmem")) is None
    made = with_permissions(with_hooks(None, "archmem"))
    assert without_permissions(without_hooks(made)) is None
    assert without_server(None) is None
    assert without_hooks(None) is None


@pytest.mark.parametrize(
    "old",
    [
        {"type": "command", "command": "archmem", "args": ["hook", "Stop"]},
        {"type": "command", "command": "archmem", "args": ["hook", "stop"], "timeout": 99},
        {"type": "command", "command": "/home/a b/.venv/bin/archmem", "args": ["hook", "Stop"]},
        {"type": "command", "command": r"C:\Tools\archmem.exe", "args": ["hook", "Stop"]},
        {"type": "command", "command": "archmem hook Stop", "timeout": 5},
        {"type": "command", "command": '"/home/a b/bin/archmem" hook Stop'},
        {"type": "command", "command": "/usr/local/bin/archmem hook Stop"},
    ],
)
def test_an_older_hook_of_ours_is_brought_up_to_date_where_it_stands(old):
    settings = {"hooks": {"Stop": [{"matcher": "", "hooks": [THEIRS, old]}, {"hooks": [THEIRS]}]}}

    installed = with_hooks(json.dumps(settings, indent=2), "archmem")

    groups = json.loads(installed)["hooks"]["Stop"]
    assert groups == [
        {"matcher": "", "hooks": [THEIRS, hook_entry("archmem", "Stop")]},
        {"hooks": [THEIRS]},
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"type": "command", "command": "my-archmem", "args": ["hook", "Stop"]},
        {"type": "command", "command": "archmem", "args": ["search", "x"]},
        {"type": "command", "command": "archmem search hook Stop"},
        {"type": "command", "command": "archmem hook Stop && ./mine.sh"},
        {"type": "command", "command": "./archmem-wrapper.sh hook Stop"},
        {"type": "command", "command": ["archmem", "hook", "Stop"]},
        {"type": "http", "url": "http://localhost/archmem"},
        None,
        "archmem hook Stop",
    ],
)
def test_what_only_resembles_a_hook_of_ours_is_somebody_elses(other):
    text = json.dumps({"hooks": {"Stop": [{"hooks": [other]}, other], "x": other}}, indent=4)

    assert not is_our_hook(other)
    assert without_hooks(text) == text
    assert without_hooks(with_hooks(text, "archmem")) == text


def test_hooks_of_ours_that_are_doubled_or_no_longer_wanted_go():
    ours = hook_entry("archmem", "Stop")
    settings = {
        "hooks": {
            "Stop": [{"hooks": [ours]}, {"hooks": [ours, THEIRS]}, {"hooks": [THEIRS]}],
            "SessionEnd": [{"hooks": [{**ours, "args": ["hook", "SessionEnd"]}]}],
            "PostToolUse": [{"hooks": [THEIRS]}],
        }
    }

    installed = json.loads(with_hooks(json.dumps(settings, indent=2), "archmem"))["hooks"]

    assert installed["Stop"] == [{"hooks": [ours]}, {"hooks": [THEIRS]}, {"hooks": [THEIRS]}]
    assert installed["PostToolUse"] == [{"hooks": [THEIRS]}]
    assert "SessionEnd" not in installed


def test_what_was_added_to_an_entry_of_ours_stays_in_it():
    old = {"command": "/old/archmem", "args": ["mcp"], "env": {"ARCHMEM_PRECISION": "int8"}}

    installed = with_server(json.dumps({"mcpServers": {"archmem": old}}), "archmem")

    entry = json.loads(installed)["mcpServers"]["archmem"]
    assert entry == server_entry("archmem") | {"env": {"ARCHMEM_PRECISION": "int8"}}
    assert without_server(installed) is None


def test_a_server_of_our_name_that_somebody_else_starts_is_left_alone():
    text = json.dumps({"mcpServers": {"archmem": {"command": "uvx", "args": ["archmem", "mcp"]}}})

    assert not is_our_server({"command": "archmem", "args": "mcp"})
    assert without_server(text) == text
    with pytest.raises(LeftAlone, match="archmem did not write"):
        with_server(text, "archmem")


@pytest.mark.parametrize("hooks", [[], "none", 1, None, {"Stop": {}}])
def test_something_else_where_hooks_should_be_is_left_alone(hooks):
    text = json.dumps({"hooks": hooks})

    assert without_hooks(text) == text
    with pytest.raises(LeftAlone, match=r"line 1, column"):
        with_hooks(text, "archmem")


@pytest.mark.parametrize("permissions", [[], {"allow": "all"}])
def test_something_else_where_rules_should_be_is_left_alone(permissions):
    text = json.dumps({"permissions": permissions})

    assert without_permissions(text) == text
    with pytest.raises(LeftAlone, match=r"line 1, column"):
        with_permissions(text)


def test_only_tools_that_read_are_ever_allowed():
    allowed = json.loads(with_permissions(None))["permissions"]["allow"]

    assert allowed == list(READING_TOOLS)
    assert "mcp__archmem__memory_record" not in allowed
    assert not any(rule.endswith("*") for rule in allowed)


@pytest.mark.slow
@PROPERTY
@given(settings_texts(), st.randoms(use_true_random=False))
def test_taking_out_holds_for_files_that_were_formatted_anew_meanwhile(text, random):
    installed = json.loads(with_permissions(with_hooks(text, "archmem")))
    anew = json.dumps(installed, indent=random.choice([None, 1, 2, 8]))

    rest = without_permissions(without_hooks(anew))

    assert taken_apart(json.loads(rest or "{}")) == taken_apart(json.loads(text))
    assert "archmem" not in (rest or "").replace("archmemory", "")
