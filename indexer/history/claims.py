"""What a commit's subject claims: that it is a refactoring, that it may be one, that it is none."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from indexer.wording.naming import names

if TYPE_CHECKING:
    from indexer.history.subjects import Subject


class Claim(Enum):
    """How plainly a subject says that its commit is a refactoring."""

    PLAIN = "it says so"
    MAYBE = "a verb that often means one"
    TRIFLE = "such a verb, about something that has no structure"
    SILENT = "nothing of the kind"
    OTHER = "it says that it is something else"
    BRANCH = "it brings one branch's work to another"


_REFACTOR = names("refactor refactoring refactors refac refact restructure")
_ASIDE = names(
    "doc docs documentation test tests tst testing style lint format deps dep bump build ci cd "
    "release changelog i18n l10n typo wip merge revert dependabot renovate example examples"
)
_ASIDE_SCOPES = _ASIDE | names("e2e testutil go.mod benchmark benchmarks goreleaser")
_NEW = names("feat feature enh enhancement fix bug bugfix hotfix perf security sec")

#: Words that may stand before the verb.
_BEFORE = r"(?:(?:major|big|large|some|more|further|initial|general|code|partial|full|complete|"
_BEFORE += (
    r"internal|start|finish|continue|begin|first|second|another|please|also|the|to|do) ){0,2}"
)
_PLAIN = re.compile(
    rf"""{_BEFORE}(?:
      re-?factor(?:s|ed|ing|ings)? | re-?structur(?:e|es|ed|ing) | re-?architect(?:s|ed|ing)?
    | re-?organi[sz](?:e|es|ed|ing) | modulari[sz](?:e|es|ed|ing) | de-?coupl(?:e|es|ed|ing)
    | (?:dis|un)-?(?:en)?tangl(?:e|es|ed|ing) | consolidat(?:e|es|ed|ing)
    | factor(?:s|ed|ing)?\ (?:\S+\ ){{0,6}}out
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_ELSEWHERE = re.compile(r"\bre-?factor(?:ed|ing|s)?\b", re.IGNORECASE)
#: "fix tests after the refactoring", "so that we can refactor", "… and refactor" are none.
_ABOUT_ANOTHER = re.compile(
    r"""\b(?:
      after|before|since|from|due\ to|because\ of|for|during|of|by|in|pending|following|missed|fix
    | fixes|fixed|no|not|todo|without|needs?|previous|last|recent|upcoming|caused\ by|related\ to
    | prior\ to|with|can|could|will|would|should|may|might|to|minor|small|slight|tiny|little
    )\s(?:\S+\s){0,1}$ | \b(?:post|pre)-$""",
    re.IGNORECASE | re.VERBOSE,
)
_HANGING = re.compile(r"\band\s$", re.IGNORECASE)
_MAYBE = re.compile(
    rf"""{_BEFORE}(?:
      (?:extract|inline|inlin|rename|renam|relocate|relocat|hoist|unify|unifi|generali[sz]e?|isolate
       |isolat|encapsulate|encapsulat|simplify|simplifi|abstract|de-?duplicate?|split|splitt)
      (?:s|es|d|ed|ing)?\b.{{2,}}
    | (?:mov(?:e|es|ed|ing)|lift(?:s|ed|ing)?)\b
      .{{2,}}?\b(?:to|into|out\ of|out|under|from|up|down|inside|in)\b
    | (?:separat(?:e|es|ed|ing)|divid(?:e|es|ed|ing)|break(?:s|ing)?|broke)\b
      .{{2,}}?\b(?:into|out|from|up|and|off)\b
    | (?:merg(?:e|es|ed|ing)|fold(?:s|ed|ing)?|combin(?:e|es|ed|ing)|collaps(?:e|es|ed|ing))\b
      .{{2,}}?\b(?:into|in|to|and)\b
    | replac(?:e|es|ed|ing)\b.{{2,}}?\b(?:with|by)\b
    | (?:switch(?:es|ed|ing)?|chang(?:e|es|ed|ing)|convert(?:s|ed|ing)?|port(?:s|ed|ing)?
       |migrat(?:e|es|ed|ing))\b.{{2,}}?\bfrom\b.{{2,}}\bto\b
    | (?:minor|small|slight)\ (?:\S+\ )?re-?factor(?:s|ed|ing|ings)?\b.{{2,}}
    )""",
    re.IGNORECASE | re.VERBOSE,
)
#: What a refactoring may be about and yet say nothing of the program's structure …
_CHATTER = names(
    "typo typos spelling grammar wording comment comments readme changelog doc docs documentation "
    "sample samples "
    "docstring docstrings whitespace indentation formatting gofmt prettier isort lint linter "
    "linting eslint clippy golangci test tests unittest unittests testcase testcases fixture "
    "fixtures workflow workflows codeowners notebook notebooks dockerfile dockerfiles makefile "
    "justfile"
)
#: … and what may be moved, renamed or replaced without any change to it.
_TRIFLES = _CHATTER | names(
    "adr adrs licence license licenses link links url urls format black linters warning warnings "
    "testing testnet testnets mock mocks spec specs benchmark benchmarks dependency dependencies "
    "deps version versions bump lockfile lockfiles action actions ci travis circleci icon icons "
    "logo logos image images color colors colour colours button buttons css translation "
    "translations string strings message messages log logs logging label labels owners "
    "maintainers copyright import imports variable variables param params parameter parameters "
    "argument arguments flag flags gitignore artifact artifacts master branch branches upstream "
    "conflict conflicts default defaults hardcoded placeholder placeholders release releases "
    "example examples tutorial tutorials screenshot screenshots badge badges request requests "
    "getter getters setter setters typescript"
)
_EMPTY = _REFACTOR | names(
    "refactored refactorings cleanup clean up minor small some more code and the of for a an in "
    "to bit further big initial wip work stuff things misc various changes change general little "
    "part improve improvements fixes fix tidy restructuring chore progress on it this that with "
    "ups pass first second another major continue continued improved better readability "
    "structure layout file files avoid confusion remove warnings"
)
#: "Merge main to feature-x", squashed, is everything that others did meanwhile.
_OF_BRANCHES = re.compile(
    r"""merg(?:e|ed|es|ing)\s+(?:(?:in|from|latest|changes|up|with|the)\s+){0,3}
    (?:(?:branch(?:es)?|main|master|develop|dev|trunk|release|upstream|remote|origin|pull|pr|tag)\b
    |\S+/\S+\s+(?:in)?to\s+[^\s/]+$)""",
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENDS = re.compile(r"\b(?:to|for|so|by|with|in order|and|from|into)\b|[,;(.]")
_ENDS_OF_CHANGE = re.compile(r"(\S+) (?:with|by|to) (\S+)")
_DIGITS = re.compile(r"\d+(?:\.\d+)*")


def claim_of(subject: Subject) -> Claim:
    """What a subject claims; only what it says plainly counts."""
    kind, text = subject.type, subject.text
    scopes = {word.lower() for word in re.split(r"[/,\s]+", subject.scope)}
    if _OF_BRANCHES.match(text):
        return Claim.BRANCH
    if kind in _ASIDE or scopes & _ASIDE_SCOPES or not says_something(text):
        return Claim.OTHER
    named = _named_later(subject)
    if named or kind in _REFACTOR or scopes & _REFACTOR or _PLAIN.match(text):
        about = _ENDS.split(named or text, maxsplit=1)[0]
        return Claim.TRIFLE if _words(about) & _CHATTER else Claim.PLAIN
    if _MAYBE.match(text):
        return Claim.TRIFLE if _words(text) & _TRIFLES or _is_bump(text) else Claim.MAYBE
    return Claim.SILENT


def is_new_behaviour(subject: Subject) -> bool:
    """Whether the type says that the commit is first of all something else than a refactoring."""
    return subject.type in _NEW


def says_something(text: str) -> bool:
    """Whether a subject has a word that tells what was changed."""
    return bool(_words(text) - _EMPTY)


def _named_later(subject: Subject) -> str:
    """What a subject says from where it names a refactoring further on; "" if it names none.

    Beside something new ("add a ruler. refactor calculations") that is a side effect.
    """
    named = _ELSEWHERE.search(subject.text)
    if named is None or named.start() == 0:
        return ""
    before, after = subject.text[: named.start()], subject.text[named.end() :]
    is_last = not re.search(r"\w", after)
    is_aside = _HANGING.search(before) if is_last else is_new_behaviour(subject)
    return "" if is_aside or _ABOUT_ANOTHER.search(before) else subject.text[named.start() :]


def _is_bump(text: str) -> bool:
    """Whether one thing is replaced with the same of another number: `mocha-4` with `mocha-5`."""
    ends = _ENDS_OF_CHANGE.search(text)
    if ends is None or ends[1] == ends[2]:
        return False
    return _DIGITS.sub("", ends[1]) == _DIGITS.sub("", ends[2])


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}
