from memory.models.report import NOTED, READ, STALE, KnownFile

FILE = KnownFile("a/b.md", 3, 1_700_000_000_123_456_789, "hash", "read", None, 5)


def test_a_file_comes_back_as_it_was_noted_last(db):
    db.files.save([FILE, FILE._replace(path="c.md")])
    db.files.save([FILE._replace(state="empty", content_hash=None, problem="a/b.md: empty")])

    known = db.files.known()

    assert known["c.md"] == FILE._replace(path="c.md")
    assert (known["a/b.md"].state, known["a/b.md"].problem) == ("empty", "a/b.md: empty")


def test_files_are_known_by_path_or_by_a_folder_above_them(db):
    paths = ["a", "a-b.md", "a/b.md", "a/c/d.md", "a0.md", "b/a/b.md"]
    db.files.save([FILE._replace(path=path) for path in paths])

    assert sorted(db.files.known(["a"])) == ["a", "a/b.md", "a/c/d.md"]
    assert sorted(db.files.known(["a/c", "a0.md", "a/c/d.md", "'; --"])) == ["a/c/d.md", "a0.md"]
    assert db.files.known([]) == {}
    assert db.files.known(["a/b.md"])["a/b.md"] == FILE


def test_files_with_problems_are_those_that_had_any_when_they_were_read(db):
    problem = "a/b.md:1: odd\na/b.md:2: odd"
    db.files.save([FILE._replace(problem=problem), FILE._replace(path="c.md")])

    assert db.files.problems() == {"a/b.md": problem}


def test_files_are_forgotten_by_their_whole_path(db):
    db.files.save([FILE, FILE._replace(path="a")])

    db.files.forget(["a", "never seen"])

    assert list(db.files.known()) == ["a/b.md"]


def states(db) -> dict[str, str]:
    return dict(db.execute("SELECT worktree, state FROM files ORDER BY worktree").fetchall())


def test_each_worktree_has_its_own_files(db):
    there = FILE._replace(worktree="/fix", state=NOTED, said="one two")
    db.files.save([FILE, there])

    assert db.files.known() == db.files.known(["a"]) == {"a/b.md": FILE}
    for only in (None, ["a"], ["a/b.md"]):
        assert db.files.known(only, worktree="/fix") == {"a/b.md": there}
    assert db.files.elsewhere(["a/b.md", "c"], worktree="") == [there]
    assert db.files.elsewhere(["a"], worktree="") == []
    assert db.files.of_others(["", "/other"]) == [there]

    db.files.forget(["a/b.md"], worktree="/fix")

    assert list(db.files.known()) == ["a/b.md"]
    assert db.files.known(worktree="/fix") == {}


def test_of_a_path_the_file_that_was_read_last_holds(db):
    db.files.save([FILE, FILE._replace(path="c.md")])
    db.files.save([FILE._replace(worktree="/fix", state=NOTED)])
    assert states(db) == {"": READ, "/fix": NOTED}

    db.files.save([FILE._replace(worktree="/fix")])

    assert {path: row.state for path, row in db.files.known().items()} == {
        "a/b.md": NOTED, "c.md": READ,
    }  # fmt: skip
    assert db.files.known(worktree="/fix")["a/b.md"].state == READ


def test_where_the_file_that_holds_is_gone_one_other_is_read_again(db):
    for name in ("/b", "/a", ""):
        db.files.save([FILE._replace(worktree=name, state=NOTED)])
    db.files.save([FILE._replace(worktree="/c")])

    db.files.forget(["a/b.md"], worktree="/a")
    assert states(db) == {"": NOTED, "/b": NOTED, "/c": READ}
    db.files.forget(["a/b.md"], worktree="/c")
    assert states(db) == {"": STALE, "/b": NOTED}
    db.files.forget(["a/b.md"])
    assert states(db) == {"/b": STALE}


def test_what_holds_from_other_worktrees_can_be_opened_again(db):
    db.files.save([FILE._replace(path=path) for path in ("1", "2")])
    db.files.save([FILE._replace(path="2", worktree="/fix")])

    db.files.reopen_all(besides="")

    assert [row.state for row in db.files.known().values()] == [READ, NOTED]
    assert states(db)["/fix"] == STALE


def test_a_fact_replaces_the_one_before(db):
    assert db.facts.find("model") is None

    db.facts.save("model", "one")
    db.facts.save("model", "two")

    assert db.facts.find("model") == "two"
