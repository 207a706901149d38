import subprocess

import pytest

from indexer.git import process
from indexer.git.head import NAMED, NO_HEAD, read_head


def git(root, *arguments) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    done = subprocess.run(
        ["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture(params=["sha1", "sha256"])
def repository(tmp_path, request, monkeypatch):
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    git(tmp_path, "init", "-q", f"--object-format={request.param}")
    return tmp_path


def commit(root, path, content):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a change")
    return git(root, "rev-parse", "HEAD")


def test_a_file_as_it_was_committed_is_held_by_the_commit(repository):
    made = commit(repository, "docs/naïve name\t.md", b"one\n")

    head = read_head(repository)

    assert head.commit == made
    assert head.commit_of("docs/naïve name\t.md", b"one\n") == made
    assert head.commit_of("docs/naïve name\t.md", b"edited\n") is None
    assert head.commit_of("other.md", b"one\n") is None


def test_paths_are_those_below_the_project_in_a_larger_repository(repository):
    made = commit(repository, "services/api/a.md", b"one\n")

    head = read_head(repository / "services")

    assert head.blobs.keys() == {"api/a.md"}
    assert head.commit_of("api/a.md", b"one\n") == made


@pytest.mark.parametrize("named", [1, NAMED + 1])
def test_of_a_few_files_only_theirs_are_listed(repository, named):
    commit(repository, "docs/:a*.md", b"one\n")
    commit(repository, "docs/ab.md", b"two\n")
    made = commit(repository, "-z.md", b"three\n")

    head = read_head(repository, ["docs/:a*.md", "-z.md", "never.md"] * named)

    assert head.commit_of("docs/:a*.md", b"one\n") == made
    assert head.commit_of("-z.md", b"three\n") == made
    assert ("docs/ab.md" in head.blobs) is (named > 1)


def test_before_the_first_commit_nothing_is_held(repository):
    assert read_head(repository) == NO_HEAD


def test_without_a_repository_nothing_is_held(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    assert read_head(tmp_path) == NO_HEAD


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError("no git here"),
        subprocess.TimeoutExpired("git", 30),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_git_that_does_not_serve_costs_the_commit_and_no_more(tmp_path, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(process.subprocess, "run", fail)

    assert read_head(tmp_path) == NO_HEAD


def test_what_is_indexed_names_the_commit_that_holds_it(repository, tmp_path_factory):
    from tests.builders import Project

    project = Project(tmp_path_factory.mktemp("elsewhere"))
    git(project.root, "init", "-q")
    made = commit(project.root, "a.txt", b"# One\nwords\n")
    project.write("b.txt", "# Two\nnever committed\n")

    project.index()

    held = {memory.title: memory.revision.source.commit for memory in project.memories()}
    assert held == {"One": made, "Two": None}
    project.close()


def test_the_repository_of_a_hook_that_runs_archmem_is_not_taken_for_the_projects(
    repository, tmp_path_factory, monkeypatch
):
    made = commit(repository, "a.md", b"one\n")
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "-q")
    commit(other, "a.md", b"one\n")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))

    assert read_head(repository).commit == made
