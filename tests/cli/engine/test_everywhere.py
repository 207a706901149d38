from __future__ import annotations

from pathlib import Path

from cli.engine.calls import Address
from cli.engine.everywhere import ask_everywhere
from memory.errors import StoreBusy, StoreNotFound
from memory.models.answer import Answer, Hit
from memory.models.standing import Standing
from tests.builders import a_memory


def hit(uid: str, score: float) -> Hit:
    standing = Standing(status="accepted", in_force=True)
    return Hit(memory=a_memory(uid=uid), standing=standing, score=score, passage="x")


def answers(**scores: list[float]):
    """Ask projects that answer with hits of these scores."""

    def ask(address: Address) -> Answer:
        name = address.project.name
        hits = (hit(f"{name}-{n}", score) for n, score in enumerate(scores[name]))
        return Answer(question="q", hits=tuple(hits))

    return [Address(project=Path("/", name)) for name in scores], ask


def test_the_best_hits_of_all_are_kept_with_their_projects():
    found = ask_everywhere(*answers(shop=[0.9, 0.2], bank=[0.5, 0.4]), limit=3)

    kept = {
        project.name: [one.score for one in said.hits] for project, said in found.answers.items()
    }
    assert kept == {"shop": [0.9], "bank": [0.5, 0.4]}


def test_the_project_with_the_best_hit_comes_first():
    found = ask_everywhere(*answers(shop=[0.3], bank=[0.5], farm=[]), limit=10)

    assert [project.name for project in found.answers] == ["bank", "shop"]


def test_a_project_that_is_no_more_is_passed_over_and_one_that_cannot_answer_is_named():
    def ask(address: Address) -> Answer:
        error = StoreNotFound if address.project.name == "gone" else StoreBusy
        raise error(address.project, "somebody") if error is StoreBusy else error(address.project)

    projects = [Address(project=Path("/", name)) for name in ("gone", "busy")]
    found = ask_everywhere(projects, ask, limit=10)

    assert found.answers == {}
    assert list(found.not_asked) == [Path("/busy")]
    assert "in use by somebody" in found.not_asked[Path("/busy")]
