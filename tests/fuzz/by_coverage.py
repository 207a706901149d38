"""Looks for a file that a parser cannot take, led by which lines of it each input reaches.

    python -m tests.fuzz.by_coverage [--runs N]           every parser, so many inputs of each
    python -m tests.fuzz.by_coverage NAME [-runs=N ...]   one of them, as libFuzzer is told

What was worth keeping is in `build/fuzz`, for the next time to begin with. Ends with 1 where a
parser raised, and says where the input is: a line of `found.jsonl` makes it a test. Wants atheris,
which `make fuzz-by-coverage` installs.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import atheris

READING = ["indexer.formats", "indexer.markup", "indexer.wording", "indexer.code"]
READING += ["cli.plan_files", "memory.lessons.result_parser", "memory.planning.plan_reader"]
ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build/fuzz"
RUNS = 1_000


def main() -> None:
    if sys.argv[1:] and not sys.argv[1].startswith("--"):
        fuzz(sys.argv.pop(1))
        return
    from tests.fuzz.parsers import PARSERS

    runs = int(sys.argv[2]) if sys.argv[1:] else RUNS
    began, total, raised = time.monotonic(), 0, []
    for name in PARSERS:
        folder = KEPT / re.sub(r"\W+", "-", name).strip("-")
        done, failure = fuzz_apart(name, folder, runs)
        total += done
        raised += [f"{name}: {failure}"] if failure else []
        print(f"{name}: {done:,} inputs{', RAISED' if failure else ''}", flush=True)
    took = time.monotonic() - began
    print(f"{len(PARSERS)} parsers, {total:,} inputs, {len(raised)} raised, {took:,.0f} s")
    print(*raised, sep="\n")
    sys.exit(bool(raised))


def fuzz(name: str) -> None:
    with atheris.instrument_imports(include=READING):
        from tests.fuzz.parsers import PARSERS

        parse = PARSERS[name]
        parse(b"x")  # imports the rest of what it reads with
    atheris.Setup(sys.argv, parse)
    atheris.Fuzz()


def fuzz_apart(name: str, folder: Path, runs: int) -> tuple[int, str]:
    """How many inputs a process made of one parser, and what it raised on, if it did."""
    from tests.fuzz.parsers import LANGUAGES
    from tests.fuzz.pieces import CODE, PIECES, RECORDS

    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(CODE if name in LANGUAGES else RECORDS):
        (folder / f"sample-{number}").write_bytes(one.read_bytes()[:4096])
    words = KEPT / "pieces.txt"
    escaped = ("".join(f"\\x{byte:02x}" for byte in one.encode()) for one in PIECES)
    words.write_text("".join(f'"{one}"\n' for one in escaped))
    command = [sys.executable, "-m", "tests.fuzz.by_coverage", name, str(folder), f"-runs={runs}"]
    command += [f"-dict={words}", f"-artifact_prefix={folder}-", "-max_len=4096", "-timeout=60"]
    command += ["-verbosity=0", "-print_final_stats=1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    counted = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    failure = done.stderr[-3000:] if done.returncode else ""
    return int(counted[1]) if counted else 0, failure


if __name__ == "__main__":
    main()
