import sqlite3
from contextlib import closing

import pytest


def test_a_sound_memory_ends_well(run, shop):
    result = run("doctor")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "All is as it was written." in result.stderr


@pytest.mark.slow
def test_damage_is_told_by_every_command_and_mended_by_one(run, objects, shop):
    uid = objects("list", "--kind", "decision")[0]["uid"]
    with closing(sqlite3.connect(shop / ".archmem/memory.db")) as db, db:
        db.execute("UPDATE memories SET seal = 0 WHERE uid = ?", [uid])

    listed, shown, refused = run("list"), run("show", uid), run("index")
    assert uid not in listed.stdout
    assert f"1 of memories (of {uid})" in listed.stderr
    assert shown.exit_code == 1
    assert "archmem doctor --mend" in shown.stderr
    assert refused.exit_code == 1
    assert "Nothing was written. `archmem doctor --mend` rebuilds it." in refused.stderr

    assert run("doctor").exit_code == 3
    findings = objects("doctor", "--mend")
    assert findings[0]["uids"] == [uid]
    assert findings[-1]["sound"]
    assert run("show", uid).exit_code == 0
