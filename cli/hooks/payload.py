"""What Claude Code hands to a hook, as far as archmem looks at it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

_LONGEST_ID = 200


class Payload(BaseModel):
    """Its versions differ: what is missing, or of another type, is empty."""

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
