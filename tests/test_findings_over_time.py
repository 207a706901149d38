"""What an audit finds keeps its identity along git's history, and has a beginning there."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime, timedelta

import pytest

from indexer.code.code_reader import forget
from indexer.project import open_project
from memory.audits import audit
from memory.code.findings.comparing import compare
from memory.code.findings.rule import finding
from memory.code.history import NamedCommit
from memory.config import Exemption
from memory.drifts import POINTS, sample
from memory.errors import InvalidRequest, UnknownCommit
from memory.models.findings import Spot
from memory.verbs.code_facts import known_code
from tests.indexer.code.conftest import write

pytestmark = pytest.mark.slow

FILES = {
    "apps/users/models.py": "class User: ...\n",
    "apps/orders/models.py": "from apps.users.models import User\n",
    "apps/billing/models.py": "class Invoice: ...\n",
}
CYCLE = {"apps/users/models.py": "import apps.orders.models\nclass User: ...\n"}


class Repo:
    """A repository to commit to; what is committed first is the oldest."""

    def __init__(self, root):
        self.root = root
        self.count = 0
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        moment = f"2026-01-01T00:{self.count:02}:00Z"
        names = ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL")
        dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), moment)
        done = subprocess.run(
            ["git", *words],
            cwd=self.root,
            env=dict.fromkeys(names, "a") | dates | {"PATH": "/usr/bin:/bin", "HOME": "/"},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, subject: str, files: dict[str, str] | None = None) -> str:
        self.count += 1
        write(self.root, files or {f"apps/billing/n{self.count}.py": "x = 1\n"})
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path, word_model):
    forget()
    root = tmp_path / "shop"
    root.mkdir()
    return Repo(root)


def ask(repo, verb: str, *args, **kwargs):
    with open_project(repo.root, create=True) as memory:
        return getattr(memory, verb)(*args, **kwargs)


def cycles(found) -> list[tuple[str, ...]]:
    return [one.parts for one in found if one.rule == "architecture.module-cycle"]


def test_what_came_and_went_since_a_commit_is_told_by_sets(repo):
    first = repo.commit("begin", FILES)
    repo.commit("a circle", CYCLE)

    now = ask(repo, "audit", since=first)
    assert cycles(now.findings) == [("orders", "users")]
    assert [one.id for one in now.findings] == list(now.new)

    repo.commit("straight again", {"apps/users/models.py": "class User: ...\n"})
    assert cycles(ask(repo, "audit", since="HEAD~1").fixed) == [("orders", "users")]
    assert ask(repo, "audit", "security", since="HEAD~1").fixed == ()


def test_only_what_this_branch_brought_is_new(repo):
    repo.commit("begin", FILES | CYCLE)
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit("mine", {"apps/billing/models.py": "import apps.ledger.rows\n",
                         "apps/ledger/rows.py": "import apps.billing.models\n"})  # fmt: skip

    assert cycles(ask(repo, "audit", new=True).findings) == [("billing", "ledger")]


def test_a_first_commit_has_none_to_be_compared_with(repo):
    repo.commit("begin", FILES)
    with pytest.raises(InvalidRequest, match="no commit to compare with"):
        ask(repo, "audit", new=True)
    with pytest.raises(UnknownCommit):
        ask(repo, "audit", since="nowhere")


def test_files_and_modules_that_moved_are_no_news(repo):
    body = "".join(f"x{number} = {number}\n" for number in range(20))
    begun = FILES | CYCLE | {
        "apps/users/a.py": "import apps.users.b\n",
        "apps/users/b.py": "\n\nimport apps.users.a\n",
    }  # fmt: skip
    first = repo.commit("begin", {path: text + body for path, text in begun.items()})
    repo.git("mv", "apps/users", "apps/people")
    moved = {
        path: (repo.root / path).read_text().replace("users", "people")
        for path in ("apps/orders/models.py", "apps/people/a.py", "apps/people/b.py")
    }
    repo.commit("users are people", moved)

    now = ask(repo, "audit", since=first)
    assert len(now.findings) == 2
    assert (now.new, now.fixed) == ((), ())


@pytest.mark.parametrize("merged", [False, True])
def test_a_cycle_began_with_the_commit_that_closed_it(repo, merged):
    repo.commit("begin", FILES)
    for _ in range(5):
        repo.commit("work")
    if merged:
        repo.git("checkout", "-q", "-b", "topic")
        repo.commit("work")
    culprit = repo.commit("a circle", CYCLE)
    repo.commit("work")
    if merged:
        repo.git("checkout", "-q", "main")
        repo.commit("work meanwhile", {"apps/orders/x.py": "y = 2\n"})
        repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    for _ in range(15):
        repo.commit("work")

    (found,) = ask(repo, "audit").findings
    began = ask(repo, "drift", found.id[:-4]).began
    assert (began.told, began.commit, began.subject) == ("exact", culprit, "a circle")
    assert bool(began.merged) is merged


def test_where_the_commit_before_cannot_be_read_nobody_says_when_a_finding_began(repo):
    repo.commit("begin", FILES)
    blob = repo.git("rev-parse", "HEAD:apps/users/models.py")
    repo.commit("a circle", CYCLE)
    (repo.root / ".git/objects" / blob[:2] / blob[2:]).unlink()

    (found,) = ask(repo, "audit").findings
    assert "are not in this clone" in ask(repo, "drift", found.id).began.told


def test_what_was_always_there_began_with_the_first_commit(repo):
    first = repo.commit("begin", FILES | CYCLE)
    repo.commit("work")
    (found,) = ask(repo, "audit").findings
    assert ask(repo, "drift", found.id).began.commit == first


def test_what_no_commit_has_did_not_begin_with_one(repo):
    last = repo.commit("begin", FILES)
    write(repo.root, CYCLE)
    (found,) = ask(repo, "audit").findings
    began = ask(repo, "drift", found.id).began
    assert (began.told, began.commit) == ("uncommitted", last)


def test_a_trend_begins_with_commits_of_the_past_and_is_not_looked_at_twice(repo):
    repo.commit("begin", FILES)
    for number in range(20):
        repo.commit("work", {f"apps/m{number}/x.py": "x = 1\n"})
    asked = []
    found = ask(repo, "drift", on_progress=lambda *said: asked.append(said))

    assert len(found.points) == len(asked) == POINTS
    assert [point.metrics["modules"] for point in found.points][-1] == found.now["modules"] == 23
    assert found.points[0].metrics["modules"] == 3
    again = ask(repo, "drift", "modules", on_progress=lambda *_: pytest.fail("again"))
    assert again.points == found.points


def test_an_interrupted_trend_keeps_what_it_has(repo):
    for number in range(5):
        repo.commit("work", {f"apps/m{number}/x.py": "x = 1\n"})
    answers = iter([False, False, True])
    found = ask(repo, "drift", should_stop=lambda: next(answers))
    assert (len(found.points), found.left) == (2, 3)
    assert (ask(repo, "drift").left, len(ask(repo, "drift").points)) == (0, 5)


def test_an_interrupted_trend_does_not_make_a_finding_uncommitted(repo):
    repo.commit("begin", FILES)
    ask(repo, "drift")
    culprit = repo.commit("a circle", CYCLE)
    (found,) = ask(repo, "audit").findings

    began = ask(repo, "drift", found.id, should_stop=lambda: True).began
    assert (began.told, began.commit) == ("exact", culprit)


def test_a_finding_whose_files_were_moved_and_changed_since_began_with_no_move(repo):
    body = "".join(f"given_{n} = {n}\n" for n in range(20))
    uses = {"users": "import apps.orders.models\n", "orders": "import apps.users.models\n"}
    repo.commit("begin", {f"apps/{name}/models.py": body for name in (*uses, "billing")})
    repo.commit(
        "a circle", {f"apps/{name}/models.py": f"{use}{body}" for name, use in uses.items()}
    )
    for name in (*uses, "billing"):
        repo.git("mv", f"apps/{name}", f"apps/the_{name}")
    now = {
        f"apps/the_{name}/models.py": use.replace("apps.", "apps.the_")
        for name, use in uses.items()
    }
    move = repo.commit("move", {path: f"{use}{body}" for path, use in now.items()})
    grown = "".join(f"made_{n} = {n}\n" for n in range(90))
    repo.commit("grow", {path: f"{use}{grown}" for path, use in now.items()})
    (found,) = ask(repo, "audit").findings

    began = ask(repo, "drift", found.id).began
    before = f"it was there before {move[:12]}, which gave files other names"
    assert began.told == f"{before}, and how long is not followed"


def test_a_name_that_no_finding_has_is_refused(repo):
    repo.commit("begin", FILES)
    with pytest.raises(InvalidRequest, match="no such finding now, and no such metric"):
        ask(repo, "drift", "cycle-nowhere")


@pytest.mark.parametrize("said", ["modules_in_cycles", "modules in cycles", "Modules in cycles"])
def test_a_metric_is_asked_for_by_its_key_or_its_words(repo, said):
    repo.commit("begin", FILES)

    assert ask(repo, "drift", said).metric == "modules_in_cycles"


def test_points_are_spread_over_time_not_over_commits():
    def commit(day: int) -> NamedCommit:
        return NamedCommit(str(day), datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=day), "", ())

    line = [commit(day) for day in (0, 400, 401, 402, 403, 404, *range(1100, 1130))]
    found = sample(line, line[-1].moment - timedelta(days=730))
    assert [int(one.hash) for one in found] == [0, 404, 1129]
    assert sample(line[:3], line[-1].moment) == line[2:3]
    assert sample([], line[-1].moment) == []


def exempting(repo, exemptions, today: str):
    with open_project(repo.root, create=True) as memory:
        settings = memory.session.settings.model_copy(update={"exemptions": exemptions})
        memory.session.settings = settings
        known, day = known_code(memory), date.fromisoformat(today)
        return audit(memory.session, known, None, since="", new=False, everything=False, today=day)


def test_an_exemption_holds_until_its_day_and_goes_stale_aloud(repo):
    repo.commit("begin", FILES | CYCLE)
    (found,) = ask(repo, "audit").findings
    lived_with = Exemption(finding=found.id, reason="until 2.0", until=date(2026, 3, 1))
    gone = Exemption(finding="module-cycle-gone", reason="old", until=date(2026, 3, 1))

    then = exempting(repo, (lived_with,), "2026-03-01")
    assert (then.findings, [one.reason for one in then.exempted]) == ((), ["until 2.0"])
    (repo.root / "archmem.toml").write_text(f"# lived with\n# {gone.finding}\n")
    after = exempting(repo, (lived_with, gone), "2026-03-02")
    assert {one.spots[0].line for one in after.findings[1:]} == {1, 2}
    assert [one.rule for one in after.findings] == [
        "architecture.module-cycle", "architecture.stale-exemption", "architecture.stale-exemption",
    ]  # fmt: skip


def test_a_run_is_told_what_began_and_what_it_fixed_since_it_was_opened(repo):
    repo.commit("one", FILES)
    result = {"success": True, "approach": "Ask orders for the sum."}
    with open_project(repo.root) as memory:
        first = memory.run_start("Sums", with_brief=False)
        repo.commit("a cycle", CYCLE)
        began = memory.run_finish(first.uid, result)
        second = memory.run_start("No sums", with_brief=False)
        repo.commit("none", FILES)
        fixed = memory.run_finish(second.uid, result)
        again = memory.run_finish(first.uid, result)

    (said,) = began.findings.began
    assert said.startswith("module-cycle-")
    assert (fixed.findings.fixed, fixed.findings.began) == ((said,), ())
    assert (again.is_new, again.findings) == (False, began.findings)


def test_a_run_without_git_or_code_has_no_findings(tmp_path, word_model):
    with open_project(tmp_path, create=True) as memory:
        begun = memory.run_start("Sums", with_brief=False)
        finished = memory.run_finish(begun.uid, {"success": True, "approach": "Asked."})
    assert (finished.findings.began, finished.findings.fixed) == ((), ())


def a_finding(*parts: str, rule: str = "architecture.module-cycle"):
    return finding(rule, parts, "so", ())


def test_a_cycle_that_grew_is_the_same_one_and_another_rule_is_another():
    before = [a_finding("a", "b"), a_finding("x", "y"), a_finding("a", "b", rule="other.rule")]
    after = [a_finding("a", "b", "c"), a_finding("p", "q", "x", "r")]
    found = compare(before, after, {})
    assert found.kept == ((before[0], after[0]),)
    assert set(found.fixed) == set(before[1:])
    assert found.new == (after[1],)


def a_clone(texts: str, *places: str):
    return a_finding(*texts.split(), *places, rule="duplication.clone")


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        (a_finding(*"abcde"), [a_finding("a", "b"), a_finding("d", "e")]),
        (
            a_clone("1 2 3 4", *(f"{one}.py:f" for one in "abcdefgh")),
            [a_clone("3 4 5 6", "a.py:f", "b.py:f"), a_clone("4 7 8 9", "c.py:f", "d.py:f")],
        ),
    ],
)
def test_what_is_left_of_a_larger_one_is_not_new_and_what_went_into_one_is_not_fixed(whole, parts):
    apart = compare([whole], parts, {})
    assert (apart.new, {id(after) for _, after in apart.kept}) == ((), set(map(id, parts)))
    together = compare(parts, [whole], {})
    assert (together.new, together.fixed) == ((whole,), ())


def test_of_what_went_into_a_larger_one_a_member_may_be_gone():
    before = a_clone("1 2 3 4", "a.py:f", "b.py:f", "c.py:f")
    larger = a_clone("4 5 6 7", *(f"{one}.py:f" for one in "abxyzuvw"))

    assert compare([before], [larger], {}).fixed == ()
    assert compare([a_clone("1 4", "a.py:f", "c.py:f")], [larger], {}).fixed != ()


def test_of_what_is_left_of_a_larger_one_a_member_may_be_new():
    larger = a_clone("4 5 6 7", *(f"{one}.py:f" for one in "abxyzuvw"))
    left = a_clone("1 2 3 4", "a.py:f", "b.py:f", "c.py:f")

    assert compare([larger], [left], {}).new == ()
    assert compare([larger], [a_clone("1 4", "a.py:f", "c.py:f")], {}).new != ()


def spotted(texts: str, *places: tuple[str, int, int]):
    spots = [Spot(file=path, line=line, last_line=last, said="f") for path, line, last in places]
    parts = [*texts.split(), *(f"{path}:f" for path, *_ in places)]
    return finding("duplication.clone", parts, "so", spots)


REGROUPED = spotted("3 9", ("a.py", 10, 20), ("c.py", 10, 20))


@pytest.mark.parametrize(
    ("before", "is_new"),
    [
        ([spotted("1 2", ("a.py", 1, 20), ("b.py", 1, 20)),
          spotted("2 3", ("b.py", 1, 30), ("c.py", 9, 30))], False),
        ([spotted("1 2", ("a.py", 1, 20), ("b.py", 1, 20)),
          spotted("2 4", ("b.py", 1, 30), ("c.py", 9, 30))], True),  # none of its text
        ([spotted("1 2", ("a.py", 1, 20), ("b.py", 1, 20)),
          spotted("2 3", ("d.py", 1, 30), ("c.py", 9, 30))], True),  # never together
        ([spotted("1 2", ("a.py", 1, 30), ("b.py", 1, 30), ("c.py", 1, 30))], False),  # a piece
        ([spotted("1 2", ("a.py", 1, 5), ("b.py", 1, 5)),
          spotted("2 3", ("b.py", 1, 30), ("c.py", 9, 30))], True),  # less of a.py
    ],
)  # fmt: skip
def test_a_clone_that_is_grouped_otherwise_is_neither_new_nor_fixed(before, is_new):
    assert compare(before, [REGROUPED], {}).new == ((REGROUPED,) if is_new else ())
    assert (REGROUPED in compare([REGROUPED], before, {}).fixed) == is_new


def test_what_is_left_of_a_group_is_not_new_where_another_clone_came_to_its_files():
    places = [("a.py", 1, 30), ("b.py", 1, 30)]
    come = finding(
        "duplication.clone",
        ["7", "8", "a.py:g", "b.py:g"],
        "so",
        [Spot(file=path, line=50, last_line=90, said="g") for path, *_ in places],
    )
    left = spotted("3 9", *places)

    found = compare([spotted("1 2", *places, ("c.py", 1, 30))], [left, come], {})

    assert found.new == (come,)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (a_finding(*"abcde"), a_finding("a", "x")),
        (a_clone("1 2 3 4", "a.py:f", "b.py:f"), a_clone("5 6 7 8", "a.py:f", "b.py:f")),
        (a_clone("1 2 3 4", "a.py:f", "b.py:f"), a_clone("4 6 7 8", "a.py:f", "c.py:f")),
    ],
)
def test_another_text_or_another_member_makes_it_new(before, after):
    assert compare([before], [after], {}).new == (after,)
