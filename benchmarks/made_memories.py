"""Makes memories for scale.py: texts recombined from real paragraphs, vectors near real ones."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from memory.kinds.vocabulary import Kind, LinkType, Status
from memory.models.details import Decision
from memory.models.memory import Draft, Reference, uid_for
from memory.retrieval.embedding import load_embedder
from memory.retrieval.passages import LONGEST, plain_text

PARAGRAPHS = 400  # real ones that are embedded
MODULES = [f"module{number:02}" for number in range(20)]
START = datetime(2020, 1, 1, tzinfo=UTC)


def embed_paragraphs(texts: Path, work: Path) -> None:
    """Leave real paragraphs and their embeddings in `work`, the same ones for the same texts."""
    if (work / "paragraphs.json").exists():
        return
    found = []
    for path in sorted(one for one in texts.rglob("*") if one.suffix in {".md", ".rst", ".txt"}):
        blocks = re.split(r"\n\s*\n", path.read_text("utf-8", "replace"))
        found += [block.strip() for block in blocks if len(block) > 150 and block[0].isalpha()]
    random.Random(1).shuffle(found)
    paragraphs = [plain_text(" ".join(one.split()))[:LONGEST] for one in found[:PARAGRAPHS]]
    np.save(work / "paragraphs.npy", load_embedder().encode(paragraphs))
    (work / "paragraphs.json").write_text(json.dumps(paragraphs), "utf-8")


def uid_of(number: int) -> str:
    return uid_for(Kind.DECISION, str(number))


class Maker:
    """Makes memories out of real paragraphs, and stands in for the model that would embed them."""

    def __init__(self, work: Path) -> None:
        self._paragraphs = json.loads((work / "paragraphs.json").read_text("utf-8"))
        self._real = np.load(work / "paragraphs.npy")
        self.model_id = load_embedder().model_id
        self.dimension = self._real.shape[1]

    def draft(self, number: int, passages: int) -> Draft:
        """Memory `number`; its last passage names it, so that no other has the same text."""
        sections = [self._section(number * passages + place) for place in range(passages)]
        return Draft(
            title=f"{' '.join(sections[0].split()[:8])[:100]} {number}",
            body="\n\n".join(f"## Part {i}\n\n{text}" for i, text in enumerate(sections, 1)),
            details=Decision(status=Status.ACCEPTED, number=number),
            modules=(MODULES[number % len(MODULES)],),
            references=self._references(number),
            valid_from=START + timedelta(hours=number),
        )

    def _references(self, number: int) -> tuple[Reference, ...]:
        """Each tenth memory supersedes one, in chains of four."""
        if number % 10 != 9:
            return ()
        older = number - (5 if number // 10 % 3 == 0 else 10)
        return (Reference(type=LinkType.SUPERSEDES, target=uid_of(older)),)

    def encode(self, texts: list[str], **_: Any) -> Any:
        """A vector for each text, near those of the paragraphs that it was made of."""
        return np.stack([self._vector(int(text.rsplit("#", 1)[1])) for text in texts])

    def _section(self, seed: int) -> str:
        """Sentences of two paragraphs in turn, then words that no other passage has."""
        first, second, share = self._mixture(seed)
        one, two = (re.split(r"(?<=[.!?])\s+", self._paragraphs[i]) for i in (first, second))
        kept = one[: round(share * len(one)) or 1] + two[round(share * len(two)) :]
        return f"{' '.join(kept)[: LONGEST - 100]} Ticket word{seed:06x} #{seed}"

    def _vector(self, seed: int) -> Any:
        first, second, share = self._mixture(seed)
        noise = np.random.default_rng(seed).normal(size=self.dimension)
        vector = share * self._real[first] + (1 - share) * self._real[second]
        vector = vector / np.linalg.norm(vector) + 0.3 * noise / np.linalg.norm(noise)
        return (vector / np.linalg.norm(vector)).astype(np.float32)

    def _mixture(self, seed: int) -> tuple[int, int, float]:
        """Which two paragraphs a passage is made of, and the share of the first."""
        rng = random.Random(seed)
        return *rng.sample(range(len(self._paragraphs)), 2), rng.uniform(0.2, 0.8)
