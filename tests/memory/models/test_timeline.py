from memory.kinds.vocabulary import Status
from memory.models.answer import Listed, tell_timeline
from memory.models.details import Baseline, Flag
from memory.models.memory import Memory, Revision
from memory.models.standing import Standing
from tests.builders import DAY, NOW, YEAR, a_decision, a_draft, a_source


def listed(draft, status=None, **standing) -> Listed:
    revision = Revision(number=1, draft=draft, source=a_source(), recorded_at=NOW)
    return Listed(
        memory=Memory(uid="uid", revision=revision, revisions=1),
        standing=Standing(in_force=True, status=status or draft.status, **standing),
    )


def told(*memories) -> list[str]:
    return [f"{event.what} {event.memory.title}" for event in tell_timeline(memories)]


def test_events_are_told_in_order_and_undated_ones_first():
    assert told(
        listed(a_decision(title="later", valid_from=NOW)),
        listed(a_draft(title="earlier", valid_from=NOW - YEAR)),
        listed(a_draft(title="measure", details=Baseline(metric="p95"), valid_from=NOW - DAY)),
        listed(a_draft(title="undated")),
    ) == ["noted undated", "noted earlier", "measured measure", "decided later"]


def test_what_ended_on_a_known_day_is_told_twice():
    old = a_decision(title="old", valid_from=NOW - YEAR)
    flag = a_draft(title="flag", details=Flag(status=Status.RESOLVED), valid_from=NOW - 2 * YEAR)

    assert told(listed(old, Status.SUPERSEDED, valid_to=NOW), listed(flag, Status.RESOLVED)) == [
        "flagged flag",
        "decided old",
        "superseded old",
    ]


def test_what_was_never_decided_is_not_said_to_be():
    assert told(
        listed(a_decision(title="idea", status=Status.PROPOSED)),
        listed(a_decision(title="no", status=Status.REJECTED)),
    ) == ["proposed idea", "rejected no"]
