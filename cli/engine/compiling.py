"""Compiles a model in a process of its own, so that torch is never loaded in this one."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.retrieval.embedding import OnStage, Precision


def compile_in_child(
    name: str | None, precision: Precision, force: bool, on_stage: OnStage
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
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as child:
        for line in child.stdout or ():
            said = json.loads(line)
            on_stage(said["stage"], said["share"])
