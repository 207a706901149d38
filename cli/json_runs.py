"""What `--json` prints of runs and of what was learned: every field is explained here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from pydantic import BaseModel

    from memory.models.outcome import Begun, Finished, Learned, RunLine

Line: TypeAlias = dict[str, Any]

RUN_FIELDS = {
    "uid": "names the run for good",
    "task": "what is or was to be done",
    "status": "open if it was never finished, else done or failed",
    "begun": "when, ISO 8601 in UTC",
    "finished": "when; null if it never was",
    "learned": "whether lessons were drawn from it",
    "modules": "modules that it is about",
    "author": "who told of it last",
}
BEGUN_FIELDS = {
    "uid": "of the run",
    "brief": "what is known for its task, in Markdown; empty if none was wanted",
    "digest": "of the brief, as the run keeps it",
    "tokens": "how many the brief takes at most",
    "reason": "why the brief is not complete",
}
LEARNED_FIELDS = {
    "run": "uid of the run that was learned from",
    "is_new": "false if that was done before",
    "lessons": "what each lesson got out of it: uid, title, form, what (added, supported or "
    "contradicted), because, path, problem",
    "kept": "fields of a result given to it that are kept as they are, for nobody knows them",
    "complete": "whether texts could be compared by meaning",
    "reason": "why not",
}
FINISHED_FIELDS = {
    "uid": "of the run",
    "status": "done or failed",
    "is_new": "false if the same was told before",
    "kept": "fields of the result that are kept as they are, for nobody knows them",
    "learned": "what was learned, as `archmem learn --json` has it; null with --no-learn",
}


def run_line(run: RunLine) -> Line:
    """A run: RUN_FIELDS."""
    return _plain(run)


def begun_line(begun: Begun) -> Line:
    """A run that was opened: BEGUN_FIELDS."""
    return _plain(begun)


def finished_line(finished: Finished) -> Line:
    """A run that was finished: FINISHED_FIELDS."""
    return _plain(finished)


def learned_line(learned: Learned) -> Line:
    """What was learned: LEARNED_FIELDS."""
    return _plain(learned)


def _plain(value: BaseModel) -> Line:
    return value.model_dump(mode="json")
