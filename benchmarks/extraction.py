"""How well decision records are read: titles, statuses, dates and relations of a labelled corpus.

    python benchmarks/extraction.py FOLDER [--json] [--relations]

FOLDER holds `corpus/PROJECT/FILE`, `docs.jsonl` and `relations.jsonl`, as ../shared/eval does.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from indexer.formats.decision_records import DecisionRecords
from indexer.formats.document import Document
from indexer.resolution import Directory
from memory.kinds.vocabulary import LinkType, Status
from memory.ledger.interface.relations import ReferenceTarget

if TYPE_CHECKING:
    from memory.models.memory import Draft, Reference

#: The types of `relations.jsonl`: ours, and whether it is read from the other end.
LABEL_TYPES = {
    "supersedes": (LinkType.SUPERSEDES, False),
    "superseded_by": (LinkType.SUPERSEDES, True),
    "amends": (LinkType.AMENDS, False),
    "amended_by": (LinkType.AMENDS, True),
    "extends": (LinkType.EXTENDS, False),
    "requires": (LinkType.REQUIRES, False),
    "related": (LinkType.RELATES_TO, False),
}
#: Labels that were cut out of a table cell or a heading of an empty form.
NO_LABEL = re.compile(r"\W*(?:n/?a\b|none\b|not applicable|tbd\b|fill me in|\.\.\.|no_label)", re.I)

Relation = tuple[str, LinkType, bool, str]  # asserting id, type, inverse, target id


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--json", action="store_true", help="one object on stdout")
    options.add_argument("--relations", action="store_true", help="print each relation found")
    chosen = options.parse_args()

    began = time.perf_counter()
    documents = read_lines(chosen.folder / "docs.jsonl")
    texts = {row["id"]: read_text(chosen.folder, row["id"]) for row in documents}
    drafts = {row["id"]: parse(row["path"], texts[row["id"]]) for row in documents}
    seconds = time.perf_counter() - began
    found = resolved(documents, drafts)
    report = {
        "seconds": round(seconds, 2),
        "projects": counts(drafts),
        "titles": titles(documents, drafts, texts),
        "relations": judged(read_lines(chosen.folder / "relations.jsonl"), found),
    }
    if chosen.json:
        print(json.dumps(report, ensure_ascii=False))
        return
    print_report(report)
    if chosen.relations:
        for relation, reference in found.items():
            if relation[1] is not LinkType.RELATES_TO:
                print(f"\n{described(relation)}{' (in part)' if reference.partial else ''}")
                print(f"    {reference.evidence}")


def parse(path: str, text: str) -> Draft | None:
    parsed = DecisionRecords().parse(Document(path, text))
    return parsed.drafts[0] if parsed.drafts else None


def resolved(
    documents: list[dict[str, Any]], drafts: dict[str, Draft | None]
) -> dict[Relation, Reference]:
    """Each reference that leads to another record of its project, with its first evidence."""
    paths = {row["id"]: row["path"] for row in documents}
    projects: defaultdict[str, list[ReferenceTarget]] = defaultdict(list)
    for uid, draft in drafts.items():
        if draft:
            number = getattr(draft.details, "number", None)
            projects[project(uid)].append(ReferenceTarget(uid, draft.title, paths[uid], number))
    directories = {name: Directory(known) for name, known in projects.items()}
    found: dict[Relation, Reference] = {}
    for uid, draft in drafts.items():
        for reference in draft.references if draft else ():
            target = directories[project(uid)].resolve(reference.target, paths[uid])
            if target and target != uid:
                relation = (uid, reference.type, reference.inverse, target)
                found.setdefault(relation, reference)
    return found


def counts(drafts: dict[str, Draft | None]) -> dict[str, dict[str, int]]:
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for uid, draft in drafts.items():
        row = table[project(uid)]
        row["files"] += 1
        if draft:
            row["records"] += 1
            row["status"] += draft.status is not Status.UNSTATED
            row["status_said"] += "status" in draft.extra
            row["date"] += draft.valid_from is not None
            row["references"] += bool(draft.references)
            row["typed"] += any(each.type is not LinkType.RELATES_TO for each in draft.references)
    return {name: dict(row) for name, row in sorted(table.items())}


def titles(
    documents: list[dict[str, Any]], drafts: dict[str, Draft | None], texts: dict[str, str]
) -> dict[str, Any]:
    """Share of labelled titles that we give, and the rest in full."""
    wrong = []
    labelled = 0
    for row in documents:
        label = row["title"]
        if label == Path(row["path"]).name or not is_title(label, texts[row["id"]]):
            continue
        labelled += 1
        draft = drafts[row["id"]]
        given = draft.title if draft else ""
        if folded(label) not in folded(given) or not folded(given):
            wrong.append({"id": row["id"], "label": label, "given": given})
    wrong = [row for row in wrong if not is_better(row, texts[row["id"]])]
    right = labelled - len(wrong)
    return {"labelled": labelled, "right": right, "share": right / labelled, "wrong": wrong}


def is_better(row: dict[str, str], text: str) -> bool:
    """Whether the label is a feature's identifier and we give the record's first heading."""
    heading = re.search(r"(?m)^#{1,2} (.*)$", text)
    feature = re.search(r"(?mi)^\W*feature name\W(.*)$", text)
    return bool(
        heading
        and feature
        and folded(row["label"]) in folded(feature[1])
        and folded(row["given"]) == folded(heading[1])
    )


def is_title(label: str, text: str) -> bool:
    """Whether a label stands in a heading or a feature name, and not in code or a blank form."""
    if NO_LABEL.match(label):
        return False
    outside = re.sub(r"(?ms)^\s*(```|~~~).*?^\s*\1", "", text)
    lines = re.findall(r"(?mi)^(?:# .*|\W*feature name\W.*)$", outside)
    return any(folded(label) in folded(line) for line in lines)


def judged(labels: list[dict[str, str]], found: dict[Relation, Reference]) -> dict[str, Any]:
    """Which labelled relations were found, by confidence, and the typed ones beyond them."""
    table: dict[str, Any] = {}
    known = set()
    for confidence in ("high", "unverified"):
        rows = [row for row in labels if row["confidence"] == confidence]
        wanted = [relation_of(row) for row in rows]
        known.update(wanted)
        missing = [described(each) for each in wanted if each not in found]
        table[confidence] = {
            "labelled": len(wanted),
            "found": len(wanted) - len(missing),
            "missing": missing,
        }
    typed = [each for each in found if each[1] is not LinkType.RELATES_TO]
    table["all"] = len(found)
    table["typed"] = len(typed)
    table["typed_beyond_labels"] = [described(each) for each in typed if each not in known]
    return table


def relation_of(row: dict[str, str]) -> Relation:
    link, inverse = LABEL_TYPES[row["type"]]
    return row["source"], link, inverse, row["target"]


def described(relation: Relation) -> str:
    source, link, inverse, target = relation
    return f"{target} {link} {source}" if inverse else f"{source} {link} {target}"


def print_report(report: dict[str, Any]) -> None:
    columns = ("files", "records", "status", "status_said", "date", "references", "typed")
    print(f"{'project':24}" + "".join(f"{name:>12}" for name in columns))
    for name, row in report["projects"].items():
        print(f"{name:24}" + "".join(f"{row.get(column, 0):>12}" for column in columns))
    said = report["titles"]
    print(f"\ntitles right: {said['right']} of {said['labelled']} ({said['share']:.1%})")
    for row in said["wrong"]:
        print(f"  {row['id']}: {row['given']!r}, labelled {row['label']!r}")
    for confidence in ("high", "unverified"):
        row = report["relations"][confidence]
        print(f"relations labelled {confidence}: {row['found']} of {row['labelled']} found")
        for each in row["missing"]:
            print(f"  not found: {each}")
    print(f"relations found: {report['relations']['all']}, typed {report['relations']['typed']}")
    print(f"read in {report['seconds']} s")


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read_text(folder: Path, uid: str) -> str:
    return (folder / "corpus" / uid).read_text("utf-8", errors="replace")


def project(uid: str) -> str:
    return uid.partition("/")[0]


def folded(title: str) -> str:
    """Letters and digits only, without a number before the title."""
    said = re.sub(
        r"^(?:\W*(?:adr|rfc|otep)?[\s#-]*\d+\W+|(?:adr|architecture decision record):)",
        "",
        title,
        flags=re.IGNORECASE,
    )
    return "".join(each for each in said.casefold() if each.isalnum())


if __name__ == "__main__":
    main()
