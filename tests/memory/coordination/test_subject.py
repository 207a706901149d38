"""What a request is about: only what it names, and not what it is for."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from memory.code.codebase import CodePlace, Column, Route, Symbol, Table
from memory.coordination.families import words_of
from memory.coordination.subject import extracted, main_part, page_of, subject_of


@pytest.fixture
def forum(code):
    columns = (Column("id", "int", nullable=False), Column("user_name", "text", nullable=False))
    base = code(
        [
            ("forum/views.py:Show", "forum/models.py:Topic", "call"),
            ("plugins/loader.py:load", "forum/models.py:Topic", "use"),
            ("backups/upload/manager.py:Manager", "forum/models.py:Topic", "use"),
            ("jobs/BackupJob.py:BackupJob", "backups/upload/manager.py:Manager", "use"),
            ("services/importer.py:run", "forum/models.py:Topic", "use"),
            ("services/exporter.py:run", "forum/models.py:Topic", "use"),
            ("services/mailer.py:run", "forum/models.py:Topic", "use"),
            ("web/pages.py:page", "forum/models.py:Topic", "use"),
            ("controllers/a.py:page", "forum/models.py:Topic", "use"),
            ("controller/a.py:page", "forum/models.py:Topic", "use"),
        ],
        tables=(
            Table("topics", columns, ("id",), (), (), (), "Topic", "forum/models.py", 1, "Topic"),
            Table("topic_reads", columns, ("id",), (), (), (), "", "forum/tables.sql", 1),
        ),
    )
    routes = (
        Route("GET", "/api/client/topics", "Show", "forum/views.py", 1, symbol="Show"),
        Route("GET", "/api/remote/topics", "Show", "forum/views.py", 2, symbol="Show"),
    )
    return replace(base, routes=routes)


def names(forum, text, *, of_data=False):
    return subject_of(forum, text, (), of_data=of_data).names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rename Topic.userName", ("topics.user_name",)),
        ("Rename topics.user_name", ("topics.user_name",)),
        ("Change the topic model", ("Topic",)),
        ("Move the topics table elsewhere", ("topics",)),
        ("Shard topic_reads by day", ("topic_reads",)),
        ("Write about topics", ()),
        ("Say who may call the client API", ("client",)),
        ("Rate limits for the client and remote endpoints", ("client and remote",)),
        ("Say who may call the API", ()),
        ("Refactor login so that plugins can add to it", ()),
        ("Rename the Topic controller", ("Topic",)),
        ("Clean up the controllers module", ("controllers",)),
        ("Refactor plugins so that login is simpler", ("plugins",)),
    ],
)
def test_a_request_is_about_what_it_names_before_what_it_is_for(forum, text, found):
    assert names(forum, text) == found


def test_of_an_api_pages_below_the_same_path_are_none_where_it_has_a_path_of_its_own(forum):
    pages = Route("GET", "/client/topics", "Show", "forum/views.py", 3, symbol="Show")
    wide = replace(forum, routes=(*forum.routes, pages))

    def paths(text):
        return [one.path for one in subject_of(wide, text, (), of_data=False).routes]

    assert paths("Version the client API") == ["/api/client/topics"]
    assert paths("Say who may call the client endpoints") == [
        "/api/client/topics",
        "/client/topics",
    ]


def test_a_member_that_is_not_known_is_told_as_such(forum):
    found = subject_of(forum, "Rename Topic.colour", (), of_data=False)
    assert (found.names, found.members) == (("Topic",), ("Topic.colour",))
    assert subject_of(forum, "Rename Topic.user_name", (), of_data=False).members == ()


def test_the_name_of_a_table_alone_means_it_only_where_data_are_asked_about(forum):
    assert names(forum, "Cache topics", of_data=True) == ("topics",)
    assert names(forum, "Cache topics") == ()


def test_of_what_is_slow_a_page_is_named_by_a_part_of_its_path(forum):
    page = Route("GET", "/reports/{id}", "Show", "forum/views.py", 3, symbol="Show")
    wide = replace(forum, routes=(*forum.routes, *forum.routes, page))

    def found(text):
        about = page_of(wide, text)
        return [one.path for one in about.routes], about.called

    assert found("Cache what is slow in the report") == (["/reports/{id}"], "report")
    assert found("Speed up our reports") == (["/reports/{id}"], "reports")
    assert found("Cache what the list of reports reads") == (["/reports/{id}"], "reports")
    assert found("Report what is slow") == found("Caching for the API") == ([], "")


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("Extract backups into a service", ("backups/upload/manager.py", "jobs/BackupJob.py")),
        ("Carve out the backup code as a service of its own",
         ("backups/upload/manager.py", "jobs/BackupJob.py")),
        ("Extract importing and exporting of topics into a service",
         ("services/exporter.py", "services/importer.py")),
        ("Extract telepathy into a service", ()),
        ("Plan the service extraction", ()),
    ],
)  # fmt: skip
def test_what_is_to_be_extracted_is_what_is_called_like_it(forum, text, files):
    base = replace(forum, routes=())
    base = replace(
        base, files={path: one._replace(module="app") for path, one in base.files.items()}
    )
    assert extracted(base, text).files == files


def test_of_words_that_nothing_is_called_by_together_nothing_is_meant(forum):
    files = {path: one._replace(module="app") for path, one in forum.files.items()}
    base = replace(forum, files=files)

    found = extracted(base, "Extract cloud backups into a service")
    some = extracted(base, "Extract importing and telepathy into a service")

    assert found.names == ()
    assert found.doubt == "cloud backups: no module, file or folder is known to be called so"
    assert some.files == ("services/importer.py",)
    assert some.doubt == "telepathy: no module, file or folder is known to be called so"
    assert not extracted(base, "Extract backups into a service").doubt


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Redesign the schema of the topic reads", ("topic_reads",)),
        ("Redesign the schema of the topic tags", ()),
        ("Cache topic lists", ("topics",)),
        ("What breaks if topics change?", ("topics",)),
        ("Cache the topics", ("topics",)),
        ("Cache the topic archive", ()),
    ],
)
def test_a_table_is_meant_by_all_of_a_phrase_and_by_no_part_of_a_longer_one(forum, text, found):
    assert names(forum, text, of_data=True) == found


def test_what_is_written_out_is_what_names_of_code_have_short(forum):
    table = forum.tables[0]._replace(table="config", symbol="")

    wide = replace(forum, tables=(table,))
    assert names(wide, "Cache what the configuration reads", of_data=True) == ("config",)


def test_what_is_called_so_is_all_of_that_where_a_module_is_not_named_to_the_letter(code):
    base = code(
        [
            ("steps_taken/run.py:run", "web/models.py:Model"),
            ("web/steps_taken/view.py:show", "steps_taken/run.py:run"),
            *((f"web/{name}.py:run", "web/models.py:Model") for name in "abcdef"),
        ]
    )

    by_words = extracted(base, "Extract the steps taken into a service")
    to_the_letter = extracted(base, "Extract steps_taken into a service")

    assert by_words.files == ("steps_taken/run.py", "web/steps_taken/view.py")
    assert to_the_letter.modules == ("steps_taken",)


def test_types_alone_are_no_service(forum):
    base = replace(forum, routes=(), tables=())
    symbols = {place: one._replace(kind="type") for place, one in base.symbols.items()}

    assert extracted(base, "Extract importing of topics into a service").files
    assert not extracted(replace(base, symbols=symbols), "Extract importing of topics").files


def test_a_module_is_to_be_extracted_by_its_name(forum):
    whole = extracted(forum, "Extract the plugins module into a service")
    part = extracted(forum, "Extract plugins importing into a service")

    assert (whole.modules, whole.doubt) == (("plugins",), "")
    assert part.names == ()
    assert part.doubt == ("plugins importing: no module, file or folder is known to be called so")


def test_of_an_api_that_no_route_is_called_by_nobody_can_tell_the_routes(forum):
    about = subject_of(forum, "Version the billing API", (), of_data=False)
    assert about.doubt.startswith("the billing API: no route is called so")
    for said in ("the client", "the public", "the entire", "our own", "our"):
        text = f"Version {said} API"
        assert not subject_of(forum, text, (), of_data=False).doubt


def test_a_module_that_is_called_as_modules_are_is_meant_only_where_it_is_said_to_be_one(forum):
    kept = {"app/modules/a.py": forum.files["web/pages.py"]._replace(module="modules")}
    wide = replace(forum, files={**forum.files, **kept})

    assert names(wide, "How are modules coupled?") == ()
    assert names(wide, "How is the modules folder coupled?") == ("modules",)


def test_what_only_serves_as_a_reason_is_cut_off():
    assert main_part("Version the API without downtime") == "Version the API "
    assert main_part("So that it works, do it") == "So that it works, do it"


def test_a_long_row_of_blanks_holds_nobody(forum):
    began = time.monotonic()
    extracted(forum, "Extract the mail" + " " * 19_000 + "and nothing else")
    assert time.monotonic() - began < 1


def test_what_a_thing_is_called_as_is_no_table(forum):
    modules = forum.tables[0]._replace(table="modules", symbol="")
    base = replace(forum, tables=(modules,))
    said = "What is slow in the ranking module?"
    assert not subject_of(base, said, (), of_data=True).tables
    assert subject_of(base, "What is slow by the modules table?", (), of_data=True).tables


def test_the_new_name_of_a_column_is_no_member_that_is_missing(forum):
    about = subject_of(forum, "Rename Topic.userName to `Topic.author`", (), of_data=True)
    assert about.names == ("topics.user_name",)
    assert about.members == ()


def test_a_version_that_is_asked_for_is_no_module(code):
    text = "Introduce version 2 of the API beside version 1"
    base = code([("version/a.go:f", "web/b.go:g", "call")])

    assert subject_of(base, text, words_of(text, "API versioning"), of_data=False).names == ()


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("What breaks if we change TopicRead?", []),
        ("What breaks if we change the TopicRead model?", ["topic_reads"]),
        ("Change TopicRead and topic_reads", ["topic_reads"]),
        ("Shard topic_reads by day", ["topic_reads"]),
    ],
)
def test_that_a_type_is_kept_in_a_table_that_is_called_like_it_is_not_known(forum, text, tables):
    place = CodePlace("web/pages.py", "TopicRead")
    symbols = {**forum.symbols, place: Symbol(place, "class", 1, 9, "public")}

    found = subject_of(replace(forum, symbols=symbols), text, (), of_data=True)

    assert [one.table for one in found.tables] == tables
    assert ("whether TopicRead is kept in it" in found.doubt) is (not tables)
