"""The forms of sentences by which `sides.py` tells what they add from what they remove."""

from __future__ import annotations

import re

PREFIX = re.compile(
    r"^(?:(?:then|first|second|third|finally|next|also|and|now|later|please|gradually|slowly|fully|"
    r"completely|let'?s|let us|to|we'll|(?:we|i|you|the team) (?:will|should|shall|must|can|could|"
    r"need to|have to|want to|are going to|(?:have )?decided to|propose to|plan to)|going to|"
    r"we)\s+)+(?!be\b)",
    re.IGNORECASE,
)
REPLACE = re.compile(
    r"^(?P<before>.*?)\b(?:replac(?:e|es|ing)|swap(?:ping|s)?|exchang(?:e|es|ing)|"
    r"supersed(?:e|es|ing)|supplant(?:s|ing)?)\s+(?:out\s+)?"
    r"(?P<old>(?!(?:with|by|for)\b).+?)\s+(?:with|by|for)\s+(?P<new>.+)$",
    re.IGNORECASE | re.DOTALL,
)
SUBSTITUTE = re.compile(
    r"^(?P<before>.*?)\bsubstitut(?:e|es|ing)\s+(?P<new>.+?)\s+for\s+(?P<old>.+)$",
    re.IGNORECASE | re.DOTALL,
)
FROM_TO = re.compile(
    r"(?P<verb>\b(?:migrat\w+|mov\w+|switch\w*|convert\w*|chang\w+|go|going|port\w*|transition\w*|"
    r"cut|shift\w*|return\w*|upgrad\w+|turn|transfer\w*|redirect\w*|rout(?:e|es|ing)|reassign\w*|relocat\w+)\b.*?)\s*"
    r"\b(?:away from|from|off of|out of|off)\s+"
    r"(?P<old>(?:(?!\bto\b|\binto\b|\bonto\b).){1,120}?)\s+"
    r"(?P<new>(?:over |back )?(?:to|into|onto)\s+.+)",
    re.IGNORECASE,
)
INSTEAD_FIRST = re.compile(
    r"(?:instead of|rather than|in place of)\s+(?P<old>[^,\n]+),\s*(?P<new>.+)",
    re.IGNORECASE | re.DOTALL,
)
INSTEAD = re.compile(
    r"(?P<new>.+?)(?:,?\s+(?:instead of|rather than|in place of|as opposed to|without|"
    r"and not|but not)|,\s+not)\s+(?P<old>.+)",
    re.IGNORECASE | re.DOTALL,
)
#: "Choose X over Y", "use X in favour of Y": the verb says which of the two is to be.
CHOICE = re.compile(
    r"(?P<new>(?:use|using|adopt|choose|chose|prefer|favou?r|select|pick|keep|go with)\s+.+?)\s+"
    r"(?:over|in favou?r of)\s+(?P<old>.+?)(?=\s+(?:to|for|because|as|so)\s|$)",
    re.IGNORECASE | re.DOTALL,
)
#: "X replaces Y" and "Y gives way to X": the verb stands between the two.
AUXILIARY = (
    r"(?:will|should|shall|must|can|may|is|are|has|have|was|were|gets?|to|be|been|being|now)"
)
X_FOR_Y = re.compile(
    rf"^(?P<new>.+?)\s+(?:{AUXILIARY}\s+)*(?:replac(?:es?|ed|ing)|supersed(?:es?|ed|ing)|"
    r"supplants?|succeeds?|ousts?|tak(?:es?|ing) over from|tak(?:es?|ing) the place of|"
    r"stands? in for)\s+(?P<old>.+)$",
    re.IGNORECASE | re.DOTALL,
)
Y_FOR_X = re.compile(
    rf"^(?P<old>.+?)\s+(?:{AUXILIARY}\s+)*(?:(?:replaced|superseded|supplanted|succeeded|ousted)"
    r"\s+(?:by|with)|giv(?:es?|en|ing) way to|mak(?:es?|ing) (?:way|room) for|yields? to)"
    r"\s+(?P<new>.+)$",
    re.IGNORECASE | re.DOTALL,
)
NEGATED = re.compile(
    r"^(?:do not|don'?t|does not|must not|should not|shall not|will not|won'?t|never|no longer|"
    r"not(?:\s+to)?)"
    r"\s+(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
NOUN_OF = re.compile(
    r"^(?:(?:the|a|an|our|this|its)\s+)?(?:[\w-]+\s+)??(?P<noun>[\w-]+)\s+of\s+(?P<what>.+)$",
    re.IGNORECASE | re.DOTALL,
)
WITH_AUXILIARY = re.compile(
    r"^(?P<subject>\S+(?:\s+\S+)*?)\s+(?P<auxiliary>will|should|must|shall|can|may|might|could|"
    r"(?:is|are|has|have|needs?) to|is|are|was|were|(?:has|have) been|gets?|isn'?t|aren'?t|won'?t|"
    r"shouldn'?t|mustn'?t)"
    r"\s+(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
PASSIVE = re.compile(r"(?:is|are|was|were|gets?|isn'?t|aren'?t|has been|have been)$", re.I)
BE = re.compile(r"(?:\w+ly\s+|now\s+)*be\s", re.IGNORECASE)
NOT = re.compile(r"(?:not|never|no longer)\s+", re.IGNORECASE)
ADVERB = re.compile(
    r"^(?:(?:now|also|always|only|then|just|being|be|been|to|have|has|going|\w+ly)\s+)+", re.I
)
DETERMINED = re.compile(
    r"^(?:the|an?|each|every|all|our|this|these|both|any|one|it|they|we)\b", re.IGNORECASE
)
VERB_AHEAD = re.compile(r"\b(?:the|an?|all|every|each|our|its|their|this|that|those|these)\b")
AND = re.compile(r",?\s+(?:and|then|but|or)\s+(?=(?P<word>[a-z][\w-]*)\s+(?P<next>[\w`\"']+))")
FAVOURS = re.compile(r"(?:\w+\s+){1,2}in favou?r of\s+(?P<new>.+)$", re.IGNORECASE)
#: "Give each team its own": with a mere "give" many an idiom begins.
OWN = re.compile(
    r"give\s.*\b(?:(?:its|their) own|of (?:its|their) own)\b|give (?:each|every)\s", re.I
)
#: "Set the limit to 64", "put all teams into one account": with a mere "put" others begin.
SET = re.compile(r"set\s.+\sto\s\S*\d", re.IGNORECASE)
PUT = re.compile(r"put\s.+\sinto\s(?:an?|one|each|every|our|its|their)\s", re.IGNORECASE)
BY = re.compile(r"(?:it\s+|them\s+)?(?:with|by)\s+(?P<new>.+)$", re.IGNORECASE)
NO = re.compile(
    r"no (?P<what>[^,;]{1,80}?) (?:should|must|may|can|shall)(?: ever)?(?: be)? (?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
MEANS = re.compile(r"\s(?:through|via|using)\s", re.IGNORECASE)
TO = re.compile(r"\s(?:to|into|onto)\s", re.IGNORECASE)
#: Behind a verb, or at the end of its sentence, they make it another: "scale down", "wrap up".
PARTICLES = frozenset("aside away back down off out over under up".split())
#: What is done to a thing, as a noun: "the demolition of", "the rendering of".
DEED = re.compile(r"\b(\w{3,}(?:ion|al|ment|ure|ing))\s+of\b")
WORD = re.compile(r"[A-Za-z][\w'-]*")
HYPHENED = re.compile(r"^(?:re|auto|pre|co|cross|bulk|batch)-")  # "re-enable" is as "enable"
