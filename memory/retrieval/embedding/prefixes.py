"""What a model wants before a question and before a passage: as its files say, or its family."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Prompts(NamedTuple):
    """What stands before each."""

    query: str
    document: str


#: By the names of models, as the cards of each family say on the hub.
_FAMILIES = (
    # intfloat/e5-*, multilingual-e5-*; the instruct ones say it in their files
    (re.compile(r"(?:^|-)e5-(?:small|base|large)(?:-v2)?$"), Prompts("query: ", "passage: ")),
    (
        re.compile(r"^bge-(?:small|base|large)-en(?:-v1\.5)?$"),
        Prompts("Represent this sentence for searching relevant passages: ", ""),
    ),
    (
        re.compile(r"^bge-(?:small|base|large)-zh(?:-v1\.5)?$"),
        Prompts("为这个句子生成表示以用于检索相关文章：", ""),
    ),
)


def known_prompts(name: str) -> Prompts | None:
    """The prompts of a model by its name, without the name of who made it."""
    return next((said for family, said in _FAMILIES if family.search(name.lower())), None)


def stated_prompts(prompts: Mapping[str, str], default: str | None) -> Prompts:
    """The prompts of a model as its files name them.

    As the methods `encode_query` and `encode_document` of sentence-transformers choose them.
    """

    def prompt(*names: str) -> str:
        name = next((name for name in names if name in prompts), default)
        return prompts.get(name, "") if name else ""

    return Prompts(prompt("query"), prompt("document", "passage", "corpus"))
