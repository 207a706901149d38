from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.history import git_calendar
from indexer.project import open_project
from memory.kinds.vocabulary import Kind
from memory.models.selection import Lens, Selection
from tests.indexer.history.conftest import Repository, run_git

pytestmark = pytest.mark.slow

ADR = """\
# {title}
{date}
## Status

{status}

## Context

Orders about {title} come faster than they are handled at lunch time.
"""


def adr(title: str, status: str = "Accepted", date: str = "") -> str:
    return ADR.format(title=title, status=status, date=f"\nDate: {date}\n" if date else "")


class Shop(Repository):
    """A repository with its memory."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.write(".gitignore", ".archmem/\n")
        self.memory = open_project(root)

    def decide(self, name: str, *said: str) -> str:
        self.write(f"docs/adr/{name}.md", adr(*said))
        return self.commit(f"docs: {name}")

    def index(self):
        return self.memory.upkeep.take_in(accept_removals=True)

    def listed(self, as_of: str = ""):
        lens = Lens(as_of=datetime.fromisoformat(as_of).replace(tzinfo=UTC)) if as_of else Lens()
        return self.memory.list(Selection(kinds=(Kind.DECISION,), lens=lens))

    def dates(self) -> dict[str, tuple[str, str]]:
        """Day and word, by title."""
        revisions = {one.memory.title: one.memory.revision for one in self.listed()}
        return {title: (one.date, one.dated_by) for title, one in revisions.items()}

    def statuses(self, as_of: str = "") -> dict[str, str]:
        return {one.memory.uid: str(one.standing.status) for one in self.listed(as_of)}

    def told(self, uid: str) -> list[tuple[str, str]]:
        """Status, or `removed`, and the day since which it is said, the first one first."""
        return [
            (
                "removed" if one.removed else str(one.draft.status),
                f"{one.since:%m-%d}" if one.since else "",
            )
            for one in self.memory.history(uid).revisions
        ]


@pytest.fixture
def shop(tmp_path):
    shop = Shop(tmp_path / "shop")
    yield shop
    shop.memory.close()


def test_a_record_without_a_date_has_that_of_the_commit_that_added_it(shop):
    shop.decide("0001-queue", "Use a queue")  # the 2nd
    shop.decide("0002-dated", "Use a cache", "Accepted", "2023-05-06")
    shop.write("docs/adr/0003-new.md", adr("Use a log"))
    shop.index()

    assert shop.dates() == {
        "Use a queue": ("2024-01-02", "committed"),
        "Use a cache": ("2023-05-06", "dated"),
        "Use a log": ("", ""),
    }

    shop.commit("docs: the third")
    shop.index()

    assert shop.dates()["Use a log"] == ("2024-01-04", "committed")


@pytest.mark.parametrize("folders", [("docs/adr", "docs/adr"), ("notes/arch", "docs/adr")])
def test_a_renamed_record_keeps_the_date_of_its_first_name(shop, folders):
    old, new = folders
    shop.write(f"{old}/0001-queue.md", adr("Use a queue"))
    shop.commit("docs: add")
    (shop.root / new).mkdir(parents=True, exist_ok=True)
    shop.git("mv", f"{old}/0001-queue.md", f"{new}/0007-queues.md")
    shop.commit("docs: move")
    shop.index()

    assert shop.dates() == {"Use a queue": ("2024-01-02", "committed")}


def test_a_record_is_named_by_the_path_that_its_file_had_whatever_has_its_old_number(shop):
    shop.decide("0001-queue", "Use a queue", "Superseded by [the next](0002-cache.md)")
    shop.decide("0002-cache", "Use a cache " * 9)
    shop.git("mv", "docs/adr/0002-cache.md", "docs/adr/0005-caching.md")
    shop.commit("docs: renumber")
    shop.decide("0002-log", "Use a log")

    for _ in range(2):
        shop.index()
        [first] = [one for one in shop.listed() if one.memory.title == "Use a queue"]
        [successor] = first.standing.replaced_by
        assert shop.memory.show(successor).memory.path == "docs/adr/0005-caching.md"
        shop.memory.upkeep.take_in(accept_removals=True)


def test_a_record_made_from_another_that_went_is_not_that_one(shop):
    shop.decide("0001-queue", "Use a queue")
    (shop.root / "docs/adr/0001-queue.md").unlink()
    shop.decide("0002-cache", "Use a cache")
    shop.index()

    assert shop.dates() == {"Use a cache": ("2024-01-03", "committed")}


def test_what_a_merge_brought_has_the_date_on_which_it_was_written(shop):
    shop.commit("start")
    shop.git("checkout", "-q", "-b", "side")
    shop.decide("0001-queue", "Use a queue")  # the 3rd
    shop.decide("0001-queue", "Use a queue", "Rejected")
    shop.git("checkout", "-q", "main")
    shop.commit("meanwhile")
    shop._days += 1
    shop.git("merge", "-q", "--no-ff", "-m", "merge", "side")  # the 6th
    shop.index()

    (uid,) = shop.statuses()
    assert shop.dates() == {"Use a queue": ("2024-01-03", "committed")}
    assert shop.told(uid) == [("rejected", "01-06")], "the main line never said anything else"


def test_where_a_shallow_clone_ends_nothing_was_added(shop, tmp_path):
    shop.decide("0001-queue", "Use a queue")
    shop.decide("0002-cache", "Use a cache")
    run_git(tmp_path, "clone", "-q", "--depth=1", f"file://{shop.root}", "clone")
    clone = tmp_path / "clone"

    with open_project(clone) as memory:
        memory.upkeep.take_in()
        assert [one.memory.revision.began for one in memory.list()] == [None, None]
        run_git(clone, "fetch", "-q", "--unshallow")
        memory.upkeep.take_in()
        assert [f"{one.memory.revision.began:%m-%d}" for one in memory.list()] == ["01-03", "01-02"]


@pytest.mark.parametrize(
    ("said", "day"),
    [("08/01/2024", "2024-01-08"), ("04/07/2022", ""), ("04/01/2024", "2024-01-04")],
    ids=["one day is near", "neither is", "the other is months away"],
)
def test_a_date_of_either_order_is_settled_by_the_first_commit_within_days(shop, said, day):
    shop.decide("0001-queue", "Use a queue", "Accepted", said)  # 2024-01-02

    for _ in range(2):
        problems = [one for one in shop.index().problems if "can be read as" in one]
        assert shop.dates()["Use a queue"] == (day, "dated" if day else "")
        assert bool(problems) is not bool(day)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("January 2024", ("2024-01-02", "committed")),
        ("2023-12", ("2023-12", "dated")),
        ("2024-01 (decided)", ("2024-01-02", "committed")),
        ("2024-W01", ("2024-01-02", "committed")),
        ("Mai 2023", ("2023-05", "dated")),
    ],
)
def test_a_month_is_told_as_one_unless_git_has_a_day_in_it(shop, said, told):
    shop.decide("0001-queue", "Use a queue", "Accepted", said)  # 2024-01-02
    shop.index()

    assert shop.dates()["Use a queue"] == told


def test_the_last_change_is_not_when_something_was_decided(shop):
    shop.decide("0001-queue", "Use a queue", "Accepted\n\nLast updated: 2024-05-06")
    text = (
        "# Use a cache\n\n- Status: Accepted\n- Last modified: 2024-05-06\n\n## Context\n\nSlow.\n"
    )
    shop.write("docs/adr/0002-cache.md", text)
    shop.index()
    assert shop.dates()["Use a cache"] == ("2024-05-06", "dated"), "as long as nothing else tells"

    shop.commit("docs: the second")
    shop.index()

    assert set(shop.dates().values()) == {("2024-01-02", "committed"), ("2024-01-03", "committed")}


def test_revisions_of_a_file_are_revisions_of_its_memory(shop):
    shop.decide("0001-queue", "Use a queue", "Proposed")  # the 2nd
    accepting = shop.decide("0001-queue", "Use a queue", "Accepted")
    shop.git("rm", "-q", "docs/adr/0001-queue.md")
    shop.commit("docs: away")
    shop.decide("0001-queue", "Use a queue", "Accepted")
    shop.write("docs/adr/0001-queue.md", adr("Use a queue").replace("\n\n", "\n\n\n"))
    shop.commit("docs: only white space")
    shop.decide("0001-queue", "Use a queue", "Deprecated")  # the 7th
    shop.index()

    (uid,) = shop.statuses()
    revisions = shop.memory.history(uid).revisions
    assert shop.told(uid) == [
        ("proposed", "01-02"),
        ("accepted", "01-03"),
        ("removed", "01-04"),
        ("accepted", "01-05"),
        ("deprecated", "01-07"),
    ]
    assert revisions[1].committed_in == accepting
    assert [one.number for one in revisions] == [0, 0, 0, 0, 1]
    as_of = {day: shop.statuses(f"2024-01-{day}T13:00").get(uid) for day in ("02", "03", "04")}
    assert as_of == {"02": "proposed", "03": "accepted", "04": None}


def test_what_ended_later_was_in_force_before_and_its_successor_was_not_known(shop):
    shop.decide("0001-queue", "Use a queue", "Accepted", "2020-01-01")
    shop.decide("0002-log", "Use a log", "Accepted", "2021-01-01")
    shop.decide(
        "0001-queue", "Use a queue", "Superseded by [2](0002-log.md)", "2020-01-01"
    )  # the 4th
    shop.index()

    (new, old) = (one.memory.uid for one in shop.listed())
    before, after = shop.listed("2024-01-04T11:00"), shop.listed("2024-01-04T13:00")
    assert {one.memory.uid: one.standing.in_force for one in before} == {old: True, new: True}
    assert {one.memory.uid: one.standing.replaced_by for one in after} == {old: (new,), new: ()}
    shown = shop.memory.show(old, lens=Lens(as_of=datetime(2024, 1, 3, 13, tzinfo=UTC)))
    assert (shown.memory.revision.draft.status, shown.memory.revision.number) == ("accepted", 0)


def test_a_search_as_of_a_day_finds_what_only_git_tells_of_and_how_it_stood(shop):
    shop.decide("0001-queue", "Use a queue", "Accepted")
    shop.decide("0001-queue", "Use a queue", "Deprecated")
    shop.index()
    then = Selection(lens=Lens(as_of=datetime(2024, 1, 2, 13, tzinfo=UTC)))

    (hit,) = shop.memory.search("queue", selection=then).hits
    assert (hit.standing.in_force, str(hit.standing.status)) == (True, "accepted")


def test_what_is_not_committed_yet_holds_from_when_it_was_read(shop):
    shop.decide("0001-queue", "Use a queue", "Accepted")
    shop.write("docs/adr/0001-queue.md", adr("Use a queue", "Deprecated"))
    shop.index()

    (uid,) = shop.statuses()
    assert shop.statuses("2024-06-01") == {uid: "accepted"}
    assert shop.statuses() == {uid: "deprecated"}


def test_a_long_history_is_bounded_and_that_is_told(shop, monkeypatch):
    monkeypatch.setattr(git_calendar, "VERSIONS", 3)
    for status in ("Proposed", "Accepted", "Rejected", "Accepted", "Deprecated"):
        shop.decide("0001-queue", "Use a queue", status)

    for _ in range(2):
        assert any("2 revisions of records were left out" in one for one in shop.index().problems)
    (uid,) = shop.statuses()
    assert [status for status, _ in shop.told(uid)] == ["proposed", "accepted", "deprecated"]


def test_an_unchanged_tree_asks_git_for_its_head_only(shop, monkeypatch):
    shop.decide("0001-queue", "Use a queue")
    shop.index()

    monkeypatch.setattr(git_calendar, "trace", None)
    shop.index()

    assert shop.dates() == {"Use a queue": ("2024-01-02", "committed")}


STATUSES = ("Proposed", "Accepted", "Deprecated", "Rejected")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "move", "delete", "index", "side", "merge"]),
        st.integers(1, 2),
        st.sampled_from(STATUSES),
    ),
    min_size=3,
    max_size=9,
)


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=STEPS)
def test_a_day_a_commit_and_a_reading_anew_tell_the_same(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("calendar")
    shop = Shop(folder / "shop")
    shop.commit("start")
    for step in steps:
        take(shop, *step)
    shop.index()

    now = shop.statuses()
    line = shop.git("log", "--first-parent", "--format=%H %cI").splitlines()
    for commit, at in (one.split() for one in line):
        with shop.memory.at(commit) as then:
            by_commit = {
                one.memory.uid: str(one.standing.status)
                for one in then.list(Selection(kinds=(Kind.DECISION,)))
            }
        by_day = {uid: one for uid, one in shop.statuses(at[:19]).items() if uid in now}
        both = by_day.keys() & by_commit.keys()
        assert {uid: by_day[uid] for uid in both} == {uid: by_commit[uid] for uid in both}
        assert by_commit.keys() & now.keys() <= by_day.keys()
    whole = {uid: shop.told(uid) for uid in now}
    with shop.memory.ledger.writing() as db:
        db.facts.save("calendar", "{}")
    shop.index()
    assert {uid: shop.told(uid) for uid in now} == whole
    shop.memory.close()


def take(shop: Shop, what: str, number: int, status: str) -> None:
    name, other = (f"docs/adr/000{number}-queue.md", f"docs/adr/000{number}-queues.md")
    on_side = shop.git("branch", "--show-current") == "side"
    if what == "index":
        if not on_side:
            shop.index()
    elif what == "side":
        shop.git("checkout", "-q", "main" if on_side else "-B", *([] if on_side else ["side"]))
    elif what == "merge":
        if not on_side:
            shop._days += 1
            if shop.git("branch", "--list", "side"):
                shop.git("merge", "-q", "-X", "theirs", "--no-edit", "--no-ff", "side")
    elif what == "write":
        path = other if (shop.root / other).exists() else name
        shop.write(path, adr(f"Use queue {number}", status))
        shop.commit("docs: write")
    elif (shop.root / name).exists():
        if what == "delete":
            shop.git("rm", "-q", name)
        else:
            shop.git("mv", "-f", name, other)
        shop.commit(f"docs: {what}")
