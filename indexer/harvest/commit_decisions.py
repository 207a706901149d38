"""Decisions in the messages of commits: what was chosen, and why; what was taken back, and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from indexer.git.log import CommitLog
from indexer.harvest.documents import ENDINGS
from indexer.harvest.found_decision import FoundDecision
from indexer.harvest.judging import WORTH_ENCODING
from indexer.harvest.line_sentences import is_link_within, sentences
from indexer.harvest.reasoning import (
    argued_in,
    ended,
    explanation,
    is_aside,
    is_choice,
    is_mending,
    is_trifling,
    lines_of_work,
    pattern,
    reasons_of,
    takes,
    tells_harm,
)
from indexer.harvest.swaps import is_manifest, names, swapped
from indexer.harvest.titles import stands_alone
from indexer.harvest.worth import CommitSigns, worth_of
from indexer.history.commit_messages import (
    UndoneCommits,
    folded,
    is_revert,
    is_squash,
    merged,
    paragraphs,
    read_revert,
    read_subject,
)
from indexer.source_paths import is_code
from memory.kinds.vocabulary import Status
from memory.models.harvest import HarvestEvidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indexer.git.log import Commit, FileChange
    from indexer.git.repository import Repository
    from indexer.harvest.judging import CommitJudge
    from indexer.harvest.line_sentences import LineSentence
    from indexer.harvest.swaps import Swap
    from indexer.history.commit_messages import Revert

LEAST = 0.7  # of the chance that a reader would keep a commit; see benchmarks/fit_harvest.py
#: Chances, as a strict reader kept them in repositories that no rule was made with. Of dependencies
#: in the place of others 7 of 8; of what is no longer supported 6 of 7; of what was taken back 2 of
#: 2, elsewhere 14 of 14 (`benchmarks/harvest.py`). Of those that only came or went 19 of 21 where
#: the title chooses, as "Replace pytz by zoneinfo" does, and else 22 of 31: told apart on these.
SWAP, CHOSEN, ONE_SIDED, ENDED, REVERT = 0.88, 0.9, 0.7, 0.86, 0.9
#: Of "Drop support for karma version 5.2" and its like 1 of 4 was kept, of the other ends 8 of 9.
VERSION_ENDED = 0.5
#: What is told of the chance that a fit gives a commit for its reason: of those above 0.8 in eight
#: repositories that nobody had looked at 40 of 73 were kept, where the fit, held out, has 0.83.
AT_FIRST_SIGHT = 0.7

_VERSION = re.compile(r"\bversions?\s+v?\d", re.IGNORECASE)


class Said(NamedTuple):
    """A commit whose message may tell of a decision."""

    commit: Commit
    title: str
    reasons: tuple[LineSentence, ...]  # the sentences that give one

    @property
    def is_plain(self) -> bool:
        """Whether the title may tell of a choice that needs no reason."""
        return is_choice(self.title) or takes(self.title) or bool(ended(self.title))


def harvest_commits(
    git: Repository, commits: Sequence[Commit], judge: CommitJudge
) -> tuple[list[FoundDecision], list[str]]:
    """What commits, the latest first, tell of; and what git could not tell, in lines.

    What was taken back later is told of by the commit that did.
    """
    undone = UndoneCommits()
    reverts: list[tuple[Commit, Revert]] = []
    for commit in commits:
        if revert := read_revert(commit):
            undone.add(revert)
            reverts.append((commit, revert))
    said = [
        one
        for commit in commits
        if not is_revert(commit) and commit not in undone and (one := read_message(commit))
    ]
    said = [one for one in said if one.is_plain or worth_of(signs_of(one)) >= WORTH_ENCODING]
    hashes = [one.commit.hash for one in said]
    problems: list[str] = []
    changes: dict[str, Sequence[FileChange]] = {}
    if hashes:
        log = CommitLog(git, ["--no-walk=unsorted", *hashes])
        changes = {commit.hash: commit.changes for commit in log}
        problems += log.problems
    swaps, untold = swapped(
        git,
        commits[0].hash if commits else "",
        [one for one in hashes if any(is_manifest(each.path) for each in changes.get(one, ()))],
    )
    problems += untold
    chances = _chances(judge, said, changes)
    found = [
        told
        for each in said
        if (uid := each.commit.hash)
        and (told := _found(each, changes.get(uid, ()), swaps.get(uid), chances.get(uid, 0.0)))
    ]
    return [*found, *_taken_back(commits, reverts)], problems


def read_message(commit: Commit) -> Said | None:
    """What a message tells of a decision; None where it tells of none, or of no reason.

    A dependency in place of another, or the end of support for something, needs no reason. What
    stands below a heading for it is the reason; otherwise of several commits in one message none
    is known to be that of the whole.
    """
    line = merged(commit)[0]
    for written, read in _SUBJECTS:
        line = written.sub(read, line)
    subject = read_subject(_without_issue(line))
    if not stands_alone(subject.text) or is_trifling(subject) or is_mending(subject):
        return None
    reasons = argued_in(commit.body.split("\n"), _own_lines(commit))
    if not reasons and not is_squash(commit.body):
        reasons = reasons_of(_own_lines(commit))
    said = Said(commit, subject.text, reasons)
    return said if reasons or said.is_plain else None


def signs_of(said: Said, changes: Sequence[FileChange] | None = None) -> CommitSigns:
    """What a commit is judged by; without what it changed, as if that were much."""
    commit = said.commit
    signs = CommitSigns(commit.subject, said.title, commit.body, len(said.reasons))
    if said.reasons:
        first = said.reasons[0]
        is_plain = bool(pattern("reasons").search(first.text))
        signs = signs._replace(reason=first.text, is_plain=is_plain, is_item=first.is_item)
    if changes is None:
        return signs
    return signs._replace(
        files=sum(is_code(one.path) for one in changes),
        folders=len({one.path.rpartition("/")[0] for one in changes}),
        came=sum(one.letter == "A" for one in changes),
        went=sum(one.letter == "D" for one in changes),
        is_documented=any(one.path.lower().endswith(ENDINGS) for one in changes),
    )


#: "Reviewed by: Ada", "Reviewers: Ada <ada@example.org>, ..." and the line that goes on so.
_CREDIT = re.compile(
    r"\s*[A-Z][\w-]+(?: [\w-]+)? ?by: |\s*(?:reviewers?|authors?|committers?): "
    r"|[^<>@]*+<[^<>@\s]++@[^<>\s]++>",
    re.IGNORECASE,
)
#: How others write subjects: "bug #14121 [Docker] Use … (author)" as Symfony's tool does, and
#: "Feature/use …", by the name of a branch.
_SUBJECTS = (
    (
        re.compile(
            r"^(bug|feature|minor|refactor|security) #\d+ (?:\[[^\]]*\]\s*)*(.*?)(?: \([^()]*\))?$"
        ),
        r"\1: \2",
    ),
    (re.compile(r"^(feature|task|chore|refactor|bugfix|hotfix)/(?=\S+ )", re.IGNORECASE), r"\1: "),
    # What a tool asked for, where another version may have come.
    (re.compile(r"(\breplace dependency \S+ with \S+) [v^~]?\d\S*", re.IGNORECASE), r"\1"),
)
#: "Fixes #37126 - Replace node-sass with sass", where each commit is one for an issue.
_ISSUE = re.compile(
    r"(?:fix(?:e[sd])?|refs?|close[sd]?|resolve[sd]?|issue|bug|ticket):? "
    r"#?\d{2,8}\s?[-\u2013\u2014:.]{1,2}\s+",
    re.IGNORECASE,
)


def _without_issue(line: str) -> str:
    """A subject without the issue that it is for, where a choice follows and no mending."""
    match = _ISSUE.match(line)
    rest = line[match.end() :] if match else ""
    is_told = takes(rest) or ended(rest) or pattern("choices", begins=True).match(f"{rest} ")
    return rest if is_told else line


def _own_lines(commit: Commit) -> list[str]:
    """The lines of a message below its subject; those that are no words of its own are blank."""
    kept = {
        line
        for part in paragraphs(commit.body)
        for line in part.split("\n")
        if not _CREDIT.match(line)
    }
    lines = ["", "", *(line.rstrip() for line in commit.body.split("\n"))]
    around = zip(["", *lines], lines, [*lines[1:], ""], strict=False)
    return [
        line if line in kept or (below in kept and is_link_within(above, line, below)) else ""
        for above, line, below in around
    ]


def _chances(
    judge: CommitJudge, said: Iterable[Said], changes: Mapping[str, Sequence[FileChange]]
) -> dict[str, float]:
    """How likely each that gives a reason is a decision, by its hash."""
    with_reason = [one for one in said if one.reasons]
    signs = [signs_of(one, changes.get(one.commit.hash, ())) for one in with_reason]
    hashes = (one.commit.hash for one in with_reason)
    return dict(zip(hashes, judge.chances(signs), strict=True))


def _found(
    said: Said, changes: Sequence[FileChange], swap: Swap | None, chance: float
) -> FoundDecision | None:
    """The decision, if it is likely enough to be one.

    What was chosen of dependencies is one though nobody says why, and so is the end of support.
    """
    commit, reasons = said.commit, said.reasons
    code = [one for one in changes if is_code(one.path)]
    if swap and not _is_chosen(swap, said):
        swap = None
    about = "" if swap or not _is_of_the_program(changes) else ended(said.title)
    if swap:
        is_left_over = bool(swap.gone) and all(is_manifest(one.path) for one in code)
        one_sided = CHOSEN if is_choice(said.title) and not is_left_over else ONE_SIDED
        worth = SWAP if swap.gone and swap.came else one_sided
    else:
        ended_at = VERSION_ENDED if _VERSION.search(said.title) else ENDED
        worth = ended_at if about else chance * AT_FIRST_SIGHT
    if not swap and not about and (chance < LEAST or not reasons or (changes and not code)):
        return None
    passed = lines_of_work(commit.body.split("\n")) if swap or about else set()
    is_plain = bool(swap or about)
    quotable = [
        one for one in reasons if one.line not in passed and not (is_plain and is_aside(one.text))
    ]
    quote = next((one for one in quotable if not (about and one.is_item)), None)
    place = dict(zip(("path", "line"), swap.place(said.title), strict=True)) if swap else {}
    of = names(said.title, (*swap.gone, *swap.came)) if swap else filter(None, about.split(" and "))
    return FoundDecision(
        origin="dependency" if swap else "commit",
        title=said.title,
        reason=explanation(_own_lines(commit), quote) if quote else "",
        decision=swap.in_words(f"{said.title}\n{commit.body}") if swap else "",
        evidence=HarvestEvidence(
            quote=quote.text if quote else said.title,
            commit=commit.hash,
            **({"line": quote.line if quote else 1} | place),
        ),
        at=commit.at,
        chance=worth,
        paths=tuple(one.path for one in code),
        touched=tuple(one.path for one in changes),
        about=tuple(of),
    )


def _is_chosen(swap: Swap, said: Said) -> bool:
    """Whether a change of dependencies still holds, and is what a message is about."""
    if not (swap.still_holds and swap.is_told(said.title)):
        return False
    if swap.gone and swap.came:
        return is_choice(said.title)
    words = f"{said.title}\n{said.commit.body}"
    up = pattern("taking_up", begins=True).match(said.title)
    if up and swap.gone and names(said.title[up.end() :].partition(" ")[0], swap.gone):
        return False  # as what it takes up is named in a file that is not known as a manifest
    is_more = pattern("no_taking").search(said.commit.subject)
    return said.is_plain and not is_more and not pattern("left_over").search(words)


def _is_of_the_program(changes: Sequence[FileChange]) -> bool:
    return any(is_code(one.path) or is_manifest(one.path) for one in changes)


def _taken_back(
    commits: Sequence[Commit], reverts: Sequence[tuple[Commit, Revert]]
) -> Iterable[FoundDecision]:
    """What was tried, taken back for a reason, and not done again."""
    by_title = {folded(merged(one)[0]): one for one in reversed(commits) if not is_revert(one)}
    by_number = {
        number: one
        for one in reversed(commits)
        if (number := merged(one)[1]) and not is_revert(one)
    }
    again = {title for _, one in reverts if one.again for title in (*one.titles, *one.otherwise)}
    for commit, revert in reverts:
        reasons = [one for one in sentences(_own_lines(commit)) if one.text in revert.reason]
        telling = [one for one in reasons if tells_harm(one.text)]
        if revert.again or not telling or pattern("passing_back").search(commit.body):
            continue
        undone = (
            next((one for one in commits if one.hash.startswith(revert.hashes)), None)
            if revert.hashes
            else None
        )
        for key in (*revert.titles, *revert.otherwise):
            undone = undone or by_title.get(key)
        for key in revert.numbers:
            undone = undone or by_number.get(key)
        if undone is None or is_revert(undone):
            continue
        title = read_subject(merged(undone)[0])
        if folded(merged(undone)[0]) in again or is_trifling(title) or not stands_alone(title.text):
            continue
        if is_mending(title) or pattern("mends").search(title.text):
            continue
        yield FoundDecision(
            origin="revert",
            title=title.text,
            reason=" ".join(one.text for one in telling[:2]),
            evidence=HarvestEvidence(
                quote=telling[0].text, commit=commit.hash, line=telling[0].line
            ),
            at=commit.at,
            chance=REVERT,
            status=Status.REJECTED,
        )
