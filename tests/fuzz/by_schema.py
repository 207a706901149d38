"""Calls each route of a running engine with whatever its description allows, and does not.

    python -m tests.fuzz.by_schema [--examples N]      of each route: half as told, half not

The engine is a process of its own that listens at a port, with a sample project. It has failed
where an answer is a 5xx, not of the form that is described, or tells of a failure in its lines, and
where its log holds a traceback. Wants schemathesis, which `make fuzz` installs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from memory.version import VERSION
from tests.shop import write_shop

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
EXAMPLES = 200
#: They end the engine, or do not end.
LEFT_OUT = frozenset({"/stop", "/followed"})
#: A call that is described may be refused, of a memory that is not there; and one that is not may
#: be a message of MCP.
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
#: Each writes or reads where its caller says.
PLACES = ("to", "source")
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="of each route")
    parser.add_argument("--route", action="append", default=[], help="only these")
    options = parser.parse_args()
    began, statuses, failures, routes = time.monotonic(), Counter[int](), dict[str, str](), 0
    with tempfile.TemporaryDirectory(prefix="archmem-") as name, engine(Path(name)) as place:
        shop = Path(name) / "shop"
        write_shop(shop)
        headers = {"authorization": f"Bearer {place['token']}", "archmem-version": VERSION}
        url = f"http://127.0.0.1:{place['port']}"
        asked = urllib.request.Request(f"{url}/openapi.json", headers=headers)
        with urllib.request.urlopen(asked) as said:
            described = json.load(said)
        del described["security"]  # what comes without the right token is let in to nothing
        schema = schemathesis.openapi.from_dict(described)
        schema.config.update(base_url=url)
        for found in schema.get_all_operations():
            one = found.ok()
            if one.path in LEFT_OUT or (options.route and one.path not in options.route):
                continue
            routes += 1
            for mode in MODES:
                call = Calls(one, mode, shop, headers, statuses)
                if failure := call.fail(options.examples // len(MODES)):
                    failures[f"{one.path}, {mode.value}"] = failure
        log = (Path(name) / "run/engine.jsonl").read_text("utf-8")
    logged = [line for line in log.splitlines() if '"traceback"' in line]
    print(*(f"{where}: {what}\n" for where, what in failures.items()), *logged, sep="\n")
    took, calls = time.monotonic() - began, sum(statuses.values())
    shown = ", ".join(f"{count:,} {status}" for status, count in sorted(statuses.items()))
    print(f"{routes} routes, {calls:,} calls ({shown}), {len(failures)} failed, {took:,.0f} s")
    sys.exit(bool(failures or logged))


@contextmanager
def engine(folder: Path) -> Iterator[dict[str, Any]]:
    """An engine that has this folder to itself; how to reach it."""
    environment = os.environ | {
        "ARCHMEM_RUNTIME": str(folder / "run"),
        "ARCHMEM_STATE": str(folder / "state"),
        "HF_HUB_OFFLINE": "1",
    }
    command = [sys.executable, "-P", "-m", "cli.main", "serve", "--port", "0"]
    environment["PYTHONPATH"] = str(ROOT)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, text=True)
    try:
        described = folder / "run/engine.json"
        until = time.monotonic() + 60
        while not described.exists() and time.monotonic() < until:
            time.sleep(0.05)
        yield json.loads(described.read_text("utf-8"))
    finally:
        process.kill()
        process.wait()


class Calls:
    """Calls of one route, as it is described or not."""

    def __init__(
        self,
        operation: Any,
        mode: GenerationMode,
        shop: Path,
        headers: dict[str, str],
        statuses: Counter[int],
    ) -> None:
        self._given = operation.as_strategy(generation_mode=mode)
        self._shop = shop
        self._headers = headers
        self._statuses = statuses

    def fail(self, examples: int) -> str:
        """What went wrong first, if something did."""

        @settings(
            max_examples=max(1, examples),
            database=None,
            deadline=None,
            verbosity=Verbosity.quiet,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(self._given)
        def answers(case: Any) -> None:
            case.body = self._at_home(case.body)
            reply = case.call(headers=self._headers, timeout=120)
            self._statuses[reply.status_code] += 1
            case.validate_response(reply, checks=CHECKS)
            assert '"The engine failed' not in reply.text, reply.text

        try:
            answers()
        except Unsatisfiable:
            pass  # a route that is given nothing cannot be called otherwise than is told
        except (AssertionError, Failure, FailureGroup) as error:
            return str(error)
        except Exception as error:  # noqa: BLE001  (a connection that broke: of which call is told)
            return f"{type(error).__name__}: {error} {getattr(error, '__notes__', '')}"
        return ""

    def _at_home(self, body: Any) -> Any:
        """A body that reaches nothing outside the sample."""
        if not isinstance(body, dict):
            return body
        said = dict(body)
        if isinstance(said.get("project"), str):
            said["project"] = str(self._shop)
        if isinstance(said.get("store"), str):
            said["store"] = None
        asked = said.get("request")
        if isinstance(asked, dict):
            away = {name: str(self._shop / "kept") for name in PLACES if asked.get(name)}
            said["request"] = asked | away
        return said


if __name__ == "__main__":
    main()
