"""An embedding model as settings name it: looked up cheaply, loaded once however many ask."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from threading import Lock, RLock, Thread
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from memory.errors import ArchMemError
from memory.retrieval.embedding import load_embedder, model_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.config import Settings
    from memory.retrieval.embedding import (
        CompileElsewhere,
        Embedder,
        ModelState,
        OnStage,
        Precision,
    )

BEING_LOADED = "the model is being loaded"
_NOT_COMPILED = "run `archmem index` to compile the model"


class Model:
    """A model that any number of threads and stores may share.

    Without `load_soon` it is loaded by whoever needs it first, who waits. With it, a thread of
    its own loads it, and until that has ended nobody who only asks a question waits for it.
    """

    def __init__(
        self,
        name: str | None = None,
        precision: Precision = "fp32",
        *,
        compile_elsewhere: CompileElsewhere | None = None,
    ) -> None:
        """Name a model; nothing is looked for yet.

        Args:
            name: A folder or a hub id; None is the default model.
            precision: "fp32" or "int8".
            compile_elsewhere: Compiles it where this process is not to do that itself.
        """
        self.name = name
        self.precision: Precision = precision
        self._compile_elsewhere = compile_elsewhere
        self._embedder: Embedder | None = None
        self._state: ModelState | None = None
        self._loading = RLock()  # held by whoever loads
        self._stages = _Stages()
        self._starting = Lock()
        self._thread: Thread | None = None
        self._failure: tuple[Exception, ModelState | None] | None = None  # of who loaded it last

    @property
    def is_loaded(self) -> bool:
        """Whether it can encode at once."""
        return self._embedder is not None

    @property
    def is_ready(self) -> bool:
        """Whether a question may ask for its embedding; `reason` says why not."""
        return not self.reason

    @property
    def reason(self) -> str:
        """Why questions have to do without it for now, and what to do about it; else nothing."""
        if self._embedder is not None:
            return ""
        if self._thread is not None:
            return self._reason_of_thread()
        try:
            state = self.look()
        except ArchMemError as error:
            return f"{error} {error.hint}"
        if state.manifest is not None:
            return ""
        refusal = state.refusal
        return f"the model cannot be compiled: {refusal.reason}" if refusal else _NOT_COMPILED

    @property
    def model_id(self) -> str | None:
        """What its vectors are kept under; None when there is no such model."""
        embedder = self._embedder
        if embedder is not None:
            return embedder.model_id
        try:
            return self.look().model_id
        except ArchMemError:
            return None

    @property
    def can_load(self) -> bool:
        """Whether it can be loaded without being compiled first, if need be by torch."""
        if self._embedder is not None:
            return True
        try:
            state = self.look()
        except ArchMemError:
            return False
        return bool(state.manifest or state.refusal)

    def look(self) -> ModelState:
        """What is known of it without loading anything; milliseconds until it is compiled.

        Raises:
            ModelNotFound, ModelNotUsable: there is no such model, or no whole one.
        """
        state = self._state
        if state is None or state.manifest is None:
            state = self._state = model_state(self.name, precision=self.precision)
        return state

    def load(self, on_stage: OnStage | None = None, *, again: bool = True) -> Embedder:
        """The model itself; who comes while it is being loaded waits until it is.

        Args:
            on_stage: Told the stages of a compilation, also of one that somebody else began;
                on the thread that loads.
            again: Try it even where it failed and nothing about the model has changed since.

        Raises:
            ModelNotFound, ModelNotUsable: it cannot serve.
        """
        embedder = self._embedder
        if embedder is None:
            with self._stages.told_to(on_stage), self._loading:
                embedder = self._embedder
                if embedder is None:
                    failure = None if again else self._known_failure()
                    if failure is not None:
                        raise failure.with_traceback(None)
                    embedder = self._load()
        return embedder

    def load_soon(self) -> None:
        """Load it on a thread of its own, if that was not done and is not being done.

        Where it failed, it is tried again once something about the model has changed.
        """
        with self._starting:
            is_at_it = self._thread is not None and self._thread.is_alive()
            if self._embedder is None and not is_at_it and self._known_failure() is None:
                self._failure = None
                self._thread = Thread(target=self._try, name="archmem-model", daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether it is loaded, if need be after so long; when loading fails, no longer."""
        if self._embedder is None and self._thread is not None:
            self._thread.join(seconds)
        return self.is_loaded

    def look_again(self) -> None:
        """Afterwards a model whose files have changed since it was loaded is loaded anew.

        Raises:
            ModelNotFound, ModelNotUsable: there is no such model any more, or no whole one.
        """
        before, self._state = self._state, None
        state = self.look()
        if self._embedder is not None and before is not None and before.model_id != state.model_id:
            self._embedder = None

    def _load(self) -> Embedder:
        """Load it, and know why that failed if it does; for whoever holds `_loading`."""
        try:
            embedder = load_embedder(
                self.name,
                precision=self.precision,
                on_stage=self._stages,
                compile_elsewhere=self._compile_elsewhere,
            )
        except Exception as error:
            self._failure = (error, self._found())
            raise
        self._embedder, self._failure = embedder, None
        return embedder

    def _try(self) -> None:
        with suppress(Exception):  # of libraries too; it is kept and told to who asks
            self.load()

    def _known_failure(self) -> Exception | None:
        """Why it could not be loaded, if that is so and would not be otherwise now."""
        failure = self._failure
        if failure is None:
            return None
        error, found = failure
        return error if self._found() == found else None

    def _reason_of_thread(self) -> str:
        """Why it is not loaded yet; tries again once something about the model has changed."""
        error = self._known_failure()
        if error is not None:
            return f"{error} {getattr(error, 'hint', '')}".rstrip()
        if self._embedder is None:
            self.load_soon()  # unless it is at it
        return "" if self._embedder is not None else BEING_LOADED

    def _found(self) -> ModelState | None:
        self._state = None
        try:
            return self.look()
        except ArchMemError:
            return None


class SharedModels:
    """The models of one process: one for each name and precision, while somebody holds it."""

    def __init__(
        self, *, compile_elsewhere: CompileElsewhere | None = None, in_background: bool = False
    ) -> None:
        """Know none yet.

        Args:
            compile_elsewhere: As for `Model`.
            in_background: Load each on a thread of its own, beginning when it is first asked for.
        """
        self._compile_elsewhere = compile_elsewhere
        self._in_background = in_background
        self._lock = Lock()
        self._models: WeakValueDictionary[tuple[str | None, str], Model] = WeakValueDictionary()

    def of(self, settings: Settings) -> Model:
        """The model that the settings name."""
        key = (settings.model, settings.precision)
        with self._lock:
            model = self._models.get(key)
            if model is None:
                model = Model(*key, compile_elsewhere=self._compile_elsewhere)
                self._models[key] = model
        if self._in_background:
            model.load_soon()
        return model


class _Stages:
    """Passes the stages of a compilation on to all who wait for it."""

    def __init__(self) -> None:
        self._listeners: list[OnStage] = []

    def __call__(self, stage: str, share: float) -> None:
        for listener in tuple(self._listeners):
            listener(stage, share)

    @contextmanager
    def told_to(self, listener: OnStage | None) -> Iterator[None]:
        """Let one more hear of them as long as the block lasts."""
        if listener is None:
            yield
            return
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)
