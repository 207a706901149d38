"""Starts the engine, exactly once however many processes want it at the same moment."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING

from cli.client.errors import EngineUnavailable
from cli.client.finding import find_listening
from cli.client.runtime import FileLock, is_free

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.client.runtime import EngineEndpoint, Runtime

_STEP = 0.015  # seconds between two looks
_LONGEST_LOG = 1_000_000  # bytes; a longer one is put aside when an engine is started
if sys.platform == "win32":
    _DETACHED = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
else:
    _DETACHED = 0  # a session of its own does it
#: What a process inherits that describes one caller; the engine serves all.
_OF_ONE_CALLER = frozenset(
    """
    ARCHMEM_STORE ARCHMEM_MODEL ARCHMEM_PRECISION
    COLUMNS LINES FORCE_COLOR NO_COLOR TTY_COMPATIBLE
    """.split()
    # `git rev-parse --local-env-vars`; in a git hook they name the one repository it runs for.
    + """
    GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT
    GIT_OBJECT_DIRECTORY GIT_DIR GIT_WORK_TREE GIT_IMPLICIT_WORK_TREE GIT_GRAFT_FILE
    GIT_INDEX_FILE GIT_NO_REPLACE_OBJECTS GIT_REPLACE_REF_BASE GIT_PREFIX GIT_SHALLOW_FILE
    GIT_COMMON_DIR GIT_INTERNAL_SUPER_PREFIX
    """.split()
)


def start_engine(
    runtime: Runtime, *, wait: float, program: Sequence[str] | None = None
) -> EngineEndpoint:
    """Start the engine, or wait for who does; returns where it listens.

    A process that dies while it starts the engine leaves no lock behind, and an engine that it
    has started by then is found by the next.

    Args:
        runtime: An existing runtime folder.
        wait: Seconds after which it should have come up.
        program: What to run for an engine.

    Raises:
        EngineUnavailable: it cannot be started, ended at once, or did not listen in time.
    """
    until = monotonic() + wait
    try:
        with FileLock(runtime.start_lock) as lock:
            while not lock.acquire():
                if address := find_listening(runtime):
                    return address
                _rest(until, wait, runtime)
            return _bring_up(runtime, program or _program(), until, wait)
    except OSError as error:
        raise EngineUnavailable(f"cannot be started: {error}", runtime.log) from error


def _bring_up(
    runtime: Runtime, program: Sequence[str], until: float, wait: float
) -> EngineEndpoint:
    child: _Child | None = None
    try:
        while not (address := find_listening(runtime)):
            if child is None:
                # An engine that is coming up, or is on its way out, has the lock: let it.
                child = _Child(runtime, program) if is_free(runtime.engine_lock) else None
            elif child.has_ended:
                if is_free(runtime.engine_lock):
                    raise EngineUnavailable(child.last_words(), runtime.log)
                child = None
            _rest(until, wait, runtime)
    finally:
        if child:
            child.let_go()
    return address


class _Child:
    """An engine that was started and does not listen yet."""

    def __init__(self, runtime: Runtime, program: Sequence[str]) -> None:
        self._log = runtime.log
        log = _open_log(runtime)
        try:
            self._logged = os.fstat(log).st_size
            self._process = subprocess.Popen(
                program,
                cwd=runtime.folder,
                env=_environment(runtime),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                close_fds=True,
                start_new_session=True,  # of the terminal, which may be closed or interrupted
                creationflags=_DETACHED,
            )
        finally:
            os.close(log)

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def last_words(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._logged)
            lines = log.read().decode(errors="replace").split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"ended as soon as it was started: {said or f'code {self._process.returncode}'}"

    def let_go(self) -> None:
        """Leave it to itself; if this process lives on, it still has to hear of its end."""
        if not self.has_ended:
            threading.Thread(target=self._process.wait, name="engine", daemon=True).start()


def _program() -> list[str]:
    return [sys.executable, "-P", "-m", "cli.main", "serve", "--background"]


def _environment(runtime: Runtime) -> dict[str, str]:
    ours = {name: said for name, said in os.environ.items() if name not in _OF_ONE_CALLER}
    return ours | {"ARCHMEM_RUNTIME": str(runtime.folder)}


def _open_log(runtime: Runtime) -> int:
    with suppress(OSError):  # there is none yet, or, on Windows, it is in use
        if runtime.log.stat().st_size > _LONGEST_LOG:
            runtime.log.replace(runtime.log.with_suffix(".log.1"))
    return os.open(runtime.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _rest(until: float, wait: float, runtime: Runtime) -> None:
    if monotonic() >= until:
        raise EngineUnavailable(f"did not come up within {wait:g} s", runtime.log)
    sleep(_STEP)
