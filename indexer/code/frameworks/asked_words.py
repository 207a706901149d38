"""Words of rights and of checks of input in functions of any language, where each first stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from indexer.code.readers import Reader
from memory.code.facts import Mark
from memory.texts.prefilter import prefilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.code.syntax import SourceFile

#: A role, a permission, a policy, an owner; letters are told apart, as that is faster.
_RIGHT = (
    rb"[Pp]ermission|PERMISSION|[Pp]rivilege|(?<![a-z])[Rr]oles?(?![a-z])|(?:has|get|is|check)Role|[a-z]Roles?\b|ROLE"
    rb"|[Aa]uthori[sz]e[sd]?\b|[Pp]olicy|[Pp]olicies|(?<![a-zA-Z])(?:can|cannot|may|allows|denies)"
    rb"(?:[A-Z_]\w{0,99})?\(|\b[Gg]ate\b|[Vv]oter|[Ii]s_?(?:[Aa]dmin|[Ss]taff|[Ss]uper|[Oo]wner|[Mm]ember)"
    rb"|\badmin\b|[._]?[Oo]wner|OWNER|[Ff]orbid|FORBIDDEN|\b403\b|AccessDenied|PermissionDenied|\b[Aa]cl\b"
    rb"|has_?(?:[Pp]erm|[Aa]ccess|[Ss]cope)|[Ee]ntitle|[Ss]copes?\b"
    # whose something is, held against who asks
    rb"|[Uu]ser_?[Ii][Dd](?:\(\))? ?[!=]==?+(?! ?(?:null|None|nil|undefined|0\b|['\"]))"
    rb"|[!=]= ?[\w.$>-]{0,40}[Uu]ser(?:_?[Ii][Dd]|[.]id|[.]pk|->id)\b"
    rb"|\b(?:user|owner|author|creator|created_by|account|profile)=(?:self\.)?request\.user\b"
)
#: Only what belongs to who asks is looked through: `auth()->user()->items()->find($id)`.
_OWN = (
    rb"(?:auth\(\)->|Auth::|\$request->|\brequest\(\)->|\$this->)user\(\)\??->\w{1,40}\(\)"
    rb"->(?!create|save|make|attach|sync)"
    rb"|[uU]ser_?[iI]d['\"]?, ?(?:auth\(\)|Auth::|request\(\)->user|\$request->user|\$user->id)"
    rb"|\bwhereBelongsTo\(|\bwhereUserId\("
    rb"|(?:request\.user|current_user)\.\w{1,40}\.(?:get|filter|filter_by|all|exclude|first)\b"
    rb"|\b[uU]ser_?[iI]d=(?:self\.)?(?:request\.user|current_user)\b"
    rb"|\b(?:where|find\w{0,20}|delete\w{0,20}|update\w{0,20})(?:: ?|\()\{[^{};]{0,120}"
    rb"\b(?:user|owner|author|creator|account)(?:_?[iI]d)?: ?(?:req|request|ctx|session|this)\."
    rb"[\w.]{0,30}(?:[uU]ser|session)"
    rb"|\b(?:find|exists|delete|get)By\w{0,40}(?:And|By)(?:User|Account|Member|Creator|Author)"
    rb"(?:_?Id)?\("
    rb"|\b(?:user|account|member|creator|author)_id ?= ?(?:\?|\$\d|:user|:\w{0,10}user_?id|%s)"
)
_CAN = rb"\bcan[A-Z_]"  # see, edit: a value, where _RIGHT has the calls
#: A condition on a right, on one line or with what a function is given on lines of its own.
_CONDITION = (
    rb"\b(?:if|unless|elif)\b[^{}\n:;]{0,160}?(?:" + _RIGHT + rb"|" + _CAN + rb")"
    rb"[^{}\n;]{0,160}(?:\(\s*\n[^{};:]{0,240}\)[^{}\n;]{0,60})?[{:)]\s*\n"
)
#: The same, and what refuses in its branch.
_REFUSED = re.compile(
    _CONDITION + rb"(?:[^\n{}]*\n){0,3}?[^\n]*"
    rb"(?:\b403\b|[Ff]orbid|FORBIDDEN|AccessDenied|PermissionDenied|NotAllowed|Unauthori[sz]ed"
    rb"|UNAUTHORIZED|\b401\b|abort\()"
)
#: The same, where what may not be seen is said not to be there.
_HIDES = re.compile(
    _CONDITION + rb"(?:[^\n{}]*\n){0,2}?[^\n]*(?:\b404\b|Http404|[Nn]ot_?Found|NOT_FOUND)"
)
#: Which error another raised: who asks that hands on what was refused, and refuses nobody.
_OF_AN_ERROR = re.compile(
    rb"\berrors\.(?:Is|As)\(|isinstance\((?:e|err|error|ex|exc)\w{0,20},"
    rb"|\b(?:e|err|error|ex|exc|exception)\w{0,20} ?(?:[!=]==?|instanceof\b|is\b)"
    rb"|\b(?:e|err|error|ex)\??\.(?:name|code|status\w{0,10})\b"
)
#: What asks for a right and refuses by itself.
_ASKS = re.compile(
    rb"\$this->authori[sz]e\w{0,99}\(|Gate::authori[sz]e\(|denyAccessUnless\w{0,99}\(|\babort_(?:if|unless)\([^;\n]{0,499}"
    rb"(?:->can|Gate::|ermission|[Rr]ole|[Aa]dmin|->cannot)"
)
_CHECK = (
    rb"[Vv]alid(?!ity)|VALID|[Ss]chema|[Ss]anitiz|[Ss]erializer|\b4(?:00|22)\b|[Bb]ad_?[Rr]equest"
    rb"|BAD_REQUEST|[Uu]nprocessable|UNPROCESSABLE|[Cc]leaned_data|\b[A-Z]\w{0,99}Form\(|\wDto\b"
    rb"|\.[Bb]ind(?:JSON|Query|Uri)?\(|(?:ValueError|Illegal(?:Argument|State)\w{0,60}|DomainException|InputError)\("
    rb"|\bAssert(?:::|\.)|\bAssertion::|Preconditions?\.|requireNonNull"
    rb"|\b(?:ensure|check|verify|guard|assert|require)(?:_\w|[A-Z])\w{0,60}\("
    rb"|\.(?:safeP|p)arse(?:Async)?\((?<!JSON\.parse\()(?<!Date\.parse\()(?<!path\.parse\()"
    rb"|\b(?:raise|throw|return|errors)\b[^\n]{0,60}[\"'][^\n\"']{0,60}"
    rb"\b(?:required|must|missing|too (?:long|short)|empty|blank)\b"
)
#: What the own object has is given what was sent: a service, maybe one that nobody can name.
_HANDED = (
    rb"(?:\$this->|\bthis\.|\bself\.)\w+(?:->|\.)\w+\([^;\n]{0,120}"
    rb"(?:\$request|\breq(?:uest)?\b|\bbody\b|\bdto\b|\bdata\b|\bpayload\b|\binput\b"
    rb"|->(?:all|input|post|json|toArray|getContent|getParsedBody)\()"
)
#: What holds input against something and refuses it, wherever it stands.
_CHECKS = re.compile(
    rb"->validate\(|->validateWithBag\(|Validator::make\(|\.is_valid\(|\.(?:safe)?[pP]arse(?:Async)?\(\s*(?:req|ctx|body|input)"
    rb"|\.full_clean\(|validationResult\(|[Ss]chema\.validate\w*\(|\.validate_on_submit\(|validator\.Struct\("
    rb"|\.ShouldBind\w{0,99}\(|\.BindJSON\(|->isValid\(\)|\$request->validated\(|model_validate\(|\.load\(request"
)
_HANDS = re.compile(_HANDED)
#: Where PHP looks at what was sent, or gives the whole request on; who asks is no part of it.
_TAKES = re.compile(
    rb"\$\w+->(?:input|get|post|all|only|except|validated?|query|json|file|has|hasFile|filled|boolean"
    rb"|integer|string|date|collect|toArray|request|files|attributes|getContent|getParsedBody|merge)\b"
    rb"|\brequest\(|\bInput::|\$_(?:POST|GET|REQUEST|FILES)|php://input"
    rb"|(?<!Request )\$(?:request|req|r)(?:\s*[,)\]]|->\w+\b(?!\())"
)
_FORBIDS = re.compile(rb"\b403\b|[Ff]orbid|FORBIDDEN|AccessDenied|PermissionDenied")
#: A call that by its name asks who somebody is or what they may; an error that says they may not.
_DEMANDS = re.compile(
    rb"\b(?:require|ensure|check|verify|assert|enforce|demand|must)s?_?(?:[Ii]s_?|[Hh]as_?|[Bb]e_?|[Cc]an_?)?"
    rb"[a-zA-Z_]{0,20}(?:[Rr]ole|[Pp]ermission|[Pp]rivilege|[Aa]dmin|[Aa]uth|[Ll]og(?:ged|in)|[Aa]ccess|[Ss]cope)"
    rb"\w{0,40}\(|\bvalidate_?[a-zA-Z_]{0,20}(?:[Rr]ole|[Pp]ermission|[Pp]rivilege|[Aa]dmin|[Aa]ccess|[Oo]wner)"
    rb"\w{0,40}\(|\bauthori[sz]e[sd]?\w{0,20}\(|\bPermissionError\b|\bUnauthori[sz]ed\w{0,30}\("
)
_WORDS = re.compile(rb"(?P<right>" + _RIGHT + rb"|" + _OWN + rb")|(?P<check>" + _CHECK + rb")")
_SORTS = (
    ("refuses", _ASKS),
    ("refuses", _REFUSED),
    ("checks", _CHECKS),
    ("forbids", _FORBIDS),
    ("demands", _DEMANDS),
    ("hides", _HIDES),
    ("hands", _HANDS),
    ("takes", _TAKES),
    ("", _WORDS),
)
_CONDITIONS = frozenset({"refuses", "hides"})
_COMMENT = re.compile(rb"\s*(?:#(?!\[)|//|/?\*)")


class AskedWords(Reader):
    """A mark for each definition and sort of word, the first of each.

    `right` names one, `refuses` asks for one and refuses, `forbids` refuses for whatever reason,
    `demands` asks for a right or a login by its name, `hides` says of what may not be seen that it
    is not there, `check` is named like a check of input,
    `checks` holds input against something, `hands` gives it on, `takes` looks at it, of PHP.
    """

    name = "asked words"
    version = 8
    languages = frozenset({"python", "php", "typescript", "java", "go"})
    hint = re.compile(b"|".join((_RIGHT, _OWN, _CAN, _CHECK, _DEMANDS.pattern, _HANDED)))

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """The first word of each sort in each innermost definition; comments do not count."""
        content = source.content
        starts = [0, *(one.end() for one in re.finditer(rb"\n", content))]
        owners = owners_by_line(source, len(starts))
        seen: set[tuple[str, str]] = set()
        is_php = source.facts.language == "php"
        for kind, pattern in _SORTS:
            if (kind == "takes" and not is_php) or not prefilter(pattern).search(content):
                continue
            for found in pattern.finditer(content) if kind else _words(content, starts):
                line = bisect_right(starts, found.start())
                sort, name = kind or str(found.lastgroup), owners[line]
                if (sort, name) in seen or _COMMENT.match(content, starts[line - 1]):
                    continue
                if kind in _CONDITIONS and _OF_AN_ERROR.search(found[0].partition(b"\n")[0]):
                    continue
                seen.add((sort, name))
                said = b" ".join(found[0].partition(b"\n")[0].rstrip(b"( ").split())[:90].decode(
                    "utf-8", "replace"
                )
                yield Mark(self.name, sort, name, line, {"is": said})


def _words(content: bytes, starts: Sequence[int]) -> Iterator[re.Match[bytes]]:
    """What `_WORDS` finds, of which nothing goes beyond a line."""
    near = {bisect_right(starts, one.start()) for one in prefilter(_WORDS).finditer(content)}
    ends = [*starts[1:], len(content)]
    for line in sorted(near):
        yield from _WORDS.finditer(content, starts[line - 1], ends[line - 1])


def owners_by_line(source: SourceFile, lines: int) -> list[str]:
    """By line the innermost definition with a body; "" for none."""
    owners = [""] * (lines + 2)
    for one in source.facts.definitions:  # an inner one comes behind the one around it
        if one.kind in {"function", "method", "class"}:
            owners[one.line : one.last_line + 1] = [one.name] * (
                min(one.last_line, lines) + 1 - one.line
            )
    return owners
