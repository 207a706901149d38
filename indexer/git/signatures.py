"""Who made commits, and whether they signed them, as the user's own keys tell.

What a repository sets for checking signatures counts for nothing: it may have come with it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from indexer.git.process import GitFailed, GitProcess
from memory.models.answer import Written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_GOOD = "G"  # a good signature of somebody whom the user trusts, in `git log --format=%G?`
_FORMAT = "%H%x00%G?%x00%cn%x00%cs"  # who committed signs; a .mailmap is the repository's word
_SECONDS = 10
_NOBODY = {
    "gpg.program": "gpg",
    "gpg.openpgp.program": "gpg",
    "gpg.ssh.program": "ssh-keygen",
    "gpg.x509.program": "gpgsm",
    "gpg.ssh.allowedsignersfile": os.devnull,
    "gpg.ssh.revocationfile": "",
    "gpg.mintrustlevel": "undefined",
}


def signatures(root: Path, commits: Collection[str]) -> dict[str, str]:
    """Those of these commits that somebody signed whom the user trusts, with who committed them.

    Raises:
        GitFailed: git cannot say.
    """
    if not commits:
        return {}
    said = _log(root, commits)
    return {one.commit: one.author for one in said if one.is_signed}


def last_written(root: Path, path: str, lines: tuple[int, int]) -> Written | None:
    """Who committed the latest of some lines of a file; None where git cannot say."""
    options = ("--porcelain", "--no-ignore-revs-file", "--no-textconv")
    where = f"-L{lines[0]},{lines[1]}"
    try:
        git = GitProcess(root)
        said = git.ask("blame", *options, where, "--", path, seconds=_SECONDS)
        found: dict[str, int] = {}
        commit = ""
        for line in said.split("\n"):
            first, _, rest = line.partition(" ")
            if len(first) in (40, 64) and rest[:1].isdigit():
                commit = first
            elif first == "committer-time":
                found[commit] = int(rest)
        latest = max(found, key=lambda one: (not one.strip("0"), found[one]))
        if not latest.strip("0"):
            return Written()
        return next(iter(_log(root, [latest])), None)
    except (GitFailed, ValueError):
        return None


def _log(root: Path, commits: Collection[str]) -> list[Written]:
    told = sorted(commits)
    said = _trusting(root).ask(
        "log", "--no-walk=unsorted", f"--format={_FORMAT}", "--stdin", told=told
    )
    rows = (line.split("\0") for line in said.splitlines())
    return [
        Written(author=who, commit=commit, day=day, is_signed=sign == _GOOD)
        for commit, sign, who, day in rows
    ]


def _trusting(root: Path) -> GitProcess:
    """Git as the user, and nobody else, set it up for checking signatures."""
    own = _NOBODY | dict(_set_by_user(root))
    return GitProcess(root, settings=[f"{name}={value}" for name, value in own.items() if value])


def _set_by_user(root: Path) -> Iterator[tuple[str, str]]:
    try:
        said = GitProcess(root).ask("config", "--global", "-z", "--get-regexp", r"^gpg\.")
    except GitFailed:  # nothing is set
        return
    for one in said.split("\0"):
        name, _, value = one.partition("\n")
        if name:
            yield name, value
