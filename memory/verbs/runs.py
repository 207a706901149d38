"""The verbs of runs: begun, finished, learned from."""

from typing import TYPE_CHECKING

from memory.as_of import through_lens
from memory.models.details import Moved
from memory.models.request import AnyResult, Budget, Count, Question, RunOrResult
from memory.models.runs import Begun, Finished, Learned, Result, Runs
from memory.models.selection import NOW, Lens, Name, Names
from memory.verbs.code_facts import code_with_checks
from memory.verbs.plans import begin_step
from memory.verbs.recording import author_of

if TYPE_CHECKING:
    from memory.api import ArchMem


def run_start(
    archmem: "ArchMem",
    task: Question = "",  # "" for what the step of a plan says
    *,
    modules: Names = (),  # that it is about
    agents: Names = (),  # that will do it; each gets a slice of the brief
    budget: Budget | None = None,  # tokens, of the brief
    with_brief: bool = True,
    plan: Name = "",  # of which it does a step
    step: Count | None = None,  # its number
    author: Name | None = None,
) -> Begun:
    """Open a run, and keep with it which revisions its brief showed.

    A run of a step begins its phase, if those before are done. What speaks against doing it
    now, such as another step in flight on the same module, is told and hinders nothing.

    Raises:
        InvalidRecord: there is no task.
        InvalidRequest: there is no such plan or step.
    """
    from memory.lessons.runs import start_run

    beside: tuple[str, ...] = ()
    if plan or step is not None:
        begun = begin_step(archmem, plan, step, author)
        plan, beside = begun.uid, begun.beside
        task = task or begun.step.text
        modules = modules or begun.step.modules
        agents = agents or ((begun.step.agent,) if begun.step.agent else ())
    task, withheld = _admitted_text(archmem, task)
    brief = None
    if with_brief and task.strip():
        brief = archmem.brief(task, modules=modules, agents=agents, budget=budget)
    run = start_run(
        archmem.ledger,
        task,
        modules=modules,
        agents=agents,
        brief=brief,
        commit=archmem.session.commit_of("HEAD", otherwise=""),
        author=author_of(archmem, author),
        plan=plan,
        step=step,
    )
    archmem.upkeep.embed_what_came()
    said = {"plan": plan, "step": step, "beside": beside, "withheld": withheld}
    return run.model_copy(update=said)


def run_finish(
    archmem: "ArchMem",
    uid: Name,
    result: AnyResult,
    *,
    learning: bool = True,
    expected: int | None = None,  # the revision that was read; refused if it is another by now
    author: Name | None = None,
) -> Finished:
    """Keep what came of a run, and learn from it.

    When this returns the result is safe; what is learned from it can be asked for again.
    The same result a second time changes nothing, another one is refused.

    Raises:
        ChangedMeanwhile: another revision than the expected one is the newest.
        InvalidRecord: it is no run, or names what is not one memory.
        InvalidResult: the result cannot be read, or the run was finished with another one.
    """
    from memory.lessons.result_parser import result_of
    from memory.lessons.runs import finish_run

    told, withheld = _admitted(archmem, _with_whole_commits(archmem, result_of(result)))
    author = author_of(archmem, author, told)
    commit = archmem.session.commit_of("HEAD", otherwise="")
    findings = _findings_of_run(archmem, uid)
    finished = finish_run(
        archmem.ledger,
        uid,
        told,
        commit=commit,
        author=author,
        findings=findings,
        expected=expected,
    )
    finished = finished.model_copy(update={"withheld": withheld})
    if learning:
        learned = archmem.learn(finished.uid, author=author)
        return finished.model_copy(update={"learned": learned})
    archmem.upkeep.embed_what_came()
    return finished


@through_lens
def run_list(archmem: "ArchMem", *, lens: Lens = NOW) -> Runs:
    """All runs, those that were never finished first, the latest first."""
    from memory.lessons.runs import list_runs

    with archmem.ledger.reading() as db:
        return Runs(runs=list_runs(db, lens))


def learn(archmem: "ArchMem", learned_from: RunOrResult, *, author: Name | None = None) -> Learned:
    """Turn what came of a run into lessons, or into evidence for and against known ones.

    Doing it twice changes nothing; where it was interrupted, it is completed.

    Raises:
        InvalidRecord: it is no run, or names what is not one memory.
        InvalidResult: the run was not finished, or the result cannot be read.
    """
    from memory.lessons.learn import learn
    from memory.lessons.result_parser import result_of
    from memory.lessons.runs import keep_result
    from memory.lessons.similarity import TextSimilarity

    kept: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    if isinstance(learned_from, str):
        uid, author = learned_from, author_of(archmem, author)
    else:
        told, withheld = _admitted(archmem, _with_whole_commits(archmem, result_of(learned_from)))
        kept, author = tuple(told.extra), author_of(archmem, author, told)
        commit = archmem.session.commit_of("HEAD", otherwise="")
        uid = keep_result(archmem.ledger, told, commit=commit, author=author)
    near = TextSimilarity(archmem.session.meaning)
    learned = learn(archmem.ledger, archmem, uid, near=near, author=author)
    archmem.upkeep.embed_what_came()
    said = {
        "kept": kept,
        "withheld": withheld,
        "complete": not near.reason,
        "reason": near.reason,
    }
    return learned.model_copy(update=said)


def _findings_of_run(archmem: "ArchMem", uid: str) -> Moved:
    """What an audit finds since a run began, where the code is known soon."""
    from memory.lessons.run_findings import findings_since
    from memory.lessons.runs import details_of, fetch_run, is_finished

    with archmem.ledger.reading() as db:
        run = fetch_run(db, uid)
        is_asked = not is_finished(run) and not archmem.session.commit
        if not is_asked or archmem.session.project.code_soon(archmem.ledger) is None:
            return Moved()
    return findings_since(archmem.session, code_with_checks(archmem), details_of(run).commit)


def _admitted_text(archmem: "ArchMem", text: str) -> tuple[str, tuple[str, ...]]:
    """A text without credentials, and a line for each that was left out."""
    from memory.credentials.gate import gate_of

    admitted, withheld = gate_of(archmem.ledger).redact(text)
    return admitted, tuple(map(str, withheld))


def _admitted(archmem: "ArchMem", result: Result) -> tuple[Result, tuple[str, ...]]:
    """The same of a result."""
    from memory.credentials.gate import gate_of

    admitted, withheld = gate_of(archmem.ledger).redact_all(result)
    return admitted, tuple(map(str, withheld))


def _with_whole_commits(archmem: "ArchMem", result: Result) -> Result:
    """The result with its commits' full hashes, as far as git knows them."""
    whole = tuple(archmem.session.commit_of(name, otherwise=name) for name in result.commits)
    return result.model_copy(update={"commits": whole})
