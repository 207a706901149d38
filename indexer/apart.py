"""Does work in a process of its own, where it holds up nobody and is ended if it takes long."""

from __future__ import annotations

import multiprocessing
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

HEAVY = 256_000  # bytes of a file; of a smaller one no step takes as long as a search
SECONDS = 30.0  # for one file; the largest that people wrote take two
MOST_MEMORY = 4 * 1024**3  # bytes of address space
IDLE = 20.0  # seconds after which the process ends
T = TypeVar("T")


class TooHeavy(Exception):
    """A file takes more time or memory than any file is worth; the words say which."""


def apart(work: Callable[..., T], *given: Any, seconds: float = SECONDS) -> T:
    """What a function of a module gives back, called in the other process; one call at a time.

    Raises:
        TooHeavy: it took longer than so many seconds, or more memory than `MOST_MEMORY`.
    """
    if multiprocessing.parent_process() is not None:  # we are in it already
        return work(*given)
    return _child.ask(work, given, seconds)


class _Child:
    """The process; it begins when it is first asked, and ends when nobody asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipe: Connection | None = None
        self._process: Any = None

    def ask(self, work: Callable[..., T], given: tuple[Any, ...], seconds: float) -> T:
        with self._lock:
            for _ in range(2):  # it may end for want of work just when it gets some
                pipe = self._begun()
                try:
                    pipe.send((work, given))
                    if not pipe.poll(seconds):
                        self._end()
                        raise TooHeavy(f"takes longer than {seconds:g} seconds to be read")
                    is_done, said = pipe.recv()
                except (EOFError, OSError):
                    self._end()
                    continue
                if is_done:
                    return said  # type: ignore[no-any-return]
                raise said
            raise TooHeavy("ends the process that reads it")

    def _begun(self) -> Connection:
        if self._pipe is None or not self._process.is_alive():
            self._end()
            spawning = multiprocessing.get_context("spawn")  # a fork would take locks along
            self._pipe, theirs = spawning.Pipe()
            self._process = spawning.Process(target=_serve, args=[theirs], daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._process.kill()
            self._process.join()
            self._pipe = None


def _serve(pipe: Connection) -> None:
    try:
        import resource
    except ImportError:  # Windows
        pass
    else:
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, most))
    while pipe.poll(IDLE):
        try:
            work, given = pipe.recv()
        except EOFError:
            return
        try:
            said = True, work(*given)
        except (MemoryError, RecursionError) as error:
            said = False, TooHeavy(f"cannot be read within bounds: {type(error).__name__}")
        except Exception as error:  # noqa: BLE001  (of the caller, who is told)
            said = False, error
        pipe.send(said)


_child = _Child()
