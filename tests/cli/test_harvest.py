"""`archmem harvest` as it is typed and printed, on a repository without records."""

import json
import re
import sqlite3
import subprocess
from contextlib import closing
from types import SimpleNamespace

import pytest

from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.harvest.worth import load_fit
from memory.ledger.sqlite.seals import register
from memory.retrieval import model
from tests.builders import WordEmbedder

pytestmark = pytest.mark.slow

REASON = "Polling took a quarter of the processor, because every file was asked once a second."


@pytest.fixture
def commit(tmp_path):
    """Commit files, by path, with a message; a repository is made for the first."""
    root = tmp_path / "shop"
    root.mkdir()

    def git(*arguments):
        who = ("-c", "user.name=Dana", "-c", "user.email=dana@example.com")
        subprocess.run(["git", "-C", root, *who, *arguments], check=True, capture_output=True)

    def commit_files(message, files, day="2024-03-05"):
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        git("add", "-A")
        git("commit", "-q", "-m", message, "--date", f"{day}T12:00:00Z")

    git("init", "-q")
    return commit_files


@pytest.fixture
def history(commit, word_model):
    commit("Start", {"Gemfile": 'gem "directory_watcher"\n', "watch.rb": "1\n"})
    commit(
        f"Replace directory_watcher with listen\n\n{REASON}\n",
        {"Gemfile": 'gem "listen"\n', "watch.rb": "2\n"},
    )
    commit("Fix typo", {"watch.rb": "3\n"})


