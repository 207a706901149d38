"""Where decisions are files of their own, a recorded one is the next of them, in their form."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from indexer.project import open_project
from memory.errors import FileNotWritable, InvalidRequest
from memory.kinds.vocabulary import LinkType, Status
from memory.models.details import Decision
from memory.models.memory import Draft, Reference

pytestmark = pytest.mark.slow

NYGARD = """# {n}. {title}

Date: 2020-01-0{n}

## Status

Accepted

## Context

Words around {title}.

## Decision

We do {title}.

## Consequences

It works.
"""
MADR = """---
status: accepted
date: 2020-01-0{n}
parent: Decisions
nav_order: {n}
---
# {title}

## Context and Problem Statement

Words around {title}.

## Considered Options

- {title}
- nothing

## Decision Outcome

Chosen option: "{title}", because it works.

### Consequences

- Good, because it works.
"""
BULLETS = """# ADR-00{n}: {title}

* Status: accepted
* Date: 0{n}.01.2020
* Deciders: dana

## Context and Problem Statement

Words around {title}.

## Decision Outcome

We do {title}.
"""
TABLE = """# ADR 0{n}: {title}

| Field | Value |
|---|---|
| Status | Accepted |
| Date | 2020-01-0{n} |

## Context

Words around {title}.

## Decision

