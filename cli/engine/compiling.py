"""Compiles models in processes of their own, so that torch is never loaded in this one."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.retrieval.embedding import OnStage, Precision


class Compiling:
    """A `CompileElsewhere`: called, it waits for a child that compiles."""

    def __init__(self) -> None:
        self._children: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._is_over = False

    def __call__(
        self, name: str | None, precision: Precision, force: bool, on_stage: OnStage
    ) -> None:
        """Returns when the child has compiled the model, or given up; the cache tells which.

        Args:
            name: As the settings have it; None is the built-in model.
            precision: "fp32" or "int8".
            force: Even if it is compiled already.
            on_stage: Told the child's stages.
        """
        command = [sys.executable, "-P", "-m", "cli.main", "model", "compile", "--stages"]
        command += ["--precision", precision]
        command += ["--model", name] if name else []
        command += ["--force"] if force else []
        with self._lock:
            if self._is_over:
                return
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
            self._children.add(child)
        with child:
            for line in child.stdout or ():
                said = json.loads(line)
                on_stage(said["stage"], said["share"])
        with self._lock:
            self._children.discard(child)

    def close(self) -> None:
        """Afterwards no child runs, and none begins; what one had done is done anew some day."""
        with self._lock:
            self._is_over = True
            for child in self._children:
                child.terminate()
