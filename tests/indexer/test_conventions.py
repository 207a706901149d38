"""What lies in present-day places: bundles of knowledge, and what an agent notes outside."""

import pytest

from indexer.formats.auto_memory import agree, auto_memory_files, auto_memory_folder, needs_consent
from indexer.formats.registry import formats
from indexer.pipeline import take_in
from memory.kinds.vocabulary import Kind, Trust

CONCEPT = "---\ntype: Metric\ndescription: what a day earns\n---\n# Revenue\n\nA sum in cents.\n"


def index(project, said=False):
    outside = tuple(auto_memory_files(project.root, said))
    return take_in(project.ledger, project.root, formats(), outside=outside, accept_removals=True)


def told(project) -> dict[str, tuple[str, str]]:
    return {one.path: (one.kind, one.title) for one in project.memories()}


def test_the_typed_pages_of_a_bundle_are_notes_and_its_decisions_decisions(project):
    project.write("knowledge/index.md", "---\nokf_version: '0.2'\n---\n# Ours\n")
    project.write("knowledge/log.md", "## 2026-06-15\n")
    project.write("knowledge/metrics/revenue.md", CONCEPT)
    project.write("knowledge/untyped.md", "# Untyped\n\nNothing.\n")
    project.write("knowledge/queue.md", "---\ntype: ADR\nstatus: accepted\n---\n# Use a queue\n")
    project.write("docs/index.md", "---\ntitle: Docs\n---\n# Docs\n")
    project.write("docs/other.md", CONCEPT)

    index(project)

    assert told(project) == {
        "knowledge/metrics/revenue.md": (Kind.NOTE, "Revenue"),
        "knowledge/queue.md": (Kind.DECISION, "Use a queue"),
    }
    [note] = [one for one in project.memories() if one.kind is Kind.NOTE]
    assert note.revision.draft.description == "what a day earns"
    assert note.revision.draft.details.topic == "Metric"


def test_what_claude_code_notes_outside_is_read_where_the_project_says_so(
    project, tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    folder = auto_memory_folder(project.root, True)
    folder.mkdir(parents=True)
    (folder / "tests.md").write_text("---\ndescription: a real database\n---\nNever mock it.\n")
    index(project, True)

    [note] = project.memories()
    assert note.path == f"~/{folder.relative_to(tmp_path)}/tests.md"
    assert note.revision.source.trust is Trust.AGENT
    assert auto_memory_folder(project.root, False) is None

    index(project)

    assert project.memories() == []


def test_a_memory_that_is_not_there_is_told(project, tmp_path):
    [problem] = index(project, "none").problems

    assert "none is not there" in problem


def test_no_name_is_no_folder(project):
    (project.root / "a.md").write_text("# A\n\nOf the project.\n")

    assert list(auto_memory_files(project.root, "")) == []


@pytest.mark.parametrize("written", ["{}", "../{.name}"])
def test_a_folder_elsewhere_is_read_only_where_its_user_agreed(project, tmp_path, written):
    """Settings come with a clone, and could name whatever is not to be told."""
    private = tmp_path / "private"
    private.mkdir()
    (private / "plans.md").write_text("# Plans\n\nNobody is to know.\n")
    said = written.format(private)

    [problem] = index(project, said).problems
    assert "archmem adopt --yes" in problem
    assert project.memories() == []

    agree(project.root, needs_consent(project.root, said))

    assert index(project, said).problems == ()
    assert len(project.memories()) == 1


@pytest.mark.parametrize("said", ["~nobody-of-this-name/x", "nul\0", "/dev", "a" * 300, "loop"])
def test_whatever_a_project_names_there_nothing_is_raised(project, said):
    (project.root / "loop").symlink_to("loop")

    [problem] = index(project, said).problems

    assert "claude_auto_memory" in problem


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_link_in_a_folder_of_the_project_leads_nowhere_else(project, tmp_path, is_folder):
    private = tmp_path / "private"
    private.mkdir()
    (private / "plans.md").write_text("# Plans\n\nNobody is to know.\n")
    (project.root / "notes").mkdir()
    (project.root / "notes/x.md").symlink_to(private / "plans.md")
    if is_folder:
        (project.root / "notes/more").symlink_to(private)

    problems = index(project, "notes").problems

    assert project.memories() == []
    assert is_folder or "not followed" in " ".join(problems)


def test_the_links_in_the_folder_of_claude_code_are_its_users(project, tmp_path, monkeypatch):
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "dotfiles/tests.md").write_text("# Tests\n\nNever mock it.\n")
    folder = auto_memory_folder(project.root, True)
    folder.mkdir(parents=True)
    (folder / "tests.md").symlink_to(tmp_path / "dotfiles/tests.md")

    index(project, True)

    assert len(project.memories()) == 1
