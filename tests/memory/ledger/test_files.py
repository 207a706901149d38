from memory.ledger.facts import find_fact, save_fact
from memory.ledger.files import files_with_problems, forget_files, known_files, save_files
from memory.models.file import KnownFile

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


def test_a_fact_replaces_the_one_before(db):
    assert find_fact(db, "model") is None

    save_fact(db, "model", "one")
    save_fact(db, "model", "two")

    assert find_fact(db, "model") == "two"
