"""Tells many small refactorings that git knows of at once: by module and size."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from memory.briefs.render_memory import NAME, SENTENCE, say
from memory.models.details import FILES, Refactoring
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from memory.briefs.brief_items import BriefItem
    from memory.briefs.render_memory import RenderedMemory

SMALL = 10  # files that a small refactoring changes at most


def together(items: Iterable[BriefItem]) -> tuple[BriefItem, ...]:
    """The same items, by uid, but of each module one for all of what git tells of it.

    What was undone warns, and is told by itself. The one that stands for others is the largest.
    """
    kept: list[BriefItem] = []
    by_module: dict[str, list[BriefItem]] = defaultdict(list)
    for one in items:
        if not (one.is_derived and isinstance(_details(one), Refactoring)) or one.warns:
            kept.append(one)
        elif one.worth:
            by_module[min(one.modules, default="")].append(one)
    kept += [_as_one(module, some) for module, some in by_module.items()]
    return tuple(sorted(kept, key=lambda one: one.uid))


def _as_one(module: str, items: Sequence[BriefItem]) -> BriefItem:
    largest = max(items, key=lambda one: (_files(one), one.uid))
    return replace(
        largest,
        near=min((one.near for one in items), key=lambda near: near.order),
        worth=max(one.worth for one in items),
        stands_for=len(items),
        render=partial(_told, module, items, largest.render),
    )


def _told(
    module: str, items: Sequence[BriefItem], largest: Callable[[], RenderedMemory]
) -> RenderedMemory:
    told = largest()
    days = sorted(filter(None, (one.memory.revision.date for one in items)))
    of = f" of {say(module, NAME)}" if module else ""
    size = "small " if all(_files(one) <= SMALL for one in items) else ""
    files = max(map(_files, items))
    changed = f" ({counted(files, 'file')})" if files else ""
    title = f"{counted(len(items), f'{size}refactoring')}{of}"
    return told._replace(
        title=title,
        date=" to ".join(dict.fromkeys([*days[:1], *days[-1:]])),
        sentence=say(f"{'the largest: ' if len(items) > 1 else ''}{told.title}{changed}", SENTENCE),
        fields=(),
        body=title,
    )


def _files(item: BriefItem) -> int:
    files = item.memory.revision.draft.extra.get(FILES)
    return files if isinstance(files, int) else 0


def _details(item: BriefItem) -> object:
    return item.memory.revision.draft.details
