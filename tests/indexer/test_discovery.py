"""Folders of decision records are known by what is in them."""

from __future__ import annotations

import pytest

from indexer.discovery.telling import find_discovery
from indexer.formats.registry import formats
from indexer.pipeline import take_in
from memory.kinds.vocabulary import Kind

NYGARD = "# {n}. Use {word}\n\n## Status\n\nAccepted\n\n## Context\n\nSo.\n\n## Decision\n\nYes.\n"
MADR = (
    "---\nstatus: accepted\n---\n# Use {word}\n\n## Context and Problem Statement\n\nWhy?\n\n"
    "## Considered Options\n\n* a\n* b\n\n## Decision Outcome\n\nChosen option: a\n"
)
UNSTATED = "# Use {word}\n\n## Context\n\nSo.\n\n## Decision\n\nYes.\n\n## Consequences\n\nFast.\n"
GERMAN = (
    "# Nutze {word}\n\n## Status\n\nAkzeptiert\n\n## Kontext\n\nDa.\n\n## Entscheidung\n\nJa.\n"
)
FRENCH = (
    "# Choisir {word}\n\n## Contexte\n\nVoilà.\n\n## Décision\n\nOui.\n\n## Conséquences\n\nBien.\n"
)
POLISH = (
    "# Wybór {word}\n\n## Kontekst\n\nTak.\n\n## Decyzja\n\nTak.\n\n## Konsekwencje\n\nDobre.\n"
)
CHINESE = "# 使用 {word}\n\n## 背景\n\n因为。\n\n## 决策\n\n好。\n\n## 后果\n\n快。\n"
PROPOSAL = (
    "---\nstatus: implementable\n---\n# TEP-{n}: Use {word}\n\n## Motivation\n\nSo.\n\n"
    "## Proposal\n\nThis.\n\n## Alternatives\n\nThat.\n"
)
HEADERS = (
    "Number: {n}\nTitle: Use {word}\nStatus: Final\n\nAbstract\n========\n\nIt.\n\n"
    "Motivation\n==========\n\nSo.\n\nRejected ideas\n==============\n\nOther.\n"
)
ASCIIDOC = (
    "= {n}. Use {word}\n\n== Status\n\nAccepted\n\n== Context\n\nSo.\n\n== Decision\n\nYes.\n"
)
PLAIN_TEXT = "RFC: {n}\nTitle: {word}\nStatus: Accepted\n\n1. Introduction\n\n   It.\n"
OWN_NUMBER = "---\nhip: {n}\ntitle: {word}\nstatus: Final\n---\n\n## Abstract\n\nIt.\n"
SHORT = "# ADR {n}: {word}\n\nStatus: accepted\n\nWe use {word}.\n"

CRITERIA = (
    "---\nCIP: {n}\nTitle: Use {word}\nStatus: Active\n---\n\n"
    "## Motivation: Why is this necessary?\n\nSo.\n\n"
    "## Specification\n\nThis.\n\n## Path to Active\n\n### Acceptance Criteria\n\n- Done\n"
)
NUMBERED = "---\nstate: publish\n---\n\n# RFD {n} Send {word}\n\n## Overview\n\nMany.\n"
CALLED = "# RFC 00{n}: Send {word}\n\n## Purpose\n\nMany.\n\n## The problem\n\nSome.\n"
POST = "---\nlayout: post\ntitle: On {word}\n---\n## Context\n\nOnce.\n\n## Decision\n\nWe chose.\n"
MINUTES = (
    "# Weekly {n}\n\nAttendees: Ada, Bo\n\n## Agenda\n\n{word}\n\n## Decisions\n\n- {word}\n\n"
    "## Status\n\nDone\n\n## Context\n\nNone.\n"
)
PROTOKOLL = "# Treffen {n}\n\n## Teilnehmer\n\nAda\n\n## Kontext\n\nDa.\n\n## Entscheidung\n\nJa.\n"
LESSON = (
    "# {n}. {word}\n\n## Introduction\n\nHello.\n\n## Prerequisites\n\nNone.\n\n## Solution\n\n"
    "So.\n"
)
CHAPTER = "# Chapter {n}\n\n{word} is a tale.\n\n## Problem\n\nOnce.\n\n## Solution\n\nThen.\n"
PATTERN = (
    "# {word}\n\n## Context\n\nA.\n\n## Problem\n\nB.\n\n## Solution\n\nC.\n\n## Examples\n\nD.\n"
)
RELEASE = (
    "# 1.{n}\n\n## New features\n\n- {word}\n\n## Bug fixes\n\n- {word}\n\n## Impact\n\nSome.\n"
)
INCIDENT = (
    "# Outage {n}\n\n## Status\n\nComplete\n\n## Impact\n\nBad.\n\n## Root cause\n\n{word}\n\n"
    "## Resolution\n\nRestart.\n"
)
TASK = (
    "# Task {n}\n\nStatus: done\n\n## Context\n\n{word}\n\n## Solution\n\nSo.\n\n"
    "## Acceptance criteria\n\n- ok\n"
)


