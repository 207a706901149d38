"""Which process of which machine made a file, said in its name, and whether that one is gone."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

#: A process in the name of a file: a machine, and its number there.
PROCESS = r"([0-9a-f]{8})-([0-9]{1,10})"


def this_process() -> str:
    """What `PROCESS` matches, of this one."""
    return f"{_machine()}-{os.getpid()}"


def is_gone(machine: str, process: str) -> bool:
    """Whether that process was one of this machine and is there no more.

    On Windows nobody can be asked.
    """
    if sys.platform == "win32" or machine != _machine():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # it is another user's, or no process at all
        return False
    return False


@cache
def _machine() -> str:
    """Where a process has its number: a machine, or what stands for one in a container."""
    said = platform.node()
    with suppress(OSError):
        said += str(Path("/proc/self/ns/pid").readlink())
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=4).hexdigest()
