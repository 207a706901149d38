"""What is known of access to a route: yes and no need evidence, everything else is unknown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import Answered

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What stands for who asks, in something that only decides whether he may.
IDENTITY = re.compile(
    r"user(?![_-]?agent)|auth(?!or(?!i[sz]))|log(?:ged)?_?in|session|token|identity|principal|credential|account"
    r"|api_?key|admin|anonymous|jwt|bearer|member|\bme\b",
    re.IGNORECASE,
)
#: A page on which one logs in, in a pattern that ignores case; no "blog-index", no "designing".
LOGIN = r"(?:log|sign)(?:[_-]in(?![a-z])|in(?!g|dex|fo(?!rm)|put))"
#: The same in a handler, which knows users of whom none asks.
ASKING = re.compile(
    r"\bcurrent_?user\b|\bg\.\w*user"
    r"|\b(?:req|request|ctx)\.(?:state\.)?(?:user(?!_?agent)|auth|isAuthenticated|account)"
    r"|is_?authenticated|\bsession\b|\bauthed\(|is_?logged_?in",
    re.IGNORECASE,
)
#: What depends on more than on who asks.
ON_SETTINGS = re.compile(
    r"config|setting|feature|enabled|disabled|allow|public|guest|visib|optional|debug|\benv\b",
    re.IGNORECASE,
)
#: What is refused for other reasons than that nobody is known: a form without its token, a robot.
OTHER_REASONS = re.compile(r"csrf|xsrf|nonce|captcha|honeypot|maintenance", re.IGNORECASE)


#: What may be allowed to nobody in particular, too.
RIGHTS = re.compile(r"has_?perm|\bcan\b|\bcan_?\w*\(|permitted|is_?allowed", re.IGNORECASE)


def asks_who(condition: str, who: re.Pattern[str]) -> bool:
    """Whether a part of a condition is about who asks, not about what somebody may do.

    What a function is given does not count: `can(user)` may be true of nobody.
    """
    plain = condition
    while (shorter := re.sub(r"\([^()]+\)", "()", plain.strip("( )"))) != plain:
        plain = shorter
    return bool(who.search(plain)) and not RIGHTS.search(plain)


#: Why it is not told, in few words, so that one can count them.
BEFORE = "what stands before it was not understood"
HANDLER = "its handler may refuse"
UNSEEN = "its handler is not in the project"
UNNAMED = "what a handler without a name does was not followed"
SETTINGS = "settings decide"
SECURITY = "the security that is configured was not understood"
MANAGED = "a class of the project decides for each request"
LIBRARY = "a library may refuse by itself"


def untold(why: str, evidence: str = "") -> Answered:
    """An answer that is not known, and why."""
    return Answered("unknown", evidence, why)


class AccessCheck(NamedTuple):
    """Something that a request passes before what it asks for is done."""

    said: str  # as evidence: "@login_required (shop/views.py:12)"
    refuses: bool | None  # who shows nothing; None where that is not known
    why: str = BEFORE  # that is not known

    @property
    def what(self) -> str:
        """What is said without its place, in whose path any word may stand."""
        return self.said.rpartition(" (")[0] or self.said


def answer(checks: Iterable[AccessCheck], nothing: str, left: Answered | None = None) -> Answered:
    """Whether one of the checks refuses who shows nothing.

    Args:
        checks: In the order in which a request passes them.
        nothing: What is said where none of them can refuse.
        left: What is said where something else is left that could refuse; None where nothing is.
    """
    for one in checks:
        if one.refuses:
            return Answered("yes", one.said)
        if one.refuses is None and left is None:
            left = untold(one.why, one.said)
    return left or Answered("no", nothing)
