"""No hook says more than it may, whatever is recalled."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.hooks.quotes import fitting, length, line, listing, quote, shortened, urgency
from memory.kinds.vocabulary import Status
from memory.models.answer import Listed
from memory.models.details import Flag
from memory.models.flags import by_urgency
from memory.models.memory import Memory, Revision
from memory.models.standing import Standing
from tests.builders import DAY, NOW, a_draft, a_source

texts = st.text(min_size=1, max_size=400)
names = st.text(min_size=0, max_size=60)
uids = st.lists(st.sampled_from(["dec-a", "dec-b", "dec-c", "dec-d"]), max_size=4).map(tuple)


@st.composite
def flags(draw):
    details = Flag(
        sender=draw(names),
        receivers=tuple(draw(st.lists(names, max_size=3))),
        severity=draw(st.sampled_from(["critical", "low", ""])),
        blocking=draw(st.booleans()),
    )
    draft = a_draft(
        title=draw(texts.filter(lambda text: len(text) <= 300)),
        body=draw(texts) * draw(st.integers(1, 40)),
        modules=tuple(draw(st.lists(names, max_size=5))),
        details=details,
        valid_from=NOW - draw(st.integers(0, 9)) * DAY,
    )
    revision = Revision(number=1, draft=draft, source=a_source(), recorded_at=NOW)
    memory = Memory(
        uid=f"fla-{draw(st.integers(0, 99))}", revision=revision, revisions=1, path=draw(texts)
    )
    standing = Standing(
        in_force=draw(st.booleans()),
        status=draw(st.sampled_from([Status.OPEN, Status.SUPERSEDED])),
        replaced_by=draw(uids),
        current=draw(uids),
        amended_by=draw(uids),
        replaces=draw(uids),
    )
    return Listed(memory=memory, standing=standing)


def js_length(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.slow
@given(texts, st.integers(0, 500))
def test_a_shortened_text_has_room_and_is_the_beginning(text, room):
    cut = shortened(text, room)

    assert js_length(cut) == length(cut) <= max(room, 0)
    assert text.startswith(cut.removesuffix("…"))
    assert cut == text or not cut or cut.endswith("…")


@pytest.mark.slow
@given(st.lists(texts, max_size=9), st.integers(0, 900))
def test_what_fits_is_the_beginning_and_has_room(blocks, room):
    kept = fitting(blocks, room)

    assert kept == blocks[: len(kept)]
    assert length("\n".join(kept)) <= room or not kept


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(flags(), texts, st.integers(0, 2_000))
def test_a_quote_has_the_room_it_was_given(listed, title, room):
    titles = dict.fromkeys(("dec-a", "dec-b", "dec-c", "dec-d"), title)

    said = quote(listed, listed.memory.revision.draft.body, titles, room)

    assert js_length(said) <= room
    if said:
        first, *_, last = said.split("\n")
        assert first.startswith("<memory-")
        assert last == f"</{first[1:16]}>"
        assert said.count("</memory-") == 1


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(st.lists(flags(), max_size=9), texts, st.integers(0, 3_000))
def test_a_listing_has_the_room_it_was_given_a_line_each(found, title, room):
    titles = dict.fromkeys(("dec-a", "dec-b", "dec-c", "dec-d"), title)
    lines = [line(urgency(one), one, titles) for one in by_urgency(found)]

    said = listing("Flags:", lines, room, "flags.")

    assert js_length(said) <= room
    assert all("\n" not in one for one in lines)
