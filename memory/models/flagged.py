"""What comes of asking for flags, or of settling one."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict

from memory.models.answer import Listed

FlagAction: TypeAlias = Literal["list", "acknowledge", "resolve", "expire"]


class Flags(BaseModel):
    """Flags, the most urgent first, and what was done to one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    action: FlagAction
    flags: tuple[Listed, ...] = ()  # of a settled one just that
    at: AwareDatetime  # what is due before the day of it is overdue
    changed: bool = False  # whether something was kept
    said: str = ""  # what was done, or why nothing was
    path: str | None = None  # the file that says it now
    pending: str = ""  # why no file says it yet
