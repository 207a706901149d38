"""What is written is read back as it was given, and nothing else changes."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from indexer.formats.document import Document
from indexer.formats.registry import format_for
from indexer.writers import place
from indexer.writers.place import folder_name, target_for
from memory.errors import FileNotWritable
from memory.kinds.vocabulary import Kind, LinkType, Status
from memory.models.details import Baseline, Decision, Flag, Lesson, Move, Note, Refactoring, Run
from memory.models.memory import Draft, Reference


def insert(*what):
    """The new text of a file."""
    return place.insert(*what).text


SAMPLE = Path(__file__).parents[3] / "data/sample"
MARKDOWN = {Kind.DECISION, Kind.NOTE, Kind.LESSON}

nasty = st.sampled_from(
    [
        "# heading", "## 2026-01-02 — x", "**Status:** rejected", "- **Modules:** api", "Status: x",
        "```", "~~~ python", "<!-- archmem: dec-other -->", "<!--", "-->", "---", "===", "{#id}",
        "| 2026-01-02 | a |", "[2026-01-02 10:00:00] - x", "- item", "1. item", "> quote", "a, b",
        "\\", "\\# x", "`code`", "C# #", '"quoted"', '{"a": 1}', "/* no */", "// no", "<pre>", "-",
        "### Context", "[x]: y", "* * *", "**Context**", "    indented", "a\\", "\u2028", "背景：x",
        "__Date:__ 2020-01-01", "- ```", "> # x", "&lt;", "a: b", "Context: x", "![i](u)", "<?php",
        "- - x", "\\\\,", "*", "_", "Decision", "+ **Tags**:", "2026年1月", "~~~~", "<![CDATA[",
        "| a | b |", "2026-01-02 10:00 - x", "\ufeff", "日本語：",
    ]
)  # fmt: skip
characters = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="\n\t"
)
words = st.one_of(
    st.text(characters, max_size=40),
    st.lists(st.one_of(nasty, st.text(characters, max_size=12)), max_size=6).map("\n".join),
    st.lists(nasty, max_size=4).map(" ".join),
)
said = words.filter(lambda text: bool(text.strip()))
lists = st.lists(said, max_size=3).map(tuple)
moments = st.one_of(
    st.none(),
    st.datetimes(datetime(3, 1, 1), datetime(9998, 1, 1), timezones=st.timezones()),
)
numbers = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
statuses = st.sampled_from(Status)
references = st.lists(
    st.builds(
        Reference,
        type=st.sampled_from(LinkType),
        target=said,
        inverse=st.booleans(),
        partial=st.booleans(),
    ),
    max_size=3,
).map(tuple)
details = {
    Kind.DECISION: st.builds(
        Decision, status=statuses, number=st.one_of(st.none(), st.integers(-9, 10**9)),
        context=words, decision=words, alternatives=lists, consequences=words,
        review_triggers=lists, deciders=lists, checks=lists,
    ),
    Kind.REFACTORING: st.builds(
        Refactoring, status=statuses,
        moved=st.lists(st.builds(Move, what=said, origin=words, destination=words)).map(tuple),
        why=words, intended_effect=words, measured_effect=words, commits=lists, reverted_by=words,
        revert_reason=words,
    ),
    Kind.BASELINE: st.builds(
        Baseline, status=statuses, metric=said, value=numbers, value_text=words, unit=words,
        spread=numbers, n=st.one_of(st.none(), st.integers()), environment=words, commit=words,
        better=st.sampled_from(["lower", "higher", ""]), threshold=numbers,
    ),
    Kind.NOTE: st.builds(Note, status=statuses, topic=words),
    Kind.FLAG: st.builds(
        Flag, status=statuses, flag_type=words, sender=words, receivers=lists,
        severity=st.sampled_from(["critical", "high", "medium", "low", ""]),
        blocking=st.booleans(), owner=words, due=moments, suggested_action=words, resolution=words,
    ),
    Kind.LESSON: st.builds(
        Lesson, status=statuses, form=st.sampled_from(["pattern", "antipattern", "best_practice"]),
        context=words, outcome=words, issues=lists, alternative=words, evidence_for=lists,
        evidence_against=lists, review_triggers=lists,
    ),
}  # fmt: skip


def drafts_of(kind: Kind) -> st.SearchStrategy[Draft]:
    return st.builds(
        Draft,
        title=said,
        body=said,
        details=details[kind],
        modules=lists,
        agent=st.one_of(st.none(), said),
        tags=lists,
        references=references,
        valid_from=moments,
        valid_to=moments,
    )


settings_ = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # shrinking values this large takes minutes
    suppress_health_check=list(HealthCheck),
)


def read(draft: Draft, text: str) -> tuple[Draft, ...]:
    """All drafts of the file that takes this one."""
    path = target_for(draft)
    format_ = format_for(PurePosixPath(path))
    assert format_ is not None
    parsed = format_.parse(Document(path, text.replace("\r\n", "\n").replace("\r", "\n")))
    assert not parsed.failed
    return parsed.drafts


def even(value: object) -> object:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, datetime):
        return value.astimezone(UTC)  # local times that exist twice or never equal nothing
    if isinstance(value, dict):
        return {name: even(inner) for name, inner in value.items()}
    return [even(inner) for inner in value] if isinstance(value, list | tuple) else value


def existing(draft: Draft) -> list[str | None]:
    """Texts that the draft's file may hold before."""
    sample = SAMPLE / target_for(draft)
    found = [None, "", "\n"]
    if draft.kind in MARKDOWN:
        found += [
            "# Log\r\n\r\n## 2026-01-02 — One\r\n\r\nText.\r\n",
            "# Log\n\nIntro.",
            LOG,
            "- a\n- b\n",
        ]
    else:
        key = {Kind.FLAG: "flags", Kind.BASELINE: "baselines"}.get(draft.kind, "refactorings")
        found += [
            "[]",
            "{}",
            f'{{"{key}": []}}',
            f'// kept\n{{"{key}": [\r\n\t{{"title": "a", "value": 1, "type": "x"}},//\r\n\t]\n}}',
            f'{{"v": 1, "{key}": {{"a": {{"title": "b", "value": 2, "type": "y"}}}}}}\n',
        ]
    return [*found, sample.read_text()] if sample.is_file() else found


