"""Questions about code, asked on the command line and by an agent."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from typing import get_args
from xml.etree import ElementTree as ET

import pytest

from cli.printing.findings import audit_words
from cli.verbs import audit, inventory
from indexer.code.code_reader import forget
from indexer.project import open_project
from memory.ledger.sqlite.seals import register
from memory.models.code import InventoryOf
from memory.models.findings import AREAS, SEVERITIES, Audit, RuleRow
from tests.cli.mcp.conftest import DirectCaller, call, server_of
from tests.indexer.code.conftest import write

FILES = {
    "users/__init__.py": "",
    "users/models.py": "class User:\n    def save(self): ...\n",
    "orders/__init__.py": "",
    "orders/models.py": "from users.models import User\nclass Order:\n    owner = User\n",
    "orders/views.py": "from .models import Order\nfrom .gone import x\ndef show(): Order()\n",
    "orders/test_views.py": "from .views import show\ndef test_it(): show()\n",
}


@pytest.fixture
def coded(shop):
    write(shop, FILES)
    return shop


def test_where_no_route_is_seen_that_is_no_word_on_what_nobody_knows(run, tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/server.js").write_text("import { start } from 'own-engine'\nstart()\n")

    said = run("inventory", "routes").stderr

    assert "0 rows; none was seen, which says nothing of libraries that are not known." in said
    assert "resolved" not in said
    said = run("audit").stderr
    assert "security; that says nothing of libraries that are not known." in said


def test_inventory_prints_an_object_a_line_and_at_last_what_was_not_resolved(coded, objects):
    *rows, doubts = objects("inventory", "edges", "--json", "--path", "orders")

    imports = [row for row in rows if row["grade"] == "import"]
    assert imports[0] == {
        "source": "orders.models",
        "target": "users.models",
        "grade": "import",
        "file": "orders/models.py",
        "line": 1,
        "type_checking": False,
    }
    assert doubts["unresolved_counts"] == {"import": 1}


def test_modules_are_told_a_line_each_with_their_size_and_folder_and_files_by_json(coded, run):
    said = run("inventory", "modules")
    lines = [line.split() for line in said.stdout.splitlines()]

    assert len({line.index(str(line.split()[1])) for line in said.stdout.splitlines()}) == 1
    assert ["orders", "3", "files,", "1", "test,", "6", "lines;", "orders"] in lines
    assert sum(line[0] == "orders" for line in lines) == 1
    assert " modules of " in said.stderr


def test_a_map_has_no_column_that_nobody_can_fill(coded, run):
    head, first, *_ = run("map").stdout.splitlines()

    assert head.split()[:3] == ["module", "files", "lines"]
    assert "covered" not in head
    assert len(head) <= 80
    assert len(first) == len(head)


def test_the_path_of_what_a_change_reaches_is_told_once(run, shop):
    write(shop, {"a.js": "export class A {}\n", "b.js": "import {A} from './a'\nnew A()\n"})

    reached = [line for line in run("impact", "a.js").stdout.splitlines() if "b.js:" in line]

    assert reached
    assert all(line.count("b.js") == 1 for line in reached)


def test_what_several_places_define_is_told_to_be_taken_together(run, shop):
    user = "class User: pass\nclass Lone: pass\n"
    write(shop, {"api/user.py": user, "web/user.py": "class User: pass\n"})

    assert "2 files that define one: api/user.py, web/user.py" in run("impact", "User").stdout
    assert "define one" not in run("impact", "Lone").stdout
    assert "define one" not in run("impact", "api/user.py:User").stdout


def test_of_a_table_that_several_files_define_nobody_is_told_to_ask_for_one(run, shop):
    table = "from django.db import models\nclass Seat(models.Model):\n    class Meta:\n"
    table += '        db_table = "seats"\n'
    write(shop, {"hall/models.py": table, "stage/models.py": table})

    said = run("impact", "seats").stdout

    assert "table seats" in said
    assert "2 files that define one" in said
    assert "FILE:NAME" not in said


def test_cycles_of_modules_come_first_and_tell_each_path_once(run, shop):
    files = {"a/x.py": "from b.y import f\n", "b/y.py": "from a.x import g\n"}
    write(shop, files | {f"{one}/__init__.py": "" for one in "ab"})

    said = run("map").stdout
    assert "\n  a/x.py:1 a -> b\n" in said
    heads = [line.split(":")[0] for line in said.splitlines() if line.startswith("cycle of")]

    assert heads == ["cycle of 2 modules", "cycle of 2 folders", "cycle of 2 files"]
    write(shop, {"a/p.js": "import './q'\n", "a/q.js": "import './p'\n"})
    assert "  a/p.js:1 -> a/q.js" in run("map").stdout


def test_an_empty_file_among_tests_is_no_test(coded, run):
    write(coded, {"orders/tests/__init__.py": "", "orders/tests/test_a.py": "x = 1\n"})

    said = run("inventory", "tests").stdout

    assert "orders/tests/test_a.py:1" in said
    assert "__init__.py" not in said


def test_how_many_routes_have_which_answer_is_told_beside_them(shop, run):
    app = "from flask import Flask\napp = Flask(__name__)\n@app.get('/{0}')\ndef {0}(): return 1\n"
    write(shop, {"a.py": app.format("a"), "b.py": app.format("b")})

    assert "auth: no 2" in run("inventory", "routes").stderr
    assert "auth" not in run("inventory", "modules").stderr


def test_impact_tells_what_is_reached_and_by_which_way(coded, answer, objects):
    (said,) = objects("impact", "User", "--json")

    assert [one["name"] for one in said["direct"]] == ["orders.models.Order"]
    assert [(one["name"], one["path"]) for one in said["cascade"]] == [
        ("orders.views.show", ["orders/views.py:3", "orders/models.py:3"])
    ]
    assert [one["file"] for one in said["tests"]] == ["orders/test_views.py"]
    assert said["risk"]["score"] == pytest.approx(
        sum(part["value"] * part["weight"] for part in said["risk"]["parts"]), abs=0.01
    )
    assert "orders/models.py:3" in answer("impact", "users.models.User")


def test_impact_of_what_is_not_there_says_what_comes_near(coded, run):
    refused = run("impact", "Usr")

    assert refused.exit_code == 1
    assert "near: User" in refused.stderr


@pytest.mark.parametrize("layout", ["table", "json", "dot", "mermaid", "svg"])
def test_a_map_has_each_form(coded, answer, layout):
    assert "orders" in answer("map", "--format", layout)


def test_the_matrix_of_couplings_is_well_formed_and_says_what_made_each_level(coded, answer):
    drawn = ET.fromstring(answer("map", "--format", "svg"))

    titles = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert "orders - users: LOW, 1 import" in titles


def test_an_agent_is_told_the_same_in_rows(coded):
    caller = DirectCaller(coded)
    try:
        server = server_of(caller, results="both")
        impact = call(server, "memory_code", ask="impact", target="User").structured_content
        edges = call(server, "memory_code", ask="edges", path="orders/models.py")
    finally:
        caller.close()

    assert impact["rows"][0]["target"] == "User"
    assert impact["rows"][1]["place"] == "orders/models.py:3"
    assert edges.structured_content["rows"][0]["target"] == "users.models"


def test_a_brief_names_the_code_in_reach(coded, answer):
    said = answer("brief", "split Order in the orders module")

    reach = said.partition("## The code in reach")[2]
    assert "orders.models.Order (orders/models.py:2): 1 file and 1 test depend on it" in reach
    assert "orders: 3 files" in reach
    assert "orders tests (1): orders/test_views.py" in reach


@pytest.mark.slow
def test_what_people_wrote_of_a_module_governs_its_code(coded, objects, answer):
    written = ("--title", "Orders own their lines", "--decision", "One row.", "--module", "orders")
    answer("record", "decision", *written)

    (said,) = objects("impact", "orders.models.Order", "--json")

    assert [one["title"] for one in said["governs"]] == ["Orders own their lines"]


@pytest.mark.slow
def test_what_only_speaks_of_a_module_governs_it_by_that_name(coded, objects, answer):
    said = ("--title", "One row a line", "--decision", "The payments module keeps one row.")
    answer("record", "decision", *said, "--module", "orders")
    page = "# No sums in orders\n\n## Status\n\nAccepted\n\n## Decision\n\nNothing is summed.\n"
    write(coded, {"docs/adr/0030-no-sums.md": page})
    answer("index")

    (found,) = objects("impact", "orders.models.Order", "--json")

    assert {one["title"]: one["why"] for one in found["governs"]} == {
        "One row a line": "module orders",
        "No sums in orders": "module orders",
    }


@pytest.mark.slow
def test_what_is_kept_of_code_can_be_held_against_its_files(coded, run, objects):
    objects("inventory", "symbols", "--json")
    same = run("verify", "--rebuild")
    with closing(sqlite3.connect(coded / ".archmem/memory.db")) as db, db:
        register(db)
        of_files = "extractor NOT LIKE 'tokens:%'"
        db.execute(
            "UPDATE code_facts SET facts = "
            f"(SELECT min(facts) FROM code_facts WHERE {of_files}) WHERE {of_files}"
        )
    forget()
    other = run("verify", "--rebuild")
    mended = run("verify", "--rebuild")

    assert "what was kept says the same" in same.stderr
    assert "differed from what was kept, replaced: " in other.stderr
    assert "what was kept says the same" in mended.stderr


def test_a_diff_begins_at_the_definitions_in_which_lines_changed(coded, objects):
    def git(*arguments):
        command = ["git", "-C", str(coded), "-c", "user.name=d", "-c", "user.email=d@e", *arguments]
        subprocess.run(command, check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "x")
    models = coded / "users/models.py"
    models.write_text(models.read_text() + "class Other: ...\n")

    (untouched,) = objects("impact", "--diff", "HEAD", "--json")
    models.write_text(models.read_text().replace("def save(self): ...", "def save(self): pass"))
    (touched,) = objects("impact", "--diff", "HEAD", "--json")

    assert (untouched["kind"], untouched["files"]) == ("diff", ["users/models.py"])
    assert untouched["direct"] == []
    assert [one["name"] for one in touched["direct"]] == ["orders.models.Order"]


def test_files_that_were_not_read_are_named(coded, run):
    (coded / "data.py").write_text("#" * 1_000_001)

    assert "not read: data.py (larger than 1,000,000 bytes)" in run("map").stderr


@pytest.mark.slow
def test_the_code_of_an_earlier_commit_is_told_from_its_tree(coded):
    def git(*arguments):
        command = ["git", "-C", str(coded), "-c", "user.name=d", "-c", "user.email=d@e", *arguments]
        subprocess.run(command, check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "x")
    (coded / "orders/views.py").unlink()

    with open_project(coded) as memory, memory.at("HEAD") as then:
        now = {row["file"] for row in memory.inventory("modules").rows}
        before = {row["file"] for row in then.inventory("modules").rows}
        impact = then.impact("User")

    assert before - now == {"orders/views.py"}
    assert [one.name for one in impact.cascade] == ["orders.views.show"]


@pytest.mark.slow
def test_an_audit_ends_as_it_is_asked_to_and_is_written_for_code_scanners(
    coded, run, objects, tmp_path
):
    (coded / "users/models.py").write_text("import orders.models\nclass User: ...\n")

    assert run("audit", "security", "--fail-on", "minor").exit_code == 0
    found = run("audit", "--fail-on", "major")
    assert found.exit_code == 3
    assert "orders, users need each other" in found.stdout
    assert run("audit", "--fail-on", "critical").exit_code == 0

    out = tmp_path / "out.sarif"
    assert run("audit", "--fail-on", "major", "--sarif", str(out)).exit_code == 3
    ((said,),) = [one["results"] for one in json.loads(out.read_text())["runs"]]
    (finding,) = objects("audit", "--json")[0]["findings"]
    assert said["partialFingerprints"]["archmem/v1"] == finding["id"]
    assert (said["ruleId"], said["level"]) == ("architecture.module-cycle", "warning")
    assert said["relatedLocations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_why_a_rule_cannot_tell_is_counted_where_there_are_several_reasons():
    doubted = {"what stands before it was not understood": 2, "its handler may refuse": 1}
    row = RuleRow(rule="security.open", about="", looked_at=3, found=0, cannot_tell=3)
    audits = [
        Audit(findings=(), rules=(row.model_copy(update={"reasons": dict(few)}),))
        for few in ([*doubted.items()], [*doubted.items()][:1])
    ]

    several, one = (next(said for said in audit_words(each) if "cannot" in said) for each in audits)

    first, second = doubted
    assert several == f"security.open: cannot tell for 3 of 3: {first} (2); {second} (1)."
    assert one == f"security.open: cannot tell for 3 of 3: {first}."


def test_what_is_usual_is_told_only_where_consistency_is_asked_for(coded, run):
    api = 'from flask import Flask\napp = Flask("x")\n@app.get("/open-orders")\ndef show(): ...\n'
    (coded / "api.py").write_text(api)

    assert "consistency.path-names: kebab-case 1." in run("audit", "consistency").stderr
    assert "consistency.path-names" not in run("audit").stderr


def test_an_audit_is_written_as_junit_which_every_ci_shows(coded, run, objects, tmp_path):
    (coded / "users/models.py").write_text("import orders.models\nclass User: ...\n")
    out = tmp_path / "out.xml"

    assert run("audit", "--fail-on", "major", "--junit", str(out)).exit_code == 3

    root = ET.parse(out).getroot()
    (finding,) = objects("audit", "--json")[0]["findings"]
    (failed,) = [one for one in root.iter("testcase") if one.find("failure") is not None]
    assert failed.get("name") == f"{finding['id']}: {finding['message']}"
    assert (failed.get("classname"), failed.get("file"), failed.get("line")) == (
        "architecture.module-cycle",
        finding["spots"][0]["file"],
        "1",
    )
    assert root.get("failures") == "1"
    suite = next(one for one in root if one.get("name") == "architecture.file-cycle")
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")  # it looked, and found none


def test_an_agent_is_told_what_is_wrong(coded):
    (coded / "users/models.py").write_text("import orders.models\nclass User: ...\n")
    caller = DirectCaller(coded)
    try:
        server = server_of(caller, results="both")
        (found,) = call(server, "memory_code", ask="audit").structured_content["rows"]
        refused = call(server, "memory_code", ask="audit", target="style")
    finally:
        caller.close()
    assert refused.is_error
    assert (found["rule"], found["modules"]) == ("architecture.module-cycle", ["orders", "users"])


CHECKED = """# 7. Users stand alone