def lay_out(project, pattern: str, text: str, count: int = 3) -> None:
    for n in range(1, count + 1):
        path = pattern.format(n=n, day=10 + n)
        project.write(path, text.format(n=n, word=["", "queues", "shards", "caches", "logs"][n]))


def index(project, *declared, only=None):
    return take_in(project.ledger, project.root, formats(declared), only=only, accept_removals=True)


def decisions(project) -> set[str]:
    return {one.path for one in project.memories() if one.kind is Kind.DECISION}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("architecture-decision-record/00{n}-a.md", NYGARD),
        ("teps/000{n}-a.md", PROPOSAL),
        ("choices/2021-03-{day}-title.md", UNSTATED),
        ("docs/choices/202103{day}-title.md", MADR),
        ("docs/choices/000{n}-name/README.md", NYGARD),
        ("docs/choices/2021-03-{day}-name/README.md", NYGARD),
        ("notes/adr-01{n}.md", NYGARD),
        ("notes/ADR01{n}-title.md", SHORT),
        ("notes/EIP-{n}.md", PROPOSAL),
        ("hips/hip-{n}.md", OWN_NUMBER),
        ("rfcs/000{n}-a.txt", PLAIN_TEXT),
        ("CIP-000{n}/README.md", PROPOSAL.replace("status:", "Category: Core\nstatus:")),
        ("decisions-made/000{n}.adoc", ASCIIDOC),
        ("improvements/ip-000{n}.rst", HEADERS),
        ("000{n}-at-the-root.md", NYGARD),
        ("CIP-000{n}/README.md", CRITERIA),
        ("docs/proposals-accepted/20210{n}-title.md", CRITERIA),
        ("rfd/000{n}/README.md", NUMBERED),
        ("designs/2021-0{n}-title.md", UNSTATED),
        ("ideas/00{n}-title/README.md", CALLED),
        ("ideas/000{n}-a.md", "# RFC 000{n}\n\n## Send {word}\n\nMany.\n"),
        ("oteps/000{n}-a.md", "# Send {word}\n\n**Status:** `approved`\n\n## Motivation\n\nSo.\n"),
        ("packages/web/choices/000{n}-a.md", MADR),
        ("entscheidungen/000{n}-a.md", GERMAN),
        ("choix/000{n}-a.md", FRENCH),
        ("decyzje/000{n}-a.md", POLISH),
        ("docs/选择/000{n}-a.md", CHINESE),
    ],
)
def test_three_pages_that_read_like_records_make_a_folder_of_records(project, pattern, text):
    lay_out(project, pattern, text)

    report = index(project)

    assert len(decisions(project)) == 3
    [folder] = report.folders
    assert folder.taken
    assert folder.pages == 3
    assert "3 of 3 read" in folder.why


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("_posts/2021-03-{day}-title.md", POST),
        ("docs/blog/2021-03-{day}-title.md", UNSTATED),
        ("journal/2021-03-{day}-title.md", POST),
        ("notes/2021-03-{day}-weekly.md", MINUTES),
        ("notizen/2021-03-{day}-treffen.md", PROTOKOLL),
        ("meetings/2021-03-{day}.md", UNSTATED),
        ("docs/guide/0{n}-intro.md", LESSON),
        ("docs/architecture/0{n}-intro.md", LESSON),
        ("design/0{n}-intro.md", CHAPTER),
        ("book/chapter-{n}.md", CHAPTER),
        ("patterns/0{n}-a.md", PATTERN),
        ("docs/1.{n}.0.md", RELEASE),
        ("docs/release-notes/1.{n}.0.md", UNSTATED),
        ("incidents-2021/2021-03-{day}-outage.md", INCIDENT),
        ("tasks/00{n}-a.md", TASK),
        ("changelog/{n}.md", RELEASE),
        ("db/migrations/000{n}_a.md", CHAPTER),
        ("tests/fixtures/records/000{n}-a.md", NYGARD),
        ("tests/docs/adr/000{n}-a.md", NYGARD),
        ("examples/shop/docs/adr/000{n}-a.md", NYGARD),
        ("proposal-templates/000{n}-a.md", PROPOSAL),
        ("CIP-000{n}/README.md", LESSON),
        ("00{n}/README.md", CHAPTER),
        ("blog/20210{n}-title.md", UNSTATED),
        ("standards/rfc000{n}.md", CALLED),
        ("lessons/00{n}-title/README.md", CALLED.replace("RFC", "Lesson")),
        ("changes/20210{n}-title.md", CRITERIA),
        ("docs/proposals-accepted/20210{n}-title.md", TASK),
        ("designs/000{n}-a.md", PROPOSAL.replace("TEP-", "Technical Design ")),
        ("ops/000{n}-a.md", NYGARD.replace("# {n}. Use", "# Runbook 000{n}:")),
        ("requirements/00{n}.txt", "django=={n}.{n}  # {word}\n"),
    ],
)
def test_what_is_only_numbered_or_dated_is_not_taken_and_told(project, pattern, text):
    lay_out(project, pattern, text)

    report = index(project)

    assert decisions(project) == set()
    [folder] = report.folders
    assert not folder.taken
    assert folder.advice == f'record_folders = ["{folder.path}"]'


