"""Whose word a record is that an agent recorded, and whose file says so no more.

It stays the agent's until a person signed the commit that took the mark out. Git is asked only
where there is such a record, and only when its head moved.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from indexer.formats.entries.json_entries import SAID_BY
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.git.signatures import signatures
from memory.kinds.vocabulary import Trust
from memory.ledger.store_facts import VOUCHED
from memory.models.memory import UID, least, trust_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from indexer.formats.document import Format
    from indexer.recording import FindFormat
    from memory.ledger.interface.database import Database, Ledger
    from memory.models.memory import Memory

MOST = 2_000  # commits that changed a mark, the latest
AT_ONCE = 100  # commits whose files are in memory
_MARK = re.compile(
    rf"<!-- archmem: (?P<page>{UID})(?: by (?P<by>agent:[^ ]+))? -->"
    rf'|"uid"\s{{0,9}}:\s{{0,9}}"(?P<entry>{UID})"'
    rf'(?:\s{{0,99}},\s{{0,99}}"{SAID_BY}"\s{{0,9}}:\s{{0,9}}"(?P<of>agent:[^"\n]+)")?'
)


class Unmarked(NamedTuple):
    """A record that was an agent's, and the commits that took that out of its file."""

    agent: str
    commits: frozenset[str] = frozenset()  # none where nobody committed it yet


def vouch(ledger: Ledger, root: Path, find_format: FindFormat) -> None:
    """Say of each such record whose word it is, as far as git has moved since the last time."""
    git = Repository(root)
    try:
        head = git.head()
        if ledger.db.facts.find(VOUCHED) == head:
            return
        memories = ledger.db.memories.with_uids(ledger.db.calendar.unmarked())
        found = _unmarked(ledger.db, git, head, memories)
        commits = {commit for one in found.values() for commit in one.commits}
        signed = signatures(root, commits)
    except GitFailed:
        return  # they stay whose they were
    with ledger.writing() as db:
        for memory in memories:
            if (one := found.get(memory.uid)) and memory.path:
                by = next((signed[commit] for commit in one.commits if commit in signed), "")
                format_ = find_format(PurePosixPath(memory.path))
                _say_whose(db, memory, one.agent, by, format_)
        db.facts.save(VOUCHED, head)


def _say_whose(db: Database, memory: Memory, agent: str, by: str, format_: Format | None) -> None:
    source = memory.revision.source
    own = format_.trust if format_ else source.trust
    trust = trust_of(memory.revision.draft, own)
    said = {"author": f"human:{by}", "trust": trust}
    if not by:
        said = {"author": agent, "trust": least(trust, [Trust.AGENT])}
    db.calendar.attribute(memory.uid, source.model_copy(update=said))


def _unmarked(
    db: Database, git: Repository, head: str, memories: Iterable[Memory]
) -> dict[str, Unmarked]:
    found: dict[str, Unmarked] = {}
    marked = []
    for memory in memories:
        if memory.revision.draft.uid:
            marked.append(memory)
        agent, commit = "", ""
        for one in db.memories.history(memory.uid):
            if one.draft.said_by:
                agent, commit = one.draft.said_by, ""
            elif agent and not commit:
                commit = one.committed_in or ""
        if agent:
            found[memory.uid] = Unmarked(agent, frozenset([commit] if commit else []))
    if marked:
        folders = {PurePosixPath(one.path or "").parent.as_posix() for one in marked}
        uids = {one.uid for one in marked}
        for uid, told in _in_history(git, head, folders, uids).items():
            known = found.get(uid, told)
            found[uid] = Unmarked(known.agent, known.commits | told.commits)
    return found


def _in_history(
    git: Repository, head: str, folders: Collection[str], uids: Collection[str]
) -> dict[str, Unmarked]:
    """What commits took out of entries in files of these folders, by uid."""
    found: dict[str, Unmarked] = {}
    steps = list(_steps(git, head, folders))
    for start in range(0, len(steps), AT_ONCE):
        some = steps[start : start + AT_ONCE]
        texts = git.texts(
            (commit, path)
            for child, parents, paths in some
            for commit in (child, *parents)
            for path in paths
        )
        for child, parents, paths in some:
            after = _marks(texts, child, paths)
            before = [_marks(texts, parent, paths) for parent in parents]
            for uid in uids:
                agents = [one[uid] for one in before if one.get(uid)]
                if after.get(uid) and uid not in found:  # taken out where nobody can see it
                    found[uid] = Unmarked(after[uid])
                is_new = all(one.get(uid, "none") for one in before)
                is_last = uid not in found or not found[uid].commits
                if agents and after.get(uid) == "" and is_new and is_last:
                    found[uid] = Unmarked(agents[0], frozenset([child]))
    return found


def _steps(
    git: Repository, head: str, folders: Collection[str]
) -> Iterator[tuple[str, list[str], list[str]]]:
    """The commits that changed a mark of an agent's in folders: each with its parents and files.

    What a repository says of how its files are compared counts for nothing.
    """
    options = [f"--max-count={MOST}", "--format=%x1e%H %P", "--name-only", "-c", "--no-renames"]
    options += ["-Gagent:", "--pickaxe-all", "--text", "--no-textconv", "--no-ext-diff"]
    said = git.ask("--literal-pathspecs", "log", "-z", *options, head, "--", *sorted(folders))
    for step in said.split("\x1e")[1:]:
        first, *rest = step.replace("\n", "\0").split("\0")
        commit, *parents = first.split()
        yield commit, parents, [path for path in rest if path.endswith((".md", ".json"))]


def _marks(
    texts: Mapping[tuple[str, str], str], commit: str, paths: Iterable[str]
) -> dict[str, str]:
    """The entries of files at a commit, by uid, each with the agent that recorded it or ""."""
    return {
        match["page"] or match["entry"]: match["by"] or match["of"] or ""
        for path in paths
        for match in _MARK.finditer(texts.get((commit, path), ""))
    }
