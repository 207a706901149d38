"""Tells what a sentence would add or use from what it would remove, by cues that are data.

The cues are those of `data/lexicon/cues.toml`. A verb that is not among them may do anything to
what it is done to, so that its sentence is unclear: nothing is concluded from it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.norms import forms
from memory.norms.cues import read_cues
from memory.texts.words import is_stop_word, stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Intent(NamedTuple):
    """The sides of a sentence; each may be empty."""

    proposes: str  # what is to be
    leaves: str  # what is to be no more
    unclear: str = ""  # of which its words do not say whether it is to be


NOTHING = Intent("", "")
_LONG = 500  # characters; a longer clause is prose of which no rule makes anything
_TITLE = 4  # words in capitals and none in small letters make a title, in which they are no names
_SUBJECT = 8  # words that the subject of a sentence may have


def read_step(text: str) -> Intent:
    """What a step proposes, what it leaves behind, and what is done to the rest nobody can tell.

    To document, test or measure a thing changes nothing of it. A final stop says nothing.
    """
    text = " ".join(text.split())
    return _read(text, [clause for clause in _clauses(text) if not _is_talk(clause)])


def _clauses(text: str) -> list[str]:
    return [clause.strip() for clause in read_cues().clause_end.split(text) if clause.strip()]


def _is_talk(clause: str) -> bool:
    said = forms.PREFIX.sub("", clause)
    return _head(said) in read_cues().talking or bool(read_cues().talking_phrases.match(said))


def _read(text: str, clauses: Iterable[str]) -> Intent:
    parts = [_read_clause(clause) for clause in clauses]
    if match := forms.INSTEAD_FIRST.match(text):
        parts = [_read_clause(clause) for clause in _clauses(match["new"])]
        parts.append(Intent("", match["old"]))
    return Intent(*(_joined(side) for side in zip(*parts, strict=True))) if parts else NOTHING


def _read_clause(clause: str) -> Intent:
    """A clause, its subordinate ones kept with what they are about unless they turn it round."""
    said = forms.PREFIX.sub("", clause).strip(" ,.;:")
    if not said or len(said) > _LONG:
        return Intent("", "", said)
    topic, colon, rest = said.partition(": ")
    if colon and rest.strip() and _is_subject(topic):
        intent = _read_clause(rest)  # "Queue: use lists" proposes lists, "Queue: drop it" leaves it
        return intent._replace(leaves=f"{topic}: {intent.leaves}") if intent.leaves else intent
    return _read_swap(said, only_heads=True) or _read_with_tail(clause, said)


def _read_with_tail(clause: str, said: str) -> Intent:
    main, tail, is_clear = _without_tail(said)
    intent = _read_main(main)
    if not tail:
        return intent._replace(proposes=clause) if intent.proposes == said else intent
    if not is_clear or _turns(tail):
        return intent._replace(unclear=_joined([intent.unclear, tail]))
    if intent.proposes == main:
        return intent._replace(proposes=clause)
    sides = [f"{side} {tail}" if side and main.endswith(side) else side for side in intent]
    return Intent(*sides)


def _without_tail(said: str) -> tuple[str, str, bool]:
    """A clause up to what says when, why or which, that part, and whether it is no new verb."""
    match = read_cues().subordinator.search(said)
    if match is not None and match.start() == 0:  # "When it fails, retry it"
        before, comma, behind = said.partition(", ")
        return (behind, before, True) if comma else (said, "", True)
    end = match.start() if match is not None else len(said)
    verbs = [found.start() for found in forms.AND.finditer(said) if _may_be_verb(found)]
    first = min([end, *verbs])
    return said[:first].strip(" ,"), said[first:].strip(" ,"), first == end


def _may_be_verb(match: re.Match[str]) -> bool:
    """Whether a word behind "and" may be a verb that no list has."""
    word, behind = match["word"], match["next"].lower()
    if is_stop_word(word) or word.endswith(("s", "ing", "ed", "ly")) or "-" in word:
        return False
    return bool(forms.VERB_AHEAD.match(behind)) or not is_stop_word(behind)


def _turns(text: str, *, beside_removal: bool = False) -> bool:
    """Whether a part of a sentence may turn round what its verb says.

    Args:
        text: All but the verb.
        beside_removal: Whether that verb is one of removal, which "the unused" and "the
            deprecated" go well with, and "the ban" does not.
    """
    cues = read_cues()
    for word in map(str.lower, _without_names(text)):
        root = stem(word)
        if word in cues.negations or (beside_removal and root in cues.restraining):
            return True
        if root in cues.removing and not (beside_removal and word.endswith("ed")):
            return True
        if not beside_removal and root in cues.ending:
            return True
    return False


def _without_names(text: str) -> list[str]:
    """Its words without those in capitals among small ones: "MFA Delete", `SKIP LOCKED`."""
    words = forms.WORD.findall(text)
    named = sum(word[0].isupper() for word in words)
    is_titled = named >= max(_TITLE, sum(not is_stop_word(word) for word in words))
    return [word for word in words if is_titled or not word[0].isupper()]


def _read_main(said: str) -> Intent:
    unclear = Intent("", "", said)
    if not said:
        return NOTHING
    for read in _RULES:
        found = read(said)
        if found is not None:
            return unclear if found.unclear else found
    return unclear


def _read_choice(said: str) -> Intent | None:
    """X instead of Y, X over Y."""
    if match := forms.INSTEAD.match(said):
        intent = _read_main(match["new"])
        return _both(intent, match["old"]) if intent.proposes else Intent("", "", said)
    if (match := forms.CHOICE.match(said)) and not _turns(match["new"]):
        return Intent(match["new"], match["old"])
    return None


def _read_replacement(said: str) -> Intent | None:
    """Y replaced by X, from Y to X."""
    if (swapped := _read_swap(said)) is not None:
        return swapped
    if match := forms.FROM_TO.search(said):
        before = said[: match.start()].strip()
        intent = _read_main(before) if before and not _is_aspect(before) else NOTHING
        if intent.unclear or intent.leaves or _turns(match["new"]):
            return Intent("", "", said)
        proposed = _joined([intent.proposes, f"{match['verb']} {match['new']}"])
        return Intent(proposed, match["old"])
    for rule in (forms.Y_FOR_X, forms.X_FOR_Y):
        if (match := rule.match(said)) and _is_subject(match[1]) and not _turns(match["new"]):
            return _both(Intent(match["new"], ""), match["old"])
    return None


def _read_swap(said: str, *, only_heads: bool = False) -> Intent | None:
    """Replace Y with X; at the head of a clause whatever else there is in it."""
    for rule in (forms.SUBSTITUTE, forms.REPLACE):
        if match := rule.match(said):
            before, new = match["before"].strip(), match["new"]
            is_head = not before or _is_aspect(before)
            if only_heads and not is_head:
                continue
            intent = NOTHING if is_head else _read_main(before)
            if not (intent.unclear or intent.leaves or _turns(new)):
                return _both(Intent(_joined([intent.proposes, new]), ""), match["old"])
    return None


def _both(intent: Intent, old: str) -> Intent:
    return intent._replace(leaves=_joined([intent.leaves, old]))


def _is_subject(words: str) -> bool:
    """Whether some words can be what a sentence speaks of, and no verb is among them."""
    return len(words.split()) <= _SUBJECT and "," not in words and _verb(words) is None


def _is_aspect(before: str) -> bool:
    """Whether some words only say how far, or that somebody wants it."""
    return all(
        word not in read_cues().negations
        and (stem(word) in read_cues().aspect or is_stop_word(word))
        for word in before.lower().split()
    )


def _read_negated(said: str) -> Intent | None:
    match = forms.NEGATED.match(said)
    if match is None:
        return None
    intent = _read_main(match["rest"])
    is_clear = intent.proposes and not intent.leaves
    return Intent("", match["rest"]) if is_clear else Intent("", "", said)


def _read_no(said: str) -> Intent | None:
    """No X should be Y."""
    match = forms.NO.match(said)
    return Intent("", f"{match['what']} {match['rest']}") if match else None


def _read_aspect(said: str) -> Intent | None:
    if _head(said) not in read_cues().aspect:
        return None
    rest = re.sub(r"^\S+\s*(?:(?:to|on|with|by|for|towards|off)\s+)?", "", said)
    if rest.startswith("against "):
        return Intent("", rest.removeprefix("against "))
    intent = _read_main(rest)
    return intent._replace(proposes=said) if intent.proposes == rest else intent


def _read_noun(said: str) -> Intent | None:
    """The removal of X, the introduction of X."""
    match = forms.NOUN_OF.match(said)
    if match is None:
        return None
    root, what = stem(match["noun"].lower()), match["what"]
    if root in read_cues().removing or (root in read_cues().ending and len(root) > 3):
        return Intent("", "", said) if _turns(what, beside_removal=True) else Intent("", what)
    if match["noun"].lower() in (
        "introduction",
        "adoption",
        "addition",
        "creation",
        "use",
        "reuse",
    ):
        return Intent("", "", said) if _turns(what) else Intent(said, "")
    return None


def _read_verb(said: str) -> Intent | None:
    """Whatever begins with its verb: an order, or a plan in the infinitive or the gerund."""
    cues, head, rest = read_cues(), _head(said), said.partition(" ")[2]
    if match := cues.removing_phrases.match(said):
        inside = next((one for one in match.groups() if one), "")
        return _away(said, inside.strip() or said[match.end() :].strip())
    if match := cues.adding_phrases.match(said):
        return _to_be(said, said[match.end() :])
    if head in cues.removing or (head in cues.replacing and rest):
        match = forms.BY.match(rest) if head in cues.replacing else None
        return Intent(match["new"], "") if match else _away(said, rest)
    has_target = forms.TO.search(f" {rest}") is not None
    if head in cues.moving and has_target:
        return Intent("", "", said) if _turns(rest) else Intent(said, "")
    is_causing = head in cues.causing and any(
        _head(word) in cues.adding | cues.light for word in rest.split()[1:]
    )
    has_source = " from " in said and (head in cues.parting or has_target)
    is_causing |= head in cues.causing and rest.split(" ")[-1].lower() in cues.states
    is_causing |= any(form.match(said) for form in (forms.OWN, forms.SET, forms.PUT))
    has_means = head in cues.light and forms.MEANS.search(rest) is not None
    if is_causing or has_means or (head in cues.adding and not has_source):
        return _to_be(said, rest)
    return None


def _away(said: str, what: str) -> Intent:
    """What a verb of removal leaves; what that is in favour of is proposed."""
    if _turns(what, beside_removal=True):
        return Intent("", "", said)
    old, favours, new = re.split(r"(\s+in favou?r of\s+|$)", what, maxsplit=1, flags=re.I)
    return Intent(new, old) if favours else Intent("", what)


def _to_be(said: str, rest: str) -> Intent:
    """What begins with a verb that adds, if nothing behind that may turn it round."""
    words = rest.lower().split() or [""]
    particle = words[0] in forms.PARTICLES or words[-1] in forms.PARTICLES
    nouns = (stem(noun) for noun in forms.DEED.findall(rest.lower()))
    is_clear = not particle and not _turns(rest) and all(one in read_cues().adding for one in nouns)
    return Intent(said, "") if is_clear else Intent("", "", said)


def _read_sentence(said: str) -> Intent | None:
    """Whatever has a subject: X will use Y, X is removed, each X uses Y."""
    if match := forms.WITH_AUXILIARY.match(said):
        return _read_predicate(said, *match.groups())
    words = said.split()
    for place, word in enumerate(
        words[1:_SUBJECT] if forms.DETERMINED.match(said) else (), start=1
    ):
        object_ = " ".join(words[place + 1 :]).lower()
        if not object_ or (is_stop_word(words[place + 1]) and not forms.VERB_AHEAD.match(object_)):
            continue  # "the Redis lists for jobs"
        if word.endswith((",", ":")) or word.lower() in ("and", "or", "but", "of"):
            break
        is_finite = word.endswith("s") or words[place - 1].endswith("s") or place == 1
        if is_finite and _head(word) in read_cues().adding | read_cues().removing:
            intent = _read_verb(" ".join(words[place:]))
            return Intent(said, "") if intent and intent.proposes else intent
    return None


def _read_predicate(said: str, subject: str, auxiliary: str, rest: str) -> Intent:
    """A sentence whose verb stands behind an auxiliary."""
    negation = forms.NOT.match(rest)
    rest = rest[negation.end() :] if negation else rest
    is_turned = bool(negation) or auxiliary.lower().endswith(("n't", "nt"))
    is_passive = bool(forms.PASSIVE.match(auxiliary) or forms.BE.match(rest))
    verb = forms.ADVERB.sub("", f"{rest} ").strip()
    if is_passive and verb.lower().startswith("too "):
        return Intent("", subject)
    if is_passive and verb.partition(" ")[0].lower() in read_cues().fitting:
        return Intent("", subject) if is_turned else Intent(said, "")
    intent = _read_verb(verb)
    negations = read_cues().negations
    is_known = _is_subject(subject) and subject.split(maxsplit=1)[0].lower() not in negations
    if not is_known or intent is None or intent.unclear or (is_turned and intent.leaves):
        return Intent("", "", said)
    if favours := forms.FAVOURS.match(verb) if is_passive and not is_turned else None:
        return Intent(favours["new"], subject)
    if is_turned or not intent.proposes:
        return Intent(
            "",
            f"{subject} {verb}"
            if is_passive and is_turned
            else subject
            if is_passive
            else intent.leaves or verb,
        )
    return Intent(said, "")


_RULES: tuple[Callable[[str], Intent | None], ...] = (
    _read_no,
    _read_negated,
    _read_choice,
    _read_replacement,
    _read_aspect,
    _read_noun,
    _read_verb,
    _read_sentence,
)


def _head(said: str) -> str:
    """The stem of the first word, if that can be a verb; "" where it cannot."""
    match = forms.WORD.match(said)
    word = forms.HYPHENED.sub("", match[0].lower()) if match is not None else ""
    word = read_cues().irregular.get(word, word)
    is_noun = word.endswith(("al", "ion", "ment", "-")) and word not in read_cues().verbs
    return "" if is_noun else stem(word)


def _verb(words: str) -> str | None:
    """A verb of the lists that begins some words, if one does and more follows."""
    head, cues = _head(words), read_cues()
    known = cues.adding | cues.removing | cues.moving | cues.aspect | cues.talking
    return head if head in known and len(words.split()) > 1 else None


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(part.strip(" ,.;:") for part in parts if part.strip(" ,.;:"))
