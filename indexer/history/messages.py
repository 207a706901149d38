"""The part of a commit's message that tells people something, and what it tells of effects."""

from __future__ import annotations

import re

LONGEST = 1_500  # characters of a message that are kept: what is longer goes into detail
_TRAILER = re.compile(
    r"""(?:signed-off-by|co-authored-by|reviewed-by|acked-by|tested-by|reported-by|change-id|cc
    |suggested-by|helped-by|git-svn-id|commit-queue|auto-submit|approved-by|pull-request|bug
    |reviewed-on|differential\ revision|lgtm-by|generated-by|release-notes?)\s?:""",
    re.IGNORECASE | re.VERBOSE,
)
#: Rulers, boxes to tick, bare links, and what tools leave.
_NOISE = re.compile(
    r"""[-*_=]{3,}$ | [-*]\s*\[[ xX]?\] | https?://\S+$ | <[^>]{0,200}>$ | _[^_]{1,200}_$ | n/a$
    | 🤖 | generated\ with\  | \(cherry\ picked\ from\ commit | conflicts:
    | (?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|part\ of|see|towards|addresses|issue)
      \s*:?\s*(?:[\w./-]*\#\d+|https?://\S+)[\s,.]*$""",
    re.IGNORECASE | re.VERBOSE,
)
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]\([^()]{0,2000}\)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DETAILS = re.compile(r"<details>.*?(?:</details>|\Z)", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"#{1,6}\s*\W{0,4}(.{0,100})")
#: Parts of a form that say nothing of the change …
_FORM = re.compile(
    r""".{0,20}\bcheck\ ?list | (?:pr\ )?(?:types?\ of\ change|how\ (?:has\ this\ been|to)\ test
    |test(?:ing|s|\ plan)?\b|screenshots?|reviewers?|documentation\ changes|pr\ acknowledgement)""",
    re.IGNORECASE | re.VERBOSE,
)
#: … and headings above its own words.
_LABEL = re.compile(
    r"""(?:overview|description(?:\ of\ changes)?|summary|what|changes|context|details
    |motivation(?:\ and\ context)?|what\ does\ this\ pr\ do\??|proposed\ changes
    |(?:related\ )?issues?)\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_MEASURE = re.compile(
    r"\d\s?(?:%|x\b|×|ms\b|µs\b|us\b|ns\b|s\b|seconds?\b|minutes?\b|[kmg]i?b\b|bytes\b|"
    r"(?:req|ops|rows|tx)/s|allocs?\b|loc\b|lines\b|queries\b)",
    re.IGNORECASE,
)
_EFFECT = re.compile(
    r"\b(?:reduc|improv|faster|slower|speed|quicker|from\b.{1,40}\bto\b|less\b|fewer|smaller|"
    r"decreas|increas|drop(?:s|ped)?\b|sav(?:es|ed|ing)\b|cut(?:s|ting)?\b|->|→|regress)",
    re.IGNORECASE,
)


def paragraphs(body: str) -> list[str]:
    """The paragraphs of a message that say something, without trailers and forms."""
    text = _IMAGE.sub("", _DETAILS.sub("", _COMMENT.sub("", body.replace("\r\n", "\n"))))
    kept: list[str] = []
    gathered: list[str] = []
    in_form = False
    for line in [*text.split("\n"), ""]:
        said = line.strip()
        if heading := _HEADING.fullmatch(said):
            in_form = bool(_FORM.match(heading[1]))
            said = "" if in_form or _LABEL.match(heading[1]) else heading[1].strip()
        elif said and (in_form or _TRAILER.match(said) or _NOISE.match(said)):
            continue
        if (heading or not said) and gathered:
            kept.append("\n".join(gathered))
            gathered = []
        if said:
            gathered.append(said if heading else line.rstrip())
    if gathered:
        kept.append("\n".join(gathered))
    return kept


def short_message(body: str) -> str:
    """What is worth keeping of a message's body, cut between paragraphs."""
    kept: list[str] = []
    room = LONGEST
    for text in paragraphs(body):
        if len(text) > room:
            if not kept:
                kept.append(text[: room - 1].rsplit(None, 1)[0] + "…")
            break
        kept.append(text)
        room -= len(text) + 2
    return "\n\n".join(kept)


def said_effect(body: str) -> str:
    """The sentences of a message that give a measured effect, at most two; "" if there is none."""
    found = [
        " ".join(sentence.split())
        for text in paragraphs(body)
        for sentence in _SENTENCE.split(text)
        if len(sentence) <= 300 and _MEASURE.search(sentence) and _EFFECT.search(sentence)
    ]
    return " ".join(found[:2])