LOG = """# Log

### 2026-01-02 — One

**Status:** accepted

Text.

### 2026-02 Two

- a
- b

---

"""


@pytest.mark.slow
@settings_
@given(data=st.data())
@pytest.mark.parametrize("kind", sorted(details))
def test_what_is_inserted_is_read_back_and_nothing_else_changes(kind, data):
    draft = data.draw(drafts_of(kind))
    text = data.draw(st.sampled_from(existing(draft)))
    before = Counter(each.digest for each in read(draft, text or ""))

    new = insert(text, draft, "dec-k3f9x2ab")

    found = read(draft, new)
    own = [each for each in found if each.uid == "dec-k3f9x2ab"]
    assert len(own) == 1
    assert even(own[0].title) == even(draft.title)
    assert even(own[0].details.model_dump()) == even(draft.details.model_dump())
    assert even(own[0].modules) == even(draft.modules)
    assert even(own[0].agent) == even(draft.agent)
    assert even(own[0].tags) == even(draft.tags)
    assert even(own[0].valid_from) == even(draft.valid_from)
    assert even(own[0].valid_to) == even(draft.valid_to)
    assert {(r.type, even(r.target), r.inverse, r.partial) for r in draft.references} <= {
        (r.type, even(r.target), r.inverse, r.partial) for r in own[0].references
    }
    assert Counter(each.digest for each in found if each.uid != "dec-k3f9x2ab") == before
    assert insert(new, draft, "dec-k3f9x2ab") == new
    assert insert(new, own[0], "dec-k3f9x2ab") == new


@pytest.mark.slow
@settings_
@given(data=st.data())
@pytest.mark.parametrize("kind", sorted(details))
def test_a_record_can_be_replaced_among_others(kind, data):
    first, second, third = data.draw(st.tuples(*[drafts_of(kind)] * 3))
    details_of_third = third.details
    if isinstance(first.details, Lesson):
        second, third = (
            each.model_copy(
                update={"details": each.details.model_copy(update={"form": first.details.form})}
            )
            for each in (second, third)
        )
        details_of_third = third.details
    same = {"modules": first.modules, "agent": first.agent}
    second, third = second.model_copy(update=same), third.model_copy(update=same)

    text = insert(insert(None, first, "a-1"), second, "b-2")
    new = insert(text, third, "a-1")

    assert [each.uid for each in read(first, new)] == ["a-1", "b-2"]
    assert even(read(first, new)[0].details.model_dump()) == even(details_of_third.model_dump())
    assert read(first, new)[1].digest == read(first, text)[1].digest
    if kind in MARKDOWN:
        assert insert(new, first, "a-1") == text


