from memory.ledger.facts import find_fact, save_fact
from memory.ledger.files import (
    files_elsewhere,
    files_of_others,
    files_with_problems,
    forget_files,
    known_files,
    reopen_files,
    save_files,
)
from memory.models.file import NOTED, READ, STALE, KnownFile

FILE = KnownFile("a/b.md", 3, 1_700_000_000_123_456_789, "hash", "read", None, 5)


def test_a_file_comes_back_as_it_was_noted_last(db):
    save_files(db, [FILE, FILE._replace(path="c.md")])
    save_files(db, [FILE._replace(state="empty", content_hash=None, problem="a/b.md: empty")])

    known = known_files(db)

    assert known["c.md"] == FILE._replace(path="c.md")
    assert (known["a/b.md"].state, known["a/b.md"].problem) == ("empty", "a/b.md: empty")


def test_files_are_known_by_path_or_by_a_folder_above_them(db):
    paths = ["a", "a-b.md", "a/b.md", "a/c/d.md", "a0.md", "b/a/b.md"]
    save_files(db, [FILE._replace(path=path) for path in paths])

    assert sorted(known_files(db, ["a"])) == ["a", "a/b.md", "a/c/d.md"]
    assert sorted(known_files(db, ["a/c", "a0.md", "a/c/d.md", "'; --"])) == ["a/c/d.md", "a0.md"]
    assert known_files(db, []) == {}
    assert known_files(db, ["a/b.md"])["a/b.md"] == FILE


def test_files_with_problems_are_those_that_had_any_when_they_were_read(db):
    problem = "a/b.md:1: odd\na/b.md:2: odd"
    save_files(db, [FILE._replace(problem=problem), FILE._replace(path="c.md")])

    assert files_with_problems(db) == {"a/b.md": problem}


def test_files_are_forgotten_by_their_whole_path(db):
    save_files(db, [FILE, FILE._replace(path="a")])

    forget_files(db, ["a", "never seen"])

    assert list(known_files(db)) == ["a/b.md"]


def states(db) -> dict[str, str]:
    return dict(db.execute("SELECT worktree, state FROM files ORDER BY worktree").fetchall())


def test_each_worktree_has_its_own_files(db):
    there = FILE._replace(worktree="/fix", state=NOTED, said="one two")
    save_files(db, [FILE, there])

    assert known_files(db) == known_files(db, ["a"]) == {"a/b.md": FILE}
    for only in (None, ["a"], ["a/b.md"]):
        assert known_files(db, only, worktree="/fix") == {"a/b.md": there}
    assert files_elsewhere(db, ["a/b.md", "c"], worktree="") == [there]
    assert files_elsewhere(db, ["a"], worktree="") == []
    assert files_of_others(db, ["", "/other"]) == [there]

    forget_files(db, ["a/b.md"], worktree="/fix")

    assert list(known_files(db)) == ["a/b.md"]
    assert known_files(db, worktree="/fix") == {}


def test_of_a_path_the_file_that_was_read_last_holds(db):
    save_files(db, [FILE, FILE._replace(path="c.md")])
    save_files(db, [FILE._replace(worktree="/fix", state=NOTED)])
    assert states(db) == {"": READ, "/fix": NOTED}

    save_files(db, [FILE._replace(worktree="/fix")])

    assert {path: row.state for path, row in known_files(db).items()} == {
        "a/b.md": NOTED, "c.md": READ,
    }  # fmt: skip
    assert known_files(db, worktree="/fix")["a/b.md"].state == READ


def test_where_the_file_that_holds_is_gone_one_other_is_read_again(db):
    for name in ("/b", "/a", ""):
        save_files(db, [FILE._replace(worktree=name, state=NOTED)])
    save_files(db, [FILE._replace(worktree="/c")])

    forget_files(db, ["a/b.md"], worktree="/a")
    assert states(db) == {"": NOTED, "/b": NOTED, "/c": READ}
    forget_files(db, ["a/b.md"], worktree="/c")
    assert states(db) == {"": STALE, "/b": NOTED}
    forget_files(db, ["a/b.md"])
    assert states(db) == {"/b": STALE}


def test_what_holds_from_other_worktrees_can_be_opened_again(db):
    save_files(db, [FILE._replace(path=path) for path in ("1", "2")])
    save_files(db, [FILE._replace(path="2", worktree="/fix")])

    reopen_files(db, besides="")

    assert [row.state for row in known_files(db).values()] == [READ, NOTED]
    assert states(db)["/fix"] == STALE


def test_a_fact_replaces_the_one_before(db):
    assert find_fact(db, "model") is None

    save_fact(db, "model", "one")
    save_fact(db, "model", "two")

    assert find_fact(db, "model") == "two"