Status: accepted

## Decision

They know nobody.

**Check:** users must not import orders
**Check:** lines of users at most 90
"""


@pytest.mark.slow
def test_a_decision_that_the_code_breaks_is_found_with_the_edge_and_cited(coded, objects):
    write(coded, {"docs/adr/0007-users.md": CHECKED, "users/late.py": "import orders.views\n"})
    assert [*objects("index", "--json")]

    (said,) = objects("audit", "architecture", "--json")

    (found,) = [one for one in said["findings"] if one["rule"] == "architecture.broken-check"]
    assert found["message"] == (
        "users.late imports orders.views: 0007 Users stand alone says "
        '"users must not import orders"'
    )
    assert [(one["file"], one["line"]) for one in found["spots"]] == [
        ("users/late.py", 1),
        ("docs/adr/0007-users.md", 9),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("users and orders be good", "none of the checks"),
        ("users must not import payments", 'nothing in the code is called "payments"'),
    ],
)
def test_a_check_that_cannot_be_told_is_not_recorded(coded, run, said, reason):
    kept = ("record", "decision", "--title", "Users stand alone", "--check")

    refused = run(*kept, said)
    taken = run(*kept, "users must not import orders", "--check", "lines of users at most 90")

    assert (refused.exit_code, taken.exit_code) == (1, 0)
    assert reason in refused.stderr
    log = coded / ".claude/memory/context/decisions.md"
    assert "- users must not import orders\n- lines of users at most 90" in log.read_text()


@pytest.mark.slow
def test_a_brief_and_a_plan_are_told_of_the_decisions_that_the_code_breaks(coded, answer, run):
    write(coded, {"docs/adr/0007-users.md": CHECKED, "users/late.py": "import orders.views\n"})
    assert run("index").exit_code == 0

    brief = answer("brief", "Change the module users")
    (coded / "plan.md").write_text("- Import orders.models in users/models.py\n")
    plan = run("check", str(coded / "plan.md"))

    assert "0007 Users stand alone (docs/adr/0007-users.md:9) does not hold" in brief
    assert "its check would not hold: users.models imports orders.models" in plan.stdout


@pytest.mark.slow
def test_a_page_tells_how_the_code_is(coded, answer, objects):
    (said,) = objects("health", "--json")
    assert {one["name"]: one["value"] for one in said["measures"]}["modules"] == 2
    assert "covered" in answer("health")
    (again,) = objects("health", "--json")
    was = {one["name"]: one["last"] for one in again["measures"] if one["last_day"]}
    assert was["modules"] == 2  # when it was asked before
    assert answer("health", "--format", "svg").startswith("<svg")


def test_all_that_is_known_can_be_loaded_in_place_of_an_answer(coded, run, answer):
    said = answer("coordinate", "--load")
    assert "Loaded: " in said
    assert "## Architecture: modules" in said
    assert "without a request" in run("coordinate", "--load", "--query", "x").stderr


@pytest.mark.slow
def test_a_request_is_answered_from_a_file_or_a_question(coded, run, objects, tmp_path):
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"query": "What breaks if we change the User model?"}))

    (said,) = objects("coordinate", str(request), "--json")
    assert (said["from"], said["family"]) == ("coordinator-backend", "change of a model")
    assert [one["citations"][0] for one in said["breaks_immediately"]] == ["orders/models.py:3"]
    request.write_text("{")
    assert "is no JSON" in run("coordinate", str(request)).stderr
    assert "given by --query" in run("coordinate", "What breaks if User changes?").stderr
    assert run("coordinate").exit_code == 2
    (triaged,) = objects("triage", "Fix the total in orders", "--json")
    assert triaged["verdict"] == "local"


def test_choices_of_the_command_line_are_those_of_the_answers():
    assert (audit.AREAS, audit.SEVERITIES) == (AREAS, SEVERITIES)
    assert get_args(InventoryOf) == inventory.SORTS


@pytest.mark.parametrize("verb", ["health", "map"])
def test_where_there_is_no_code_that_is_said_and_not_that_nothing_is_wrong(shop, run, verb):
    assert "There is no code that could be read here." in run(verb).stderr
    assert "Nothing that could be looked at was found." in run("audit").stderr
