"""Which messages and sentences tell of a decision, and what of them is its title."""

from datetime import UTC, datetime

import pytest

from indexer.git.log import Commit
from indexer.harvest.commit_decisions import LEAST, read_message, signs_of
from indexer.harvest.documents import read_document
from indexer.harvest.line_sentences import sentences
from indexer.harvest.reasoning import (
    ended,
    explanation,
    is_aside,
    lines_of_work,
    reasons_of,
    tells_harm,
)
from indexer.harvest.swaps import read_swap
from indexer.harvest.titles import title_of
from indexer.harvest.worth import worth_of


def a_commit(message, **changes):
    subject, _, body = message.partition("\n\n")
    said = {"hash": "a" * 40, "parents": ("b" * 40,), "at": datetime(2024, 1, 1, tzinfo=UTC)}
    return Commit(**(said | changes), subject=subject, body=body)


@pytest.mark.parametrize(
    "message",
    [
        "Replace Redis by RabbitMQ\n\nRedis loses jobs at a deploy, because nothing is durable.",
        "Drop support for Python 3.8\n\nIt has reached its end of life.",
        "chore: stop caching sessions\n\nThis is too slow as we have to lock the whole table.",
    ],
)
def test_a_choice_with_its_reason_is_one(message):
    assert read_message(a_commit(message)).reasons


@pytest.mark.parametrize(
    "message",
    [
        "Remove a typo\n\nBecause it was there for years and nobody saw it.",
        "fix: store the key\n\nThis crashed because the key was not there at all.",
        "Bump listen from 3.1 to 3.2\n\nThe old one is deprecated.",
        "Improve the importer",
        "Allow parameters (#7)\n\n* Add them\n\nSo that users can share.\n\n* Mend it\n\n* Test it",
        f"Redesign the page\n\ncommit {'ab12' * 10}\nAuthor: Ada\n\n    Because it was slow.",
    ],
)
def test_what_mends_tidies_or_gives_no_reason_is_none(message):
    assert read_message(a_commit(message)) is None


def test_what_stands_below_a_heading_for_it_is_the_reason_of_a_squash_too():
    why = "Readers of large files run out of memory with one buffer for each column."
    body = f"* Closes #12\n* Part of #9\n\n# Rationale for this change\n\n{why}\n\n# What?\n\nIt."

    [reason] = read_message(a_commit(f"Read columns in pages\n\n{body}")).reasons

    assert (reason.text, reason.line) == (why, 8)


def test_a_reason_that_is_cut_off_is_none():
    assert not read_message(
        a_commit("Remove the ec2 API\n\nThe ec2 API was deprecated, because of commit")
    ).reasons


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("Drop support for Python 3.8", "python"),
        ("Dropped support for EOL Python 3.9 and below", "python"),
        ("Remove elasticsearch 2 support", "elasticsearch"),
        ("No longer support Bitbucket Server", "bitbucket server"),
        ("remove support for crashReporter autoSubmit", ""),
        ("Remove support for plugins", ""),
        ("Remove support for ID", ""),
        ("Remove record ID wraparound support", ""),
        ("Remove support for different DB hosts per datasource", ""),
        ("Remove the support for dumping WIN32OLE object", ""),
        ("Drop IE support", "ie"),
        ("Remove support for 'Lite' requests", ""),
        ("Remove support for referencing 2nd owners", ""),
        ("Remove unicode literals for Python 3.2 support", ""),
    ],
)
def test_what_is_no_longer_supported_is_called_by_its_name_without_versions(title, what):
    assert ended(title) == what


WHY = (
    "Redis loses jobs at a deploy, because nothing in it is durable here.\n\nUsers and operators "
    "want to restart the service at any time, so we should not depend on its behaviour. RabbitMQ "
    "supports durable queues by design, so that we prefer it to a layer of our own above Redis."
)


