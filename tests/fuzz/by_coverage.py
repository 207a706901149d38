"""Looks for a file that a parser cannot take, led by which lines of it each input reaches.

    python -m tests.fuzz.by_coverage [--runs N]           every parser, so many inputs on average
    python -m tests.fuzz.by_coverage NAME [-runs=N ...]   one of them, as libFuzzer is told

What was worth keeping is in `build/fuzz`, for the next time to begin with. Ends with 1 where a
parser raised, and says where the input is: a line of `found.jsonl` makes it a test. Wants atheris,
which `make fuzz-by-coverage` installs.

All there is to read with is imported once, and each parser has a process forked from that: to
import takes as long as some ten thousand inputs. An input takes as long as it is, a Markdown page
of 4,000 bytes 15 ms, so they are short; `make fuzz` makes longer ones. The slower half of the
parsers is given a fifteenth of the inputs of the quicker one, which are all made first.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import atheris

if TYPE_CHECKING:
    from collections.abc import Callable

READING = ["indexer.formats", "indexer.markup", "indexer.wording", "indexer.code"]
READING += ["cli.plan_files", "memory.lessons.result_parser", "memory.planning.plan_reader"]
ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build/fuzz"
RUNS = 1_000
LONGEST = 1_000  # bytes of an input
SLOW, QUICK = 1 / 8, 15 / 8  # of the inputs of an average parser


def main() -> None:
    parsers = instrumented()
    if sys.argv[1:] and not sys.argv[1].startswith("--"):
        fuzz(parsers[sys.argv[1]], sys.argv[2:])

    runs = int(sys.argv[2]) if sys.argv[1:] else RUNS
    began, total, raised = time.monotonic(), 0, []
    slow = slower_half(parsers)
    for name, parse in sorted(parsers.items(), key=lambda one: one[0] in slow):
        folder = KEPT / re.sub(r"\W+", "-", name).strip("-")
        share = SLOW if name in slow else QUICK
        done, failure = fuzz_apart(name, parse, folder, int(runs * share))
        total += done
        raised += [f"{name}: {failure}"] if failure else []
        took = time.monotonic() - began
        shown = f"{done:,} inputs{', RAISED' if failure else ''}"
        print(f"{name}: {shown}; {total:,} after {took:,.0f} s", flush=True)
    print(f"{len(parsers)} parsers, {total:,} inputs, {len(raised)} raised, {took:,.0f} s")
    print(*raised, sep="\n")
    sys.exit(bool(raised))


def instrumented() -> dict[str, Callable[[bytes], None]]:
    """All parsers, with all that they read with."""
    with atheris.instrument_imports(include=READING):
        from tests.fuzz.parsers import PARSERS

        for parse in PARSERS.values():
            parse(b"x")  # imports the rest
    return PARSERS


def slower_half(parsers: dict[str, Callable[[bytes], None]]) -> set[str]:
    took = {}
    for name, parse in parsers.items():
        began = time.process_time()
        for sample in samples(name):
            parse(sample)
        took[name] = (time.process_time() - began) / len(samples(name))
    return set(sorted(took, key=took.__getitem__)[(len(took) + 1) // 2 :])


def samples(name: str) -> list[bytes]:
    """The beginnings of real files for a parser."""
    from tests.fuzz.parsers import LANGUAGES
    from tests.fuzz.pieces import CODE, RECORDS

    return [one.read_bytes()[:LONGEST] for one in (CODE if name in LANGUAGES else RECORDS)]


def fuzz(parse: Callable[[bytes], None], arguments: list[str]) -> NoReturn:
    atheris.Setup([sys.argv[0], *arguments], parse)
    atheris.Fuzz()
    sys.exit()


def fuzz_apart(
    name: str, parse: Callable[[bytes], None], folder: Path, runs: int
) -> tuple[int, str]:
    """How many inputs a process made of one parser, and what it raised on, if it did."""
    from tests.fuzz.pieces import PIECES

    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(samples(name)):
        (folder / f"sample-{number}").write_bytes(one)
    words = KEPT / "pieces.txt"
    escaped = ("".join(f"\\x{byte:02x}" for byte in one.encode()) for one in PIECES)
    words.write_text("".join(f'"{one}"\n' for one in escaped))
    arguments = [str(folder), f"-runs={runs}", f"-dict={words}", f"-artifact_prefix={folder}-"]
    arguments += [f"-max_len={LONGEST}", "-timeout=60", "-verbosity=0", "-print_final_stats=1"]
    log = folder.with_suffix(".log")
    if (pid := os.fork()) == 0:
        with log.open("wb") as said:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
        fuzz(parse, arguments)
    _, status = os.waitpid(pid, 0)
    said = log.read_text("utf-8", "replace")
    counted = re.search(r"number_of_executed_units: (\d+)", said)
    return int(counted[1]) if counted else 0, said[-3000:] if status else ""


if __name__ == "__main__":
    main()