def test_a_history_that_cannot_be_read_is_told_in_a_line_and_read_the_next_time(
    history, objects, run, monkeypatch
):
    def fail(_):
        raise GitFailed(".git/shallow: Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(Repository, "grafts", fail)
        ended = run("harvest")
    assert ended.exit_code == 1
    assert "could not be read, so that nothing is proposed: .git/shallow" in ended.stderr
    assert len(objects("harvest")) == 1


@pytest.mark.parametrize(
    ("title", "count"), [("Keep sessions in Redis", 1), ("Fix sessions in Redis", 0)]
)
def test_what_was_taken_back_is_a_decision_unless_it_only_mended(
    commit, word_model, objects, title, count
):
    commit("Start", {"a.rb": "1\n"})
    commit(title, {"a.rb": "2\n"})
    why = "This is too slow under load, because Redis loses keys."
    commit(f'Revert "{title}"\n\n{why}\n', {"a.rb": "1\n"})

    assert len(objects("harvest")) == count


def test_a_decision_is_proposed_with_its_evidence_and_recorded_when_it_is_accepted(
    history, tmp_path, objects, answer, run
):
    [proposal] = objects("harvest")

    assert proposal["title"] == "Replace directory_watcher with listen"
    assert (proposal["origin"], proposal["date"]) == ("dependency", "2024-03-05")
    assert proposal["evidence"]["quote"] == REASON
    assert proposal["evidence"]["path"] == "Gemfile"
    assert objects("list") == []

    accepted = answer("harvest", "--accept", proposal["id"], "--author", "human:dana")

    assert "recorded in .claude/memory/context/decisions.md" in accepted
    [kept] = objects("list")
    assert (kept["uid"], kept["title"]) == (proposal["id"], proposal["title"])
    written = (tmp_path / "shop/.claude/memory/context/decisions.md").read_text()
    assert f"commit {proposal['evidence']['commit'][:12]}, Gemfile:1" in written
    assert "- **Accepted by:** dana" in written
    assert objects("harvest") == []
    assert run("harvest", "--accept", proposal["id"]).exit_code == 1


def test_a_proposal_without_a_reason_is_told_without_one(commit, word_model, answer, objects):
    commit("Start", {"Gemfile": 'gem "directory_watcher"\n', "watch.rb": "1\n"})
    commit(
        "Replace directory_watcher with listen", {"Gemfile": 'gem "listen"\n', "watch.rb": "2\n"}
    )

    assert [one["reason"] for one in objects("harvest")] == [""]
    assert "because" not in answer("harvest")


def test_a_dependency_that_a_subject_takes_away_is_one_that_went(commit, word_model, objects):
    commit("Start", {"Gemfile": 'gem "listen"\ngem "rack"\n', "watch.rb": "1\n"})
    commit("Remove the listen gem", {"Gemfile": 'gem "rack"\n', "watch.rb": "2\n"})
    commit("Remove the unused rack gem", {"Gemfile": "", "watch.rb": "3\n"})

    assert [one["title"] for one in objects("harvest", "--all")] == ["Remove the listen gem"]
    assert objects("harvest") == []  # of such a reader kept three of four


def test_a_dependency_that_each_package_replaces_is_one_decision(commit, word_model, objects):
    packages = ("cart", "shop")
    commit("Start", {f"{one}/package.json": '{\n "moment": "^2.0.0"\n}\n' for one in packages})
    for one in packages:
        files = {f"{one}/package.json": '{\n "dayjs": "^1.0.0"\n}\n', f"{one}/a.js": "1\n"}
        commit(f"Replace moment with dayjs in the {one}", files)

    assert [one["title"][:26] for one in objects("harvest")] == ["Replace moment with dayjs "]


def test_a_dependency_whose_place_something_without_one_took_is_a_choice(
    commit, word_model, objects
):
    commit("Start", {"setup.py": 'requires = [\n    "pytz>=2",\n]\n', "zones.py": "1\n"})
    files = {"setup.py": "requires = [\n]\n", "zones.py": "2\n"}
    commit("Replace pytz.common_timezones with zoneinfo", files)

    assert [one["title"] for one in objects("harvest")] == [
        "Replace pytz.common_timezones with zoneinfo"
    ]


def test_of_the_ends_of_support_for_one_thing_the_last_is_proposed(commit, word_model, objects):
    for day, version in (("2023-06-01", "3.7"), ("2024-10-01", "3.8")):
        files = {"setup.py": version, "a.py": version}
        commit(f"Drop support for Python {version}", files, day=day)

    assert [one["title"] for one in objects("harvest")] == ["Drop support for Python 3.8"]


def test_the_end_of_support_for_two_things_is_proposed_while_it_is_the_last_for_one_of_them(
    commit, word_model, objects
):
    ends = ("Python 3.7", "Django 3.2 and Python 3.8", "Python 3.9")
    for year, version in enumerate(ends, start=2022):
        files = {"setup.py": version, "a.py": version}
        commit(f"Drop support for {version}", files, day=f"{year}-06-01")

    titles = {one["title"] for one in objects("harvest")}
    assert titles == {f"Drop support for {version}" for version in ends[1:]}


def test_what_was_changed_is_no_reason_for_the_end_of_support(commit, word_model, objects):
    listed = "* Use `sorted` instead of `order`, so that it reads as elsewhere.\n* Adjust the docs."
    thanks = "Reviewers: Ada <ada@example.org>, Bo <bo@example.org>,\nCy <cy@example.org>"
    files = {"setup.py": "3.8", "a.py": "1"}
    commit(f"Drop support for Python 3.8\n\n{listed}\n\n{thanks}", files)

    [proposal] = objects("harvest")

    assert proposal["title"] == "Drop support for Python 3.8"
    assert proposal["reason"] == ""


def test_what_is_less_sure_is_proposed_where_that_is_asked_for(commit, word_model, objects, run):
    said = "We chose small pages because large ones are too slow for most readers of the archive."
    commit("Start", {"docs/design.md": f"# Design\n\n{said}\n"})

    assert objects("harvest") == []
    assert "1 less sure: `--all`" in run("harvest").stderr
    assert [one["origin"] for one in objects("harvest", "--all")] == ["document"]


def test_commits_are_judged_by_words_until_the_model_they_were_fitted_to_can_be_asked(
    commit, word_model, run, objects, monkeypatch
):
    why = "Redis loses jobs at a deploy, because nothing is durable. We prefer others by design. "
    commit("Start", {"a.py": "1\n"})
    files = {f"{folder}/queue.py": "2\n" for folder in "abcdefghi"}
    commit(f"Require durable queues by default\n\n{why * 3}", files)

    assert "Commits were judged by words alone, which finds fewer" in run("harvest").stderr
    [proposal] = objects("harvest", "--all")

    embedder = WordEmbedder()
    embedder.dimension = len(load_fit().by_meaning.meaning)
    embedder.model_id = f"{load_fit().model}/fp32"
    state = SimpleNamespace(manifest=True, model_id=embedder.model_id)
    monkeypatch.setattr(model, "load_embedder", lambda *_, **__: embedder)
    monkeypatch.setattr(model, "model_state", lambda *_, **__: state)
    assert "refused" in run("harvest", "--refuse", proposal["id"]).output
    assert embedder.encoded == []  # what is wished is about what was proposed

    assert "judged by words" not in run("harvest").stderr
    assert len(embedder.encoded) == 1


def test_that_words_alone_judged_is_told_where_they_found_nothing(commit, word_model, run, objects):
    commit("Start", {"a.py": "1\n"})
    why = "Redis loses jobs at a deploy, because nothing is durable. We prefer others by design."
    commit(f"Split the queue\n\n{why} ", {f"{one}/queue.py": "2\n" for one in range(40)})

    assert objects("harvest", "--all") == []
    assert "judged by words alone" in run("harvest").stderr


def test_what_was_refused_does_not_come_again(history, commit, objects, answer):
    [proposal] = objects("harvest")

    assert "refused" in answer("harvest", "--refuse", proposal["id"])
    assert objects("harvest") == []
    commit("Fix another typo", {"watch.rb": "4\n"})
    assert objects("harvest") == []


def test_what_was_refused_is_known_to_a_version_that_cannot_read_the_rest(
    history, tmp_path, objects, run
):
    [proposal] = objects("harvest")
    run("harvest", "--refuse", proposal["id"])
    with closing(sqlite3.connect(tmp_path / "shop/.archmem/memory.db")) as db, db:
        register(db)
        state = json.loads(
            db.execute("SELECT value FROM facts WHERE name = 'harvest'").fetchone()[0]
        )
        state["harvested"] = {"proposals": "of another form"}
        db.execute("UPDATE facts SET value = ? WHERE name = 'harvest'", [json.dumps(state)])

    assert objects("harvest") == []


def test_proposals_are_edited_in_a_file_before_they_are_accepted(
    history, tmp_path, objects, answer
):
    file = tmp_path / "proposals.md"
    answer("harvest", "--write", str(file))
    file.write_text(file.read_text().replace("Replace directory_watcher with", "Watch files by"))

    answer("harvest", "--accept", str(file))

    assert [one["title"] for one in objects("list")] == ["Watch files by listen"]
    assert objects("harvest") == []


def test_a_file_without_proposals_and_a_project_without_git_are_told(
    tmp_path, run, answer, word_model
):
    (tmp_path / "shop").mkdir()

    refused = run("harvest")

    assert refused.exit_code == 1
    assert "there is no history to read here" in refused.stderr


def test_what_somebody_answered_to_an_agent_is_proposed_on_request_and_kept_nowhere(
    tmp_path, history, monkeypatch, objects, answer
):
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))
    root = (tmp_path / "shop").resolve()
    folder = tmp_path / "claude/projects" / re.sub("[^A-Za-z0-9]", "-", str(root))
    folder.mkdir(parents=True)
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    questions = [
        {"question": asked, "options": [{"label": label, "description": ""} for label in labels]}
        for asked, labels in (
            (
                "Where should orders be kept, or should each shop choose?",
                ["In one SQLite file", "In Postgres, as before"],
            ),
            ("Which method should shipping use?", ["A flat rate", "By weight"]),
            (f"Should the key {key} be used for payments?", ["Yes, use this one", "No"]),
        )
    ]
    answers = {one["question"]: one["options"][0]["label"] for one in questions}
    entry = {"toolUseResult": {"questions": questions, "answers": answers}}
    (folder / "a.jsonl").write_text(json.dumps(entry) + "\n")

    assert [one["origin"] for one in objects("harvest")] == ["dependency"]
    [proposal] = objects("harvest", "--sessions")
    assert proposal["title"] == "In one SQLite file"
    assert len(objects("harvest", "--sessions", "--all")) == 2
    assert objects("list") == []
    assert "orders be kept" not in (tmp_path / "shop/.archmem/memory.db").read_bytes().decode(
        "latin-1"
    )

    answer("harvest", "--sessions", "--accept", proposal["id"], "--author", "human:dana")

    written = (tmp_path / "shop/.claude/memory/context/decisions.md").read_text()
    assert "Where should orders be kept, or should" in written
    assert "In Postgres, as before" in written
    assert objects("harvest", "--sessions") == []