@pytest.mark.parametrize(
    ("message", "files", "is_likely"),
    [
        (f"Require durable queues by default\n\n{WHY}", 9, True),
        (f"worker: never keep jobs in Redis by default\n\n{WHY}", 9, True),
        ("Rename get_job() to job_of()\n\nThis is clearer, as the type is a struct.", 1, False),
        ("build: reuse the helper\n\nIn order to prepare the next commit, we move it.", 2, False),
    ],
)
def test_a_choice_that_is_argued_for_is_likelier_than_code_that_moves(message, files, is_likely):
    said = read_message(a_commit(message))
    signs = signs_of(said)._replace(files=files, folders=files // 2)

    assert (worth_of(signs) > LEAST) is is_likely


@pytest.mark.parametrize("mark", ["", "1: ", "2. ", "3) ", "[4] ", "[5]: "])
def test_what_a_footnote_refers_to_is_no_sentence(mark):
    lines = ["We keep them because users pay [1].", "", f"{mark}https://example.org/users-need-it"]

    assert [one.text for one in sentences(lines)] == [lines[0]]


def test_an_explanation_is_how_a_message_begins_with_its_reason():
    lines = ["", "", "Jobs were lost.", "", "Nobody saw it.", "We keep them because users pay."]
    [reason] = reasons_of(lines)

    assert (
        explanation(lines, reason)
        == "Jobs were lost. Nobody saw it. We keep them because users pay."
    )


def test_a_link_on_a_line_of_its_own_does_not_cut_the_sentence_that_it_stands_in():
    why = "Sessions were lost at a deploy, because nothing is durable."
    for body in (
        f"See https://example.org/changes\nfor changes. {why}",
        f"It is as the notes of\nhttps://example.org/changes\nsay. {why}",
    ):
        message = read_message(a_commit(f"Require durable queues\n\n{body}"))
        own = ["", "", *body.split("\n")]
        assert (message.reasons[0].text, message.reasons[0].line) == (why, len(own))
        assert explanation(own, message.reasons[0]) == " ".join(body.split())
    for line in ("https://example.org/a", "Closes #12", "See #12"):
        for below in (why, f"\n{why.lower()}"):
            [reason] = read_message(a_commit(f"Require durable queues\n\n{line}\n{below}")).reasons
            assert reason.text.lower() == why.lower()


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("We decided to keep jobs in the database because Redis loses them.",
         "keep jobs in the database"),
        ("Because Redis loses jobs, we chose RabbitMQ for all queues.",
         "Use RabbitMQ for all queues"),
        ("However, we decided to keep this anyway, since it works.", ""),
    ],
)  # fmt: skip
def test_the_title_is_the_choice_without_the_reason(sentence, title):
    assert title_of(sentence) == title


@pytest.mark.parametrize(
    ("path", "gone", "came"),
    [
        ("package.json", '    "moment": "^2.0.0",', '    "date-fns": "^3.0.0",'),
        ("requirements.txt", "uWSGI==2.0", "gunicorn==20.1"),
        ("requirements/common.txt", "python-memcached==1.53", "pylibmc==1.5.0"),
        ("pyproject.toml", '    "bleach>=5",', '    "nh3>=0.2",'),
        ("Gemfile", 'gem "commander", "~> 4"', 'gem "mercenary"'),
        ("go.mod", "\tgithub.com/jinzhu/gorm v1.9.1", "\tgorm.io/gorm v1.25.0"),
        ("pom.xml", "<artifactId>derby</artifactId>", "<artifactId>h2</artifactId>"),
    ],
)
def test_a_manifest_tells_what_came_in_place_of_what(path, gone, came):
    diff = [f"--- a/{path}", f"+++ b/{path}", "@@ -7 +7 @@", f"-{gone}", f"+{came}"]
    swap = read_swap(diff)

    assert (swap.place(""), len(swap.gone), len(swap.came)) == ((path, 7), 1, 1)
    assert read_swap([*diff[:3], f"-{gone}", f"+{gone}1"]) is None


