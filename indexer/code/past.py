"""The code of a project along git's history: what commits share is read once."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING

from indexer.code.code_at_commit import code_at
from indexer.code.code_files import LARGEST
from indexer.code.registry import CONFIG, extractor, languages
from indexer.code.token_reader import tokenizer
from indexer.code.token_reading import load_from, tokens_of
from indexer.git.process import END, LONG, GitFailed
from indexer.git.repository import Repository, moment_of
from memory.code.facts import facts_from_json
from memory.code.file_modules import VERSION
from memory.code.history import NamedCommit
from memory.texts.plain_file import read_plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from memory.code.clone_tokens import FileTokens
    from memory.code.codebase import CodeBase
    from memory.code.facts import FileFacts
    from memory.ledger.interface.database import Ledger

_FIELDS = "%H%x1f%ct%x1f%P%x1f%s"
_MAIN = ("origin/HEAD", "main", "master")  # where a project's main line is looked for


class GitHistory:
    """`CodeHistory` of a worktree; it is asked by one thread."""

    def __init__(
        self,
        ledger: Ledger,
        root: Path,
        modules: Mapping[str, Sequence[str]],
        ignore: Sequence[str] = (),
    ) -> None:
        self._ledger = ledger
        self._modules = modules
        self._ignore = ignore
        self._root = root
        self._repository = Repository(root)
        self._known: dict[tuple[str, str], FileFacts] = {}

    @cached_property
    def head(self) -> NamedCommit:
        """The commit that is checked out."""
        return self.commit("HEAD")

    @cached_property
    def is_shallow(self) -> bool:
        """Whether a clone has only the latest commits of it."""
        return bool(self._repository.grafts())

    def version(self) -> str:
        """What facts of code depend on beside the files."""
        spoken = sorted(languages())
        said = [
            *map(extractor, (*spoken, CONFIG)),
            *map(tokenizer, spoken),
            str(sorted(self._modules.items())),
            str([*self._ignore]),
            self._attributes(),
            str(VERSION),
        ]
        return hashlib.blake2b("\n".join(said).encode(), digest_size=8).hexdigest()

    def commit(self, name: str) -> NamedCommit:
        """The commit of any name that git knows it by."""
        return self._commits("--max-count=1", END, self._repository.commit_of(name))[0]

    def base(self) -> NamedCommit | None:
        """Where this branch left the main one; on that the commit before; None without any."""
        for name in _MAIN:
            if found := self.merge_base(name, "HEAD"):
                if found != self.head.hash:
                    return self.commit(found)
                break
        return self.commit(self.head.parents[0]) if self.head.parents else None

    def main_line(self, last: str, first: str = "") -> Sequence[NamedCommit]:
        """The commits by first parents that lead to one, the oldest first; after `first`."""
        without = [f"^{first}"] if first else []
        return self._commits("--first-parent", "--reverse", END, last, *without)

    def code_at(self, commit: str) -> CodeBase:
        """What the code said at a commit, by its full hash."""
        known, modules = self._known, self._modules
        return code_at(self._repository, commit, known, modules, self._kept, self._ignore)

    def tokens(self, code: CodeBase) -> Mapping[str, FileTokens]:
        """The tokens of the files of a code base, by path."""
        return tokens_of(self._ledger, code, load_from(self._root))

    def renamed(self, commit: str, until: str = "") -> Mapping[str, str]:
        """The files that have another path in the worktree, or in a later commit, than in one."""
        return self._repository.renamed_since(commit, until)

    def merge_base(self, first: str, second: str) -> str:
        """The commit that two have in common, in full; "" without one."""
        try:
            return self._repository.ask("merge-base", END, first, second).strip()
        except GitFailed:
            return ""

    def _attributes(self) -> str:
        """What the project says of its files, in all of its folders."""
        try:
            listed = self._repository.ask("ls-files", "-z", "--", "*.gitattributes")
        except GitFailed:
            return ""
        return "".join(map(self._text, sorted(filter(None, listed.split("\0")))))

    def _text(self, path: str) -> str:
        try:
            return f"{path}\0{read_plain_text(self._root / path, LARGEST, errors='replace')}"
        except OSError:
            return ""

    def _kept(self, language: str, blobs: set[str]) -> dict[str, FileFacts]:
        """What the ledger has of these, by blob."""
        kept = self._ledger.db.code.facts(extractor(language), blobs)
        return {blob: facts_from_json(said) for blob, said in kept.items()}

    def _commits(self, *arguments: str) -> list[NamedCommit]:
        said = self._repository.ask("log", f"--format={_FIELDS}", *arguments, seconds=LONG)
        rows = (line.split("\x1f", 3) for line in said.split("\n") if line)
        return [
            NamedCommit(name, moment_of(moment), subject, tuple(parents.split()))
            for name, moment, parents, subject in rows
        ]
