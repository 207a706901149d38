import json

import pytest


def uid_of(answer, words):
    return json.loads(answer("search", words, "--limit", "1", "--json").splitlines()[0])["uid"]


@pytest.mark.slow
def test_what_a_decision_demands_is_shown_and_explained_with_its_lines(answer, shop):
    uid = uid_of(answer, "background jobs RabbitMQ quorum")
    page = json.loads(answer("show", uid, "--json"))
    told = page["norms"][-1]

    assert told["demand"] in ("requires", "forbids", "replaces", "chose over")
    assert told["sentence"] in " ".join(page["body"].split())
    assert told["lines"][0] > page["lines"][0]
    assert told["sentence"] in " ".join(answer("show", uid).split())
    assert f"norm: {told['demand']}, “{told['sentence']}” (" in json.loads(
        answer("explain", uid, "--json"))["reasons"][-2]  # fmt: skip
