"""What the phrases of a request mean, by how files and their folders are called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.codebase import Route, Table
from memory.code.findings.rule import finding
from memory.code.known import KnownCode
from memory.coordination.code_names import files_joined, named_places
from memory.coordination.families import family_of
from memory.coordination.named_parts import named_parts
from memory.coordination.phrases import bare_phrases, phrases_of
from memory.coordination.programs import of_backend
from memory.coordination.scoping import about_of, scoped
from memory.coordination.subject import extracted
from memory.coordination.worked_out.registry import WorkSubject
from memory.models.findings import Spot
from memory.texts.lexicon import read_lexicon


@pytest.fixture
def desk(code):
    """A backend of one module, and a client that no import joins to it."""
    base = code(
        [
            ("server/views/staff.py:show", "server/domain/notifications/providers/mail.py:Mail"),
            ("server/views/kb.py:show", "server/domain/tickets.py:Ticket"),
            ("server/controllers/ticket_controller.py:show", "server/domain/tickets.py:Ticket"),
            ("server/worker/loop.py:run", "server/cmd/start.py:run"),
            ("server/checks/check.py:run", "server/domain/tickets.py:Ticket"),
            ("client/pages/tickets.py:page", "client/types.py:Ticket"),
            ("client/notifications/providers.py:page", "client/types.py:Ticket"),
        ]
    )
    routes = (
        Route("GET", "/staff", "show", "server/views/staff.py", 1, symbol="show"),
        Route("GET", "/kb", "show", "server/views/kb.py", 1, symbol="show"),
    )
    return replace(base, routes=routes)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("of the staff views: who may see them", ["staff views"]),
        ("across the controllers and the validation", ["controllers", "validation"]),
        ("between threads, replies and articles", ["threads", "replies", "articles"]),
        ("for the public API beside version 1", []),
        ("across all endpoints of our application", []),
        ("what the tag list reads", ["tag list"]),
        ("the project's handlers", ["project handlers"]),
        ("in one place", []),
    ],
)
def test_a_phrase_is_what_stands_after_an_article_or_a_preposition(text, found):
    assert phrases_of(text) == found


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("of the staff views", {"server/views/staff.py"}),
        ("between the notification providers", {"server/domain/notifications/providers/mail.py"}),
        ("for the knowledge base pages", {"server/views/kb.py"}),
        ("across the commands", {"server/cmd/start.py"}),
        ("across the controllers", {"server/controllers/ticket_controller.py"}),
        ("in the telepathy handlers", set()),
    ],
)
def test_a_phrase_means_what_folders_and_files_are_called_together(desk, text, paths):
    assert set(named_parts(desk, text, (), ()).paths) == paths


def test_words_of_a_name_may_stand_in_another_order(code):
    base = code(
        [
            ("app/check_links.py:run", "app/link_check.py:Check"),
            *((f"app/{name}.py", "app/link_check.py") for name in "abcde"),
        ]
    )

    found = extracted(base, "Extract the link checking into a service")

    assert found.files == ("app/check_links.py", "app/link_check.py")


def test_a_folder_that_is_called_as_parts_are_is_no_module_that_a_phrase_means(desk):
    files = {**desk.files, "routes/web.py": desk.files["client/types.py"]._replace(module="routes")}
    wide = replace(desk, files=files)

    about = about_of(wide, "Security audit of the staff routes", "security")

    assert (about.modules, [one.path for one in about.routes]) == ((), ["/staff"])


def test_a_word_that_tells_no_part_from_another_is_no_module_that_is_called_so(desk):
    files = {**desk.files, "public/app.py": desk.files["client/types.py"]._replace(module="public")}
    wide = replace(desk, files=files)

    assert about_of(wide, "Introduce version 2 of the public API", "API versioning").names == ()
    said = "Find duplicate code in the public folder"
    assert about_of(wide, said, "deduplication").modules == ("public",)


def test_what_is_asked_is_no_table_that_is_called_so(desk):
    cache = Table("cache", (), (), (), (), (), "", "server/db.sql", 1)
    wide = replace(desk, tables=(cache,))

    assert about_of(wide, "Implement caching for the staff views", "caching").tables == ()
    assert about_of(wide, "Redesign the schema of cache", "schema redesign").tables == (cache,)


def test_a_word_that_says_what_is_asked_is_no_part_of_a_name(code):
    base = code(
        [
            ("shop/login_attempts.py:run", "shop/session.py:Session"),
            ("shop/basket.py:run", "shop/session.py:Session"),
            ("shop/cart.py", "shop/basket.py"),
        ]
    )
    said = "Rework the authentication of the login attempts and of login_attempts"

    about = about_of(base, said, "authentication")

    assert (about.files, about.doubt) == (("shop/login_attempts.py",), "")


def test_a_phrase_that_no_file_is_called_by_means_the_routes_that_are(desk):
    reset = Route("GET", "/auth/reset_password/{token}", "x", "server/views/kb.py", 9, symbol="x")
    wide = replace(desk, routes=(*desk.routes, *desk.routes, reset))
    said = "the password reset"

    about = about_of(wide, f"Security audit of {said}", "security")
    lost = about_of(wide, f"Find duplicate code in {said}", "deduplication")

    assert (about.routes, about.called, about.doubt) == ((reset,), "password reset", "")
    assert lost.doubt == "password reset: no file, folder or route is known to be called so"


def test_a_finding_of_another_route_of_a_file_is_none_of_the_route_that_is_meant(desk):
    path = "server/views/kb.py"
    reset = Route("GET", "/auth/reset_password/{token}", "x", path, 9, symbol="x")
    wide = replace(desk, routes=(*desk.routes, *desk.routes, reset))
    about = about_of(wide, "Security audit of the password reset", "security")
    own, other = (
        finding("security.open", (str(line),), "open", [Spot(file=path, line=line)])
        for line in (9, 1)
    )
    known = KnownCode(wide, None, None)
    subject = WorkSubject(known, [own, other], (), about, None, (), lambda _: "")

    assert scoped(subject, "security").findings == [own]


def test_no_word_of_a_phrase_stands_in_a_list_where_it_cannot_be_met():
    lists = {name: said.split() for name, said in read_lexicon("coordination")["phrases"].items()}
    limits = lists["opening"] + lists["ending"]

    assert len(limits) == len(set(limits))
    for name in ("whole", "sorts"):
        assert len(lists[name]) == len(set(lists[name]))
        assert not set(lists[name]) & set(limits)


def test_first_letters_are_taken_for_a_name_and_that_is_told(desk):
    found = named_parts(desk, "for the knowledge base", (), ())

    assert found.doubts == ("knowledge base: taken for what is called kb",)


def test_what_parts_are_called_as_is_no_name_that_is_missing(desk):
    assert named_parts(desk, "in the handlers and the telepathy", (), ()).unknown == ("telepathy",)


def test_a_module_may_be_named_in_the_other_number(code):
    base = code([("manager/a.py:run", "controller/b.py:run"), ("x/a.py", "manager/a.py")])

    assert named_parts(base, "in the managers", (), ()).modules == ("manager",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Standardise shopping list errors", ["shopping list errors"]),
        ("rate limiting to login endpoint", ["rate limiting", "login"]),
        ("Find duplicate code", []),
        ("Add ; support everywhere", []),
        ("Untangle ticket and report modules", ["ticket", "report"]),
    ],
)
def test_a_request_without_articles_is_about_its_nouns(text, found):
    assert bare_phrases(text) == found


@pytest.mark.parametrize(
    ("query", "family"),
    [
        ("Add rate limiting to login endpoint", ""),
        ("Rework the login", "authentication"),
        ("Standardise shopping list errors", "standardising errors"),
        ("Split billing service", "extraction of a service"),
        ("Speed up the slow pages", "performance"),
    ],
)
def test_what_is_asked_of_a_page_is_not_what_the_page_is_called_by(query, family):
    assert family_of(query) == family


def test_a_request_without_articles_is_bound_by_its_nouns_or_lost(desk):
    def asked(query):
        about = about_of(desk, query, family_of(query))
        return about.files, about.doubt

    assert asked("Standardise notification provider errors")[0] == (
        "server/domain/notifications/providers/mail.py",
    )
    assert asked("Deduplicate telepathy parsers")[1].startswith("telepathy parsers: no file")
    assert asked("Find all duplicate code across modules") == ((), "")


def test_a_service_is_split_into_services_and_not_into_classes(forum_of_services):
    def found(text):
        return extracted(forum_of_services, text).files

    assert found("Split billing service") == ("app/billing/run.py",)
    assert found("Split the billing service into three services") == ("app/billing/run.py",)
    assert found("Split the billing service into smaller classes") == ()


@pytest.fixture
def forum_of_services(code):
    base = code(
        [
            ("app/billing/run.py:run", "app/mail/outbox.py:send_email"),
            ("app/codegen/run.py:run", "app/mail/outbox.py:send_email"),
            *((f"app/{name}.py:run", "app/mail/outbox.py:send_email") for name in "abcd"),
        ]
    )
    files = {path: one._replace(module="app", lines=20) for path, one in base.files.items()}
    symbols = {place: one._replace(line=1, last_line=15) for place, one in base.symbols.items()}
    return replace(base, files=files, symbols=symbols)


def test_of_things_that_nothing_joins_and_one_name_none_is_extracted(forum_of_services):
    stray = {
        "app/reports/billing.py": forum_of_services.files["app/a.py"],
    }
    symbols = {
        place._replace(path="app/reports/billing.py"): one
        for place, one in forum_of_services.symbols.items()
        if place.path == "app/a.py"
    }
    apart = replace(
        forum_of_services,
        files={**forum_of_services.files, **stray},
        symbols={**forum_of_services.symbols, **symbols},
    )
    found = extracted(apart, "Extract billing into a service")

    assert found.files == ()
    assert found.doubt == (
        "billing: 2 things apart are called so: app/billing/run.py, app/reports/billing.py"
    )


def test_words_of_which_a_name_has_the_beginnings_in_one_are_taken_for_it(forum_of_services):
    found = extracted(forum_of_services, "Extract the code generator into a service")

    assert found.files == ("app/codegen/run.py",)
    assert found.doubt == "code generator: taken for what is called codegen"
    assert not extracted(forum_of_services, "Extract the code sheriff into a service").names


@pytest.mark.parametrize(
    ("name", "said", "is_so"),
    [
        ("codegen", "code generator", True),
        ("ratelimit", "rate limits", True),
        ("healthcheck", "health check", True),
        ("codes", "code style", False),
        ("order", "order service", False),
        ("admin", "admin pages", False),
        ("userpost", "us postal", False),
        ("codegenerators", "code generator", False),
    ],
)
def test_a_name_has_the_beginnings_of_all_words_and_nothing_else(code, name, said, is_so):
    base = code([(f"app/{name}/run.py:run", "app/b.py:run")])

    assert bool(files_joined(base, said)) == is_so


def test_a_file_is_taken_for_what_most_of_it_defines(forum_of_services):
    found = extracted(forum_of_services, "Extract the email sending into a service")

    assert found.files == ("app/mail/outbox.py",)
    assert found.doubt == "email sending: taken for what is called send_email"
    files = {path: one._replace(lines=200) for path, one in forum_of_services.files.items()}
    wide = replace(forum_of_services, files=files)
    assert not extracted(wide, "Extract the email sending into a service").names


def test_a_schema_that_phrases_do_not_find_is_lost(code):
    settings = Table("user_settings", (), (), (), (), (), "", "app/db.sql", 1)
    base = replace(code([("app/a.py:run", "app/b.py:run")]), tables=(settings,))

    def asked(query):
        about = about_of(base, query, family_of(query))
        return about.tables, about.doubt

    assert asked("Redesign the schema of the user settings") == ((settings,), "")
    assert asked("Redesign user setting schema") == ((settings,), "")
    assert asked("Redesign the schema of the invoices") == (
        (),
        "invoices: no table is known to be called so",
    )
    assert asked("Redesign the database schema") == ((), "")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("Find duplicate code between the worker and the checks", ["across"]),
        ("Find duplicate code in the worker and the checks", ["across", "inside"]),
        ("Find duplicate code between the worker and the telepathy", None),
    ],
)
def test_what_stands_twice_between_parts_has_places_in_both(desk, query, told):
    def clone(name, *files):
        spots = [Spot(file=one, line=1, last_line=9) for one in files]
        return finding("duplication.clone", (name,), name, spots)

    found = [
        clone("across", "server/worker/loop.py", "server/checks/check.py"),
        clone("inside", "server/worker/loop.py", "server/worker/loop.py"),
    ]
    about = about_of(desk, query, "deduplication")
    subject = WorkSubject(KnownCode(desk, None, None), found, (), about, None, (), lambda _: "")

    if told is None:
        assert about.names == ()
        assert about.doubt.startswith("telepathy: no file")
    else:
        assert [one.message for one in scoped(subject, "deduplication").findings] == told


def test_a_folder_in_a_module_is_meant_before_the_module_around_it(desk):
    def files(text):
        return set(named_parts(desk, text, (), ()).paths)

    folder = {"server/checks/api/show.py": desk.files["server/views/kb.py"]}
    wide = replace(desk, files={**desk.files, **folder})

    assert set(named_parts(wide, "in the checks api package", (), ()).paths) == {*folder}
    assert files("in the worker package") == {"server/worker/loop.py"}


def test_of_a_module_that_is_only_a_part_of_what_is_said_nothing_is_told(desk):
    found = named_parts(desk, "in the client telepathy", ["client"], ())

    assert (found.modules, found.unknown) == ((), ("client telepathy",))


@pytest.mark.parametrize(
    ("text", "paths", "unknown"),
    [
        ("Limit quotas of tickets", set(), ("quotas",)),
        ("the quotas of the tickets", set(), ("quotas",)),
        ("the worker of the checks", {"server/worker/loop.py", "server/checks/check.py"}, ()),
        ("the quotas and the worker", {"server/worker/loop.py"}, ("quotas",)),
    ],
)
def test_of_what_something_unknown_is_of_nothing_is_told(desk, text, paths, unknown):
    found = named_parts(desk, text, (), ())

    assert {*found.paths} == paths
    assert found.unknown == unknown


def test_a_module_beside_what_modules_alone_are_told_of_is_kept(code):
    base = code([("mail/sender.py:send", "users/a.py:A"), ("billing/a.py:a", "users/b.py:B")])
    text = "What depends on the mail sender and billing?"

    about = about_of(base, text, family_of(text))

    assert (about.modules, about.files) == (("billing",), ())
    assert about.doubt == "mail sender: what modules need alone is told"


def test_a_backend_is_what_imports_join_to_what_answers_requests(desk):
    own = of_backend(desk, ["client/types.py", "server/domain/tickets.py"])

    assert own == ["server/domain/tickets.py"]
    assert of_backend(desk, ["client/types.py"]) == ["client/types.py"]


@pytest.mark.parametrize("said", ["providers", "provider view", "providers handler"])
def test_a_file_of_the_client_is_not_meant_where_the_backend_has_what_is_called_so(desk, said):
    query = f"Standardise error handling in the {said}"
    kept = Table("providers", (), (), (), (), (), "Provider", "server/x.py", 1, symbol="Provider")

    about = about_of(replace(desk, tables=(kept,)), query, "standardising errors")

    assert "client/notifications/providers.py" not in about.files
    assert about.files or about.doubt.startswith(f"{said}: no file")


@pytest.mark.parametrize(
    ("said", "names", "doubt"),
    [
        ("the show view", ["show"], ""),
        ("the list orders handler", ["list_orders"], ""),
        ("the save function", ["save"], ""),
        ("the save view", [], "no file, folder or route"),
        ("the pay view", [], "2 functions are called so: a/views.py:pay, b/views.py:pay"),
    ],
)
def test_a_function_is_named_by_what_it_is(code, said, names, doubt):
    views = "a/views.py:show a/views.py:shows a/views.py:list_orders a/views.py:pay b/views.py:pay"
    base = code([(one, "a/store.py:save", "call") for one in views.split()])
    served = [one.split(":") for one in views.split()]
    base = replace(
        base,
        symbols={place: one._replace(kind="function") for place, one in base.symbols.items()},
        routes=tuple(Route("GET", f"/{n}", "x", p, 1, symbol=n) for p, n in served),
    )

    about = about_of(base, f"Split {said} into smaller functions", "restructuring within")

    assert [name for name, _ in about.places] == names
    assert doubt in about.doubt if doubt else not about.doubt


def test_of_two_definitions_the_one_of_the_backend_is_meant(desk):
    [(_, place)] = named_places(desk, "What breaks if we change Ticket?")

    assert place.path == "server/domain/tickets.py"
    assert not about_of(desk, "What breaks if we change Ticket?", "change of a model").doubt


def test_a_model_is_the_file_among_models_where_another_thing_has_its_name(code):
    base = code(
        [
            ("app/store.py:run", "app/model/Watch.py:model", "call"),
            ("app/flask.py:run", "app/api/Watch.py:Watch", "call"),
            ("app/flask.py:run", "app/models/tag.py:Tag", "call"),
            ("app/flask.py:run", "app/api/tag.py:Tag", "call"),
        ]
    )

    def meant(text):
        return [place.path for _, place in named_places(base, text)]

    assert meant("What breaks if we change the Watch model?") == ["app/model/Watch.py"]
    assert meant("What breaks if we change the Tag model?") == ["app/models/tag.py"]
    assert meant("What breaks if we change Watch?") == ["app/api/Watch.py"]


def test_what_else_is_called_so_is_told(code):
    base = code(
        [
            ("a/x.py:run", "a/models.py:User", "call"),
            ("b/y.py:run", "b/models.py:User", "call"),
            ("a/x.py", "b/y.py"),
        ]
    )

    doubt = about_of(base, "What breaks if we change the User model?", "change of a model").doubt

    assert doubt == "User: 2 definitions are called so; what is told is of a.models.User"


def test_what_is_to_be_extracted_is_not_what_the_clause_about_it_names(desk):
    found = extracted(desk, "Split the worker that runs the checks into a service of its own")

    assert found.files == ("server/worker/loop.py",)


def test_the_plural_of_a_type_is_what_extends_it(code):
    base = code(
        [
            ("pay/stripe.py:Stripe", "pay/base.py:PaymentProvider", "inherit"),
            ("pay/cash.py:Cash", "pay/base.py:PaymentProvider", "inherit"),
            ("web/filter.py:PaymentProviderFilter", "web/app.py:App", "call"),
            *((f"web/{name}.py", "web/app.py") for name in "abcd"),
        ]
    )

    found = extracted(base, "Extract the payment providers into a service of their own")

    assert found.files == ("pay/base.py", "pay/cash.py", "pay/stripe.py")
