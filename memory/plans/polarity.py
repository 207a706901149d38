"""Tells what a sentence proposes from what it leaves behind."""

from __future__ import annotations

import re
from typing import NamedTuple


class Intent(NamedTuple):
    """The two sides of a sentence; either may be empty."""

    proposes: str  # what is to be
    leaves: str  # what is to be no more


_VERBS = """
    add adopt allow append apply ask assign author batch book build bring buy cache call carry
    change check choose collect compare compute connect convert copy count create cut declare
    define deliver derive deploy design do embed emit enable encrypt enforce expose extend extract
    fetch fill fold generate get give grant handle hand have hold host implement index insert
    install introduce issue join keep let limit load lock log make map merge migrate mint model
    move name offer open order pass pay persist pick place plan point poll pool port post prefer
    print process provide publish pull push put queue read rebuild receive record refill register
    reintroduce rename render replace replay require restore retry return rewrite rotate route run
    save send separate serve set share ship show sign split start store stream support swap switch
    sync take test track translate turn upgrade use validate verify wait wrap write
""".split()
_REMOVING = (
    r"(?:remove|delete|drop|stop|retire|deprecate|disable|abandon|discontinue|decommission|"
    r"eliminate|cease|undo|revert|quit|sunset|unship|hide|purge|scrap|omit|forbid|ban|prohibit|"
    r"skip|bypass|"
    r"get rid of|do away with|phase out|shut down|turn off|switch off|take out|take down|"
    r"tear down|clean up|roll back|throw away|wind down|rip out|avoid|end|"
    r"do not|don't|does not|must not|should not|shall not|will not|no longer|never)"
)
_PREFIX = r"(?:(?:then|first|finally|next|also|and|we (?:will|should|shall)|we|please|to)\s+)*"
_IS_REMOVAL = re.compile(rf"{_PREFIX}{_REMOVING}\b(?!\s+to\b)", re.IGNORECASE)
_CLAUSE_END = re.compile(
    r"\s*(?:[;\n]|[.!?](?=\s|$)|\s[-–—](?=\s)"
    rf"|,?\s+(?:and|then|but)\s+(?=(?:then\s+)?(?-i:{'|'.join(_VERBS)}|{_REMOVING})\b)"
    rf"|,\s+(?=(?:then\s+)?(?-i:{'|'.join(_VERBS)}|{_REMOVING})\b))\s*",  # not PUT and POST
    re.IGNORECASE,
)
_REPLACE = re.compile(
    r"\b(?:replac(?:e|es|ing)|swap(?:ping)?|exchang(?:e|ing)|supersed(?:e|es|ing))\s+"
    r"(?P<old>.+?)\s+(?:with|by|for)\s+(?P<new>.+)",
    re.IGNORECASE,
)
_SUBSTITUTE = re.compile(r"\bsubstitut(?:e|ing)\s+(?P<new>.+?)\s+for\s+(?P<old>.+)", re.IGNORECASE)
_FROM_TO = re.compile(
    r"(?P<verb>\b(?:migrat\w+|mov\w+|switch\w*|convert\w*|chang\w+|go|going|port\w*|transition\w*|"
    r"cut|shift\w*|return\w*|upgrad\w+|turn|transfer\w*)\b.*?)\s*"
    r"\b(?:away from|from|off of|out of|off)\s+"
    r"(?P<old>(?:(?!\bto\b|\binto\b|\bonto\b).){1,120}?)\s+"
    r"(?P<new>(?:over |back )?(?:to|into|onto)\s+.+)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"\b(?:mov\w+|migrat\w+|get|switch\w*)\s+(?:away|off)\s+(?:from\s+)?(?P<old>.+)", re.IGNORECASE
)
_INSTEAD_FIRST = re.compile(
    r"(?:instead of|rather than|in place of)\s+(?P<old>[^,\n]+),\s*(?P<new>.+)",
    re.IGNORECASE | re.DOTALL,
)
_INSTEAD = re.compile(
    r"(?P<new>.+?),?\s+(?:instead of|rather than|in place of|as opposed to|without|"
    r"and not|but not|, not)\s+(?P<old>.+)",
    re.IGNORECASE,
)
_IS_TALK = re.compile(
    rf"{_PREFIX}(?:document|describe|explain|test|measure|benchmark|investigate|research|alert|"
    r"discuss|review|present|note|mention|teach|write (?:down|up)|report|monitor|observe|study|"
    r"look into|find out)\b",
    re.IGNORECASE,
)
_IS_RETURN = re.compile(
    rf"{_PREFIX}(?:(?:go|going|move|switch|roll|fall|change|turn) back (?:to|onto|into)|"
    r"return(?:ing)? to|revert(?:ing)? to|restore|reinstate|reintroduce|bring back)\b"
    r"|[^;]*\b(?:once )?again$",
    re.IGNORECASE,
)
_RULES = (_INSTEAD, _SUBSTITUTE, _REPLACE, _FROM_TO)
_LONG = 500  # characters; a longer clause is prose of which no rule makes anything


def read_intent(text: str) -> Intent:
    """What a step or a sentence of a decision proposes, and what it leaves behind.

    It goes by the words that people use for it: "replace X by Y", "from X to Y", "Y instead of
    X", "remove X". What none of them speaks of is proposed.
    """
    proposed: list[str] = []
    left: list[str] = []
    if match := _INSTEAD_FIRST.match(text):
        text = match["new"]
        left.append(match["old"])
    for clause in _CLAUSE_END.split(text):
        if clause.strip():
            intent = _read_clause(clause.strip())
            proposed.append(intent.proposes)
            left.append(intent.leaves)
    return Intent(_joined(proposed), _joined(left))


def read_step(text: str) -> Intent:
    """What a step proposes and leaves behind; where it only talks of something, neither.

    To document, test or measure a thing changes nothing of it. A final stop says nothing.
    """
    clauses = (clause.strip() for clause in _CLAUSE_END.split(text))
    if any(_IS_TALK.match(clause) for clause in clauses if clause):
        text = "; ".join(
            clause for clause in _CLAUSE_END.split(text) if clause and not _IS_TALK.match(clause)
        )
    return read_intent(text)


def is_return(proposes: str) -> bool:
    """Whether what is proposed is, by its words, something that once was."""
    return any(_IS_RETURN.match(clause) for clause in proposes.split("; "))


def _read_clause(clause: str) -> Intent:
    if len(clause) > _LONG:
        return Intent(clause, "")
    for rule in _RULES:
        if match := rule.search(clause):
            before = clause[: match.start()].strip()
            new = f"{match['verb']} {match['new']}" if "verb" in match.groupdict() else match["new"]
            rest = _read_clause(new) if rule is not _FROM_TO else Intent(new, "")
            return Intent(_joined([before, rest.proposes]), _joined([match["old"], rest.leaves]))
    if match := _AWAY.search(clause):
        return Intent("", match["old"])
    if match := _IS_REMOVAL.match(clause):
        return Intent("", clause[match.end() :].strip())
    return Intent(clause, "")


def _joined(parts: list[str]) -> str:
    return "; ".join(part.strip(" ,.;:") for part in parts if part.strip(" ,.;:"))
