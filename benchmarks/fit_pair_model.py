"""Fits the pair model: whether a step breaks what a record says, keeps to it, or neither.

    python benchmarks/fit_pair_model.py --labels FILE... --projects DIR (--nli DIR | --start FILE)
        [--made FILE] [--keep FILE] [--write]

It is fitted twice. First on pairs of sentences of which the second contradicts the first, follows
from it, or neither: DIR has `mnli_dev.csv` and `snli_dev.csv` (columns premise, hypothesis,
label), the development parts of MultiNLI (Williams et al. 2018) and SNLI (Bowman et al. 2015) as
github.com/felipessalvatore/NLI_datasets has them; the sentence model was made with both, too.
`--keep` keeps what came of that, `--start` goes on from there. Then on labelled steps, as
`plan_check.py` reads them, each beside the excerpt of a record: its own, or for one that breaks and
keeps nothing those of the two nearest; and on those of records that were made up for it
(`--made`). Only thin products beside the layers of the sentence model are fitted (rank 16), its
biases and its norms, and on steps not those of its lowest layers. What is kept is the mean of the
last weights (Polyak and Juditsky 1992).

`--write` keeps that in `data/pair_model.npz`. What it is worth is for `plan_check.py` to say, on
projects that it was not fitted on. The one in `data/` was fitted by stages of some hours, on
`step_labels_close.jsonl`, `_short`, `_mixed` and `_made`.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer

from benchmarks.plan_check import BREAKS, DOES, REPEATS, read_labels, tell
from memory.config import data_folder
from memory.retrieval.embedding.catalog import find_model
from memory.retrieval.embedding.pair_model import LINEAR, MOST_TOKENS, MOVES
from memory.retrieval.embedding.pairs import PairChances

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.plan_check import Labelled, Told

KEEPS, NEITHER, BREAKING = range(len(PairChances._fields))
NLI = {"entailment": KEEPS, "neutral": NEITHER, "contradiction": BREAKING}
MADE = {"keeps": KEEPS, "neither": NEITHER, "conflicts": BREAKING}
NLI_FILES = ("mnli_dev.csv", "snli_dev.csv")
LONGEST = 190  # characters of both sentences; longer ones take longer than they are worth
RANK = 16
BATCH = 32
WARM = 0.06  # share of the steps of a fit in which its rate rises
FIRST, SECOND = (2, 1e-3), (4, 5e-4)  # rounds and rate of each fit
LOWEST = 2  # layers that the second fit leaves as the first made them
KEPT = 0.995  # share of the mean of the weights that a step of the fit leaves
SEED = 0


class Pair(NamedTuple):
    """Two texts, and which of `PairChances` holds."""

    first: str
    second: str
    kind: int


class Thin(nn.Module):
    """A linear layer that stays as it is, and a thin product beside it."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer.requires_grad_(False)
        narrow = torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features)
        self.a = nn.Parameter(narrow)
        self.b = nn.Parameter(torch.zeros(layer.out_features, RANK))
        self.bias = nn.Parameter(layer.bias.detach().clone())
        layer.bias = None

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """The layer's output with what is beside it."""
        return self.layer(hidden) + (hidden @ self.a.T) @ self.b.T + self.bias


