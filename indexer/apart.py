"""Does work in a process of its own, where it holds up nobody and is ended if it takes long."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HEAVY = 64_000  # bytes of a file; of a smaller one no step takes as long as a search
SECONDS = 30.0  # of a processor, for one file; the largest that people wrote take two
#: Whether a process can be ended after so much of a processor: not on Windows, where a clock does.
_IS_COUNTED = hasattr(signal, "ITIMER_PROF")
CROWDED = 10 if _IS_COUNTED else 1  # times as long it may take by the clock
MOST_MEMORY = 4 * 1024**3  # bytes of address space
IDLE = 20.0  # seconds after which the process ends
#: Neither the user's script nor what lies where it runs is imported.
_BEGIN = "import sys; sys.path[:] = {path!r}; from indexer.apart import serve; serve()"
T = TypeVar("T")


class TooHeavy(Exception):
    """A file takes more time or memory than any file is worth; the words say which."""


class _Ended(Exception):
    """The process ended before it had answered."""


def apart(work: Callable[..., T], *given: Any, seconds: float = SECONDS) -> T:
    """What a function of a module gives back, called in the other process; one call at a time.

    Raises:
        TooHeavy: it took more than so many seconds of a processor, `CROWDED` times as long by the
            clock, or more memory than `MOST_MEMORY`.
    """
    return work(*given) if _is_here else _child.ask(work, given, seconds)


def apart_each(
    work: Callable[[bytes], T], files: Sequence[bytes], instead: Callable[[TooHeavy], T]
) -> Iterator[T]:
    """What a function of a module gives back for each file, called here where all are small.

    Args:
        work: Asked for one file.
        files: What is in each.
        instead: Asked for one that is too heavy.
    """
    if sum(map(len, files)) < HEAVY:
        yield from map(work, files)
        return
    for batch in _batches(files):
        yield from _each_apart(work, batch, instead)


def _batches(files: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The files in their order; those together that are not heavy by themselves."""
    batch: list[bytes] = []
    size = 0
    for one in files:
        if batch and size + len(one) > HEAVY:
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one)
    yield batch


def _each_apart(
    work: Callable[[bytes], T], batch: Sequence[bytes], instead: Callable[[TooHeavy], T]
) -> Sequence[T]:
    try:
        return apart(_each, work, batch)
    except TooHeavy as error:
        if len(batch) == 1:
            return [instead(error)]
    return [said for one in batch for said in _each_apart(work, [one], instead)]


def _each(work: Callable[[bytes], T], batch: Sequence[bytes]) -> list[T]:
    return [work(one) for one in batch]


class _Child:
    """The process; it begins when it is first asked, and ends when nobody asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._rest: threading.Timer | None = None

    def ask(self, work: Callable[..., T], given: tuple[Any, ...], seconds: float) -> T:
        asked = pickle.dumps((seconds, work, given))
        with self._lock:
            if self._rest is not None:
                self._rest.cancel()
            try:
                is_done, said = self._answer(asked, seconds)
            except _Ended:  # by what was asked, or by somebody else, as where memory is short
                try:
                    is_done, said = self._answer(asked, seconds)
                except _Ended:
                    raise TooHeavy("ends the process that reads it") from None
            self._rest = threading.Timer(IDLE, self._end_idle, [self._process])
            self._rest.daemon = True
            self._rest.start()
        if is_done:
            return said  # type: ignore[no-any-return]
        raise said

    def _answer(self, asked: bytes, seconds: float) -> tuple[bool, Any]:
        """What the process says, and whether that is an answer or an error."""
        process = self._begun()
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            process.kill()

        limit = threading.Timer(seconds * CROWDED, end)
        limit.start()
        try:
            return _exchange(process, asked)
        except (EOFError, OSError, pickle.UnpicklingError):
            by = self._end()
            if is_late.is_set() or (_IS_COUNTED and by == -signal.SIGPROF):
                raise TooHeavy(f"takes longer than {seconds:g} seconds to be read") from None
            raise _Ended from None
        except BaseException:  # an answer that nobody took would be given to the next question
            self._end()
            raise
        finally:
            limit.cancel()

    def _begun(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            path = [one for one in sys.path if one]
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BEGIN.format(path=path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _end_idle(self, process: subprocess.Popen[bytes] | None) -> None:
        with self._lock:
            if self._process is process and self._rest is threading.current_thread():
                self._end()

    def _end(self) -> int | None:
        """What it ended with, if it was there."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        process.communicate()
        return process.returncode


def _exchange(process: subprocess.Popen[bytes], asked: bytes) -> tuple[bool, Any]:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(asked)
    process.stdin.flush()
    is_done, said = pickle.load(process.stdout)  # noqa: S301  (of a process of ours)
    return is_done, said


_child = _Child()
_is_here = False  # whether this is the other process


def serve() -> None:
    """Do what the other side of stdin asks, until it asks no more."""
    global _is_here  # noqa: PLW0603
    _is_here = True
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: whoever asks ends this process
    asked, told = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a parser prints is no answer
    _limit_memory()
    while True:
        try:
            seconds, work, given = pickle.load(asked)  # noqa: S301
        except EOFError:
            return
        _limit_time(seconds)
        try:
            said = True, work(*given)
        except (MemoryError, RecursionError) as error:
            said = False, TooHeavy(f"cannot be read within bounds: {type(error).__name__}")
        except Exception as error:  # noqa: BLE001  (of the caller, who is told)
            said = False, error
        _limit_time(0)
        told.write(pickle.dumps(said))
        told.flush()


def _limit_time(seconds: float) -> None:
    """SIGPROF ends the process after so much of a processor; 0 for no limit."""
    if _IS_COUNTED:
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, most))
