"""What is written for other programs they take as it is meant, whatever a project calls things."""

import json
import xml.etree.ElementTree as ET
from urllib.parse import unquote

from cli.printing.junit import as_junit
from cli.printing.map_drawings import mermaid_lines
from cli.printing.reports import Report
from cli.printing.sarif import as_sarif
from indexer.code.sarif_reader import read_reported
from memory.models.code import CodeMap
from memory.models.findings import Finding, Spot

ODD = '[a](javascript:x) \x1b]0;y\x07 \uffff\ufffe \u202e <script>`&"\\n'
NAMES = ("javascript:x.py", "https:/evil.example/a b.py", "app/[slug]/p%20.ts", "@s/ö\udc80.py")


def a_report(file: str) -> Report:
    spot = Spot(file=file, line=1, said=ODD)
    found = Finding(id="x", rule="r", severity="major", message=ODD, spots=(spot, spot), do=ODD)
    return Report(rules=(), findings=(found,))


def test_in_sarif_no_text_is_a_link_and_no_path_an_address_elsewhere():
    for name in NAMES:
        said = as_sarif(a_report(name))
        [result] = said["runs"][0]["results"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

        assert ":" not in uri
        assert unquote(uri) == name.replace("\udc80", "?")
        assert "\\\\[a](javascript" in json.dumps(result["message"])
        assert "u001b" not in json.dumps(said)


def test_what_junit_is_given_is_xml():
    [case] = ET.fromstring(as_junit(a_report(NAMES[0]))).iter("testcase")

    assert "<script>" in case.get("name")


def test_in_mermaid_a_name_is_no_markup():
    row = CodeMap.model_construct(modules=[], couplings=[], cycles=[])
    module = type("Row", (), {"module": ODD, "lines": 1})()
    row = row.model_copy(update={"modules": [module]})

    drawn = "\n".join(mermaid_lines(row))

    assert not set(drawn.partition('["')[2].rpartition('"]')[0]) & set('<>`"\\&')


def test_the_number_of_a_line_that_no_file_has_is_not_handed_on(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    places = [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a.py"},
                "region": {"startLine": first, "endLine": last},
            }
        }
        for first, last in ((10**30, 0), (1, 10**30), (-1, 0))
    ]
    results = [{"ruleId": "r", "message": {"text": "m"}, "locations": [one]} for one in places]
    report = {"runs": [{"tool": {"driver": {"name": "t"}}, "results": results}]}
    (tmp_path / "x.sarif").write_text(json.dumps(report))

    [found] = read_reported(tmp_path).results

    assert (found.line, found.last_line) == (1, 0)