def test_lessons_and_dead_ends_of_a_session_are_kept_once_they_are_accepted(
    tmp_path, history, monkeypatch, objects, answer
):
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))
    folder = re.sub("[^A-Za-z0-9]", "-", str((tmp_path / "shop").resolve()))
    file = tmp_path / "claude/projects" / folder / "a.jsonl"
    file.parent.mkdir(parents=True)
    said = "Cobra doesn't propagate `Hidden` to its child commands.\n\n"
    said += "Writing the order as text is a dead end for refunds."
    entry = {"type": "assistant", "message": {"content": [{"type": "text", "text": said}]}}
    file.write_text(json.dumps(entry) + "\n")

    assert [one["title"][:7] for one in objects("harvest", "--sessions")] == ["Writing"]
    assert "dead end" in answer("harvest", "--sessions")
    ids = {one["title"][:5]: one["id"] for one in objects("harvest", "--sessions", "--all")}
    answer("harvest", "--sessions", "--accept", ids["Cobra"], "--author", "human:dana")
    review = tmp_path / "review.md"
    answer("harvest", "--sessions", "--write", str(review))
    review.write_text(review.read_text().replace("as text", "as plain text"))
    answer("harvest", "--sessions", "--accept", str(review), "--author", "human:dana")

    learned = tmp_path / "shop/.claude/memory/learned"
    assert "Cobra" in (learned / "patterns.md").read_text()
    assert "as plain text is a dead end" in (learned / "antipatterns.md").read_text()
    assert objects("harvest", "--sessions") == []


def test_the_end_of_support_for_a_version_is_less_sure(commit, word_model, objects):
    commit("Drop support for Karma version 5.2", {"setup.py": "5", "a.py": "1"})

    assert objects("harvest") == []
    assert [one["title"] for one in objects("harvest", "--all")] == [
        "Drop support for Karma version 5.2"
    ]
