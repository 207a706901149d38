"""Clones: every planted one is found, with all of its places, and none where there is none."""

from __future__ import annotations

import random

import pytest

from memory.code.clone_tokens import NAME, TEXT, tokens_of
from memory.code.clones import KnownRuns, find_clones, lines_of

A_LINE = 5  # tokens


def a_file(tokens):
    return tokens_of(tokens, [n // A_LINE + 1 for n in range(len(tokens))], generated=False)


def written(rng, count):
    """Tokens that do not repeat themselves: names, texts and signs of a language."""
    return [
        rng.randrange(1, 1 << 20) << 2 | rng.choice((0, 0, NAME, NAME, TEXT)) for _ in range(count)
    ]


def renamed(tokens):
    """The same with other names, one for one, and other texts."""
    return [one ^ (1 << 25) if one & 3 else one for one in tokens]


def found_in(files, **how):
    return list(find_clones(files, **how).classes)


@pytest.mark.parametrize("seed", range(30))
def test_planted_clones_are_found_with_all_their_places(seed):
    rng = random.Random(seed)
    shared = [8, *written(rng, rng.randrange(60, 200)), 12]  # between signs, as code is
    texts = {}
    for number in range(rng.randrange(2, 7)):
        told = renamed(shared) if number and seed % 2 else shared
        before = written(rng, rng.randrange(20, 200))
        texts[f"{number}.py"] = [*before, *told, *written(rng, rng.randrange(20, 200))]
    others = {f"other{n}.py": written(rng, 150) for n in range(3)}

    found = found_in({path: a_file(one) for path, one in (texts | others).items()})

    assert len(found) == 1
    assert [place.path for place in found[0].places] == sorted(texts)
    for place in found[0].places:
        mine = texts[place.path]
        first = mine.index(shared[3] if shared[3] in mine else renamed(shared)[3]) - 3
        assert place.first <= first
        assert place.first + place.tokens >= first + len(shared)
    assert (found[0].renamed > 0.1) == bool(seed % 2)


def test_what_is_shorter_than_the_least_is_none():
    rng = random.Random(1)
    shared = written(rng, 39)  # what stands beside it may be alike by chance
    files = {
        path: a_file([*written(rng, 90), *shared, *written(rng, 90)]) for path in ("a.py", "b.py")
    }

    assert found_in(files) == []
    assert len(found_in(files, least_tokens=30)) == 1


def test_names_that_do_not_stand_for_one_another_are_chance():
    rng = random.Random(2)
    signs = [rng.choice((4, 8, 12, 16)) for _ in range(120)]
    texts = [
        [one if n % 2 else rng.randrange(40) << 2 | NAME for n, one in enumerate(signs)]
        for _ in range(2)
    ]

    assert found_in({f"{n}.py": a_file(one) for n, one in enumerate(texts)}) == []


def test_a_place_that_shares_less_is_told_with_the_others():
    rng = random.Random(4)
    shared = written(rng, 100)
    files = {
        "a.py": a_file([*shared, *written(rng, 30)]),
        "b.py": a_file([*shared, *written(rng, 30)]),
        "c.py": a_file([*written(rng, 30), *shared[:70], *written(rng, 30)]),
    }

    (found,) = found_in(files)

    assert [place.path for place in found.places] == ["a.py", "b.py", "c.py"]
    assert found.tokens == 70


def test_lines_in_several_clones_count_once():
    rng = random.Random(5)
    first, second = written(rng, 100), written(rng, 100)
    files = {
        "a.py": a_file([*first, *second]),
        "b.py": a_file([*first, *written(rng, 50), *second]),
        "c.py": a_file([*second, *first]),
    }

    counted = lines_of(place for one in found_in(files) for place in one.places)

    assert len(counted["a.py"]) == 40
    assert len(counted["c.py"]) == 40


def test_what_repeats_itself_in_one_place_is_not_told_by_its_shape():
    files = {
        path: a_file([one for n in range(40) for one in (start + 8 * n | NAME, 4, 12, 8)])
        for path, start in (("a.py", 1 << 20), ("b.py", 1 << 21))
    }

    assert found_in(files) == []


@pytest.mark.parametrize("seed", range(5))
def test_the_sketch_outlives_moves_and_new_layout(seed):
    rng = random.Random(seed)
    shared = written(rng, 80)
    before = {path: a_file([*shared, *written(rng, 20)]) for path in ("a.py", "b.py")}
    tokens = [*written(rng, 33), *shared]
    after = {
        "b.py": before["b.py"],
        "moved/a.py": tokens_of(tokens, [n // 3 + 7 for n in range(len(tokens))], generated=False),
    }

    assert [one.sketch for one in found_in(before)] == [one.sketch for one in found_in(after)]


def test_nothing_is_found_in_nothing():
    assert found_in({}) == []
    assert found_in({"a.py": a_file([])}) == []


@pytest.mark.parametrize("tokens", [0, 1, 7, 44])
def test_a_project_that_is_shorter_than_a_clone_has_none(tokens):
    assert found_in({"a.py": a_file(written(random.Random(1), tokens))}) == []


def test_clones_of_files_that_stay_are_the_same_objects_and_equal_those_of_a_fresh_look():
    rng = random.Random(2)
    first, second = written(rng, 150), written(rng, 150)
    files = {path: a_file(first) for path in ("a.py", "b.py")}
    files |= {path: a_file(second) for path in ("c.py", "d.py")}
    known = KnownRuns()
    before = found_in(files, known=known)
    files["d.py"] = a_file([*written(rng, 20), *second])

    after = found_in(files, known=known)

    assert after == found_in(files)
    assert [any(one is other for other in before) for one in after] == [True, False]
