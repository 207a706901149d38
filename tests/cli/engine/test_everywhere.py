from __future__ import annotations

from pathlib import Path

from cli.engine.calls import Address
from cli.engine.requests import ask_everywhere
from memory.errors import StoreBusy, StoreNotFound
from memory.models.answer import Answer, Hit
from memory.models.standing import Standing
from tests.builders import a_memory


def hit(uid: str, score: float) -> Hit:
    """With a score that is a chance; below 0 one that is none."""
    standing = Standing(status="accepted", in_force=True)
    memory = a_memory(uid=uid)
    return Hit(
        memory=memory,
        standing=standing,
        score=abs(score),
        relevance=score if score > 0 else None,
        passage="x",
    )


def answers(**relevances: dict[str, float]):
    """Ask projects that answer with these hits in this order."""

    def ask(address: Address) -> Answer:
        hits = (hit(uid, relevance) for uid, relevance in relevances[address.project.name].items())
        return Answer(question="q", hits=tuple(hits))

    return [Address(project=Path("/", name)) for name in relevances], ask


def uids(found) -> list[str]:
    return [one.memory.uid for _, one in found.hits]


def test_hits_of_all_projects_are_in_the_order_of_their_scores():
    found = ask_everywhere(*answers(shop={"a": 0.9, "b": 0.2}, bank={"c": 0.5}), limit=10)

    assert uids(found) == ["a", "c", "b"]
    assert [project.name for project, _ in found.hits] == ["shop", "bank", "shop"]


def test_a_project_whose_scores_are_no_chances_comes_behind_the_others():
    found = ask_everywhere(*answers(shop={"a": -0.9}, bank={"c": 0.5}), limit=10)

    assert uids(found) == ["c", "a"]


def test_there_are_never_more_hits_than_were_asked_for():
    found = ask_everywhere(*answers(shop={"a": 0.5, "b": 0.5}, bank={"c": 0.5, "d": 0.5}), limit=2)

    assert uids(found) == ["a", "b"]


def test_what_clones_have_in_common_is_told_once():
    found = ask_everywhere(*answers(shop={"a": 0.5}, clone={"a": 0.5, "b": 0.4}), limit=10)

    assert uids(found) == ["a", "b"]


def test_a_project_that_is_no_more_is_passed_over_and_one_that_cannot_answer_is_named():
    def ask(address: Address) -> Answer:
        error = StoreNotFound if address.project.name == "gone" else StoreBusy
        raise error(address.project, "somebody") if error is StoreBusy else error(address.project)

    projects = [Address(project=Path("/", name)) for name in ("gone", "busy")]
    found = ask_everywhere(projects, ask, limit=10)

    assert found.hits == []
    assert found.gone == (Path("/gone"),)
    assert list(found.not_asked) == [Path("/busy")]
    assert "in use by somebody" in found.not_asked[Path("/busy")]