class Judge(nn.Module):
    """The model as it is fitted; `PairModel` computes the same."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.bert = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        self.bert.requires_grad_(requires_grad=False)
        for layer in self.bert.encoder.layer:
            for name in LINEAR:
                above, _, own = name.rpartition(".")
                parent = layer.get_submodule(above)
                setattr(parent, own, Thin(getattr(parent, own)))
        for name, one in self.bert.named_parameters():
            if "LayerNorm" in name or "token_type" in name:
                one.requires_grad = True
        self.head = nn.Linear(self.bert.config.hidden_size, len(PairChances._fields))

    def forward(self, pairs: Sequence[Pair]) -> torch.Tensor:
        """The odds of each kind, a row a pair."""
        said = self.tokenizer(
            [one.first for one in pairs],
            [one.second for one in pairs],
            padding=True,
            truncation="longest_first",
            max_length=MOST_TOKENS,
            return_tensors="pt",
        )
        hidden = self.bert(**said).last_hidden_state
        mask = said["attention_mask"].unsqueeze(-1).float()
        return self.head((hidden * mask).sum(1) / mask.sum(1))

    def fitted(self) -> dict[str, torch.Tensor]:
        """What is fitted, by the names of the sentence model's own weights."""
        return {
            name.removeprefix("bert."): one.detach()
            for name, one in self.named_parameters()
            if one.requires_grad
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--labels", type=Path, nargs="+", required=True)
    parser.add_argument("--projects", type=Path, required=True, help="a folder of each project")
    parser.add_argument("--made", type=Path, help="records that were made up, with their steps")
    parser.add_argument("--work", type=Path, help="where the stores are kept")
    first = parser.add_mutually_exclusive_group(required=True)
    first.add_argument("--nli", type=Path, help="a folder with pairs of sentences")
    first.add_argument("--start", type=Path, help="what came of them before")
    parser.add_argument("--keep", type=Path, help="where to keep what came of them")
    parser.add_argument("--write", action="store_true", help="keep the fit in data/")
    asked = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    judge = Judge(find_model().folder)
    if asked.start:
        judge.load_state_dict(torch.load(asked.start))
    else:
        fit(judge, [one for name in NLI_FILES for one in nli_pairs(asked.nli / name)], *FIRST)
    if asked.keep:
        torch.save(judge.state_dict(), asked.keep)
    labels = [one for path in asked.labels for one in read_labels(path)]
    with tempfile.TemporaryDirectory() as passing:
        told = tell(labels, asked.projects, asked.work or Path(passing))
    fitted = judge.fitted().keys()  # by either fit
    for layer in judge.bert.encoder.layer[:LOWEST]:
        layer.requires_grad_(requires_grad=False)
    fit(judge, [*step_pairs(told), *(made_pairs(asked.made) if asked.made else ())], *SECOND)
    if asked.write:
        moves = {
            name: one.detach().numpy().astype(np.float16)
            for full, one in judge.named_parameters()
            if (name := full.removeprefix("bert.")) in fitted
        }
        np.savez_compressed(data_folder() / MOVES, **moves)


def nli_pairs(path: Path) -> Iterator[Pair]:
    """The pairs of a file that are short, and of which somebody was sure."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            first, second = row["premise"].strip(), row["hypothesis"].strip()
            if row["label"] in NLI and len(first) + len(second) <= LONGEST:
                yield Pair(first, second, NLI[row["label"]])


def step_pairs(told: Sequence[Told]) -> Iterator[Pair]:
    """Excerpts of records beside labelled steps.

    A step is beside its own record, and beside one of the nearest that is not; one that breaks and
    keeps nothing beside the two nearest.
    """
    for one in told:
        step, kind = one.label.step, kind_of(one.label)
        own = [near.excerpt for near in one.near if near.is_its]
        others = [near.excerpt for near in one.near if not near.is_its]
        if kind == NEITHER:
            yield from (Pair(near.excerpt, step, NEITHER) for near in one.near[:2])
            continue
        yield from (Pair(excerpt, step, kind) for excerpt in own[:1])
        yield from (Pair(excerpt, step, NEITHER) for excerpt in others[1:2])


def made_pairs(path: Path) -> Iterator[Pair]:
    """Records that were made up beside their steps, and each step beside another one's record."""
    made = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    said = [
        " ".join([f"{'Over' if one['over'] else 'Holds'}: {one['title']}.", *one["sentences"]])
        for one in made
    ]
    for one, excerpt in zip(made, said, strict=True):
        for name, steps in one["steps"].items():
            for step in steps:
                yield Pair(excerpt, step, MADE[name])
                yield Pair(random.choice(said), step, NEITHER)


def kind_of(label: Labelled) -> int:
    """What a step is to the record of its label."""
    if label.kind in (BREAKS, REPEATS):
        return BREAKING
    return KEEPS if label.kind == DOES else NEITHER


def fit(judge: Judge, pairs: Sequence[Pair], rounds: int, rate: float) -> None:
    """Fit it on some pairs, those of like length together."""
    print(f"{len(pairs)} pairs, {[sum(one.kind == kind for one in pairs) for kind in range(3)]}")
    weights = [one for one in judge.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
    total, done, lost = rounds * math.ceil(len(pairs) / BATCH), 0, 0.0
    mean = torch.optim.swa_utils.AveragedModel(
        judge, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(KEPT)
    )
    judge.train()
    for _ in range(rounds):
        for batch in batches(pairs):
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, (done + 1) / (WARM * total)) * (1 - done / total)
            loss = nn.functional.cross_entropy(
                judge(batch), torch.tensor([one.kind for one in batch])
            )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            if done >= total * WARM:
                mean.update_parameters(judge)
            done, lost = done + 1, lost + loss.item()
            if done % 50 == 0:
                print(f"{done} of {total}: {lost / 50:.3f}", flush=True)
                lost = 0.0
    judge.load_state_dict(mean.module.state_dict())


def batches(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """All pairs once, in an order of chance."""
    order = random.sample(list(pairs), len(pairs))
    near = BATCH * 50
    found: list[list[Pair]] = []
    for at in range(0, len(order), near):
        some = sorted(order[at : at + near], key=lambda one: len(one.first) + len(one.second))
        found += [some[here : here + BATCH] for here in range(0, len(some), BATCH)]
    random.shuffle(found)
    yield from found


if __name__ == "__main__":
    main()
