"""The same values with other words, wherever people wrote them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Callable

    Rewrite = Callable[[str], str]


def rewritten(said: Any, rewrite: Rewrite, *, is_free: bool = False) -> Any:
    """A value with its texts rewritten: not the names of fields, nor choices.

    A text that stands under a name of people's own is rewritten as they wrote it, too, which is
    `NAME: TEXT`: there the name may say what the text is.

    Args:
        said: A model, or what JSON has.
        rewrite: Gives the new text.
        is_free: People chose the numbers, too.
    """
    if isinstance(said, BaseModel):
        fields = type(said).model_fields
        free = {name for name, one in fields.items() if get_origin(one.annotation) is not Literal}
        new = {
            name: rewritten(getattr(said, name), rewrite, is_free=name == "extra") for name in free
        }
        return said.model_copy(update=new)
    if isinstance(said, list | tuple):
        return type(said)(rewritten(one, rewrite, is_free=is_free) for one in said)
    if isinstance(said, dict):
        return {
            rewrite(name): _below(name, rewritten(one, rewrite, is_free=is_free), rewrite)
            for name, one in said.items()
        }
    if isinstance(said, str) and not isinstance(said, Enum):
        return rewrite(said)
    is_found = is_free and isinstance(said, int | float) and rewrite(str(said)) != str(said)
    return rewrite(str(said)) if is_found else said


def _below(name: str, said: Any, rewrite: Rewrite) -> Any:
    if not isinstance(said, str) or isinstance(said, Enum):
        return said
    label = f"{name}: "
    new = rewrite(label + said)
    return new.removeprefix(label) if new.startswith(label) else said
