"""A coordinator's answer: what it says is cited, and what it cannot say is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from memory.code.codebase import Route, Table, Unresolved
from memory.code.known import KnownCode
from memory.code.metrics import measure
from memory.code.past_changes import PastChange, PastChanges
from memory.coordination.code_names import named_places
from memory.coordination.coordinate import CoordinationInputs, coordinate
from memory.coordination.effort import effort_of
from memory.coordination.families import OF_A_MODEL, family_of
from memory.models.coordination import Request, TaskOwner


@pytest.fixture
def shop(code):
    """orders and users need each other; billing and a test rely on users."""
    return code(
        [
            ("orders/views.py:show", "users/models.py:User", "call"),
            ("orders/views.py", "users/models.py"),
            ("users/jobs.py", "orders/views.py"),
            ("billing/jobs.py", "users/models.py"),
            ("billing/jobs.py:run", "users/models.py:User", "use"),
            ("billing/api.py:pay", "billing/jobs.py:run", "call"),
            ("tests/test_users.py:test_it", "users/models.py:User", "call"),
        ]
    )


def ask(shop, query: str, past: PastChanges | None = None, governing=lambda _: (), **context):
    known = CoordinationInputs(
        code=KnownCode(shop, None, None),
        metrics=measure(shop, ()),
        findings=(),
        rules=(),
        series=(),
        past=past,
        hits=(),
        attempts=(),
        governing=governing,
        flags=lambda _: (),
        owner_of=lambda module: TaskOwner(agent=f"{module}-agent", reason=""),
    )
    return coordinate(Request(query=query, context=context), known)


@pytest.mark.parametrize(
    ("query", "family"),
    [
        ("Plan migration from REST to GraphQL", "migration of an interface"),
        ("Migrate from monolith to microservices", "migration to services"),
        ("Extract billing into a service", "extraction of a service"),
        ("Extract the webhooks code into a service", "extraction of a service"),
        ("Replace polling by webhooks", "migration of an interface"),
        ("Find all duplicate code across modules", "deduplication"),
        ("Deduplicate the forms", "deduplication"),
        ("Move billing into its own service", "extraction of a service"),
        ("Standardise how the controllers answer errors", "standardising errors"),
        ("Standardise permission checks across billing", "authentication"),
        ("What happens if we change the User model?", "change of a model"),
        ("How are modules coupled?", "dependency analysis"),
        ("Standardize error handling everywhere", "standardising errors"),
        ("Security audit across all endpoints", "security"),
        ("Extract shopping lists into a microservice", "extraction of a service"),
        ("Introduce version 2 of the public API", "API versioning"),
        ("Let every handler answer with errors of one shape", "standardising errors"),
        ("Cache what the OAuth login reads", "caching"),
        ("Split the users module into smaller functions", "restructuring within"),
        ("Split the users service into smaller functions", "restructuring within"),
        ("Split up views.py into several files", "restructuring within"),
        ("Break the pay handler into a few small private methods", "restructuring within"),
        ("Split the users service into services", "extraction of a service"),
        ("Split the users module into two services", ""),
        ("Paint the shed", ""),
    ],
)
def test_a_request_is_of_the_family_that_its_words_say(query, family):
    assert family_of(query) == family


def test_what_breaks_is_told_apart_from_what_degrades_and_all_of_it_is_cited(shop):
    found = ask(shop, "What breaks if we change the User model?")

    assert found.about == ("User",)
    assert [one.citations[0] for one in found.breaks_immediately] == [
        "billing/jobs.py:5",
        "orders/views.py:1",
    ]
    assert [(one.text, one.citations[-1]) for one in found.degrades] == [
        ("1 file of billing by way of others, in at most 6 steps", "billing/api.py:6")
    ]
    assert set(found.affected_modules) == {"users", "billing", "orders"}
    said = [*found.current_state, *found.breaks_immediately, *found.degrades, *found.tests]
    assert all(one.citations for one in said)
    steps = [step for phase in found.migration_plan for step in phase.steps]
    assert all(step.citations for step in steps)
    assert not any("turn round" in step.text for step in steps)
    assert ("change what uses User in billing: 1 definition", "billing-agent") in [
        (step.text, step.agent) for step in steps
    ]


@pytest.mark.parametrize("what", ["User", "the User class", "the users module"])
def test_what_is_split_where_it_is_is_neither_taken_out_nor_does_its_users_change(shop, what):
    found = ask(shop, f"Split {what} into smaller functions")

    assert found.about
    assert not any("smaller functions" in one for one in found.unknown)
    assert (found.migration_plan, found.breaks_immediately, found.extraction) == ((), (), None)
    assert "what breaks: what is named may keep what others use of it" in found.unknown


def test_who_uses_a_helper_of_a_modules_tests_is_no_test_of_the_module(code):
    base = code(
        [
            ("orders/views.py:show", "users/models.py:User", "call"),
            ("billing/tests/test_pay.py:test_it", "users/tests/util.py:log_in", "call"),
            ("orders/tests/test_show.py:test_it", "users/models.py:User", "call"),
        ]
    )

    found = ask(base, "Extract users into a service")

    assert [one.citations[0].partition(":")[0] for one in found.tests] == [
        "orders/tests/test_show.py"
    ]


def test_what_names_the_model_of_a_table_and_is_of_no_family_is_about_that(code):
    table = Table("users", (), (), (), (), (), "User", "users/models.py", 1, symbol="User")
    base = code([("orders/views.py:show", "users/models.py:User", "call")], tables=(table,))

    assert ask(base, "What if we let User go softly?").family == "change of a model"
    assert ask(base, "What if show goes?").family == ""


def test_what_names_the_code_that_changes_governs_it(shop):
    def written(target):
        told = {"kind": "decision", "status": "in force", "citation": "docs/adr/0001-a.md:1"}
        yield told | {"uid": "dec-a", "title": "Users stay", "why": "names User"}
        yield told | {"uid": "dec-b", "title": "Of all users", "why": "module users"}

    (one,) = ask(shop, "What breaks if we change the User model?", governing=written).governed_by
    assert (one.text, one.citations) == (
        "Users stay (in force); names User",
        ("docs/adr/0001-a.md:1",),
    )


def test_files_are_named_by_several_words_of_their_names_and_migrations_break_by_nothing(code):
    base = code(
        [
            ("db/shopping_list.py", "db/base.py"),
            ("routes/controller_shopping_lists.py", "db/shopping_list.py"),
            ("alembic/versions/1_shopping_list.py", "db/shopping_list.py"),
            ("db/list.py", "db/base.py"),
        ]
    )

    found = ask(base, "Move shopping lists elsewhere")

    assert found.about == ("db/shopping_list.py", "routes/controller_shopping_lists.py")
    assert not any("alembic" in one.text for one in found.breaks_immediately)


def test_of_two_definitions_the_one_in_a_migration_is_not_meant(code):
    base = code(
        [
            ("a/users.py", "b/m.py:User", "use"),
            ("alembic/versions/1.py:User", "a/users.py"),
            ("a/revisions/core/versions/1.py:User", "a/users.py"),
        ]
    )

    assert [place.path for _, place in named_places(base, "What breaks if User changes?")] == [
        "b/m.py"
    ]


@pytest.mark.parametrize("query", ["Standardize error handling in users", "Cache users"])
def test_nothing_breaks_by_what_is_done_within(shop, query):
    found = ask(shop, query)

    assert (found.breaks_immediately, found.degrades) == ((), ())
    assert "what breaks: what is named may keep what others use of it" in found.unknown


def test_where_nothing_is_named_it_is_said_that_all_of_the_code_is_told_of(shop):
    told = ask(shop, "Implement a global caching strategy").unknown

    assert (
        "what breaks: the request names nothing of the code that is known; "
        "what is worked out is of all of it" in told
    )


@pytest.mark.parametrize(
    "query",
    ["Cache what telepathy reads", "Security audit of the telepathy endpoints",
     "Find duplicate code between telepathy and telekinesis",
     "Standardise error handling in the telepathy handlers",
     "How is telepathy coupled to the telekinesis module?"],
)  # fmt: skip
def test_where_what_is_named_is_not_there_nothing_is_told_of_all_of_the_code(shop, query):
    route = Route("GET", "/orders", "show", "orders/views.py", 1, symbol="show")

    found = ask(replace(shop, routes=(route,)), query)

    assert (found.routes, found.worked_out, found.migration_plan) == ((), (), ())
    assert any("no file, folder or route is known to be called so" in one for one in found.unknown)


def test_routes_of_another_interface_than_the_one_that_is_migrated_are_not_told(shop):
    routes = [
        Route("GET", f"/{name}/api/orders", "show", "orders/views.py", line, symbol="show")
        for line, name in enumerate(("admin", "shop"), 1)
    ]

    found = ask(replace(shop, routes=tuple(routes)), "Migrate the admin API from REST to GraphQL")

    assert [one.text.split()[1] for one in found.routes] == ["/admin/api/orders"]
    told = [one.text for part in found.worked_out for one in part.statements]
    assert "GET: 1 route" in told


def test_a_test_is_asked_for_only_where_none_is_known(shop):
    def asked(base):
        steps = ask(base, "What breaks if we change the User model?").migration_plan[0].steps
        return [step.text for step in steps if step.text.startswith("write tests")]

    of_run = "write tests that reach billing.jobs.run: none is known to lead to their files"
    of_show = "write tests that reach orders.views.show: none is known to lead to their files"
    assert asked(shop) == [of_run, of_show]
    route = Route("GET", "/orders", "show", "orders/views.py", 1, symbol="show")
    assert asked(replace(shop, routes=(route,))) == [of_run]  # a test may ask for the other's route


def test_what_nobody_can_tell_is_named_and_not_filled_in(shop):
    found = ask(shop, "Paint the shed", timeline="3 months", constraints=["Zero downtime"])

    assert (found.family, found.effort, found.migration_plan) == ("", None, ())
    told = " / ".join(found.unknown)
    for said in ("none of the families", "names nothing of the code", "clients:",
                 "effort: fewer than 5", "3 months", "'Zero downtime'", "a plan:"):  # fmt: skip
        assert said in told


def test_a_count_is_the_least_where_places_that_say_one_were_not_understood(shop):
    lost = Unresolved("orders/urls.py", 3, "route", "/x", "nobody uses its router")
    lost = replace(shop, unresolved=(lost,))

    found = ask(lost, "What happens if we change the User model?")

    said = "1 place not understood: nobody uses its router"
    assert f"routes: {said}" in found.unknown
    assert f"routes: unknown, {said}" in [one.text for one in found.current_state]


def test_routes_of_an_api_that_none_is_called_by_are_not_all_there_are(shop):
    route = Route("GET", "/orders", "show", "orders/views.py", 1, symbol="show")
    served = replace(shop, routes=(route,))

    found = ask(served, "Introduce version 2 of the mobile API beside version 1")

    assert (found.routes, found.worked_out, found.migration_plan) == ((), (), ())
    assert any(one.startswith("the mobile API: no route is called so") for one in found.unknown)
    assert ask(served, "Introduce version 2 of the API beside version 1").migration_plan


def test_what_is_named_and_not_there_does_not_become_all_of_the_code(shop):
    found = ask(shop, "Extract notifications into a service")
    assert (found.affected_modules, found.migration_plan) == ((), ())
    assert any(one.startswith("what breaks: the request names nothing") for one in found.unknown)
    assert found.extraction is None
    loose = replace(
        shop, files={path: one._replace(module="app") for path, one in shop.files.items()}
    )
    told = ask(loose, "Extract monthly billing into a service").unknown
    assert "monthly billing: no module, file or folder is known to be called so" in told
    everything = ask(shop, "Migrate from monolith to microservices")
    assert everything.affected_modules == ("billing", "orders", "users")
    assert everything.extraction


def test_effort_is_what_changes_of_the_same_files_or_of_the_same_family_took(code):
    base = code([("a0.py", "a1.py")])

    def change(number: int, subject: str = "Rename the voucher model") -> PastChange:
        moment = datetime(2026, 1, 1 + number, tzinfo=UTC)
        paths = tuple(f"a{at}.py" for at in range(number))
        began = moment - timedelta(days=number)
        return PastChange(f"{number:040}", subject, moment, began, number, paths)

    def took(changes, *asked, **named):
        query = "rename the voucher model again"
        return effort_of(PastChanges(changes), query, base, OF_A_MODEL, *asked, **named)

    known = [change(number) for number in range(1, 6)]
    found = took(known)
    assert (found.changes, found.basis) == (5, "changes that read like it")
    assert found.files == found.commits == found.days == (2.0, 3.0, 4.0)
    assert took(known, 3) is None
    assert took(known[1:]) is None
    assert took([one._replace(began=one.moment) for one in known]).days is None
    assert took([change(number, "Fix the voucher total") for number in range(1, 6)]) is None
    assert effort_of(None, "rename vouchers again", base) is None

    other = [change(number, "Anything") for number in range(1, 6)]
    assert took(other, files={"a0.py"}).basis == "changes of at most 100 files that touched a0.py"
    assert took(other, files={"a1.py"}) is None


def test_edits_of_a_file_do_not_tell_what_it_takes_to_extract_it(shop):
    day = datetime(2026, 1, 1, tzinfo=UTC)
    edits = PastChanges(
        PastChange(f"{number:040}", "Fix a typo", day, day, 1, ("users/models.py",))
        for number in range(6)
    )
    assert ask(shop, "What happens if we change the User model?", edits).effort.changes == 6
    assert ask(shop, "Extract the class User into a service", edits).effort is None
