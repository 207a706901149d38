"""What is written is read back as it was given, and nothing else changes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path, PurePosixPath

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from indexer.sources.document import Document
from indexer.sources.registry import format_for
from indexer.writers import insert, target_for
from memory.models.details import Baseline, Decision, Flag, Lesson, Move, Note, Refactoring
from memory.models.kinds import Kind, LinkType, Status
from memory.models.revision import Draft, Reference

SAMPLE = Path(__file__).parents[3] / "data/sample"
MARKDOWN = {Kind.DECISION, Kind.NOTE, Kind.LESSON}

nasty = st.sampled_from(
    [
        "# heading", "## 2026-01-02 — x", "**Status:** rejected", "- **Modules:** api", "Status: x",
        "```", "~~~ python", "<!-- archmem: dec-other -->", "<!--", "-->", "---", "===", "| a | b |",
        "| 2026-01-02 | a |", "[2026-01-02 10:00:00] - x", "- item", "1. item", "> quote", "a, b",
        "\\", "\\# x", "`code`", "C# #", '"quoted"', "{\"a\": 1}", "/* no */", "// no", "<pre>",
        "### Context", "[x]: y", "* * *", "**Context**", "    indented", "a\\", "\u2028", "-", "日本語：",
        "__Date:__ 2020-01-01", "- ```", "> # x", "&lt;", "a: b", "Context: x", "{#id}", "![i](u)",
        "- - x", "\\\\,", "*", "_", "Decision", "+ **Tags**:", "2026年1月", "~~~~", "<?php", "<![CDATA[",
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
    st.datetimes(timezones=st.timezones()).filter(
        lambda when: 2 < when.year < 9998
    ),
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
        review_triggers=lists, deciders=lists,
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
        context=words, outcome=words, issues=lists, alternative=words,
    ),
}  # fmt: skip
drafts = st.sampled_from(sorted(details)).flatmap(
    lambda kind: st.builds(
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
)
settings_ = settings(
    max_examples=100,
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
    if isinstance(value, dict):
        return {name: even(inner) for name, inner in value.items()}
    return [even(inner) for inner in value] if isinstance(value, list | tuple) else value


def existing(draft: Draft) -> list[str | None]:
    """Texts that the draft's file may hold before."""
    sample = SAMPLE / target_for(draft)
    found = [None, "", "\n"]
    if draft.kind in MARKDOWN:
        found += ["# Log\r\n\r\n## 2026-01-02 — One\r\n\r\nText.\r\n", "# Log\n\nIntro.", LOG, "- a\n- b\n"]
    else:
        key = {Kind.FLAG: "flags", Kind.BASELINE: "baselines"}.get(draft.kind, "refactorings")
        found += [
            "[]",
            "{}",
            f'{{"{key}": []}}',
            f'// kept\n{{"{key}": [\r\n\t{{"title": "a", "value": 1, "type": "x"}}, // one\r\n\t]\r\n}}',
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


@settings_
@given(draft=drafts, data=st.data())
def test_what_is_inserted_is_read_back_and_nothing_else_changes(draft, data):
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
    assert (own[0].valid_from, own[0].valid_to) == (draft.valid_from, draft.valid_to)
    assert {(r.type, even(r.target), r.inverse, r.partial) for r in draft.references} <= {
        (r.type, even(r.target), r.inverse, r.partial) for r in own[0].references
    }
    assert Counter(each.digest for each in found if each.uid != "dec-k3f9x2ab") == before
    assert insert(new, draft, "dec-k3f9x2ab") == new
    assert insert(new, own[0], "dec-k3f9x2ab") == new


@settings_
@given(first=drafts, data=st.data())
def test_a_record_can_be_replaced_among_others(first, data):
    kind = first.kind
    second, third = data.draw(st.tuples(*[drafts.filter(lambda each: each.kind is kind)] * 2))
    path = target_for(first)
    second, third = (
        each.model_copy(update={"modules": first.modules, "agent": first.agent})
        for each in (second, third)
    )
    if path != target_for(second) or path != target_for(third):
        return

    text = insert(insert(None, first, "a-1"), second, "b-2")
    new = insert(text, third, "a-1")

    assert [each.uid for each in read(first, new)] == ["a-1", "b-2"]
    assert read(first, new)[1].digest == read(first, text)[1].digest
    assert insert(new, first, "a-1") == text or kind not in MARKDOWN
