"""The peer of compare.py: txtai's hybrid index over given texts, in an environment of its own.

Reads `{"model": FOLDER, "texts": [...], "questions": [...], "limit": N, "fewer": M}` and prints
`{"seconds": …, "encoder_seconds": …, "found": [[[text, score], ...], ...], "times": [...]}`: the
seconds of the whole indexing and of the model in it, for each question the best texts by number,
best first, and the seconds of asking for fewer. Nothing goes to the network.
"""

import contextlib
import json
import os
import sys
import time

os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}

from txtai import Embeddings
from txtai.vectors import STVectors


def main() -> None:
    task = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):  # libraries say things
        print_to = answer(task)
    print(json.dumps(print_to))


def answer(task: dict) -> dict:
    encoder = Stopwatch(STVectors.encode)

    def encode(*given, **named):
        return encoder(*given, **named)

    STVectors.encode = encode  # a plain function, so that it becomes a method
    index = Embeddings(path=task["model"], method="sentence-transformers", hybrid=True, gpu=False)
    began = time.perf_counter()
    index.index(enumerate(task["texts"]))
    seconds, encoded = time.perf_counter() - began, encoder.seconds
    search = Stopwatch(index.search)
    search(task["questions"][0], task["limit"])
    found, times = [], []
    for question in task["questions"]:
        before = search.seconds
        search(question, task["fewer"])
        times.append(search.seconds - before)
        found.append([(int(text), score) for text, score in search(question, task["limit"])])
    return {"seconds": seconds, "encoder_seconds": encoded, "found": found, "times": times}


class Stopwatch:
    """A function, and the seconds that all its calls took."""

    def __init__(self, call) -> None:
        self._call = call
        self.seconds = 0.0

    def __call__(self, *given, **named):  # noqa: D102
        began = time.perf_counter()
        try:
            return self._call(*given, **named)
        finally:
            self.seconds += time.perf_counter() - began


if __name__ == "__main__":
    main()
