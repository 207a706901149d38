"""What goes in circles, and what hangs together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.cochange import CoChange
from memory.code.codebase import Table
from memory.code.coupling import couplings
from memory.code.cycles import find_cycles, parted
from memory.code.decoupling import decouple
from memory.code.file_modules import assign
from memory.code.findings.auditing import look
from memory.code.findings.rule import AuditSubject
from memory.code.map import draw_map


@pytest.mark.parametrize(
    ("edges", "files", "folders", "modules"),
    [
        ([("a/x.py", "b/y.py"), ("b/y.py", "a/x.py")], 1, 1, 1),
        ([("a/x.py", "b/y.py"), ("b/z.py", "a/w.py")], 0, 1, 1),  # among parts, not among files
        ([("a/x.py", "a/b/y.py"), ("a/b/y.py", "a/z.py")], 0, 1, 0),  # a parent and its child
        ([("a/x.py", "b/y.py"), ("b/y.py", "a/x.py", "typing")], 0, 0, 0),
        ([("a/x.py", "b/y.py"), ("b/test_y.py", "a/x.py")], 0, 0, 0),
        ([("a/x.py", "b/y.py"), ("b/y.py", "a/x.py", "call")], 0, 0, 0),
        ([("a/x.py", "a/x.py")], 0, 0, 0),
    ],
)
def test_cycles_are_of_imports_at_run_time_without_tests(code, edges, files, folders, modules):
    base = code(edges)

    found = [len(find_cycles(base, level)) for level in ("file", "folder", "module")]

    assert found == [files, folders, modules]


def test_files_of_one_name_are_no_cycle_of_one(code):
    base = code([("one/core.py", "one/utils.py"), ("two/utils.py", "two/core.py")])
    files = {
        path: file._replace(name=path.rpartition("/")[2][:-3], module=path.partition("/")[0])
        for path, file in base.files.items()
    }

    assert find_cycles(replace(base, files=files), "file") == []


def test_a_cycle_names_the_imports_that_close_it(code):
    (cycle,) = find_cycles(code([("a/x.py", "b/y.py"), ("b/z.py", "a/w.py")]), "module")

    assert cycle.members == ("a", "b")
    assert cycle.edges == ("a/x.py:1 a -> b", "b/z.py:2 b -> a")


def test_a_cycle_of_many_is_told_by_a_shortest_ring_of_it_first(code):
    edges = [("a/x.py", "b/x.py"), ("a/x.py", "b/y.py"), ("b/x.py", "c/x.py"), ("c/x.py", "a/x.py")]
    edges += [("c/x.py", "d/x.py"), ("d/x.py", "c/y.py")]

    (cycle,) = find_cycles(code(edges), "folder")

    assert [one.partition(" ")[2] for one in cycle.edges[:2]] == ["c -> d", "d -> c"]
    assert len(cycle.edges) == len(edges)


def test_files_outside_all_folders_are_a_folder_with_a_name(code):
    (cycle,) = find_cycles(code([("x.py", "a/x.py"), ("a/x.py", "y.py")]), "folder")

    assert cycle.members == ("(root)", "a")


_LANGUAGES = {"py": "python", "go": "go", "php": "php", "ts": "typescript"}


@pytest.mark.parametrize(
    ("edges", "rule", "sure"),
    [
        ([("a/x.py", "b/y.py"), ("b/z.py", "a/w.py")], "module", True),
        ([("a/x/m.go", "b/y/m.go"), ("b/z/m.go", "a/w/m.go")], "module", False),  # no folders do
        ([("app/urls.py", "app/a/v.py"), ("app/a/v.py", "app/models.py")], "module", False),
        ([("app/models.py", "app/a/v.py"), ("app/a/v.py", "app/models.py")], "module", True),
        (
            [("app/m.php", "database/factories/f.php"), ("database/factories/f.php", "app/m.php")],
            "module",
            False,
        ),  # models name their factories
        ([("a/a.stories.ts", "b/b.ts"), ("b/b.stories.ts", "a/a.ts")], "module", False),
        ([("a/a.ts", "b/b.ts"), ("b/b.ts", "a/a.ts")], "module", True),
        ([("a/x.py", "a/y.py"), ("a/y.py", "a/x.py")], "file", True),
        ([("a/x.php", "a/y.php"), ("a/y.php", "a/x.php")], "file", False),
    ],
)
def test_a_cycle_is_less_sure_where_nothing_smaller_goes_in_a_circle(code, edges, rule, sure):
    base = code(edges)
    modules = assign(base.files, {})
    files = {
        path: file._replace(module=modules[path], language=_LANGUAGES[path.rpartition(".")[2]])
        for path, file in base.files.items()
    }
    base = replace(base, files=files)

    (found,) = look(AuditSubject(base), f"architecture.{rule}-cycle").findings

    assert found.sure is sure


@pytest.mark.parametrize(("kind", "sure"), [("type", False), ("interface", False), ("class", True)])
def test_a_cycle_of_which_only_types_are_used_is_less_sure(code, kind, sure):
    base = code(
        [("a/x.ts", "a/y.ts"), ("a/y.ts", "a/x.ts"), ("a/x.ts:f", "a/y.ts:Order", "use")],
        symbols=["a/y.ts:Order"],
    )
    symbols = {place: one._replace(kind=kind) for place, one in base.symbols.items()}

    (found,) = look(
        AuditSubject(replace(base, symbols=symbols)), "architecture.file-cycle"
    ).findings

    assert found.sure is sure


def test_a_file_that_is_in_a_cycle_by_types_alone_is_not_told_of_it(code):
    edges = [("a/index.ts", f"a/{one}.ts") for one in ("form", "row", "query", "types")]
    edges += [("a/form.ts", "a/query.ts"), ("a/query.ts", "a/index.ts"), ("a/row.ts", "a/index.ts")]
    edges += [
        ("a/row.ts:Row", "a/types.ts:Key", "use"),
        ("a/query.ts:ask", "a/send.ts:send", "call"),
    ]
    base = code(edges, symbols=["a/types.ts:Key", "a/row.ts:Row", "a/query.ts:ask", "a/form.ts:F"])
    symbols = {
        place: one._replace(kind="interface" if place.symbol == "Key" else "function")
        for place, one in base.symbols.items()
    }

    (found,) = look(
        AuditSubject(replace(base, symbols=symbols)), "architecture.file-cycle"
    ).findings

    assert found.parts == ("a/form.ts", "a/index.ts", "a/query.ts")
    assert found.sure


@pytest.mark.parametrize(("kind", "sure"), [("function", False), ("class", True)])
def test_two_functions_that_show_each_other_are_less_surely_a_cycle(code, kind, sure):
    base = code(
        [
            ("a/row.ts", "a/children.ts"),
            ("a/children.ts", "a/row.ts"),
            ("a/row.ts:Row", "a/children.ts:Children", "use"),
            ("a/children.ts:Children", "a/row.ts:Row", "use"),
        ],
        symbols=["a/row.ts:Row", "a/children.ts:Children"],
    )
    symbols = {place: one._replace(kind=kind) for place, one in base.symbols.items()}

    (found,) = look(
        AuditSubject(replace(base, symbols=symbols)), "architecture.file-cycle"
    ).findings

    assert found.sure is sure


def test_a_cycle_of_files_names_the_imports_that_open_it_or_the_file_it_goes_over(code):
    ring = [("a/x.py", "a/y.py"), ("a/y.py", "a/z.py"), ("a/y.py", "a/z.py"), ("a/z.py", "a/x.py")]
    leaves = [f"a/part{number}.py" for number in range(9)]
    star = [each for one in leaves for each in (("a/all.py", one), (one, "a/all.py"))]

    (small,) = look(AuditSubject(code([*ring, ("a/y.py", "a/x.py")])), "architecture").findings
    (large,) = look(AuditSubject(code(star)), "architecture").findings

    assert small.do == (
        "cut 1 import, fewer are not enough: a/x.py -> a/y.py; all of it goes over a/y.py"
    )
    assert large.do == "all of it goes over a/all.py"


def test_a_cycle_of_files_whose_names_have_spaces_is_told(code):
    (found,) = look(AuditSubject(code([("a/x y.py", "a/z.py"), ("a/z.py", "a/x y.py")]))).findings

    assert [(one.file, one.line) for one in found.spots] == [("a/x y.py", 1), ("a/z.py", 2)]


def test_an_edge_of_a_cycle_is_parted_behind_a_path_that_has_spaces(code):
    (cycle,) = find_cycles(code([("a b/x.py", "c/y z.py"), ("c/y z.py", "a b/x.py")]), "file")

    assert [parted(one)[:2] for one in cycle.edges] == [("a b/x.py", 1), ("c/y z.py", 2)]


def test_a_cycle_of_modules_says_how_to_ask_for_its_own_cut(code):
    (found,) = look(AuditSubject(code([("a b/x.py", "c/y.py"), ("c/y.py", "a b/x.py")]))).findings

    assert found.do == "`archmem decouple 'a b'` tells the cheapest cut"


def test_what_only_a_migration_imports_is_no_cycle_of_modules(code):
    edges = [("core/models.py", "images/models.py"), ("images/migrations/0002.py", "core/utils.py")]
    ring = [("core/models.py", "users/models.py"), ("users/views.py", "core/models.py")]

    assert not look(AuditSubject(code(edges)), "architecture.module-cycle").findings
    (found,) = look(AuditSubject(code(edges + ring)), "architecture.module-cycle").findings

    assert found.message == "core, users need each other"


@pytest.mark.parametrize(
    ("needed", "told"),
    [("Repository/OrderRepository.php", False), ("Repository/Finder.php", True)],
)
def test_the_repository_that_an_entity_names_is_no_cycle_of_modules(code, needed, told):
    edges = [("Entity/Order.php", needed), (needed, "Entity/Order.php")]
    table = Table("orders", (), (), (), (), (), "a", "Entity/Order.php", 1, "Order")

    base = code(edges, tables=(table,))

    found = look(AuditSubject(base), "architecture.module-cycle").findings

    assert bool(found) == told
    assert bool(decouple(base, "", "").cuts) == told
    assert any(one.level == "module" for one in draw_map(base, None).cycles) == told
    assert decouple(base, "Entity", needed.partition("/")[0]).cost  # it depends on it anyway


def test_models_that_objection_relates_are_less_surely_a_cycle(code):
    edges = [("a/order.js", "a/line.js"), ("a/line.js", "a/order.js")]
    both = [f"a/{name}.js:{name.title()}.relationMappings" for name in ("order", "line")]

    for known, sure in ((both[:1], True), (both, False)):
        subject = AuditSubject(code(edges, symbols=known))
        (found,) = look(subject, "architecture.file-cycle").findings
        assert found.sure == sure


def test_the_level_of_a_coupling_says_what_made_it(code):
    edges = [("a/x.py", "b/y.py"), ("b/y.py", "a/x.py"), ("a/x.py", "c/z.py")]
    edges += [("d/x.py", f"c/z{number}.py") for number in range(6)]

    found = {(one.first, one.second): one for one in couplings(code(edges), None)}

    assert found["a", "b"].level == "HIGH"
    assert found["a", "b"].reason == "they import each other (1 and 1)"
    assert (found["c", "d"].level, found["c", "d"].reason) == ("MED", "6 imports")
    assert found["a", "c"].level == "LOW"
    assert found["a", "c"].cochange is None


def test_modules_that_use_one_table_are_coupled_without_an_import(code):
    table = Table("orders", (), (), (), (), (), "o.models.Order", "o/models.py", 1, "Order")
    edges = [("a/x.py:f", "o/models.py:Order", "use"), ("b/y.py:g", "o/models.py:Order", "use")]

    found = {(one.first, one.second): one for one in couplings(code(edges, tables=(table,)), None)}

    assert (found["a", "b"].imports, found["a", "b"].tables) == (0, 1)


def test_what_git_changed_together_is_counted_by_commits_with_either(code):
    commits = [["a/x.py", "b/y.py"]] * 4 + [["a/x.py"]] * 3
    commits += [["b/y.py", "a/z.py"], ["c/w.py"] * 31]
    base = code([("a/x.py", "a/z.py"), ("b/y.py", "c/w.py")])

    found = {(one.first, one.second): one for one in couplings(base, CoChange(commits))}

    assert (found["a", "b"].commits, found["a", "b"].cochange) == (5, 0.625)


@pytest.mark.parametrize(("both", "level"), [(4, None), (5, "HIGH")])
def test_a_few_commits_with_both_couple_nothing(code, both, level):
    commits = [["a/x.py", "b/y.py"]] * both + [["a/x.py"]] * 2
    base = code([("a/x.py", "a/z.py"), ("b/y.py", "b/w.py")])

    found = {(one.first, one.second): one for one in couplings(base, CoChange(commits))}

    assert (found["a", "b"].level if found else None) == level
    if found:
        assert found["a", "b"].reason == "changed together in 5 of the 7 commits with either"


def test_instability_is_none_without_edges_and_what_is_not_known_is_said_so(code):
    drawn = draw_map(code([("a/x.py", "b/y.py")], symbols=["c/z.py:C"], opaque=2), None)

    rows = {row.module: row for row in drawn.modules}
    assert [rows[name].instability for name in "abc"] == [1.0, 0.0, None]
    assert (rows["a"].commits, rows["a"].coverage) == (None, None)
    assert drawn.doubts.opaque_calls == 6


@pytest.mark.parametrize(
    ("folder", "sure"), [("a/vendor/grid", False), ("a/third_party", False), ("a/grid", True)]
)
def test_a_cycle_of_copied_files_is_less_sure(code, folder, sure):
    edges = [(f"{folder}/x.ts", f"{folder}/y.ts"), (f"{folder}/y.ts", f"{folder}/x.ts")]

    (found,) = look(AuditSubject(code(edges)), "architecture.file-cycle").findings

    assert found.sure is sure


def test_entities_that_name_each_other_are_less_surely_a_cycle(code):
    edges = [("a/order.ts", "a/line.ts"), ("a/line.ts", "a/order.ts")]
    tables = [
        Table(name, (), (), (), (), (), f"a.{name}", f"a/{name}.ts", 1, name)
        for name in ("order", "line")
    ]

    for known, sure in (((), True), (tables[:1], True), (tables, False)):
        subject = AuditSubject(code(edges, tables=tuple(known)))
        (found,) = look(subject, "architecture.file-cycle").findings
        assert found.sure == sure
