import os
import shutil
import subprocess
from pathlib import Path

import pytest

from indexer.project_root import ProjectRoots, find_project, other_worktrees, remote_names
from memory.errors import ProjectNotFound

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git makes these layouts")


def git(folder: Path, *arguments: str | Path) -> str:
    identity = ["-c", "user.name=Dana", "-c", "user.email=dana@example.org"]
    allow = ["-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", "-C", folder, *identity, *allow, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
    )
    return done.stdout.strip()


def a_repository(folder: Path) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder


@needs_git
def test_a_folder_in_a_repository_belongs_to_its_root(tmp_path):
    root = a_repository(tmp_path / "project")
    (root / "src/deep").mkdir(parents=True)
    (root / "src/.claude").mkdir()

    for start in (root, root / "src/deep", root / ".git/hooks"):
        assert find_project(start) == ProjectRoots(root, root, root / ".git")


@needs_git
def test_a_linked_worktree_shares_the_main_one(tmp_path):
    root = a_repository(tmp_path / "project")
    tree = tmp_path / "elsewhere/fix"
    git(root, "worktree", "add", "-q", tree, "-b", "fix")
    (tree / "src").mkdir()

    roots = find_project(tree / "src")

    assert roots == ProjectRoots(tree, root, root / ".git/worktrees/fix")


@needs_git
def test_so_does_one_that_was_moved_and_not_repaired(tmp_path):
    root = a_repository(tmp_path / "project")
    git(root, "worktree", "add", "-q", tmp_path / "fix", "-b", "fix")

    tree = (tmp_path / "fix").rename(tmp_path / "moved")

    assert find_project(tree) == ProjectRoots(tree, root, root / ".git/worktrees/fix")


@needs_git
def test_a_submodule_and_its_worktrees_are_a_project_of_their_own(tmp_path):
    library = a_repository(tmp_path / "library")
    root = a_repository(tmp_path / "project")
    git(root, "submodule", "add", "-q", library, "lib")
    git(root / "lib", "worktree", "add", "-q", tmp_path / "lib-fix", "-b", "fix")

    roots = find_project(root / "lib")
    linked = find_project(tmp_path / "lib-fix")

    assert roots == ProjectRoots(root / "lib", root / "lib", root / ".git/modules/lib")
    assert (linked.worktree, linked.main) == (tmp_path / "lib-fix", root / "lib")


@needs_git
def test_worktrees_of_a_bare_repository_share_the_bare_repository(tmp_path):
    git(a_repository(tmp_path / "origin"), "clone", "-q", "--bare", ".", tmp_path / "bare.git")
    for name in ("one", "two"):
        git(tmp_path / "bare.git", "worktree", "add", "-q", tmp_path / name, "-b", name)

    mains = {find_project(tmp_path / name).main for name in ("one", "two")}

    assert mains == {tmp_path / "bare.git"}


@needs_git
def test_a_bare_repository_named_by_the_folder_around_it_makes_that_the_main_one(tmp_path):
    project = tmp_path / "project"
    git(a_repository(tmp_path / "origin"), "clone", "-q", "--bare", ".", project / ".bare")
    (project / ".git").write_text("gitdir: ./.bare\n")
    git(project, "worktree", "add", "-q", project / "fix", "-b", "fix")

    assert find_project(project) == ProjectRoots(project, project, project / ".bare")
    assert find_project(project / "fix").main == project


@needs_git
def test_the_environment_of_git_is_not_heeded(tmp_path, monkeypatch):
    root = a_repository(tmp_path / "project")
    monkeypatch.setenv("GIT_DIR", str(a_repository(tmp_path / "other") / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))

    assert find_project(root).main == root


@needs_git
def test_a_link_into_a_repository_leads_to_its_real_root(tmp_path, monkeypatch):
    root = a_repository(tmp_path / "project")
    (tmp_path / "short").symlink_to(root)
    monkeypatch.chdir(tmp_path)

    assert find_project(Path("short")).worktree == root


@pytest.mark.parametrize(
    "content", ["", "nonsense", "gitdir: /nowhere/at/all", "gitdir:", "\udc80"]
)
def test_a_git_file_that_names_no_repository_is_passed_over(tmp_path, content):
    folder = tmp_path / "project"
    (folder / ".claude").mkdir(parents=True)
    (folder / ".git").write_text(content, "utf-8", "surrogateescape")

    assert find_project(folder) == ProjectRoots(folder, folder, None)


@pytest.mark.parametrize("mark", [".archmem", ".claude"])
def test_outside_git_the_nearest_folder_with_a_memory_is_the_root(tmp_path, mark):
    inner = tmp_path / "outer/inner"
    (inner / "src/deep").mkdir(parents=True)
    (inner / mark).mkdir()
    (tmp_path / "outer/.claude").mkdir()

    assert find_project(inner / "src/deep") == ProjectRoots(inner, inner, None)


def test_a_persons_settings_do_not_make_the_home_folder_a_project(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".claude").mkdir()
    (tmp_path / "work/thing").mkdir(parents=True)

    assert find_project(tmp_path / "work/thing").main == tmp_path / "work/thing"
    (tmp_path / ".archmem").mkdir()
    assert find_project(tmp_path / "work/thing").main == tmp_path


def test_without_any_sign_the_folder_itself_is_the_project(tmp_path):
    assert find_project(tmp_path) == ProjectRoots(tmp_path, tmp_path, None)


def test_what_is_not_a_folder_is_no_project(tmp_path):
    (tmp_path / "file").write_text("x")

    for start in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(ProjectNotFound):
            find_project(start)