We do {title}.
"""
FORMS = {"nygard": NYGARD, "madr": MADR, "bullets": BULLETS, "table": TABLE}
DRAFT = Draft(
    title="Keep sessions in Redis",
    body="Keep sessions in Redis",
    details=Decision(
        status=Status.ACCEPTED,
        context="Memory is lost at a deploy.",
        decision="Sessions live in Redis.",
        consequences="Redis has to be up.",
    ),
    modules=("accounts",),
    valid_from=datetime(2024, 5, 6, tzinfo=UTC),
)
NAMES = {
    "docs/adr/000{n}-{slug}.md": "docs/adr/0003-keep-sessions-in-redis.md",
    "docs/adr/ADR-00{n}_{slug}.md": "docs/adr/ADR-003_keep-sessions-in-redis.md",
    "adr/000{n}-{slug}/README.md": "adr/0003-keep-sessions-in-redis/README.md",
    "docs/adr/2020-01-0{n}-{slug}.md": "docs/adr/2024-05-06-keep-sessions-in-redis.md",
}


@pytest.fixture
def project(tmp_path, word_model):
    def make(form, name="docs/adr/000{n}-{slug}.md"):
        root = tmp_path / "project"
        for n, title in enumerate(("Use queues", "Use one database"), start=1):
            slug = title.lower().replace(" ", "-")
            file = root / name.format(n=n, slug=slug)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(form.format(n=n, title=title))
        memory = open_project(root, store=tmp_path / "store")
        memory.index()
        return memory

    return make


@pytest.mark.parametrize(
    "form", [NYGARD, MADR, BULLETS, TABLE], ids=["nygard", "madr", "bullets", "table"]
)
def test_a_decision_is_the_next_record_in_the_form_of_the_others(project, form):
    with project(form) as memory:
        recorded = memory.record(DRAFT)
        assert recorded.path == "docs/adr/0003-keep-sessions-in-redis.md"
        text = (memory.root / recorded.path).read_text()
        kept = memory.show(recorded.uid).memory.revision.draft
        report = memory.index(accept_removals=True)
        assert (report.added, report.revised, report.removed) == (0, 0, 0)
        assert memory.show("3").memory.uid == recorded.uid
    assert "database" not in text
    assert "dana" not in text
    assert [line for line in text.split("\n") if line.startswith("## ")] == [
        line for line in form.split("\n") if line.startswith("## ") and "Options" not in line
    ] + (["## Consequences"] if "onsequences" not in form else [])
    assert kept.details.model_copy(update={"number": None}) == DRAFT.details
    assert (kept.title, kept.modules, kept.valid_from) == (
        DRAFT.title, DRAFT.modules, DRAFT.valid_from)  # fmt: skip


def test_of_front_matter_only_what_all_records_share_is_the_form(project):
    own = "author: dana\nticket: PAY-1{n}\npr: 4{n}\nlast_reviewed: 2024-06-0{n}\n"
    form = MADR.replace("nav_order: {n}\n", "nav_order: {n}\n" + own)
    with project(form) as memory:
        text = (memory.root / memory.record(DRAFT).path).read_text()
    front = text.split("---")[1]
    assert "parent: Decisions\nnav_order: 3\n" in front
    assert not [one for one in ("author", "ticket", "pr:", "last_reviewed") if one in front]


@pytest.mark.parametrize("name", NAMES)
def test_its_file_is_called_like_the_others(project, name):
    with project(NYGARD, name) as memory:
        assert memory.record(DRAFT).path == NAMES[name]


def test_recording_it_again_makes_no_second_file(project):
    with project(NYGARD) as memory:
        first, again = memory.record(DRAFT), memory.record(DRAFT)
        assert (again.uid, again.path, again.is_new) == (first.uid, first.path, False)
        assert len(list((memory.root / "docs/adr").iterdir())) == 3


@pytest.mark.parametrize(
    "form", [NYGARD, MADR, BULLETS, TABLE], ids=["nygard", "madr", "bullets", "table"]
)
def test_what_it_supersedes_says_so_in_its_status(project, form):
    with project(form) as memory:
        old = memory.show("1").memory
        said = Reference(type=LinkType.SUPERSEDES, target=old.uid)
        recorded = memory.record(DRAFT.model_copy(update={"references": (said,)}))
        assert not recorded.untold
        standing = memory.show(old.uid).standing
        assert standing.status is Status.SUPERSEDED
        assert standing.current == (recorded.uid,)
        text = (memory.root / "docs/adr/0001-use-queues.md").read_text()
        report = memory.index(accept_removals=True)
        assert (report.added, report.revised) == (0, 0)
    link = "[3. Keep sessions in Redis](0003-keep-sessions-in-redis.md)"
    assert f"uperseded by {link}" in text
    assert "[1. Use queues](0001-use-queues.md)" in (memory.root / recorded.path).read_text()


def test_a_project_that_keeps_a_log_gets_it_there(project, tmp_path):
    with project(NYGARD) as memory:
        log = memory.root / ".claude/memory/context/decisions.md"
        log.parent.mkdir(parents=True)
        log.write_text("# Architectural decisions\n")
        assert memory.record(DRAFT).path == ".claude/memory/context/decisions.md"


def test_what_no_record_can_say_goes_into_the_log(project):
    with project(NYGARD) as memory:
        draft = DRAFT.model_copy(update={"agent": "payments-engineer"})
        assert memory.record(draft).path == ".claude/memory/context/decisions.md"


def test_checks_alternatives_and_triggers_have_their_place(project):
    details = DRAFT.details.model_copy(
        update={
            "checks": ("accounts must not import orders",),
            "alternatives": ("Cookies: too large.", "Memory: lost at a deploy."),
            "review_triggers": ("Redis costs more than the database",),
            "deciders": ("Dana", "Kim"),
        }
    )
    with project(NYGARD) as memory:
        for name in ("accounts", "orders"):
            (memory.root / name).mkdir()
            (memory.root / name / "__init__.py").write_text("")
        recorded = memory.record(DRAFT.model_copy(update={"details": details}))
        assert recorded.path.startswith("docs/adr/0003")
        kept = memory.show(recorded.uid).memory.revision.draft.details
    assert kept.checks == details.checks
    assert kept.alternatives == details.alternatives
    assert kept.review_triggers == details.review_triggers
    assert kept.deciders == details.deciders


def test_undo_takes_the_file_away_and_the_status_of_the_old_one_back(project):
    with project(NYGARD) as memory:
        file = memory.root / "docs/adr/0001-use-queues.md"
        before = file.read_text()
        said = Reference(type=LinkType.SUPERSEDES, target=memory.show("1").memory.uid)
        recorded = memory.record(DRAFT.model_copy(update={"references": (said,)}))
        memory.undo()
        assert not (memory.root / recorded.path).exists()
        assert file.read_text() == before
        assert memory.show("1").standing.in_force
        assert memory.index(accept_removals=True).removed == 0


@pytest.mark.parametrize("form", FORMS)
def test_of_a_record_that_nobody_has_written_on_any_field_is_corrected_in_its_file(project, form):
    changes = {
        "title": "Keep sessions elsewhere",
        "context": "Restarts log all users out: `a/b.py`.",
        "decision": "A table.",
        "alternatives": ("Cookies", "A file", "Nothing at all"),
        "consequences": "A vacuum job.",
    }
    with project(FORMS[form]) as memory:
        said = Reference(type=LinkType.SUPERSEDES, target=memory.show("1").memory.uid)
        uid = memory.record(DRAFT.model_copy(update={"references": (said,)})).uid
        for name, value in changes.items():
            before = memory.show(uid).memory
            memory.correct(uid, {name: value})
            after = memory.show(uid).memory
            draft = after.revision.draft
            assert draft.title == changes["title"]
            assert name == "title" or getattr(draft.details, name) == value
            assert after.path == before.path
        assert memory.index().revised == 0
        assert memory.show("1").standing.replaced_by


def test_what_somebody_wrote_on_a_record_is_not_corrected(project):
    with project(NYGARD) as memory:
        recorded = memory.record(DRAFT)
        file = memory.root / recorded.path
        file.write_text(file.read_text() + "\nA word of mine.\n")
        memory.index()
        before = file.read_text()
        with pytest.raises(FileNotWritable, match="somebody's own words"):
            memory.correct(recorded.uid, {"context": "Another."})
        assert file.read_text() == before


def test_undo_asked_again_takes_back_what_was_recorded_before_that(project):
    with project(NYGARD) as memory:
        file = memory.root / "docs/adr/0001-use-queues.md"
        before = file.read_text()
        first = memory.record(DRAFT.model_copy(update={"title": "Recorded first"}))
        said = Reference(type=LinkType.SUPERSEDES, target=memory.show("1").memory.uid)
        memory.record(DRAFT.model_copy(update={"references": (said,)}))
        memory.undo()

        assert memory.undo().uid == first.uid
        assert not (memory.root / first.path).exists()
        assert file.read_text() == before
        with pytest.raises(InvalidRequest, match="nothing was recorded"):
            memory.undo()
        assert memory.show("1").standing.in_force


@pytest.mark.parametrize(
    ("form", "is_indexed"), [*((form, True) for form in FORMS), ("nygard", False)]
)
def test_undo_leaves_what_was_written_in_the_old_ones_since(project, form, is_indexed):
    with project(FORMS[form]) as memory:
        file = memory.root / "docs/adr/0001-use-queues.md"
        both = [memory.show(number).memory.uid for number in ("1", "2")]
        said = tuple(Reference(type=LinkType.SUPERSEDES, target=uid) for uid in both)
        before = file.read_text()
        recorded = memory.record(DRAFT.model_copy(update={"references": said}))
        file.write_text(file.read_text().replace("Words around", "More words around"))
        if is_indexed:
            memory.index()
        memory.undo()
        assert file.read_text() == before.replace("Words around", "More words around")
        assert not (memory.root / recorded.path).exists()
        memory.index(accept_removals=True)
        assert all(memory.show(uid).standing.in_force for uid in both)


@pytest.mark.parametrize("is_indexed", [True, False], ids=["indexed", "not indexed"])
def test_undo_leaves_a_record_that_somebody_has_written_on(project, is_indexed):
    with project(NYGARD) as memory:
        said = Reference(type=LinkType.SUPERSEDES, target=memory.show("1").memory.uid)
        recorded = memory.record(DRAFT.model_copy(update={"references": (said,)}))
        file, old = memory.root / recorded.path, memory.root / "docs/adr/0001-use-queues.md"
        told = old.read_text()
        file.write_text(file.read_text() + "\nMore words.\n")
        if is_indexed:
            memory.index()
        with pytest.raises((FileNotWritable, InvalidRequest)):
            memory.undo()
        assert file.exists()
        assert old.read_text() == told


def test_two_who_record_at_the_same_moment_get_a_number_each(project, tmp_path):
    with project(NYGARD) as memory:
        others = [open_project(memory.root, store=tmp_path / "store") for _ in range(3)]
        gate = Barrier(len(others))

        def record(number):
            gate.wait()
            draft = DRAFT.model_copy(update={"title": f"Keep {number} sessions"})
            return others[number].record(draft)

        with ThreadPoolExecutor(len(others)) as pool:
            found = list(pool.map(record, range(len(others))))
        assert sorted(one.path.split("/")[-1][:4] for one in found) == ["0003", "0004", "0005"]
        for one in found:
            number = int(one.path.split("/")[-1][:4])
            assert memory.show(one.uid).memory.revision.draft.details.number == number
        assert memory.index(accept_removals=True).revised == 0
        for one in others:
            one.close()


def test_what_is_said_beyond_the_parts_of_a_record_stays(project):
    with project(NYGARD) as memory:
        recorded = memory.record(Draft(title="Keep keys", body="For a day.", details=Decision()))
        assert "\n\nFor a day.\n" in (memory.root / recorded.path).read_text()
