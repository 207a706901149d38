"""How the engine fares: how many calls, how many failed, how long they took; in its own log too."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter, defaultdict, deque
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memory.errors import ArchMemError

if TYPE_CHECKING:
    from collections.abc import Iterator

LATEST = 1_000  # calls of each name whose times are kept
SHARES = (0.5, 0.95, 0.99)
LOG_BYTES, LOGS = 1_000_000, 3  # of one file of the log, and files before it
SLOW = 1.0  # seconds from which a call is logged
_log = logging.getLogger(__name__)


class CallCounts:
    """Counts calls by their names, each on whichever thread it is answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()  # for a reason that the caller was told
        self._failed: Counter[str] = Counter()  # for none that anybody foresaw
        self._seconds: dict[str, deque[float]] = {}
        self._total: defaultdict[str, float] = defaultdict(float)
        self._under_way = 0

    @contextmanager
    def counting(self, name: str) -> Iterator[None]:
        """Count a call for as long as the block lasts."""
        with self._lock:
            self._begun[name] += 1
            self._under_way += 1
        began = time.monotonic()
        counter = None
        try:
            yield
        except ArchMemError:
            counter = self._refused
            raise
        except Exception:
            counter = self._failed
            raise
        finally:
            took = time.monotonic() - began
            with self._lock:
                self._under_way -= 1
                self._seconds.setdefault(name, deque(maxlen=LATEST)).append(took)
                self._total[name] += took
                if counter is not None:
                    counter[name] += 1
            if took >= SLOW:
                _log.info("slow", extra={"call": name, "seconds": round(took, 3)})

    def told(self) -> dict[str, Any]:
        """What is under way, and of each name: calls, refused, failed, seconds by their shares."""
        with self._lock:
            calls = {
                name: {
                    "calls": count,
                    "refused": self._refused[name],
                    "failed": self._failed[name],
                    "total_seconds": round(self._total[name], 3),
                    "seconds": _shares(self._seconds.get(name, ())),
                }
                for name, count in sorted(self._begun.items())
            }
            return {"under_way": self._under_way, "calls": calls}


def _shares(seconds: Any) -> dict[str, float]:
    ordered = sorted(seconds)
    if not ordered:
        return {}
    last = len(ordered) - 1
    return {
        f"{share:g}": round(ordered[min(last, int(share * len(ordered)))], 4) for share in SHARES
    }


def prometheus(health: dict[str, Any]) -> str:
    """What the engine says of its health, in Prometheus' text format (version 0.0.4)."""
    gauges = {
        "under_way": health["figures"]["under_way"],
        "tasks_waiting": len(health["tasks"]),
        "open_memories": len(health["open"]),
        "resident_bytes": health["resident_bytes"] or "NaN",
    }
    lines = []
    for name, value in gauges.items():
        lines += [f"# TYPE archmem_{name} gauge", f"archmem_{name} {value}"]
    calls = health["figures"]["calls"].items()
    lines.append("# TYPE archmem_errors_total counter")
    lines += [
        f'archmem_errors_total{{call="{name}",kind="{kind}"}} {one[kind]}'
        for name, one in calls
        for kind in ("refused", "failed")
    ]
    lines.append("# TYPE archmem_call_seconds summary")
    for name, one in calls:
        lines += [
            f'archmem_call_seconds{{call="{name}",quantile="{share}"}} {seconds}'
            for share, seconds in one["seconds"].items()
        ]
        lines.append(f'archmem_call_seconds_sum{{call="{name}"}} {one["total_seconds"]}')
        lines.append(f'archmem_call_seconds_count{{call="{name}"}} {one["calls"]}')
    return "\n".join(lines) + "\n"


class _AsJson(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "said": record.getMessage(),
            **{
                name: getattr(record, name) for name in ("call", "seconds") if hasattr(record, name)
            },
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


class _Private(RotatingFileHandler):
    """A log that its user alone can read, each of its files."""

    def _open(self) -> Any:
        file = super()._open()
        Path(self.baseFilename).chmod(0o600)
        return file


def log_to(file: Path) -> None:
    """Afterwards warnings of all, and what the engine tells of itself, are lines of JSON there.

    The file begins anew when it is full; a few before it are kept.
    """
    handler = _Private(file, maxBytes=LOG_BYTES, backupCount=LOGS, encoding="utf-8")
    handler.setFormatter(_AsJson())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("cli.engine").setLevel(logging.INFO)
