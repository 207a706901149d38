import subprocess

import pytest

from indexer.freshness.path_history import departed

FILES = (
    "src/queue/consumer.py",
    "src/payments/checkout.py",
    "docs/ledger/notes.md",
    ".claude/memory/modules/auth/tokens.md",
    "old.py",
)


def git(root, *arguments):
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", "-C", str(root), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    git(tmp_path, "init", "-q")
    for path in FILES:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def remove(root, *paths):
    git(root, "rm", "-rq", *paths)
    git(root, "commit", "-qm", "remove")


def test_what_was_there_and_is_no_longer_is_gone(root):
    remove(root, "src/queue", "old.py")

    gone = departed(root, ["src/queue", "old.py", "src/queue/consumer.py", "src/payments"], ())

    assert gone == {"src/queue", "old.py", "src/queue/consumer.py"}


def test_what_was_never_there_is_not_gone(root):
    assert departed(root, ["src/never", "../old.py", "/old.py"], ["billing"]) == frozenset()


def test_a_module_is_gone_when_no_code_of_it_is_left(root):
    assert departed(root, (), ["queue", "payments"]) == frozenset()

    remove(root, "src/queue")

    assert departed(root, (), ["queue", "Payments"]) == {"queue"}


def test_what_is_written_about_a_module_is_no_code_of_it(root):
    remove(root, "docs/ledger", ".claude/memory/modules/auth")

    assert departed(root, (), ["ledger", "auth"]) == frozenset()


def test_without_git_nothing_is_gone(tmp_path):
    assert departed(tmp_path, ["src/queue"], ["queue"]) == frozenset()