@pytest.mark.parametrize(
    ("path", "passing", "kept"),
    [
        ("Cargo.toml", ['-rust-version = "1.92"', '+rust-version = "1.95"'], '-cfg-if = "1"'),
        ("Cargo.toml", ['+resolver = "2"', '+  "schedule_data",'], '+either = "1.13"'),
        ("Gemfile", ['-gem "a", "~> 1"', '+gem "a",   "~> 1"'], '+gem "db-query-matchers"'),
        ("package.json", ['-  "keytar": "^3.0.0",', '+  "keytar": "us/node-keytar#ours",'],
         '-    "marky": "^1.2.0",'),
    ],
)  # fmt: skip
def test_a_swap_is_where_a_dependency_came_or_went(path, passing, kept):
    swap = read_swap(
        [f"--- a/{path}", f"+++ b/{path}", "@@ -3 +3 @@", *passing, "@@ -9 +9 @@", kept]
    )

    assert (swap.place("")[1], len(swap.gone) + len(swap.came)) == (9, 1)


def test_a_swap_is_where_the_one_is_that_a_title_names():
    lines = ['+    "@typescript-eslint/parser": "~5",', '-    "commander": "~11",']
    swap = read_swap(["--- a/package.json", "+++ b/package.json", "@@ -3 +3,2 @@", *lines])

    assert swap.place("Migrate from commander to inhouse CLI parser") == ("package.json", 4)
    assert swap.place("Use @typescript-eslint/parser") == ("package.json", 3)


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Fixes #37126 - Replace node-sass with sass", "Replace node-sass with sass"),
        ("Fixed #12345 -- Dropped support for MySQL 8.0.", "Dropped support for MySQL 8.0."),
        ("Bug 1234567 - Switch to terser", "Switch to terser"),
        ("chore(deps): replace dependency node-uuid with uuid ^3.2.0 (#15286)",
         "replace dependency node-uuid with uuid"),
    ],
)  # fmt: skip
def test_a_title_is_without_the_issue_and_the_version_that_a_tool_wrote(subject, title):
    assert read_message(a_commit(subject)).title == title


def test_what_is_mended_for_an_issue_is_no_choice():
    assert read_message(a_commit("Fixes #35068 - Expired token returns 401 instead of 412")) is None


def test_what_was_done_is_told_below_a_heading():
    said = ["# Objective", "md5 is slow.", "## Solution", "- Use either", "# Testing", "All pass."]

    assert lines_of_work(said) == {6, 8}


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("In addition, this removes the date field, since we don't use it anywhere.", True),
        ("If you do upgrade, make sure to import it rather than the old one.", True),
        ("Additionally, the performance of Prism is much faster than Ripper.", False),
        ("As toml is an abandoned package, switch to another.", False),
    ],
)
def test_what_else_was_done_and_what_to_do_is_no_reason(sentence, is_one):
    assert is_aside(sentence) is is_one


def test_documents_and_changelogs_tell_decisions_by_line():
    text = (
        "# Design\n\nIntro.\n\nWe decided to keep jobs in the database because Redis loses them.\n"
    )
    [found] = read_document("docs/design.md", text)

    assert (found.origin, found.evidence.line) == ("document", 5)
    assert list(read_document("docs/design.md", "# Usage\n\nWe use it because you asked.\n")) == []
    [entry] = read_document(
        "CHANGELOG.md",
        "# 2.0\n\n- Drop the XML exporter because nobody could maintain its schema.\n",
    )
    assert (entry.origin, entry.title) == ("changelog", "Drop the XML exporter")


@pytest.mark.parametrize(
    ("reason", "is_one"),
    [
        ("This breaks older clients, which send no version.", True),
        ("A number of users complained that their containers need it.", True),
        ("With it every listing takes quadratic time, too slow for large stores.", True),
        ("We decided against it, since translations have pages of their own.", True),
        ("This failed when the constant was not defined yet.", False),
        ("This broke invitations as the server could not verify them.", False),
        ("The message doesn't say when the method will go.", False),
        ("This does not solve the problem that was reported.", False),
    ],
)
def test_what_is_taken_back_needs_a_ground_that_lasts(reason, is_one):
    assert tells_harm(reason) is is_one


def test_the_merge_of_a_bot_is_no_title():
    assert title_of("Auto merge of #2269 - someone:some-branch, r=another") == ""