def test_two_pages_are_no_folder_unless_they_are_called_records(project):
    lay_out(project, "choices/000{n}-a.md", NYGARD, count=2)
    lay_out(project, "notes/adr-{n}.md", NYGARD, count=2)

    index(project)

    assert decisions(project) == {"notes/adr-1.md", "notes/adr-2.md"}


def test_a_folder_of_a_state_beside_others_is_one_of_records_with_its_first_page(project):
    lay_out(project, "final/000{n}-a.md", NYGARD)
    project.write("withdrawn/0009-a.md", NYGARD.format(n=9, word="tea"))
    project.write("withdrawn/0008-a.md", CHAPTER.format(n=8, word="Tea"))
    project.write("others/0007-a.md", NYGARD.format(n=7, word="tea"))
    project.write("draft/0006-a.md", CHAPTER.format(n=6, word="Tea"))

    index(project)

    assert {one for one in decisions(project) if not one.startswith("final/")} == set()

    (project.root / "withdrawn/0008-a.md").unlink()
    index(project)

    found = {one for one in decisions(project) if not one.startswith("final/")}
    assert found == {"withdrawn/0009-a.md"}


def test_a_page_beside_records_found_is_one_where_its_fields_say_so(project):
    lay_out(project, "draft/000{n}-a.md", NYGARD)
    project.write(
        "draft/queues.rst", "Queues\n======\n\nCreated: 2014-04-14\nStatus: Draft\n\nSo.\n"
    )
    project.write("draft/mail.md", "---\nDEP: 18\nStatus: Draft\n---\n# Mail\n\nSo.\n")
    project.write("draft/how-we-work.md", "# How we work\n\nStatus: active\n\nSo.\n")
    project.write("draft/notes.md", "# Notes\n\nDate: 2014-04-14\n\n## Decision\n\nSo.\n")
    project.write("plans/queues.md", "# Queues\n\nCreated: 2014-04-14\nStatus: Draft\n\nSo.\n")

    index(project)

    found = {one for one in decisions(project) if "/000" not in one}
    assert found == {"draft/queues.rst", "draft/mail.md"}

    project.write("draft/more.md", "# More\n\nDate: 2014-04-14\nStatus: Draft\n\nSo.\n")
    index(project, only={"draft/more.md"})

    assert "draft/more.md" in decisions(project)


