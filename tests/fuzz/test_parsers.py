"""No parser raises, for whatever a file may hold; what it makes of it can be kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.code.registry import languages
from tests.fuzz.parsers import PATHS, parsers

SAMPLE = Path(__file__).parents[2] / "data/sample"
#: What parsers look for, beside what real files say.
PIECES = (
    *("\n", "\n\n", "---\n", "```\n", "~~~", "# ", "## ", "- ", "  - ", "1. ", "> ", "| a | b |\n"),
    *(
        "|---|\n",
        "<!-- ",
        " -->",
        "<!-- archmem: dec-k3f9x2ab -->",
        "[x](y.md)",
        "![",
        "](",
        "[[",
        "**",
    ),
    *(
        "Status: Accepted\n",
        "Date: 2024-13-99\n",
        "status: [a, *b]\n",
        "&b",
        "<<: *b",
        "!!python/x ",
        "? ",
    ),
    *(
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        ":",
        ",",
        "null",
        "1e999",
        "-0",
        "\\u0000",
        "\\ud800",
        "\ufeff",
    ),
    *(
        "\x00",
        "\x1b[31m",
        "\u202e",
        "\U0001f600",
        "\ud7ff",
        "\xa0",
        "\t",
        "\r\n",
        "\u2028",
        "é" * 9,
    ),
    *(
        "Superseded by [ADR 7](0007-x.md)",
        "2024-02-30",
        "0000-00-00",
        "99999999999999999999",
        " " * 400,
    ),
    *(
        "class A:\n",
        "def f(x):\n",
        "function f() {",
        "import a from 'b'",
        "package a",
        "<?php ",
        "#!",
        "\\",
    ),
    *(
        "SELECT * FROM t;",
        "CREATE TABLE t (",
        ");",
        "@Entity",
        "@app.get('/x')",
        "router.use(",
        "=>",
        "::",
    ),
)


def texts_like(*samples: Path) -> st.SearchStrategy[str]:
    """Pieces, lines of real files and anything else, one after the other."""
    lines = [line for one in samples for line in one.read_text("utf-8").splitlines(keepends=True)]
    piece = st.one_of(
        st.sampled_from([*PIECES, *lines]), st.text(max_size=8), st.sampled_from(PIECES)
    )
    return st.lists(piece, max_size=40).map("".join)


RECORDS = texts_like(*sorted(SAMPLE.rglob("*.md"))[:20], *sorted(SAMPLE.rglob("*.json"))[:4])
CODE = texts_like(
    *[one for one in sorted(SAMPLE.rglob("*")) if one.suffix in {".py", ".ts", ".go"}]
)


@pytest.mark.parametrize("name", PATHS)
def test_a_format_takes_any_text(name, fuzzed):
    takes_any(parsers()[name], RECORDS, fuzzed)


@pytest.mark.parametrize("language", sorted(languages()))
def test_a_language_takes_any_text(language, fuzzed):
    takes_any(parsers()[language], CODE, fuzzed)


def takes_any(parse, texts, fuzzed):
    @given(texts)
    def takes(text):
        raw = text.encode("utf-8", "surrogatepass")
        fuzzed(raw)
        parse(raw)

    takes()
