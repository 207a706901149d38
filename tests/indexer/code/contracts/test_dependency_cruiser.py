"""Rules of dependency-cruiser; `benchmarks/contracts.py` has its own verdicts beside ours."""

from __future__ import annotations

import pytest

from indexer.code.code_reader import rebuild
from indexer.code.contracts.literals import Unwritten, read_exported, unwritten
from indexer.code.contracts.registry import read_contracts
from memory.code.checks.judging import judge_all, row
from memory.models.findings import Tristate
from tests.indexer.code.conftest import write

A, B = "src/orders/a.js", "src/orders/b.js"
FILES = {
    "package.json": '{"name": "shop", "dependencies": {"lodash": "4"},'
    ' "devDependencies": {"jest": "1"},'
    ' "scripts": {"deps": "depcruise -c .dependency-cruiser.js src test"}}',
    "src/orders/a.js": 'import {b} from "./b";\nimport "../users/a";\nimport "lodash";\nb();\n',
    "src/orders/b.js": 'import {a} from "./a";\nimport fs from "node:fs";\nexport const b = 1;\n',
    "src/users/a.js": 'import "jest";\nimport "./a.css";\n',
    "src/alone.js": "export const x = 1;\n",
    "test/a.spec.js": 'import "../src/orders/a";\n',
    "tools/alone.js": "export const x = 1;\n",
}


def told(root, rules, files=FILES, options="{tsPreCompilationDeps: true}"):
    write(
        root,
        files | {".dependency-cruiser.js": f"module.exports = {{{rules}, options: {options}}}"},
    )
    rows = [row(one) for one in judge_all(rebuild(root), read_contracts(root))]
    return {one.said: (one.answer, one.broken_by or one.reason) for one in rows}


def forbidden(source: str, target: str) -> str:
    return f'forbidden: [{{name: "x", severity: "error", from: {source}, to: {target}}}]'


@pytest.mark.parametrize(
    ("source", "target", "broken_by"),
    [
        ('{path: "^src/users"}', '{path: "^src/orders"}', ()),
        ('{path: "^src/orders"}', '{path: "^src/users"}',
         ["src/orders/a.js imports src/users/a.js (src/orders/a.js:2)"]),
        ("{path: '^src/([^/]+)/'}", "{path: '^src/([^/]+)/', pathNot: '^src/$1/'}",
         ["src/orders/a.js imports src/users/a.js (src/orders/a.js:2)"]),
        ("{}", "{circular: true}",
         [f"{A} needs itself: -> {B} -> {A} ({A}:1)", f"{B} needs itself: -> {A} -> {B} ({B}:1)"]),
        ('{orphan: true, pathNot: "[.]spec[.]"}', "{}",
         ["src/alone.js is an orphan (src/alone.js:1)"]),
        ('{path: "^src"}', '{dependencyTypes: ["npm-dev"]}',
         ["src/users/a.js imports jest (src/users/a.js:1)"]),
        ('{pathNot: ["^src/a", "^test"]}', '{dependencyTypes: ["core"], path: "^fs$"}',
         ["src/orders/b.js imports node:fs (src/orders/b.js:2)"]),
        ("{}", '{path: "^src/users/a[.]css$"}',
         ["src/users/a.js imports ./a.css (src/users/a.js:2)"]),
        ('{path: "^test"}', '{path: "^src/users", reachable: true}',
         ["test/a.spec.js imports src/users/a.js, by way of src/orders/a.js (test/a.spec.js:1)"]),
        ('{path: "^test"}', '{path: "^src", reachable: false}',
         ["src/alone.js is not reached (src/alone.js:1)"]),
    ],
)  # fmt: skip
def test_what_is_forbidden_is_not_there(tmp_path, source, target, broken_by):
    answer, found = told(tmp_path, forbidden(source, target))["x"]

    assert [*found] == [*broken_by]
    assert answer is (Tristate.BROKEN if broken_by else Tristate.HOLDS)


