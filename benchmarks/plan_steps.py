"""Makes steps by rule of real decision records, for `plan_check.py`."""

from __future__ import annotations

import re
import shutil
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from quality import copy_embeddings, show_progress

from indexer.project import open_project
from memory.models.details import Decision
from memory.plans.rejected_options import outdated_ways, sentences_of
from memory.texts.words import content_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.api import ArchMem
    from memory.models.answer import Listed

PER_OUTDATED, PER_HEIR = 3, 2  # sentences made steps
IN_FORCE = 12  # other decisions of a project, one sentence each
FOREIGN = 12  # steps of other projects asked in each
WORDS = (6, 60)  # that a sentence may have
CUT = 400  # characters of a sentence that the checker looks at
NOT_SAID = re.compile(
    r"[|#{}]|https?:|\]\(|\]\[|```|^\W|TODO|N/A|:$|\?$|"
    r"\b(?:currently|would|could|for example|this)\b",
    re.IGNORECASE,
)
#: What a sentence that proposes something has, or begins with.
PROPOSES = re.compile(
    r"\b(?:will|should|must|shall|propos\w+|needs? to|introduc\w+|extend\w*|is to|are to)\b|"
    r"^(?:add|use|define|enable|store|create|allow|expose|make|keep|move|rename|implement|support|"
    r"provide|write|build|run|set|give|let|put|send|serve|each|every|all)\b",
    re.IGNORECASE,
)
OUTDATED, HEIR, HOLDS, REMOVAL, OTHERS = "outdated", "heir", "in force", "removal", "foreign"


class Case(NamedTuple):
    """A step to be judged over the records of one project."""

    project: str
    sort: str
    text: str
    about: str = ""  # the path of the record it proposes
    taken: str = ""  # the sentence that is taken out of that record


def is_store(path: Path) -> bool:
    return (path / "store" / "memory.db").is_file() and (path / "files").is_dir()


def cases_of(store: Path) -> Iterator[Case]:
    """The steps made of one project's records."""
    with open_project(store / "files", store=store / "store") as memory:
        listed = [one for one in memory.list() if isinstance(details(one), Decision)]
    by_uid = {one.memory.uid: one for one in listed}
    over = [one for one in listed if not one.standing.in_force and outdated_ways(one)]
    heirs = {uid: by_uid[uid] for one in over for uid in one.standing.current if uid in by_uid}
    others = [one for one in listed if one.standing.in_force and one.memory.uid not in heirs]
    others.sort(key=lambda one: shuffled(one.memory.path or ""))
    for sort, some, most in (
        (OUTDATED, over, PER_OUTDATED),
        (HEIR, heirs.values(), PER_HEIR),
        (HOLDS, others[:IN_FORCE], 1),
    ):
        for one in some:
            path = one.memory.path or ""
            subject = " ".join(content_words(one.memory.title))
            for sentence in sentences(one)[:most]:
                yield Case(store.name, sort, sentence, path, sentence)
                yield Case(store.name, sort, f"{subject}: {sentence}", path, sentence)
    for one in over:
        yield Case(store.name, REMOVAL, f"Drop {one.memory.title}")
        for uid in one.standing.current:
            if uid in by_uid:
                new = by_uid[uid].memory.title
                yield Case(store.name, REMOVAL, f"Replace {one.memory.title} with {new}")


def details(listed: Listed) -> Any:
    return listed.memory.revision.draft.details


def sentences(listed: Listed) -> list[str]:
    """The sentences of what a record decided that can stand as steps, in their order."""
    said = details(listed).decision
    found = [one for one in sentences_of(said) if len(one) < CUT and not NOT_SAID.search(one)]
    fit = [one for one in found if WORDS[0] <= len(one.split()) <= WORDS[1]]
    return [one for one in fit if PROPOSES.search(one)] or fit[:1]


def without_sentences(store: Path, cases: Sequence[Case]) -> ArchMem:
    """The project of a store, its records without the sentences that were made steps."""
    copy = store.parent / "plan_check" / store.name
    shutil.rmtree(copy / "files", ignore_errors=True)
    shutil.copytree(store / "files", copy / "files")
    for case in cases:
        if case.about:
            path = copy / "files" / case.about
            pattern = r"\s+".join(re.escape(word) for word in case.taken.split())
            text = path.read_text(encoding="utf-8")
            path.write_text(re.sub(pattern, "", text), encoding="utf-8")
    memory = open_project(copy / "files", store=copy / "store")
    copy_embeddings([store / "store"], copy / "store")
    memory.index(accept_removals=True, on_progress=show_progress(store.name))
    return memory


def shuffled(*names: str) -> str:
    """A key that puts things in an order that is always the same and means nothing."""
    return blake2b("/".join(names).encode(), digest_size=8).hexdigest()
