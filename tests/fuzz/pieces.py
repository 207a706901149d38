"""What parsers look for, and what breaks them, beside what real files say."""

from __future__ import annotations

from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "data/sample"
_MARKUP = (
    *("\n", "\n\n", "---\n", "```\n", "~~~", "# ", "## ", "- ", "  - ", "1. ", "> ", "| a | b |\n"),
    *("|---|\n", "<!-- ", " -->", "<!-- archmem: dec-k3f9x2ab -->", "[x](y.md)", "![", "](", "[["),
    *("**", "Status: Accepted\n", "Date: 2024-13-99\n", "2024-02-30", "0000-00-00"),
    *("Superseded by [ADR 7](0007-x.md)", "type: decision\n", "permalink: a\n", "created: 2024\n"),
)
_DATA = (
    *("status: [a, *b]\n", "&b", "<<: *b", "!!python/x ", "? ", "{", "}", "[", "]", '"', "'", ":"),
    *(",", "null", "true", "1e999", "-0", "99999999999999999999", "\\u0000", "\\ud800", "[a]\n"),
    *('{"success": true}', '"steps": [', '"phases": [', '"runs": [', '"results": [', '"text": "'),
    *('"resourceSpans": [', "<testsuite>", "<testcase>", "<coverage>", "</", "/>", "&x;", "<!"),
    *("SF:a.py\nDA:1,1\nend_of_record\n", "mode: set\na.go:1.1,2.2 1 1\n", "a;b;c 3\n"),
    *("[importlinter:contract:a]\n", "type = layers\n", "[[modules]]\n", "deptrac:\n", "layers:\n"),
)
_CODE = (
    *("class A:\n", "def f(x):\n", "function f() {", "import a from 'b'", "package a", "<?php "),
    *("#!", "\\", "SELECT * FROM t;", "CREATE TABLE t (", ");", "@Entity", "@app.get('/x')"),
    *("router.use(", "=>", "::", "model A {\n", "changeSet id:", "module.exports = {"),
)
_LETTERS = (
    *("\ufeff", "\x00", "\x1b[31m", "\u202e", "\U0001f600", "\ud7ff", "\xa0", "\t", "\r\n"),
    *("\u2028", "é" * 9, " " * 400),
)
PIECES = (*_MARKUP, *_DATA, *_CODE, *_LETTERS)
RECORDS = (*sorted(SAMPLE.rglob("*.md"))[:20], *sorted(SAMPLE.rglob("*.json"))[:4])
CODE = [one for one in sorted(SAMPLE.rglob("*")) if one.suffix in {".py", ".ts", ".go"}]
