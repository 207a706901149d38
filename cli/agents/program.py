"""How an agent is to start archmem."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path
from typing import NamedTuple

PROGRAM = "archmem"


class Program(NamedTuple):
    """A command, and what is to be known of it."""

    command: str
    caution: str = ""


def find_program() -> Program:
    """The plain name where it can be found, so that the files suit every machine of a team.

    Where it cannot, the path of the program that is running.
    """
    found = shutil.which(PROGRAM)
    if found is None:
        scripts = sysconfig.get_path("scripts")
        installed = shutil.which(PROGRAM, path=scripts)
        if installed is None:
            caution = f"{PROGRAM} is not on PATH: the agent will not find it there."
            return Program(PROGRAM, caution)
        return Program(
            installed,
            f"{PROGRAM} is not on PATH, so its path on this machine was taken; "
            "others who share these files have to install it themselves.",
        )
    environment = os.environ.get("VIRTUAL_ENV")
    if environment and Path(found).is_relative_to(environment):
        return Program(
            PROGRAM,
            f"{PROGRAM} is on PATH in the environment {environment} only: "
            "the agent has to be started there.",
        )
    return Program(PROGRAM)