def a_decision(**changes: object) -> Draft:
    given = {"title": "Use one queue", "body": "We use one.", "details": Decision(), **changes}
    return Draft.model_validate(given)


def a_flag(**changes: object) -> Draft:
    given = {"title": "Slow", "body": "Slow", "details": Flag(flag_type="performance"), **changes}
    return Draft.model_validate(given)


def test_a_new_decision_looks_like_one_that_a_person_wrote():
    draft = a_decision(
        details=Decision(
            status=Status.ACCEPTED,
            context="Two queues drift apart.",
            decision="One queue.",
            alternatives=("Two queues", "No queue"),
        ),
        modules=("queue", "api"),
        references=[Reference(type=LinkType.SUPERSEDES, target="dec-aaaaaaaa")],
        valid_from=datetime(2026, 3, 1, tzinfo=UTC),
    )

    assert insert(None, draft, "dec-k3f9x2ab") == (
        "# Architectural decisions\n"
        "\n"
        "## Use one queue\n"
        "<!-- archmem: dec-k3f9x2ab -->\n"
        "- **Date:** 2026-03-01\n"
        "- **Status:** accepted\n"
        "- **Modules:** queue, api\n"
        "- **Supersedes:** dec-aaaaaaaa\n"
        "\n"
        "We use one.\n"
        "\n"
        "**Context:** Two queues drift apart.\n"
        "\n"
        "**Decision:** One queue.\n"
        "\n"
        "**Alternatives:**\n"
        "\n"
        "- Two queues\n"
        "- No queue\n"
    )


def test_a_decision_takes_the_heading_level_and_line_ends_of_its_log():
    text = "# Log\r\n\r\n### 2026-01-02 — One\r\n\r\nText.\r\n"

    new = insert(text, a_decision(), "dec-k3f9x2ab")

    assert new.startswith(text + "\r\n### Use one queue\r\n<!-- archmem: dec-k3f9x2ab -->\r\n")
    assert "\n" not in new.replace("\r\n", "")


def test_comments_commas_and_indentation_of_json_stay():
    text = (
        '{\n\t// ours\n\t"flags": [\n\t\t{"id": "F-1", "type": "x"}, /* one */\n\t],\n\t"z": 1\n}\n'
    )

    new = insert(text, a_flag(), "fla-k3f9x2ab")

    assert new == text.replace(
        "/* one */\n",
        '/* one */\n\t\t{\n\t\t\t"uid": "fla-k3f9x2ab",\n\t\t\t"type": "performance",\n'
        '\t\t\t"status": "open",\n\t\t\t"description": "Slow"\n\t\t}\n',
    )


def test_an_update_keeps_what_others_added_to_the_entry():
    text = insert("[]", a_flag(), "fla-k3f9x2ab")
    text = text.replace('"type"', '"seen_by": ["dana"], // keep\n"type"')
    resolved = a_flag(details=Flag(flag_type="performance", status=Status.RESOLVED))

    new = insert(text, resolved, "fla-k3f9x2ab")

    assert new == text.replace('"open"', '"resolved"')


def test_a_field_that_is_no_longer_said_goes():
    text = insert("[]", a_flag(details=Flag(flag_type="x", owner="dana")), "fla-k3f9x2ab")

    new = insert(text, a_flag(details=Flag(flag_type="x")), "fla-k3f9x2ab")

    assert '"owner"' not in new
    assert new == insert("[]", a_flag(details=Flag(flag_type="x")), "fla-k3f9x2ab")


@pytest.mark.parametrize(
    ("draft", "text"),
    [
        (a_flag(), '{"flags": ['),
        (a_flag(), "not json"),
        (a_decision(), "# Log\n\n```\nan open fence\n"),
        (a_decision(), "# Log\n\n<!-- an open comment\n"),
    ],
)
def test_a_file_that_cannot_take_the_record_is_refused(draft, text):
    with pytest.raises(FileNotWritable):
        insert(text, draft, "x-1")


