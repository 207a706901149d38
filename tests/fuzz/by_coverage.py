"""Looks for a file that a parser cannot take, led by which lines of it each input reaches.

    python -m tests.fuzz.by_coverage NAME [-max_total_time=60] [-runs=N] [FOLDER OF INPUTS]

NAME is that of a format or of a language, all of which are printed without one; the rest is as
libFuzzer takes it. Ends with the input, in a file, that a parser raised on. Wants atheris, which
`make fuzz-by-coverage` installs.
"""

from __future__ import annotations

import sys

import atheris

READING = ["indexer.formats", "indexer.markup", "indexer.wording", "indexer.code.languages"]


def main() -> None:
    with atheris.instrument_imports(include=READING):
        from tests.fuzz.parsers import parsers

        known = parsers()
        if len(sys.argv) < 2:
            print("\n".join(known))
            return
        parse = known[sys.argv.pop(1)]
        parse(b"x")  # imports the rest of what it reads with
    atheris.Setup(sys.argv, parse)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
