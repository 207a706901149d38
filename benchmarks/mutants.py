"""Whether the tests notice when a module that decides is wrong: runs them on hand-made mutants.

`python -m benchmarks.mutants [WORD …]` copies the checkout, applies each mutant of `mutants.toml`
by itself, runs the tests that it names, and prints whether they killed it. With words only the
mutants of files with one of them in their path are run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 600  # seconds; a mutant may never end
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__", "node_modules")


def passes(checkout: Path, tests: list[str]) -> bool:
    """Whether tests pass, and end; SystemExit where they cannot be run."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        return False
    if done.returncode not in (0, 1):  # 1: some test failed
        raise SystemExit(f"{' '.join(tests)} cannot be run:\n{done.stdout}{done.stderr}")
    return done.returncode == 0


def is_killed(checkout: Path, mutant: dict[str, Any]) -> bool:
    """Whether the tests of a mutant fail on it; the checkout is as before afterwards."""
    path = checkout / mutant["file"]
    sound = path.read_text(encoding="utf-8")
    if sound.count(mutant["old"]) != 1:
        raise SystemExit(f"{mutant['file']} has not once: {mutant['old']}")
    path.write_text(sound.replace(mutant["old"], mutant["new"]), encoding="utf-8")
    try:
        return not passes(checkout, mutant["tests"])
    finally:
        path.write_text(sound, encoding="utf-8")


def main(words: list[str]) -> None:
    """Print the fate of each mutant, and how many were killed."""
    mutants = tomllib.loads((ROOT / "benchmarks/mutants.toml").read_text("utf-8"))["mutant"]
    mutants = [one for one in mutants if not words or any(word in one["file"] for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder) / "checkout"
        shutil.copytree(ROOT, checkout, ignore=LEFT_OUT, symlinks=True)
        tests = list(dict.fromkeys(test for one in mutants for test in one["tests"]))
        if not passes(checkout, tests):
            raise SystemExit("The tests fail without any mutant.")
        killed = 0
        for one in mutants:
            dead = is_killed(checkout, one)
            killed += dead
            first = one["old"].splitlines()[0].strip()
            print(f"{'killed' if dead else 'SURVIVED':9} {one['file']}: {first}", flush=True)
    print(f"{killed} of {len(mutants)} killed")


if __name__ == "__main__":
    main(sys.argv[1:])