def test_a_title_may_name_the_project_before_the_kind_and_number(project):
    lay_out(project, "features/000{n}-a.md", "# Hydra RFC 000{n}: {word}\n\n## Purpose\n\nMany.\n")
    lay_out(project, "chapters/000{n}-a.md", "# Hydra Part 000{n}: {word}\n\n## Purpose\n\nMany.\n")

    index(project)

    assert {one.split("/")[0] for one in decisions(project)} == {"features"}


@pytest.mark.parametrize(
    "name", ["rfc-process", "adr-guidelines", "proposal-process", "how-to-adr", "rfc_template"]
)
def test_a_page_about_records_is_none(project, name):
    lay_out(project, "docs/rfcs/000{n}-a.md", NYGARD)
    project.write(f"docs/rfcs/{name}.md", NYGARD.format(n=9, word="process"))
    project.write(f"docs/{name}.md", NYGARD.format(n=9, word="process"))

    index(project)

    assert len(decisions(project)) == 3


def test_a_stub_does_not_hide_the_others(project):
    lay_out(project, "choices/000{n}-a.md", NYGARD, count=4)
    project.write("choices/0002-a.md", "# 2. To be written\n\nSee the wiki.\n")

    index(project)

    assert len(decisions(project)) == 4


def test_what_archmem_toml_names_is_taken_whatever_is_in_it(project):
    lay_out(project, "notes/2021-03-{day}-weekly.md", CHAPTER)

    report = index(project, "notes")

    assert len(decisions(project)) == 3
    assert [(one.path, one.why) for one in report.folders] == [("notes", "archmem.toml names it")]


def test_a_folder_that_is_not_there_is_told_with_one_that_is(project):
    lay_out(project, "docs/choices/000{n}-a.md", NYGARD)

    [problem] = index(project, "docs/choice").problems

    assert "docs/choice" in problem
    assert 'did you mean "docs/choices"?' in problem


def test_a_folder_of_adr_tools_is_taken_with_all_its_pages(project):
    project.write("packages/web/.adr-dir", "handbook/why\n")
    project.write("packages/web/handbook/why/queues.md", NYGARD.format(n=1, word="queues"))

    report = index(project)

    assert decisions(project) == {"packages/web/handbook/why/queues.md"}
    assert report.folders[0].why == "packages/web/.adr-dir names it"


def test_the_folders_that_log4brains_names_are_taken_with_all_their_pages(project):
    project.write(
        ".log4brains.yml",
        "project:\n  name: Shop\n  adrFolder: ./why\n  packages:\n    - name: web\n"
        '      path: ./web\n      adrFolder: "./web/our handbook" # why\n'
        "    - adrFolder: ../elsewhere\n",
    )
    project.write("why/20200302-queues.md", NYGARD.format(n=1, word="queues"))
    project.write("web/our handbook/20210501-react.md", NYGARD.format(n=1, word="react"))

    report = index(project)

    assert decisions(project) == {
        "why/20200302-queues.md",
        "web/our handbook/20210501-react.md",
    }
    assert {one.why for one in report.folders} == {
        ".log4brains.yml:3 names it",
        ".log4brains.yml:7 names it",
    }


def test_a_page_that_is_saved_makes_its_folder_one_of_records(project):
    lay_out(project, "choices/000{n}-a.md", NYGARD, count=2)
    index(project)
    lay_out(project, "choices/000{n}-a.md", NYGARD, count=3)

    index(project, only={"choices/0003-a.md"})
    assert len(decisions(project)) == 3

    project.delete("choices/0001-a.md")
    project.delete("choices/0002-a.md")
    index(project)
    assert decisions(project) == {"choices/0003-a.md"}


