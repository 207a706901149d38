"""What a brief looks at, however far it is."""

from memory.briefs import gather
from memory.kinds.vocabulary import Status
from memory.models.details import Baseline, Flag
from tests.builders import a_draft


def a_flag(**changes):
    return Flag(**({"severity": "low", "status": Status.OPEN} | changes))


def test_a_module_is_asked_for_whatever_its_case(desk):
    desk.keep("not-a", a_draft(title="Payments are slow", modules=("Payments",)))
    leak = a_flag(severity="critical", blocking=True)
    desk.keep("fla-a", a_draft(title="Keys leak", body="x", details=leak, modules=("Payments",)))

    for asked in (("payments",), ("Payments", "payments")):
        brief = desk.brief("Speed it up", modules=asked)

        assert [(one.module, one.counts) for one in brief.coverage] == [
            (asked[0], {"flag": 1, "note": 1})
        ]
        assert "BLOCKING" in brief.text


def test_an_old_flag_that_blocks_is_looked_at_behind_any_number_of_open_ones(desk, monkeypatch):
    monkeypatch.setattr(gather, "MOST_OPEN", 3)
    leak = a_flag(severity="critical", blocking=True)
    desk.keep("fla-leak", a_draft(title="Keys leak", body="z", details=leak, modules=("auth",)))
    for number in range(5):
        desk.keep(f"fla-{number}", a_draft(title="Minor", body="minor", details=a_flag()))

    brief = desk.brief("Reorganise everything", modules=("auth",))

    assert brief.served[0].uid == "fla-leak"


def test_of_other_open_flags_the_newest_are_looked_at(desk, monkeypatch):
    monkeypatch.setattr(gather, "MOST_OPEN", 2)
    for number in range(4):
        desk.keep(f"fla-{number}", a_draft(title=f"Minor {number}", body="x", details=a_flag()))
    closed = a_flag(status=Status.RESOLVED)
    desk.keep("fla-closed", a_draft(title="Long settled", body="x", details=closed))

    found = looked_at(desk, "Reorganise everything")

    assert found == ["fla-2", "fla-3"]


def test_a_threshold_keeps_its_digits(desk):
    rows = Baseline(metric="rows", value=1234568, threshold=1234567, better="lower", unit="rows")
    desk.keep("bas-a", a_draft(title="rows", body="x", details=rows, modules=("db",)))

    assert "threshold 1234567 (VIOLATED)" in desk.brief("rows", modules=("db",)).text


def looked_at(desk, task):
    from memory.models.selection import NOW
    from tests.memory.briefs.conftest import NoMeaning

    gathered = gather.gather_for_task(desk.db, task, (), (), NOW, NoMeaning())
    return [one.uid for one in gathered.items]
