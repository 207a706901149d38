"""Findings of duplication: where the places are, what is shown, and what outlives changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.code.code_reader import rebuild
from indexer.code.registry import language_of
from indexer.code.token_reader import read_tokens
from memory.code.findings.auditing import look as look_all
from memory.code.findings.comparing import compare
from memory.code.findings.duplication import RULES, told_once
from memory.code.findings.rule import AuditSubject, finding
from memory.code.inventory import inventory
from memory.models.findings import Spot

if TYPE_CHECKING:
    from pathlib import Path

WORK = """
def {name}({items}, rates):
    {total} = 0
    skipped = []
    for {one} in {items}:
        if {one}.amount is None or {one}.currency not in rates:
            skipped.append({one}.number)
            continue
        {total} += {one}.amount * rates[{one}.currency] - {one}.discount
        if {total} > {limit}:
            raise ValueError("{text}" % {total})
    return {{"total": round({total}, 2), "skipped": sorted(skipped), "count": len({items})}}
"""
NAMES = {"name": "total", "items": "items", "total": "total", "one": "one", "limit": 9, "text": "a"}
OTHERS = {"name": "sum", "items": "rows", "total": "acc", "one": "row", "limit": 70, "text": "b"}


BEFORE = ("class Of:\n    pass\n", "import os\n\nOF = os.sep\n", "")
AFTER = ("\nx = 1\n", "\nprint(OF)\n", "")


def read(root: Path, files: dict[str, str]):
    """The code base of files, and their tokens."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    code = rebuild(root)
    tokens = {
        path: found
        for path in code.files
        if (found := read_tokens(language_of(path) or "", (root / path).read_bytes()))
    }
    return code, tokens


def look(root: Path, files: dict[str, str]):
    code, tokens = read(root, files)
    return RULES[0].look(AuditSubject(code, tokens=lambda: tokens))


def copies(*paths: str, **names) -> dict[str, str]:
    return {
        path: f"{BEFORE[n]}{WORK.format(**(NAMES | names))}{AFTER[n]}"
        for n, path in enumerate(paths)
    }


def test_a_copied_function_is_told_with_its_places_and_a_home(tmp_path):
    files = copies("app/billing/a.py", "app/orders/b.py")
    files["app/orders/c.py"] = "from app.billing import a\n"

    (found,) = look(tmp_path, files).findings

    assert [(spot.file, spot.said) for spot in found.spots] == [
        ("app/billing/a.py", "total"),
        ("app/orders/b.py", "total"),
    ]
    assert found.modules == ("billing", "orders")
    assert found.sure
    assert "to the letter" in found.message
    assert "billing, which orders uses already" in found.do


def test_a_home_makes_no_module_need_itself(tmp_path):
    """Orders cannot take it from billing, which needs them by way of stock."""
    files = copies("app/billing/a.py", "app/orders/b.py", "app/users/c.py")
    files |= {
        "app/users/d.py": "from app.billing import a\n",
        "app/billing/d.py": "from app.stock import e\n",
        "app/stock/e.py": "from app.orders import b\n",
    }

    (found,) = look(tmp_path, files).findings

    assert found.do == "could be extracted to a new module that billing, orders, users would use"


def test_a_cycle_is_feared_only_where_there_is_something_that_all_use(tmp_path):
    files = copies("app/billing/a.py", "app/orders/b.py")
    uses = {
        "app/billing/d.py": "from app.all import e\n",
        "app/orders/d.py": "from app.all import e\n",
    }
    uses["app/all/e.py"] = "from app.orders import b\nfrom app.billing import a\n"

    (alone,) = look(tmp_path / "one", files).findings
    (shared,) = look(tmp_path / "two", files | uses).findings

    assert alone.do == "could be extracted to a new module that billing, orders would use"
    assert shared.do == f"{alone.do}: what all of them use could not give it without a cycle"


def test_other_names_and_values_are_the_same_code(tmp_path):
    files = copies("app/billing/a.py") | copies("app/orders/b.py", **OTHERS)

    (found,) = look(tmp_path, files).findings

    assert "but for names and values" in found.message
    assert not found.sure