def test_a_name_cannot_lead_out_of_the_memory_folder():
    draft = Draft(title="t", body="b", details=Note(), agent="../../etc/passwd")

    assert target_for(draft) == ".claude/memory/agents/etc-passwd/notes.md"


def test_a_run_has_no_file():
    with pytest.raises(ValueError, match="no file"):
        target_for(Draft(title="t", body="b", details=Run()))


HAND_WRITTEN = (
    '{"flags": [\n  {"id": "F-036", "type": "capacity", "from": "api-agent", "to": "queue-agent",'
    ' "module_affected": "api", "description": "Slow.", "due": "2026-10-09"}\n]}\n'
)


def test_a_flag_is_spelled_as_those_that_people_wrote():
    details = Flag(
        flag_type="capacity", sender="queue-agent", receivers=("api-agent",),
        due=datetime(2026, 12, 24, tzinfo=UTC),
    )  # fmt: skip
    said = "The queue grows"
    draft = a_flag(
        title=said, body=said, details=details, modules=("queue",),
        valid_from=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip

    entry = json.loads(insert(HAND_WRITTEN, draft, "fla-k3f9x2ab"))["flags"][1]

    assert entry == {
        "uid": "fla-k3f9x2ab",
        "type": "capacity",
        "from": "queue-agent",
        "to": "api-agent",
        "module_affected": "queue",
        "description": "The queue grows",
        "due": "2026-12-24",
        "timestamp": "2026-11-23",
        "status": "open",
    }


def test_a_title_that_says_more_than_the_description_stays():
    draft = a_flag(title="Slow queue", body="It grows by the hour.")

    entry = json.loads(insert(HAND_WRITTEN, draft, "fla-k3f9x2ab"))["flags"][1]

    assert (entry["title"], entry["description"]) == ("Slow queue", "It grows by the hour.")


def test_a_baseline_is_a_plain_day_without_a_title_made_of_its_value():
    written = '{"metric": "p95", "module": "api", "value": 3, "date": "2026-01-02"}'
    text = f'{{"baselines": [\n  {written}\n]}}'
    draft = Draft(
        title="p95: 12 ms", body="p95: 12 ms", details=Baseline(metric="p95", value=12, unit="ms"),
        modules=("queue",), valid_from=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip

    entry = json.loads(insert(text, draft, "bas-k3f9x2ab"))["baselines"][1]

    assert entry == {
        "uid": "bas-k3f9x2ab", "metric": "p95", "value": 12, "unit": "ms", "module": "queue",
        "date": "2026-11-23",
    }  # fmt: skip


def test_a_day_in_a_list_is_not_escaped():
    triggers = ("2027-01-31", "2027-06-30: the contract ends")
    for details in (
        Decision(review_triggers=triggers),
        Lesson(form="pattern", review_triggers=triggers),
    ):
        text = insert(None, a_decision(details=details), "x-k3f9x2ab")

        assert "- 2027-01-31\n- 2027-06-30: the contract ends\n" in text


def test_a_lesson_is_labelled_as_those_that_people_wrote():
    text = (
        "# Patterns that worked\n\n## One\n\n- **Modules:** api\n- **Learned:** 2024-09-30\n"
        "- **Context:** A change commits.\n- **Outcome:** None were lost.\n"
    )
    details = Lesson(form="pattern", context="Jobs move.", outcome="None waits.", issues=("Cost",))
    draft = Draft(
        title="Two", body="Two", details=details, modules=("queue",),
        valid_from=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip

    new = insert(text, draft, "les-k3f9x2ab")

    assert new == text + (
        "\n## Two\n<!-- archmem: les-k3f9x2ab -->\n"
        "- **Learned:** 2026-11-23\n- **Modules:** queue\n"
        "- **Context:** Jobs move.\n- **Outcome:** None waits.\n\n**Issues:**\n\n- Cost\n"
    )
    assert insert(new, draft, "les-k3f9x2ab") == new


@pytest.mark.parametrize("name", ["CON", "aux", "Com1", "nul.md", "lpt9.notes"])
def test_no_folder_is_called_like_a_device_of_windows(name):
    draft = Draft(title="t", body="b", details=Note(), agent=name)

    assert folder_name(name) == ""
    assert folder_name(f"a-{name}") == f"a-{name}".lower()
    assert "agents" not in target_for(draft)