@pytest.mark.parametrize(
    ("rules", "name", "broken_by"),
    [
        ('allowed: [{from: {path: "^src"}, to: {}}, {from: {}, to: {path: "^src/users"}}]',
         "not-in-allowed", ("test/a.spec.js imports src/orders/a.js (test/a.spec.js:1)",)),
        ('required: [{name: "x", module: {path: "^src/.+/b"}, to: {path: "^src/users"}}]', "x",
         ("src/orders/b.js does not import what it has to (src/orders/b.js:1)",)),
        ('required: [{name: "x", module: {path: "^src/.+/b"},'
         ' to: {path: "^src/users", reachable: true}}]', "x", ""),
    ],
)  # fmt: skip
def test_what_is_allowed_or_required_is_held_against_all_of_it(tmp_path, rules, name, broken_by):
    assert told(tmp_path, rules)[name][1] == broken_by


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("{path: somewhere()}", "{}"),
        ("{}", '{license: "MIT"}'),
        ("{}", '{dependencyTypes: ["deprecated"]}'),
        ("{}", "{couldNotResolve: true}"),
        ('{path: "(?<=a+)b"}', "{}"),
    ],
)
def test_what_nobody_evaluates_is_told(tmp_path, source, target):
    assert told(tmp_path, forbidden(source, target))["x"][0] is Tristate.UNKNOWN


TYPED = {
    "src/a.ts": 'import {B} from "./b";\nimport {C} from "./c";\nconst a = (b: B) => new C();\n',
    "src/b.ts": "export interface B {}\n",
    "src/c.ts": "export class C {}\n",
}


@pytest.mark.parametrize(
    ("target", "before", "answer"),
    [
        ("b", "true", Tristate.BROKEN),
        ("b", "false", Tristate.UNKNOWN),
        ("c", "false", Tristate.BROKEN),
    ],
)
def test_an_import_of_what_may_be_a_type_leaves_it_open_unless_those_count(
    tmp_path, target, before, answer
):
    rule = forbidden('{path: "^src/a"}', f'{{path: "^src/{target}"}}')
    options = f"{{tsPreCompilationDeps: {before}}}"

    assert told(tmp_path, rule, TYPED, options)["x"][0] is answer


@pytest.mark.parametrize(
    ("more", "options"),
    [
        ("...base, ", "{}"),
        ("extends: './base.js', ", "{}"),
        ("", "{exclude: {path: OWN.join('|')}}"),
        ("", "{includeOnly: own()}"),
        ("", "{...base.options}"),
        ("", "base.options"),
    ],
)
def test_no_rule_is_evaluated_where_it_is_not_known_what_is_looked_at(tmp_path, more, options):
    rule = more + forbidden('{path: "^src/users"}', '{path: "^src/orders"}')

    assert {one[0] for one in told(tmp_path, rule, options=options).values()} == {Tristate.UNKNOWN}


def test_options_that_no_rule_depends_on_may_be_worked_out(tmp_path):
    rule = forbidden('{path: "^src/users"}', '{path: "^src/orders"}')
    options = "{tsPreCompilationDeps: true, reporterOptions: reporters(), progress: {type: TYPE}}"

    assert told(tmp_path, rule, options=options)["x"][0] is Tristate.HOLDS


def test_what_a_file_exports_is_read_as_far_as_it_is_written_out():
    text = """
    const FOLDERS = ["a", 'b\\\\.c'];  // folders
    const more = { deep: `x${FOLDERS[0]}` };
    /** @type {import('x').Y} */
    module.exports = {
      joined: FOLDERS.join("|"), listed: [...FOLDERS, "d" + "e"], "quoted": true, none: null,
      n: 3, more, asked: require("y"), templated: `x-${"q"}`,
    };
    """
    found = read_exported("a.js", text)

    assert found["joined"] == "a|b\\.c"
    assert found["listed"] == ["a", "b\\.c", "de"]
    assert (found["quoted"], found["none"], found["n"]) == (True, None, 3)
    assert found["templated"] == "x-q"
    assert isinstance(found["asked"], Unwritten)
    assert unwritten(found["listed"]) is None
    assert unwritten(found) is not None
    assert read_exported("a.json", '{"a": [1, "\\\\.b"]} // told') == {"a": [1, "\\.b"]}


def test_what_is_a_warning_there_is_no_grave_finding_here(tmp_path):
    rules = """forbidden: [
        {name: "a", severity: "error", from: {}, to: {circular: true}},
        {name: "b", severity: "warn", from: {}, to: {circular: true}},
        {name: "c", severity: "ignore", from: {}, to: {circular: true}},
        {name: "d", from: {}, to: {circular: true}}]"""
    write(tmp_path, {".dependency-cruiser.cjs": f"module.exports = {{{rules}}}"})

    found = [(one.said, one.severity) for one in read_contracts(tmp_path)]

    assert found == [("a", "major"), ("b", "minor"), ("d", "minor")]