def test_places_of_which_one_is_the_same_in_parts_alone_are_told_as_such(tmp_path):
    """Of two stretches that overlap in a file, each stands in another one too."""
    steps = [f"    a{n} = read(b{n}, c{n}) + d{n}[e{n}] - f{n}\n" for n in range(24)]
    files = {
        "app/one/a.py": "def work():\n" + "".join(steps),
        "app/two/b.py": "def work():\n" + "".join(steps[:16]),
        "app/two/c.py": "def other():\n" + "".join(steps[8:]),
    }

    findings = look(tmp_path, files).findings

    assert [(one.message.partition(" of ")[0], one.sure) for one in findings] == [
        ("17 lines in 2 places", True),
        ("8 to 16 lines in 3 places", False),
    ]
    assert findings[1].message.endswith(", in parts")


@pytest.mark.parametrize(
    ("apart", "told"), [(2, "16 lines in 3 places"), (4, "16 to 20 lines in 3")]
)
def test_of_clones_that_overlap_only_what_all_places_share_is_told_as_the_same(
    tmp_path, apart, told
):
    steps = [f"    a{n} = read(b{n}, c{n}) + d{n}[e{n}] - f{n}\n" for n in range(20)]
    files = {
        "app/one/a.py": "def work():\n" + "".join(steps),
        "app/two/b.py": "def some():\n    begin()\n" + "".join(steps[: 20 - apart]),
        "app/two/c.py": "def other():\n" + "".join(steps[apart:]) + "    end()\n",
    }

    (found,) = look(tmp_path, files).findings

    assert told in found.message
    if apart == 2:
        assert {spot.file: (spot.line, spot.last_line) for spot in found.spots} == {
            "app/one/a.py": (4, 19),
            "app/two/b.py": (5, 20),
            "app/two/c.py": (2, 17),
        }
    else:
        assert found.message.endswith(", in parts")
        assert not found.sure


def test_a_place_is_named_by_the_definition_that_its_whole_lines_are_in(tmp_path):
    work = WORK.format(**NAMES).removeprefix("\n")
    files = {
        f"app/{name}/a.py": f"{before}\n{work}class {name}{after}:\n    pass\n"
        for name, before, after in (("billing", "", ""), ("orders", "\n", "(list, dict)"))
    }

    (found,) = look(tmp_path, files).findings

    assert {spot.said for spot in found.spots} == {"total"}


def test_code_of_two_languages_is_never_the_same(tmp_path):
    calls = "".join(f"f({n}, a, b)\n" for n in range(30))

    assert look(tmp_path, {"a/a.py": calls, "b/b.js": calls}).findings == []


@pytest.mark.parametrize(
    "paths",
    [
        ("app/vendor/lib/a.py", "app/orders/b.py"),
        ("public/js/plugins/flot/a.py", "public/js/plugins/flot/b.py"),
        ("app/orders/migrations/0001.py", "app/orders/migrations/0002.py"),
        ("app/api/x_pb2.py", "app/api/y_pb2.py"),
    ],
)
def test_what_nobody_would_mend_is_no_clone(tmp_path, paths):
    assert look(tmp_path, copies(*paths)).findings == []


def test_tests_are_told_when_asked_for_and_never_with_product_code(tmp_path):
    files = copies("tests/test_a.py", "tests/test_b.py", "app/orders/b.py")

    (found,) = look(tmp_path, files).findings

    assert not found.sure
    assert {spot.file for spot in found.spots} == {"tests/test_a.py", "tests/test_b.py"}


def test_ways_to_declare_something_are_less_sure(tmp_path):
    fields = "".join(f"    name_{n} = Field(label='{n}', required=True)\n" for n in range(15))
    files = {f"app/{m}/forms.py": f"class Form{m}:\n{fields}\n" for m in ("billing", "orders")}

    (found,) = look(tmp_path, files).findings

    assert not found.sure