@pytest.mark.slow
@needs_git
def test_a_record_that_only_another_worktree_has_is_not_removed(tmp_path, monkeypatch):
    from indexer.project import open_project

    adr = "docs/adr/000{}-one.md"
    root, other = tmp_path / "main", tmp_path / "other"
    for number in range(1, 5):
        path = root / adr.format(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {number}. Choice {number}\n\nWe take the way of number {number}.\n")
    git(root.parent, "init", "--quiet", "main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "records")
    git(root, "worktree", "add", "--quiet", "-b", "branch", str(other))
    (other / adr.format(5)).write_text("# 5. Choice 5\n\nOnly the branch says this.\n")
    (other / adr.format(1)).unlink()

    def titles(folder):
        with open_project(folder) as memory:
            monkeypatch.setattr(memory.session, "meaning", Idle())
            memory.index()
            return {one.memory.title for one in memory.list()}

    assert titles(root) == {f"Choice {n}" for n in range(1, 5)}
    assert titles(other) == {f"Choice {n}" for n in range(1, 6)}
    assert titles(root) == {f"Choice {n}" for n in range(1, 6)}

    (root / adr.format(1)).unlink()
    assert titles(root) == {f"Choice {n}" for n in range(2, 6)}


class Idle:
    """Embeds nothing."""

    def catch_up(self, **_):
        from memory.retrieval.embedding_queue import Embedded

        return Embedded(0, 0.0)


def test_a_repository_cannot_name_another_as_its_own(tmp_path):
    """As one that comes in an archive would, to have its records told for that one's."""
    theirs, ours = a_repository(tmp_path / "theirs"), a_repository(tmp_path / "ours")
    (theirs / ".git/commondir").write_text(f"{ours}/.git\n")

    assert find_project(theirs) == ProjectRoots(theirs, theirs, theirs / ".git")


@needs_git
def test_a_repository_that_names_a_link_to_itself_is_one_of_its_own(tmp_path):
    theirs = a_repository(tmp_path / "theirs")
    (theirs / ".git/loop").symlink_to("loop")
    (theirs / ".git/commondir").write_text("loop\n")

    assert find_project(theirs) == ProjectRoots(theirs, theirs, theirs / ".git")


@needs_git
def test_nor_can_it_name_a_folder_as_its_main_worktree_or_be_one_of_anothers(tmp_path):
    ours = a_repository(tmp_path / "ours")
    git(ours, "worktree", "add", "-q", tmp_path / "fix", "-b", "fix")
    theirs = tmp_path / "theirs"
    (theirs / "git/worktrees/x").mkdir(parents=True)
    (theirs / "git/config").write_text(f"[core]\n\tworktree = {ours}\n")
    (theirs / "git/worktrees/x/HEAD").write_text("ref: refs/heads/main\n")
    (theirs / "git/worktrees/x/commondir").write_text("../..\n")
    (theirs / "git/worktrees/x/gitdir").write_text(f"{theirs}/.git\n")
    for named in (theirs / "git/worktrees/x", ours / ".git/worktrees/fix"):
        (theirs / ".git").write_text(f"gitdir: {named}\n")

        assert find_project(theirs).main not in (ours, tmp_path / "fix")


@needs_git
def test_a_worktree_is_one_that_names_the_repository_too(tmp_path):
    ours, theirs = a_repository(tmp_path / "ours"), a_repository(tmp_path / "theirs")
    git(theirs, "worktree", "add", "-q", tmp_path / "fix", "-b", "fix")
    git(theirs, "worktree", "add", "-q", tmp_path / "moved", "-b", "moved")
    (theirs / ".git/worktrees/fix/gitdir").write_text("../../../../fix/.git\n")  # as git 2.48 may
    (theirs / ".git/worktrees/moved/gitdir").write_text(f"{ours}/.git\n")

    assert other_worktrees(find_project(theirs)) == [tmp_path / "fix"]


@needs_git
@pytest.mark.parametrize(
    "said",
    ["[core]\n\tworktree = {}\n", "[CORE]WorkTree={}\n", "#" * 5_000_000 + "\n[core]worktree={}"],
)
def test_nor_have_files_elsewhere_told_for_its_own(tmp_path, said):
    from indexer.git.process import GitProcess

    theirs = a_repository(tmp_path / "theirs")
    (tmp_path / "private").mkdir()
    (tmp_path / "private/plans.md").write_text("Nobody is to know.\n")
    with (theirs / ".git/config").open("a") as config:
        config.write(said.format(tmp_path / "private"))
    (theirs / "mine.md").write_text("Known.\n")
    assert git(theirs, "ls-files", "--others") == "plans.md"

    assert GitProcess(theirs).ask("ls-files", "--others").split() == ["mine.md"]


@needs_git
def test_a_repository_is_called_at_its_remotes_as_their_addresses_end(tmp_path):
    ours = a_repository(tmp_path / "ours")
    assert remote_names(find_project(ours)) == set()

    git(ours, "remote", "add", "origin", "https://example.org/us/Shop.git")
    git(ours, "remote", "add", "fork", "git@example.org:her/shop-fork")
    git(ours, "remote", "add", "copy", str(tmp_path / "copy"))
    git(ours, "config", "submodule.lib.url", "https://example.org/us/lib.git")
    git(ours, "worktree", "add", "-q", tmp_path / "fix", "-b", "fix")

    assert remote_names(find_project(ours)) == {"shop", "shop-fork"}
    assert remote_names(find_project(tmp_path / "fix")) == {"shop", "shop-fork"}
