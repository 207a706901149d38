"""As much of an MCP client as it takes to time a server: one session over stdin and stdout."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

PROTOCOL = "2025-06-18"


class Session:
    """A server process of its own, spoken to line by line; ends when the block does."""

    def __init__(self, command: Sequence[str], **options: Any) -> None:
        self._began = time.perf_counter()
        self._number = 0
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            **options,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()

    @property
    def age(self) -> float:
        """Milliseconds since the process was spawned."""
        return (time.perf_counter() - self._began) * 1e3

    @property
    def megabytes(self) -> float:
        """What the process holds of memory now, as Linux tells it."""
        told = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(told.partition("VmRSS:")[2].split()[0]) / 1024

    def initialize(self) -> None:
        """Shake hands."""
        about = {"name": "benchmark", "version": "1"}
        self._ask("initialize", protocolVersion=PROTOCOL, capabilities={}, clientInfo=about)
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def call(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What a tool answers; a failure of it is one of the benchmark."""
        answer = self._ask("tools/call", name=tool, arguments=arguments)
        if answer.get("isError"):
            raise RuntimeError(f"{tool}: {answer}")
        return answer

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        assert self._process.stdout
        for line in self._process.stdout:
            said = json.loads(line)
            if said.get("id") == self._number and "method" not in said:  # the rest is news
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']}")
                return said["result"]
        raise RuntimeError(f"{method}: the server has ended")

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