@pytest.mark.parametrize(
    ("path", "head", "each", "end"),
    [
        (
            "{m}.php",
            "<?php\nclass {m} {{\n  public function __construct(\n",
            "    public readonly ?string $name{n} = null,\n",
            "  ) {{}}\n}}\n",
        ),
        (
            "{m}.ts",
            "class {m} {{\n  constructor(\n",
            "    private readonly a{n}: A{n},\n",
            ") {{}}\n}}",
        ),
        ("{m}.py", "def load_{m}(\n", "    name_{n}: dict[str, int] | None,\n", "): ...\n"),
    ],
)
def test_a_list_of_parameters_is_less_surely_the_same_work(tmp_path, path, head, each, end):
    same = "".join(each.format(n=n) for n in range(20))
    files = {
        f"app/{m}/{path.format(m=m)}": f"{head.format(m=m)}{same}{end.format()}"
        for m in ("billing", "orders")
    }

    assert [one.sure for one in look(tmp_path, files).findings] == [False]


@pytest.mark.parametrize(
    ("said", "is_told"),
    [
        ("# Copied from https://example.org/registry/total.py", False),
        ("# Vendored verbatim from github.com/them/total", False),
        ("# Taken from the till: https is no part of it", True),
        ("FROM = 'copied from https://example.org'", True),
    ],
)
def test_what_says_that_it_was_copied_from_elsewhere_is_no_clone(tmp_path, said, is_told):
    files = {
        path: f"{said}\n{text}"
        for path, text in copies("app/billing/a.py", "app/orders/b.py").items()
    }

    assert bool(look(tmp_path, files).findings) == is_told


@pytest.mark.parametrize(
    "paths",
    [
        ("app/orders/commands/sample_data.py", "app/orders/b.py"),
        ("shop-docs/site/orders.py", "shop-server/orders.py"),
        ("app/api/v1/orders.py", "app/api/v2/orders.py"),
        ("data/orders/v/9.py", "data/users/v/9.py"),
        ("app/orders/list.py", "app/v8/orders/list.py"),
        ("app/orders/Facade.py", "app/orders/FacadeV2.py"),
        ("app/orders/list.py", "app/orders/list_v2.py"),
    ],
)
def test_samples_and_versions_that_stay_are_less_sure(tmp_path, paths):
    assert [one.sure for one in look(tmp_path, copies(*paths)).findings] == [False]


def test_what_saves_most_lines_is_told_first_and_a_clone_goes_to_no_other_part(tmp_path):
    files = copies("web/a/x.py", "web/b/y.py")
    files |= {"web/a/u.py": "import server.s\n", "web/b/v.py": "import server.s\n"}
    files["server/s.py"] = "".join(f"N{n} = {n}\n" for n in range(9))
    longer = WORK.format(**(NAMES | OTHERS)).replace("sorted(skipped)", "len(skipped)") * 2
    files |= {f"web/{m}/z.py": f"{BEFORE[n]}{longer}" for n, m in enumerate(("a", "b"))}
    code, tokens = read(tmp_path, files)

    found = look_all(AuditSubject(code, tokens=lambda: tokens), "duplication").findings

    lines = [one.spots[0].last_line - one.spots[0].line for one in found if one.sure]
    assert lines == sorted(lines, reverse=True)
    assert not any("extracted to server" in one.do for one in found)


def test_what_has_only_names_that_stand_everywhere_is_less_surely_the_same_work(tmp_path):
    names = "total items rates skipped one amount currency number append discount ValueError"
    habits = names + " round sorted len"
    files = copies("app/billing/a.py", "app/orders/b.py")
    files |= {f"app/other/f{n}.py": f"x = [{', '.join(habits.split())}]\n" for n in range(20)}

    (found,) = look(tmp_path, files).findings

    assert not found.sure
    assert look(tmp_path / "alone", copies("app/billing/a.py", "app/orders/b.py")).findings[0].sure


