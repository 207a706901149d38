"""The verbs of archmem: one class, a method each, which are the functions of `memory.verbs`.

The signature of a verb is the request that others send for it, and its return annotation the
response; so they are evaluated there, while what does the work is imported when it is called.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from memory.as_of import session_at
from memory.verbs import asking, code, keeping, maintaining, plans, recording, runs

if TYPE_CHECKING:
    from pathlib import Path

    from memory.config import Settings
    from memory.project_files import ProjectFiles
    from memory.retrieval.model import Model, SharedModels
    from memory.session import Session


class ArchMem:
    """The memory of one project; `indexer.open_project` gives one.

    Close it, or use it in a `with` statement. One thread at a time uses it; for another thread
    there are twins.

    An author is "human:dana" or "agent:payments"; where none is given, it is whom a result is
    from, or else whom git names in the project. Wherever a uid is asked for, its beginning will do
    if it fits one memory only, else `UnknownMemory` or `AmbiguousUid` is raised.
    """

    def __init__(self, session: "Session") -> None:
        from memory.upkeep import Upkeep

        self.session = session
        self.root = session.root  # the project's worktree
        self.folder = session.folder  # where the memory lies
        self.ledger = session.ledger  # for those who have to know more than the verbs tell
        self.upkeep = Upkeep(session)  # for whoever keeps it in step: the engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all files; a second time does nothing."""
        self.session.close()

    def twin(
        self,
        *,
        root: "Path | None" = None,
        files: "ProjectFiles | None" = None,
        settings: "Settings | None" = None,
        models: "SharedModels | None" = None,
    ) -> Self:
        """The same memory for another thread, or for another worktree with its files and settings.

        It has a connection of its own to the ledger and shares vectors and model; any thread may
        ask for one. Each is closed by itself, in any order; the last lets go of what they share.
        """
        return type(self)(self.session.twin(root, files, settings, models))

    @contextmanager
    def at(self, commit: str) -> Iterator[Self]:
        """This memory as of a commit, in a `with` statement.

        That is what the project's files said in the commit's tree, and of what no file says
        (refactorings told by git, runs) whatever was recorded at a commit that leads to it.
        Nothing can be recorded there, and this memory stays as it is. The second time it is
        opened from a copy, as long as nothing else has been recorded. The commit may have any
        name that git knows it by: a branch, a tag, a hash, `HEAD~3`.

        Raises:
            UnknownCommit: git knows none, has not all of its files, or is not there.
        """
        with session_at(self.session, commit) as then:
            yield type(self)(then)

    @property
    def model(self) -> "Model":
        """The embedding model, which may not be loaded yet."""
        return self.session.model

    index = maintaining.index
    status = maintaining.status
    review = maintaining.review
    unwatched = maintaining.unwatched
    verify = maintaining.verify
    lint = maintaining.lint

    search = asking.search
    related = asking.related
    tried = asking.tried
    show = asking.show
    history = asking.history
    list = asking.list_memories
    timeline = asking.timeline
    baselines = asking.baselines
    brief = asking.brief
    explain = asking.explain
    check = asking.check

    inventory = code.inventory
    map = code.map_code
    impact = code.impact
    trace = code.trace
    audit = code.audit
    decouple = code.decouple
    drift = code.drift
    triage = code.triage
    coordinate = code.coordinate
    health = code.health

    record = recording.record
    amend = recording.amend
    flag = recording.flag
    consolidate = recording.consolidate
    harvest = recording.harvest

    run_start = runs.run_start
    run_finish = runs.run_finish
    run_list = runs.run_list
    learn = runs.learn

    plan_new = plans.plan_new
    plan_show = plans.plan_show
    plan_status = plans.plan_status
    plan_check = plans.plan_check
    plan_assign = plans.plan_assign
    plan_phase = plans.plan_phase
    plan_close = plans.plan_close
    follow_plans = plans.follow_plans

    doctor = keeping.doctor
    backup = keeping.backup
    export = keeping.export
    import_ = keeping.import_
    correct = keeping.correct
    remove = keeping.remove
    undo = keeping.undo
    forget = keeping.forget
