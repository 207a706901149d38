"""The engine as its clients know it: found, or started, asked and ended."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar

from cli.client.errors import EngineOfOtherVersion, EngineUnavailable
from cli.client.finding import (
    await_end,
    await_next,
    check_reply,
    find_listening,
    in_our_words,
    read_object,
    refusal,
)
from cli.client.runtime import ensure_runtime, find_description, find_runtime
from cli.client.wire import NothingThere, ReplyLost, request
from cli.form import Printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cli.client.runtime import EngineEndpoint, Runtime
    from cli.client.wire import Reply


_START = 90.0  # seconds in which an engine should come up; it takes one or two, of a free machine
_END = 10.0  # seconds in which it should end that said it would; it gives calls half of them
_NEXT = 2.0  # seconds in which an engine that begins anew by itself should listen again
_SHORT = 5.0  # seconds for what needs no work
_STEP = 0.015  # seconds between two looks
Result = TypeVar("Result")


class EngineClient:
    """The engine of this user, which may be replaced by another one between two calls."""

    def __init__(
        self, runtime: Runtime, address: EngineEndpoint, *, program: Sequence[str] | None = None
    ) -> None:
        """Name an engine that listens.

        Args:
            runtime: Its folder.
            address: Where it listens.
            program: What to run if it has to be started anew; archmem itself if not given.
        """
        self._runtime = runtime
        self._address = address
        self._program = program

    def call(self, verb: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What a verb answers, as an object.

        Raises:
            EngineRefused: the verb failed.
            EngineUnavailable, EngineOfOtherVersion: it could not be asked.
        """
        return self._ask(f"/verbs/{verb}", body, read_object)

    def print(
        self,
        verb: str,
        body: Mapping[str, Any],
        on_progress: Callable[[str, int, int], None],
        on_compiling: Callable[[str, float], None],
        *,
        deadline: float | None = None,
    ) -> Printed:
        """What a verb's answer looks like on a terminal; tells meanwhile how far it has come.

        Args:
            verb: Of the engine's table.
            body: The call.
            on_progress: Told a stage, how much of it is done, and of how much.
            on_compiling: Told what is done to a model, and which share of it is.
            deadline: Seconds that it may take; None for as long as it takes.

        Raises:
            EngineRefused: the verb failed.
            EngineUnavailable, EngineOfOtherVersion: it could not be asked.
        """

        def read(reply: Reply) -> Printed:
            for said in reply.objects():
                match said:
                    case {"progress": {"stage": stage, "done": done, "total": total}}:
                        on_progress(stage, done, total)
                    case {"compiling": {"words": words, "share": share}}:
                        on_compiling(words, share)
                    case {"printed": printed}:
                        return Printed(**printed)
                    case {"error": error}:
                        raise refusal(error)
            raise ReplyLost("hung up before it had replied")

        until = None if deadline is None else monotonic() + deadline
        return self._ask(f"/printed/{verb}", body, read, until=until)

    def follow(self, body: Mapping[str, Any]) -> Iterator[str]:
        """What is learned of a project, a line each, as its files change; it has no end.

        Raises:
            EngineRefused: the project cannot be watched.
            EngineUnavailable, EngineOfOtherVersion: it could not be asked, or has ended.
        """
        with (
            in_our_words(self._runtime),
            suppress(ReplyLost),
            request(self._address, "POST", "/followed", body) as reply,
        ):
            check_reply(reply)
            for said in reply.objects():
                match said:
                    case {"line": line}:
                        yield line
                    case {"error": error}:
                        raise refusal(error)
        raise EngineUnavailable("has ended", self._runtime.log)

    def hook(self, event: str, body: Mapping[str, Any], deadline: float) -> dict[str, Any]:
        """What an event's hook is to print; an empty object if nothing.

        Args:
            event: Its name.
            body: What the hook was told, as `payload`, and whose memory it is about.
            deadline: Seconds that all of it may take.

        Raises:
            EngineRefused: the hook failed.
            EngineUnavailable, EngineOfOtherVersion: it could not be asked, or not in time.
        """
        until = monotonic() + deadline
        return self._ask(f"/hooks/{event}", body, read_object, until=until)

    def message(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """What is answered to a message of MCP; None to what wants no answer.

        Raises:
            EngineRefused: it is no message that can be answered.
            EngineUnavailable: it could not be asked.
        """
        answer: dict[str, Any] | None = self._ask("/mcp/messages", body, read_object).get("answer")
        return answer

    def health(self) -> dict[str, Any]:
        """How it is, whatever its version.

        Raises:
            EngineUnavailable: it does not say.
        """
        return self._once("GET", "/health", None)

    def stop(self) -> None:
        """Ask it to end; it does so after this.

        Raises:
            EngineUnavailable: it does not listen.
        """
        self._once("POST", "/stop", {})

    def _ask(
        self,
        path: str,
        body: Mapping[str, Any],
        read: Callable[[Reply], Result],
        *,
        until: float | None = None,
    ) -> Result:
        """Ask, and if the engine was just being replaced, ask the next one.

        Reading twice does no harm, and neither does writing: recording the same again changes
        nothing, and an index run takes up the files as they are.
        """
        with in_our_words(self._runtime):
            asked = find_description(self._runtime)
            try:
                return self._send("POST", path, body, read, until)
            except (NothingThere, ReplyLost):
                pass
            except EngineOfOtherVersion as error:
                if not error.restarting:
                    raise
                await_end(self._runtime, asked, wait=_remaining(until, _END))
                await_next(self._runtime, asked, wait=_remaining(until, _NEXT))
            again = ensure_engine(wait=_remaining(until, _START), program=self._program)
            self._address = again._address
            return self._send("POST", path, body, read, until)

    def _once(self, method: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        with in_our_words(self._runtime):
            return self._send(method, path, body, read_object, monotonic() + _SHORT)

    def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        read: Callable[[Reply], Result],
        until: float | None,
    ) -> Result:
        with request(self._address, method, path, body, until=until) as reply:
            check_reply(reply)
            return read(reply)


def await_engine(wait: float) -> EngineClient | None:
    """The engine that runs, if one does within so many seconds."""
    until = monotonic() + wait
    while (engine := find_engine()) is None and monotonic() < until:
        sleep(_STEP)
    return engine


def find_engine() -> EngineClient | None:
    """The engine that runs, if one does; a socket that was left behind is none.

    Raises:
        RuntimeFolderUnsafe: it cannot be told whose engine that would be.
        EngineUnavailable: it runs, and does not accept calls.
    """
    runtime = find_runtime()
    address = find_listening(runtime)
    return EngineClient(runtime, address) if address else None


def ensure_engine(
    on_start: Callable[[], object] = lambda: None,
    wait: float = _START,
    *,
    program: Sequence[str] | None = None,
) -> EngineClient:
    """The engine that runs; afterwards one does.

    Args:
        on_start: Called if it has to be waited for, because it is being started.
        wait: Seconds in which it should come up.
        program: What to run for it; archmem itself if not given.

    Raises:
        RuntimeFolderUnsafe: there is no safe place for its socket.
        EngineUnavailable: it ended at once, or did not listen in time.
    """
    runtime = ensure_runtime()
    address = find_listening(runtime)
    if address is None:
        from cli.client.starting import start_engine  # takes 6 ms, and is seldom needed

        on_start()
        address = start_engine(runtime, wait=wait, program=program)
    return EngineClient(runtime, address, program=program)


def _remaining(until: float | None, most: float) -> float:
    return most if until is None else max(0.0, min(most, until - monotonic()))


def stop_engine() -> bool:
    """Afterwards no engine runs; returns whether one did.

    Raises:
        RuntimeFolderUnsafe: it cannot be told whose engine that would be.
        EngineUnavailable: it does not end, or its process does not.
    """
    if (engine := find_engine()) is None:
        return False
    runtime = find_runtime()
    asked = find_description(runtime)
    with suppress(EngineUnavailable):  # it may be gone before it could reply
        engine.stop()
    await_end(runtime, asked, wait=_END)
    pid = (asked or {}).get("pid")
    if isinstance(pid, int) and os.name == "posix":
        _await_process(pid, runtime)
    return True


def _await_process(pid: int, runtime: Runtime) -> None:
    """Wait for the process too, which may still be at what cannot be broken off."""
    until = monotonic() + _END
    while _runs(pid):
        if monotonic() >= until:
            raise EngineUnavailable(
                f"takes no more questions, and is still at work; `kill -9 {pid}` would end it",
                runtime.log,
            )
        sleep(_STEP)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # not Linux, or it has just gone
        return True
    return status.rpartition(")")[2].split()[:1] != ["Z"]  # ended; nobody has taken note of it