def test_a_row_of_short_functions_is_less_surely_the_same_work(tmp_path):
    short = "".join(
        f"    def name_{n}(self):\n        kept = self.of_{n}\n        self.log_{n}(kept)\n"
        f"        return kept.value_{n}\n\n"
        for n in range(6)
    )
    files = {f"app/{m}/forms.py": f"class Form:\n{short}\n" for m in ("billing", "orders")}

    (found,) = look(tmp_path, files).findings

    assert not found.sure


def test_a_line_of_which_a_part_is_the_same_is_not_told_as_the_same_to_the_letter(tmp_path):
    files = copies("app/billing/a.py", "app/orders/b.py")
    whole = look(tmp_path / "whole", files).findings[0]
    other = files["app/orders/b.py"].replace("len(items)}", "1}").replace("total(", "total(self, ")

    found = look(tmp_path / "part", files | {"app/orders/b.py": other}).findings[0]

    assert "11 lines in 2 places" in whole.message
    assert "9 lines in 2 places" in found.message
    assert [(spot.line, spot.last_line) for spot in found.spots] == [(5, 13), (6, 14)]


def test_two_functions_that_only_begin_alike_are_less_sure(tmp_path):
    head = WORK.format(**NAMES).rpartition("    return")[0]
    files = {
        f"app/{n}/a.py": f"{head}    {n}(skipped)\n    return {n}[{end}]\n"
        for n, end in (("billing", "total, skipped"), ("orders", "1:rates, 2:3"))
    }

    assert [one.sure for one in look(tmp_path, files).findings] == [False]


@pytest.mark.parametrize(
    "change",
    [
        lambda files: {path: f"import os\n\n\nlimit = 7\n{text}" for path, text in files.items()},
        lambda files: {
            path: text.replace("(one.amount", "(\n one.amount") for path, text in files.items()
        },
        lambda files: {path.replace("a.py", "renamed.py"): text for path, text in files.items()},
        lambda files: {
            path: text.replace("def total", "def sum_up") for path, text in files.items()
        },
    ],
)
def test_a_clone_is_the_same_when_its_code_moves_or_is_renamed(tmp_path, change):
    files = copies("app/billing/a.py", "app/orders/b.py")
    before = look(tmp_path / "before", files).findings
    after = look(tmp_path / "after", change(files)).findings

    compared = compare(before, after, {})

    assert (len(compared.kept), compared.new, compared.fixed) == (1, (), ())


def test_the_share_of_lines_is_told_for_all_and_by_module(tmp_path):
    files = copies("app/billing/a.py", "app/orders/b.py")
    files["app/orders/c.py"] = "".join(f"y{n} = {n}\n" for n in range(32))

    said = look(tmp_path, files).said

    assert (
        "33.8% of lines stand twice, 33.8% where names and values may differ "
        "(of billing 68.8%, orders 22.4%)" in said
    )


def test_each_place_of_a_clone_is_a_row_of_the_inventory(tmp_path):
    code, tokens = read(tmp_path, copies("app/billing/a.py", "app/orders/b.py"))

    rows = inventory(code, "clones", ["orders"], tokens=lambda: tokens).rows

    assert [(row["file"], row["symbol"], row["places"]) for row in rows] == [
        ("app/orders/b.py", "total", 2)
    ]


def nested(name: str, *places: tuple[str, int, int]):
    spots = [Spot(file=path, line=line, last_line=last, said="f") for path, line, last in places]
    return finding("duplication.clone", [name], "so", spots)


def test_a_clone_of_which_most_lies_in_a_longer_one_is_told_by_that():
    longer = nested("longer", ("a.py", 1, 60), ("b.py", 1, 60))
    within = nested("within", ("a.py", 20, 40), ("b.py", 21, 41), ("c.py", 5, 25))
    beside = nested("beside", ("a.py", 20, 30), ("b.py", 21, 31), ("d.py", 1, 11), ("e.py", 1, 11))

    told = told_once([within, beside, longer])

    assert [one.sure for one in told] == [False, True, True]
    assert [one.id for one in told] == [within.id, beside.id, longer.id]
    assert told[2].spots[2:] == (Spot(file="c.py", line=5, last_line=25, said="21 lines of it, f"),)
