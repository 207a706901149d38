"""How Claude Code is to start archmem."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path
from typing import NamedTuple

NAME = "archmem"


class Program(NamedTuple):
    """A command, and what is to be known of it."""

    command: str
    caution: str = ""


def find_program() -> Program:
    """The plain name where it can be found, so that the files suit every machine of a team.

    Where it cannot, the path of the program that is running.
    """
    found = shutil.which(NAME)
    if found is None:
        scripts = sysconfig.get_path("scripts")
        installed = shutil.which(NAME, path=scripts)
        if installed is None:
            return Program(NAME, f"{NAME} is not on PATH: Claude Code will not find it there.")
        return Program(
            installed,
            f"{NAME} is not on PATH, so its path on this machine was taken; "
            "others who share these files have to install it themselves.",
        )
    environment = os.environ.get("VIRTUAL_ENV")
    if environment and Path(found).is_relative_to(environment):
        return Program(
            NAME,
            f"{NAME} is on PATH in the environment {environment} only: "
            "Claude Code has to be started there.",
        )
    return Program(NAME)
