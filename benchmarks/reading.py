"""What is read of decision records, held against what a person read in them.

    python benchmarks/reading.py CLONES [--found]

CLONES is a folder with the repositories of `reading_labels.jsonl`, each as a git directory or a
clone under `OWNER+NAME/repo` or `NAME`. The labels are of two readers; the first never saw this
program, the second labelled before it read, from the text of each record alone: its title without
its number or kind, its status, the date that it states (a month is `2026-01`), and the record that
supersedes it. The day or month in a file's name counts as stated; that of the last change is
labelled by itself, as `modified`, and is no date of the decision. Where the title is a template's
own or missing, that is labelled, and we take the file's name.

Each repository is taken in as its commit has it, with its history, in a copy; every field that
differs is named. A date that only git knows is none of the text's. The folders of the labelled
records are declared; with `--found` they are left to be found, and what is read besides the
labelled records is named too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path, PurePosixPath

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.common import print_table
from indexer.formats.record_names import record_folder
from indexer.project import open_project
from memory.kinds.vocabulary import Kind
from memory.models.memory import COMMITTED
from memory.models.selection import Selection

LABELS = Path(__file__).with_name("reading_labels.jsonl")
FIELDS = ("title", "status", "date", "successor")


def checked_out(clones, repository, commit, folder):
    """A copy of a repository as a commit has it."""
    places = (clones / repository.replace("/", "+") / "repo", clones / repository.split("/")[1])
    source = next((one for one in places if one.exists()), None)
    if source is None:
        return None
    subprocess.run(["git", "clone", "-q", "--no-checkout", source, folder], check=True)
    for words in (
        ["remote", "set-url", "origin", f"https://github.com/{repository}"],  # as in any clone
        ["update-ref", "--no-deref", "HEAD", commit],
        ["read-tree", "HEAD"],
        ["checkout-index", "--all", "--force", "--quiet"],  # goes on where an object is missing
    ):
        subprocess.run(["git", "-C", folder, *words], check=False, stderr=subprocess.DEVNULL)
    return folder


def read(root, folders):
    """What is read of the decisions of a project, by path; with no folders, where it finds them."""
    settings = root / "archmem.toml"
    if folders and not settings.exists():
        settings.write_text(f"record_folders = {json.dumps(sorted(folders))}\n", encoding="utf-8")
    with open_project(root, create=True) as memory:
        memory.upkeep.take_in()
        listed = memory.list(Selection(kinds=(Kind.DECISION,)))
        paths = {one.memory.uid: one.memory.path for one in listed}
        return {
            one.memory.path: {
                "title": one.memory.title,
                "status": str(one.standing.status),
                "date": stated(one.memory.revision),
                "successor": next((paths.get(uid, "") for uid in one.standing.replaced_by), ""),
            }
            for one in listed
        }


def stated(revision):
    """The date that a record gives, with git's help in reading it and without git's own."""
    return revision.draft.date if revision.dated_by == COMMITTED else revision.date


def same(field, said, label):
    """Whether a field says what the label does; white space, case and code marks aside."""
    if field == "title":
        return _bare(said) == _bare(label)
    return said == label


def _bare(title):
    return "".join(title.replace("`", "").split()).casefold()


def main(clones, *options):
    """A row for each repository and each wrong field by itself."""
    are_found = "--found" in options
    labels = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    of = {}
    for label in labels:
        of.setdefault((label["repository"], label["commit"]), []).append(label)
    rows, wrong = [], []
    for (repository, commit), some in sorted(of.items()):
        with tempfile.TemporaryDirectory() as folder:
            root = checked_out(Path(clones), repository, commit, Path(folder) / "clone")
            if root is None:
                print(f"{repository} is not there")
                continue
            folders = {record_folder(PurePosixPath(one["path"])) for one in some}
            told = read(root, set() if are_found else folders)
        if are_found:
            unlabelled = sorted(told.keys() - {one["path"] for one in some})
            print(f"{repository}: {len(unlabelled)} read besides", *unlabelled[:9])
        right = Counter()
        for label in some:
            said = told.get(label["path"], dict.fromkeys(FIELDS, "(not read)"))
            for field in FIELDS:
                is_same = same(field, said[field], label[field])
                right[field] += is_same
                if not is_same:
                    wrong.append((repository, label["path"], field, said[field], label[field]))
        rows.append({"repository": repository, "records": len(some), **right})
    total = {name: sum(row.get(name, 0) for row in rows) for name in ("records", *FIELDS)}
    rows.append({"repository": "all", **total})
    share = {name: round(total[name] / max(total["records"], 1), 3) for name in FIELDS}
    print_table([*rows, {"repository": "share", "records": "", **share}])
    for repository, path, field, said, label in wrong:
        print(f"{repository} {path}: {field} {said!r}, labelled {label!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
