"""What an agent recorded stays the agent's until a person signs the commit that says otherwise."""

import subprocess

import pytest

from indexer.project import open_project
from memory.kinds.vocabulary import Kind, Trust
from tests.builders import a_decision
from tests.indexer.test_said_by import RECORDED

pytestmark = pytest.mark.slow

ADR = (
    "# {0}. Use tool {0}\n\nDate: 2024-01-0{0}\n\n## Status\n\nAccepted\n\n"
    "## Decision\n\nWe use it.\n"
)


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """A key of Dana's, and the user's own list of those who may sign."""
    folder = tmp_path_factory.mktemp("keys")
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"], check=True
    )
    public = (folder / "key.pub").read_text()
    (folder / "allowed").write_text(f"dana@example.org {public}")
    return folder


@pytest.fixture
def signing(key, tmp_path, monkeypatch):
    """The user's own settings of git: Dana signs, and is trusted."""
    settings = tmp_path / "gitconfig"
    settings.write_text(
        "[user]\nname = Dana\nemail = dana@example.org\n"
        f"signingkey = {key / 'key'}\n[gpg]\nformat = ssh\n"
        f'[gpg "ssh"]\nallowedSignersFile = {key / "allowed"}\n'
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    return settings


@pytest.fixture
def shop(tmp_path, signing):
    root = tmp_path / "shop"
    root.mkdir()
    git(root, "init", "-q")
    return root


def git(root, *arguments):
    done = subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True)
    return done.stdout.decode().strip()


def commit(root, *how):
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x", *how)


def source(root, uid):
    with open_project(root, environment={}) as memory:
        memory.index()
        return memory.show(uid).memory.revision.source


def cloned(root):
    git(root.parent, "clone", "-q", str(root), "clone")
    return root.with_name("clone")


def recorded(root, draft=None):
    """Record something as an agent, and commit it; its uid and its file."""
    with open_project(root, environment={}) as memory:
        memory.index()
        said = memory.record(draft or a_decision(title="Use a queue"), author="agent:payments")
    commit(root)
    return said.uid, root / said.path


def unmark(path):
    text = path.read_text()
    for mark in (" by agent:payments -->", "\n<!-- archmem: recorded by agent:payments -->\n"):
        text = text.replace(mark, " -->" if mark.startswith(" ") else "")
    lines = [line for line in text.split("\n") if "recorded_by" not in line]
    path.write_text("\n".join(lines))


@pytest.mark.parametrize("kind", [Kind.DECISION, Kind.FLAG])
@pytest.mark.parametrize("is_signed", [True, False])
def test_a_mark_that_is_gone_counts_where_the_commit_is_signed(shop, word_model, kind, is_signed):
    uid, path = recorded(shop, RECORDED[kind])
    unmark(path)
    assert source(shop, uid).author == "agent:payments"  # nobody has committed it
    commit(shop, *(["-S"] if is_signed else []))
    wanted = ("human:Dana", Trust.TEAM) if is_signed else ("agent:payments", Trust.AGENT)
    for root in (shop, cloned(shop)):
        said = source(root, uid)
        assert (said.author, said.trust) == wanted


@pytest.mark.parametrize("is_signed", [True, False])
def test_so_it_is_with_a_record_that_is_a_file(shop, word_model, is_signed):
    (shop / "docs/adr").mkdir(parents=True)
    for number in (1, 2):
        (shop / f"docs/adr/000{number}-tool-{number}.md").write_text(ADR.format(number))
    commit(shop)
    uid, path = recorded(shop)
    unmark(path)
    git(shop, "mv", path, path.with_name("0003-a-queue.md"))
    commit(shop, *(["-S"] if is_signed else []))
    wanted = ("human:Dana", Trust.REVIEWED) if is_signed else ("agent:payments", Trust.AGENT)
    said = source(shop, uid)
    assert (said.author, said.trust) == wanted
    with open_project(cloned(shop), environment={}) as memory:
        memory.index()
        hits = memory.search("a queue").hits
        found = next(one.memory for one in hits if one.memory.path.endswith("0003-a-queue.md"))
        said = found.revision.source
        assert (said.author, said.trust) == wanted


def test_an_edit_that_nobody_signed_raises_nothing(shop, word_model):
    (shop / ".gitattributes").write_text("*.md binary\n")  # which hides nothing
    uid, path = recorded(shop)
    unmark(path)
    source(shop, uid)
    path.write_text(path.read_text().replace("Use a queue", "Use two queues"))
    commit(shop)
    assert source(shop, uid).trust is Trust.AGENT
    assert source(cloned(shop), uid).trust is Trust.AGENT


def test_a_merge_that_takes_the_mark_out_raises_nothing(shop, word_model):
    uid, path = recorded(shop)
    git(shop, "checkout", "-q", "-b", "side")
    (shop / "a").write_text("a")
    commit(shop)
    git(shop, "checkout", "-q", "-")
    (shop / "b").write_text("b")
    commit(shop)
    git(shop, "merge", "-q", "--no-commit", "--no-ff", "side")
    unmark(path)
    commit(shop)
    assert source(cloned(shop), uid).trust is Trust.AGENT


def test_it_is_the_word_of_who_committed_and_not_of_whom_the_commit_or_a_mailmap_names(
    shop, word_model
):
    uid, path = recorded(shop)
    unmark(path)
    (shop / ".mailmap").write_text("Eve <eve@example.org> <dana@example.org>\n")
    commit(shop, "-S", "--author", "Eve <eve@example.org>")
    assert source(shop, uid).author == "human:Dana"


@pytest.mark.posix
def test_whom_a_repository_trusts_counts_for_nothing(shop, word_model, key, signing):
    uid, path = recorded(shop)
    unmark(path)
    commit(shop, "-S")
    signing.write_text("[user]\nname = Eve\nemail = eve@example.org\n")  # who trusts nobody
    clone = cloned(shop)
    git(clone, "config", "gpg.ssh.allowedSignersFile", str(key / "allowed"))
    git(clone, "config", "gpg.ssh.program", str(clone / "evil"))
    (clone / "evil").write_text(f"#!/bin/sh\ntouch {clone}/ran\n")
    (clone / "evil").chmod(0o755)
    assert source(clone, uid).trust is Trust.AGENT
    assert not (clone / "ran").exists()


def test_explain_says_who_committed_it_and_whether_they_signed(shop, word_model, monkeypatch):
    uid, path = recorded(shop)

    def reasons():
        with open_project(shop, environment={}) as memory:
            memory.index()
            said = memory.explain(uid).reasons
        return "\n".join(one for one in said if one.startswith(("git:", "vouched:")))

    assert "Dana" in reasons()
    assert "anybody's word" in reasons()
    unmark(path)
    assert "not committed" in reasons()
    commit(shop)
    assert "vouched: by nobody" in reasons()
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2030-01-01T00:00:00Z")
    git(shop, "commit", "-q", "--amend", "-S", "-m", "x")
    assert "signed by a key that you trust" in reasons()
    assert "vouched" not in reasons()


def test_without_such_a_record_no_history_is_read(shop, word_model, monkeypatch):
    (shop / "docs/adr").mkdir(parents=True)
    (shop / "docs/adr/0001-tool.md").write_text(ADR.format(1))
    commit(shop)
    monkeypatch.setattr("indexer.history.vouching._steps", None)
    monkeypatch.setattr("indexer.git.signatures._log", None)
    with open_project(shop, environment={}) as memory:
        assert memory.index().added == 1
