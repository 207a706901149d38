"""Whether questions about what was measured find the measurement, among decision records.

    python benchmarks/baselines.py EVAL [--verbose]

Metrics of four invented projects stand in one memory with the records of three real ones; metrics
and questions (`baseline_questions.json`) were made by a reader who had seen nothing of archmem.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from archmem import open_project
from benchmarks.common import make_folder, print_table

QUESTIONS = Path(__file__).with_name("baseline_questions.json")
AMONG = ("content-publisher", "govuk-aws", "madr")


def build(folder: Path, corpus: Path, metrics: list[dict]) -> None:
    """A project with the records and the measurements."""
    records = make_folder(folder / "docs/adr")
    for project in AMONG:
        for path in sorted((corpus / project).rglob("*.md")):
            (records / f"{project}-{path.name}").write_bytes(path.read_bytes())
    kept = [{key: one[key] for key in ("metric", "module", "unit", "value")} for one in metrics]
    text = json.dumps({"baselines": kept})
    (make_folder(folder / ".claude/memory/performance") / "baselines.json").write_text(text)


def main() -> None:
    """Print the share of questions whose measurement came first, and among the first five."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("eval", type=Path)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    metrics = json.loads(QUESTIONS.read_text("utf-8"))
    places: dict[str, list[int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), options.eval / "corpus", metrics)
        with open_project(folder) as memory:
            memory.index()
            for one in metrics:
                for question in one["questions"]:
                    titles = [hit.memory.title for hit in memory.search(question).hits]
                    named = (
                        at for at, title in enumerate(titles) if title.startswith(one["metric"])
                    )
                    place = next(named, len(titles))
                    places.setdefault(one["project"], []).append(place)
                    if options.verbose and place:
                        print(place, question, "->", titles[0])
    places["all"] = [place for each in list(places.values()) for place in each]
    print_table(
        {
            "project": project,
            "questions": len(found),
            "hit@1": sum(place == 0 for place in found) / len(found),
            "hit@5": sum(place < 5 for place in found) / len(found),
        }
        for project, found in places.items()
    )


if __name__ == "__main__":
    main()
