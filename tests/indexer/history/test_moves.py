import pytest

from indexer.history.log import Change
from indexer.history.moves import FolderMove, folder_moves
from indexer.history.paths import is_code


def renamed(*pairs):
    return [Change("R", new, old) for old, new in pairs]


def test_files_are_told_by_the_folders_that_differ():
    changes = renamed(("api/a/x.py", "web/a/x.py"), ("api/b/y.py", "web/b/y.py"), ("q.py", "r.py"))

    assert folder_moves(changes) == [FolderMove("api", "web", 2), FolderMove("q.py", "r.py", 1)]


def test_a_thousand_renamed_files_are_one_move():
    changes = renamed(*((f"old/{n}/x.py", f"new/{n}/x.py") for n in range(1_000)))

    assert folder_moves(changes) == [FolderMove("old", "new", 1_000)]


def test_files_that_got_another_name_in_their_folder_are_told_singly():
    changes = renamed(("api/a.py", "api/b.py"), ("api/c.py", "api/d.py"))

    assert folder_moves(changes) == [
        FolderMove("api/a.py", "api/b.py", 1),
        FolderMove("api/c.py", "api/d.py", 1),
    ]


@pytest.mark.parametrize("path", ["src/a.py", "a.go", "web/App.tsx", "db/schema.sql", "x/y.proto"])
def test_code(path):
    assert is_code(path)


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "docs/conf.py",
        "tests/test_a.py",
        "pkg/a_test.go",
        "src/AppTest.java",
        "web/App.test.tsx",
        "vendor/x/a.go",
        "api/v1/a.pb.go",
        ".github/a.py",
        "package-lock.json",
        "static/jquery.min.js",
    ],
)
def test_what_stands_beside_the_code(path):
    assert not is_code(path)
