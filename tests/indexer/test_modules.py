import subprocess

import pytest

from indexer.formats.registry import formats
from indexer.modules import is_about
from indexer.pipeline import take_in
from memory.ledger.project_modules import known_modules
from memory.models.selection import NOW as TODAY
from memory.models.selection import Selection


@pytest.mark.parametrize(
    ("title", "body", "is_meant"),
    [
        ("Split payments from the api", "", True),
        ("Split it", "see src/payments/checkout.py", True),
        ("Split it", "payments/refunds were slow", True),
        ("Split it", "payments, payments and payments", True),
        ("Split it", "payments and more payments", False),
        ("Prepayments", "repayments prepayments co-payments", False),
    ],
)
def test_a_text_is_about_a_module_by_title_path_or_frequency(title, body, is_meant):
    assert is_about("payments", title, body) is is_meant


def test_records_that_name_no_module_are_found_by_those_they_are_about(project):
    from indexer.modules import label_modules
    from memory.retrieval.passages import keep_memory
    from tests.builders import NOW, a_draft, a_source

    with project.ledger.writing() as db:
        keep_memory(db, "note", a_draft(title="Known", modules=("payments",)), a_source(), NOW)
        keep_memory(db, "adr", a_draft(title="Move payments out"), a_source(), NOW)
        keep_memory(db, "far", a_draft(title="Something else"), a_source(), NOW)

    label_modules(project.ledger)

    found = project.db.memories.select(Selection(modules=("payments",)))
    assert {memory.uid for memory in found} == {"note", "adr"}


RECORD = "# {title}\n\n{said}\n\n## Status\n\nAccepted\n\n## Decision\n\nYes.\n"


def record(project, number: int, title: str, said: str = "") -> None:
    project.write(f"docs/adr/000{number}-x.md", RECORD.format(title=title, said=said))


def of_module(project, module: str) -> set[str]:
    return {one.title for one in project.db.memories.select(Selection(modules=(module,)))}


def index(project, **declared):
    return take_in(project.ledger, project.root, formats(), modules=declared)


@pytest.mark.parametrize(
    ("said", "modules"),
    [
        ("Applies to: payments", ["payments"]),
        ("* Components: payments, tax", ["payments", "tax"]),
        ("- **Affected modules:** `src/payments/`", ["payments"]),
        ("Komponenten: payments", ["payments"]),
        ("Applies to: all services", []),
        ("Applies to: every team that builds something", []),
        ("| Component | payments |\n|---|---|\n| Owner | Ada |", ["payments"]),
    ],
)
def test_what_a_record_says_it_applies_to_is_a_module(project, said, modules):
    record(project, 1, "Use queues", said)

    index(project)

    assert [(one.name, *one.sources) for one in known_modules(project.db)] == [
        (name, "recorded") for name in modules
    ]


@pytest.mark.slow
def test_what_is_declared_or_a_folder_of_code_is_a_module_of_the_records_about_it(project):
    record(project, 1, "Payments wait for the bank")
    record(project, 2, "Shard it", "Labels: catalogue")
    record(project, 3, "Tax is rounded")
    for path in ("src/payments/a.py", "src/catalogue/a.py", "src/utils/a.py", "docs/conf.py"):
        project.write(path, "x = 1\n")
    for words in (("init", "--quiet"), ("add", "--all")):
        subprocess.run(["git", "-C", project.root, *words], check=True)

    index(project, tax=(), catalogue=("src/catalogue",))

    assert [(one.name, *one.sources) for one in known_modules(project.db)] == [
        ("catalogue", "declared"), ("payments", "folder"), ("tax", "declared"),
    ]  # fmt: skip
    assert of_module(project, "payments") == {"Payments wait for the bank"}
    assert of_module(project, "catalogue") == {"Shard it"}
    assert of_module(project, "tax") == {"Tax is rounded"}

    index(project)

    assert [one.name for one in known_modules(project.db)] == ["catalogue", "payments"]


def test_folders_of_code_are_modules_without_git_too(project):
    project.write("src/payments/a.py", "x = 1\n")
    project.write("src/catalogue/a.py", "x = 1\n")

    index(project)

    assert [(one.name, *one.sources) for one in known_modules(project.db)] == [
        ("catalogue", "folder"), ("payments", "folder"),
    ]  # fmt: skip


def test_a_name_that_nothing_declares_finds_the_records_that_have_it_in_their_title(project):
    record(project, 1, "Refunds go through a queue")
    record(project, 2, "Use queues")

    index(project)

    assert known_modules(project.db) == ()
    assert of_module(project, "refunds") == {"Refunds go through a queue"}
    assert project.db.labels.counts(TODAY, ["refunds", "tax"]) == {
        "refunds": {"decision": 1}, "tax": {},
    }  # fmt: skip


def test_a_declared_folder_that_is_not_there_is_told(project):
    [problem] = index(project, payments=("src/pay",)).problems

    assert problem == 'archmem.toml: "src/pay", of module payments, is not there'
