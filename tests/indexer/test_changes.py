import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from indexer.reading import FileState
from indexer.scanner import MTIME_GRAIN_NS, FileChanges, Scan, SeenFile, plan_changes
from memory.models.report import NOTED, STALE, KnownFile

SECOND = 1_000_000_000
NOW = 1_800_000_000 * SECOND


def a_file(path: str = "a.md", **changes) -> SeenFile:
    return SeenFile(**{"path": path, "size": 10, "mtime_ns": NOW - 60 * SECOND} | changes)


def a_scan(*files: SeenFile, blind: tuple[str, ...] = ()) -> Scan:
    return Scan(files, (), blind)


def as_known(file: SeenFile, **changes) -> dict[str, KnownFile]:
    row = KnownFile(file.path, file.size, file.mtime_ns, "hash", FileState.READ, None, NOW)
    return {file.path: row._replace(**changes)}


def test_a_new_file_is_read():
    assert plan_changes(a_scan(a_file()), {}) == FileChanges((a_file(),), (), ())


def test_a_file_of_known_size_and_mtime_is_left_alone():
    assert plan_changes(a_scan(a_file()), as_known(a_file())) == FileChanges((), (a_file(),), ())


def test_another_size_or_another_mtime_even_an_older_one_is_a_change():
    known = as_known(a_file())

    for seen in (a_file(size=11), a_file(mtime_ns=NOW - 1), a_file(mtime_ns=5)):
        assert plan_changes(a_scan(seen), known).to_read == (seen,)


def test_a_file_that_was_not_read_well_is_read_again_each_time():
    for state in {*FileState, STALE} - {FileState.READ}:
        known = as_known(a_file(), state=state)
        assert plan_changes(a_scan(a_file()), known).to_read == (a_file(),), state


def test_a_file_that_was_merely_noted_is_left_alone_until_it_changes():
    known = as_known(a_file(), state=NOTED)

    assert plan_changes(a_scan(a_file()), known).unchanged == (a_file(),)
    assert plan_changes(a_scan(a_file(size=11)), known).to_read == (a_file(size=11),)


def test_a_file_written_just_before_it_was_read_is_read_again():
    racy = a_file(mtime_ns=NOW - MTIME_GRAIN_NS)
    settled = a_file(mtime_ns=NOW - MTIME_GRAIN_NS - 1)

    assert plan_changes(a_scan(racy), as_known(racy)).to_read == (racy,)
    assert plan_changes(a_scan(settled), as_known(settled)).unchanged == (settled,)


def test_a_file_dated_in_the_future_is_never_taken_as_unchanged():
    future = a_file(mtime_ns=NOW + 3600 * SECOND)

    assert plan_changes(a_scan(future), as_known(future)).to_read == (future,)


def test_a_known_file_that_is_not_there_is_gone():
    known = as_known(a_file("b.md")) | as_known(a_file("a.md"))

    assert plan_changes(a_scan(), known).gone == ("a.md", "b.md")


def test_nothing_is_gone_from_where_the_walk_was_blind():
    known = as_known(a_file("docs/a.md")) | as_known(a_file("docs2/a.md")) | as_known(a_file("c"))

    changes = plan_changes(a_scan(blind=("docs", "c")), known)

    assert changes == FileChanges((), (), ("docs2/a.md",))


PATHS = st.sampled_from([f"{folder}/{name}" for folder in "xyz" for name in "abc"])


@pytest.mark.slow
@given(
    seen=st.sets(PATHS),
    known=st.dictionaries(PATHS, st.sampled_from(list(FileState))),
    blind=st.sets(st.sampled_from("xyz")),
)
def test_every_path_has_one_fate_in_order(seen, known, blind):
    files = tuple(a_file(path) for path in sorted(seen))
    rows = {path: as_known(a_file(path), state=state)[path] for path, state in known.items()}

    changes = plan_changes(a_scan(*files, blind=tuple(sorted(blind))), rows)

    assert sorted([*changes.to_read, *changes.unchanged], key=lambda file: file.path) == list(files)
    assert changes.gone == tuple(p for p in sorted(known.keys() - seen) if p[0] not in blind)
    assert [file.path for file in changes.to_read] == sorted(file.path for file in changes.to_read)


class IndexedTree(RuleBasedStateMachine):
    """Files edited at random under a coarse clock, and an index that only follows its plans."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.files: dict[str, tuple[str, int]] = {}  # content and mtime
        self.forbidden: set[str] = set()  # files that cannot be read
        self.blind: set[str] = set()  # folders that cannot be listed
        self.known: dict[str, KnownFile] = {}
        self.is_indexed = True  # nothing was touched since the last index

    @rule(path=PATHS, content=st.sampled_from(["aa", "bb", "c"]))
    def write(self, path: str, content: str) -> None:
        self.files[path] = (content, self.now - self.now % MTIME_GRAIN_NS)
        self.is_indexed = False

    @rule(path=PATHS)
    def delete(self, path: str) -> None:
        self.files.pop(path, None)
        self.is_indexed = False

    @rule(path=PATHS)
    def forbid_or_permit_file(self, path: str) -> None:
        self.forbidden ^= {path}
        self.is_indexed = False

    @rule(folder=st.sampled_from("xyz"))
    def forbid_or_permit_folder(self, folder: str) -> None:
        self.blind ^= {folder}
        self.is_indexed = False

    @rule(step=st.sampled_from([1, SECOND // 2, 5 * SECOND]))
    def wait(self, step: int) -> None:
        self.now += step

    @rule()
    def index(self) -> None:
        out_of_sight = {path: row for path, row in self.known.items() if path[0] in self.blind}
        seen = [
            SeenFile(path, len(content), mtime_ns)
            for path, (content, mtime_ns) in sorted(self.files.items())
            if path[0] not in self.blind
        ]

        changes = plan_changes(a_scan(*seen, blind=tuple(self.blind)), self.known)
        for file in changes.to_read:
            self.known[file.path] = self.read(file)
        for path in changes.gone:
            del self.known[path]

        self.is_indexed = True
        assert out_of_sight.items() <= self.known.items()

    def read(self, file: SeenFile) -> KnownFile:
        content, state = self.files[file.path][0], FileState.READ
        if file.path in self.forbidden:
            content, state = None, FileState.UNREADABLE
        return KnownFile(file.path, file.size, file.mtime_ns, content, state, None, self.now)

    @invariant()
    def an_index_just_made_holds_what_is_there(self) -> None:
        if self.is_indexed:
            in_sight = {path for path in {*self.files, *self.known} if path[0] not in self.blind}
            assert in_sight <= self.files.keys()
            for path in in_sight - self.forbidden:
                assert self.known[path].content_hash == self.files[path][0]


TestIndexedTree = IndexedTree.TestCase


def test_another_file_of_the_same_size_and_time_is_read(project):
    file = project.write("a.txt", "# one\n")
    project.index()
    project.index()
    other = file.with_name("other")
    other.write_text("# two\n")
    found = file.stat()
    os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))
    other.replace(file)

    assert project.index().files_read == 1
    assert "two" in project.uids()
