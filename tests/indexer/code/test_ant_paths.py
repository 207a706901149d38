"""Patterns of paths with stars: what they are for, and that none of them takes long."""

from __future__ import annotations

import time

import pytest

from indexer.code.ant_paths import Match, covers


@pytest.mark.parametrize(
    ("pattern", "route", "found"),
    [
        ("/a/**", "/a", Match.YES),
        ("/a/**", "/a/b/{id}", Match.YES),
        ("/a/*", "/a/b/c", Match.NO),
        ("/**/admin/*", "/x/y/admin/z", Match.YES),
        ("/a/b?c*", "/a/bxcd", Match.YES),
        ("/a/b.c", "/a/bxc", Match.NO),
        ("/a/b", "/a/{id}", Match.MAYBE),
        ("/{*rest}", "/a/b", Match.YES),
    ],
)
def test_a_pattern_is_for_all_some_or_none_of_a_route(pattern, route, found):
    assert covers(pattern, route) is found


@pytest.mark.parametrize(
    ("pattern", "route"),
    [
        ("/**/a" * 25 + "/b", "/a" * 55),
        ("/" + "*a" * 30 + "b", "/" + "a" * 200),
        ("/**" * 5000, "/a" * 5000),
    ],
)
def test_no_pattern_takes_a_route_long(pattern, route):
    began = time.process_time()

    assert covers(pattern, route) is not Match.YES

    assert time.process_time() - began < 1
