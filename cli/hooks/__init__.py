"""What each hook of Claude Code, or of Codex, says; it runs in the engine.

    SessionStart        what changed since the last session, and the open flags
    UserPromptSubmit    what answers the prompt, if it is very likely that something does
    SubagentStart       what the agent knew before, and the decisions that bind its modules
    PreCompact, Stop    that what was learned was not recorded, after a change of many modules

What is recalled is quoted with its source and how far it is to be trusted; the same memory and
session give the same text. No text is longer than its limit, see `LIMIT` in each file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, field_validator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.hooks.sessions import SessionContexts
    from indexer.project_root import ProjectRoots
    from memory.api import ArchMem

_LONGEST_ID = 200


class Payload(BaseModel):
    """What an agent's program hands to a hook, as far as archmem looks at it.

    Its versions differ: what is missing, or of another type, is empty.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    session_id: str = ""
    source: str = ""  # startup, resume, clear, compact
    prompt: str = ""
    agent_type: str = ""
    stop_hook_active: bool = False

    @field_validator("session_id", "source", "prompt", "agent_type", mode="before")
    @classmethod
    def _text(cls, value: Any) -> str:
        # Half a surrogate pair is a string to JSON and none to anybody else.
        return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""

    @field_validator("session_id")
    @classmethod
    def _short(cls, value: str) -> str:
        return value[:_LONGEST_ID]

    @field_validator("stop_hook_active", mode="before")
    @classmethod
    def _truth(cls, value: Any) -> bool:
        return value is True


def answer_hook(
    event: str,
    payload: Mapping[str, Any],
    memory: ArchMem,
    roots: ProjectRoots,
    given: SessionContexts,
) -> dict[str, Any]:
    """The JSON that a hook prints; nothing in it when there is nothing to say.

    Args:
        event: As Claude Code and Codex spell it; others get nothing.
        payload: What the program handed to the hook; whatever is missing is done without.
        memory: Of the project; used by this thread alone.
        roots: Where the agent works.
        given: What sessions were given by earlier hooks; what this one gives is added.

    Raises:
        ArchMemError: the memory cannot be read, or a session's beginning not be kept.
    """
    said = Payload.model_validate(dict(payload))
    if event == "SessionStart":
        from cli.hooks.session_start import answer_start

        return answer_start(said, memory, roots, given)
    if event == "UserPromptSubmit":
        from cli.hooks.prompt import answer_prompt

        return answer_prompt(said, memory, given)
    if event == "SubagentStart":
        from cli.hooks.subagent import answer_subagent

        return answer_subagent(said, memory)
    if event in ("Stop", "PreCompact"):
        from cli.hooks.nudge import answer_compaction, answer_stop

        answer = answer_stop if event == "Stop" else answer_compaction
        return answer(said, memory, roots)
    return {}
