"""What it is asked of who may do it: only the routes that do that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.codebase import Route
from memory.coordination.acts import acts_of
from memory.coordination.scoping import about_of


@pytest.fixture
def forum(code):
    base = code([("app/jobs/ban_user.py:BanUser", "app/users.py:User")])
    routes = [
        Route(method, path, "x", "app/users.py", line, symbol=symbol)
        for line, (method, path, symbol) in enumerate(
            [
                ("PUT", "/users/{id}/ban", "UsersController.ban"),
                ("PUT", "/users/{id}/unban", "UsersController.unban"),
                ("PUT", "/users/{id}/comments/ban", "CommentsController.ban"),
                ("POST", "/moderation/mute", "mute_user"),
                ("DELETE", "/invoices/{id}", "InvoiceController.destroy"),
                ("DELETE", "/invoices/{id}/lines/{line}", "LineController.destroy"),
                ("DELETE", "/folders/{id}/invoices", "FolderController.destroy"),
                ("GET", "/invoices", "InvoiceController.index"),
                ("POST", "/session/logout", "leave"),
            ],
            1,
        )
    ]
    return replace(base, routes=tuple(routes))


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("Security audit: who may ban users?", ["/users/{id}/ban"]),
        ("Who may delete invoice lines?", ["/invoices/{id}/lines/{line}"]),
        ("Who may ban and mute the users?", ["/users/{id}/ban", "/moderation/mute"]),
        ("Audit who can delete invoices", ["/invoices/{id}"]),
        ("Who can see invoices?", ["/invoices"]),
        ("Who may mute users or delete invoices?", ["/moderation/mute", "/invoices/{id}"]),
        ("Who may log out?", ["/session/logout"]),
        ("Who may unban users and who may ban users", ["/users/{id}/unban", "/users/{id}/ban"]),
    ],
)
def test_who_may_do_something_is_asked_of_the_routes_that_do_it(forum, query, paths):
    about = about_of(forum, query, "security")

    assert [one.path for one in about.routes] == paths
    assert (about.files, about.modules, about.doubt) == ((), (), "")


def test_of_what_no_route_is_known_to_do_nothing_is_told(forum):
    about = about_of(forum, "Who may delete other users' comments?", "security")

    assert about.names == ()
    assert about.doubt == "delete users comments: no route is known to do so"


@pytest.mark.parametrize(
    ("text", "rest", "acts"),
    [
        ("Who may call what?", "Who may call what?", []),
        ("Who may see and change what?", "Who may see and change what?", []),
        ("Audit the pages: who may see which tickets?", "Audit the pages: ", ["see tickets"]),
        ("Audit access", "Audit access", []),
        ("Who may ban users and delete invoices?", "", ["ban users", "delete invoices"]),
        ("Who may delete articles and comments?", "", ["delete articles", "delete comments"]),
        ("Who may see and ban users, and why?", "", ["see users", "ban users"]),
        ("Who is allowed to ban users and to remove posts", "", ["ban users", "remove posts"]),
        ("Who can post to the forum?", "", ["post forum"]),
        ("Who may log out and sign up without a key?", "", ["log out", "sign up"]),
        ("Who may write in the forum", "", ["write forum"]),
        ("Who may log out and delete articles", "", ["log out", "delete articles"]),
        ("Who can read posts or run jobs?", "", ["read posts", "run jobs"]),
        ("Who may change the invoices, by role", "", ["change invoices"]),
    ],
)
def test_each_of_several_acts_is_one_and_what_anybody_may_do_is_no_name(text, rest, acts):
    found = acts_of(text)

    assert (found[0], [*map(str, found[1])]) == (rest, acts)