def test_a_page_of_a_record_folder_is_taken_in_by_itself_whatever_it_says(project):
    lay_out(project, "choices/000{n}-a.md", NYGARD)
    index(project)
    project.write("choices/0002-a.md", "# 2. To be written\n\nSee the wiki.\n")

    index(project, only={"choices/0002-a.md"})

    assert len(decisions(project)) == 3
    assert "To be written" in {one.title for one in project.memories()}


def test_a_folder_that_is_as_it_was_is_not_read_again(project, monkeypatch):
    lay_out(project, "choices/000{n}-a.md", NYGARD)
    lay_out(project, "book/0{n}.md", CHAPTER)
    assert index(project).new_folders
    before = find_discovery(project.db)
    monkeypatch.setattr("indexer.discovery.looks._look", None)

    assert not index(project).new_folders
    assert find_discovery(project.db) == before


HEADED = (
    "# Architecture decisions\n\n## ADR-1: Use queues\n\n**Status:** Deprecated 2024-03-01 "
    "(accepted 2021-05-06)\n\nSo.\n\n## ADR-2: Use shards\n\n**Status:** Proposed\n\nSo.\n"
)
DATED = "# Decisions\n\n## 2021-05-06: Use queues\n\nSo.\n\n## 2022-01-02: Use shards\n\nSo.\n"
TABLE = (
    "| Date | Decision | Reason |\n|---|---|---|\n| 2021-05-06 | Use queues | So |\n"
    "| 2022-01-02 | Use shards | So |\n"
)
UNDATED = "# Decisions\n\n## Queues\n\nWe use them.\n\n## Shards\n\nWe use none.\n"
INDEX = (
    "| ADR | Decision | Status |\n|---|---|---|\n| [1](adr/0001-a.md) | Use queues | Accepted |\n"
    "| [2](adr/0002-b.md) | Use shards | Accepted |\n"
)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("ARCHITECTURE_DECISIONS.md", HEADED),
        ("DECISIONS.md", DATED),
        ("docs/decision-log.md", TABLE),
        ("docs/decisionLog.md", HEADED),
        ("packages/web/ADRs.md", HEADED),
        ("doc/Entscheidungen.md", DATED),
        ("technical-decision-register.md", TABLE),
    ],
)
def test_a_file_called_like_a_log_is_one_by_its_entries(project, path, text):
    project.write(path, text)

    report = index(project)

    assert [(one.path, one.pages, one.is_log) for one in report.folders] == [(path, 2, True)]
    assert {one.title for one in project.memories()} == {"Use queues", "Use shards"}
    assert "2021-05-06" in {one.revision.date for one in project.memories()}


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("DECISIONS.md", UNDATED, ['record_folders = ["DECISIONS.md"]']),
        ("docs/decisions.md", INDEX, []),
        ("decision-making.md", DATED, []),
        ("DECISION_TREES.md", DATED, []),
        ("log.md", DATED, []),
        ("tests/fixtures/DECISIONS.md", DATED, []),
    ],
)
def test_what_is_no_log_is_not_taken_and_told_where_it_may_be_one(project, path, text, told):
    project.write(path, text)

    report = index(project)

    assert not decisions(project)
    assert [one.advice for one in report.folders] == told


def test_a_log_that_archmem_toml_names_is_taken_whatever_is_in_it(project):
    project.write("DECISIONS.md", UNDATED)

    report = index(project, "DECISIONS.md")

    assert {one.title for one in project.memories()} == {"Queues", "Shards"}
    assert [one.why for one in report.folders] == ["archmem.toml names it"]
    assert not report.problems


def test_a_log_that_is_saved_is_taken_in_and_stays_one(project):
    index(project)
    project.write("DECISIONS.md", DATED)
    index(project, only={"DECISIONS.md"})
    assert len(decisions(project)) == 1

    project.write("DECISIONS.md", DATED + "".join(f"\n## More {n}\n\nSo.\n" for n in "abcd"))
    index(project, only={"DECISIONS.md"})
    assert len(project.memories()) == 6
