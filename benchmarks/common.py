"""What several benchmarks need: clocks, sizes, quantiles, folders and plain tables."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """What a call returns, and the seconds it took."""
    began = time.perf_counter()
    result = call()
    return result, time.perf_counter() - began


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all values does not exceed; nan of none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def megabytes(path: Path) -> float:
    """What a file, or all files below a folder, hold; 0 where there is nothing."""
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return sum(one.stat().st_size for one in files) / 1e6


def make_folder(folder: Path) -> Path:
    """The folder, which exists afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def processor_seconds() -> float:
    """What this process and all that it began have computed so far; on Linux."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
    ticks = 0
    for child in children:
        fields = Path(f"/proc/{child}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return sum(os.times()[:4]) + ticks / os.sysconf("SC_CLK_TCK")


def resident_mb() -> float:
    """Memory of this process that is in RAM now (Linux)."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096 / 1e6


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file; none where there is no such file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def print_table(rows: Iterable[Row], *, width: int = 11) -> None:
    """Rows under the names of their first one's fields, the first column left-aligned."""
    rows = list(rows)
    first, *names = rows[0]
    left = 2 + max(len(str(row[first])) for row in [*rows, {first: first}])
    print(f"{first:<{left}}" + "".join(f"{name:>{max(width, len(name) + 2)}}" for name in names))
    for row in rows:
        cells = (f"{_cell(row.get(name, '')):>{max(width, len(name) + 2)}}" for name in names)
        print(f"{row[first]!s:<{left}}" + "".join(cells), flush=True)


def _cell(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3f}"
