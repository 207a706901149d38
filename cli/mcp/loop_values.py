"""What the tools of the loop return: briefs, checked plans, runs, lessons, doubts."""

# ruff: noqa: RUF012 - these are pydantic's models, which copy defaults; ruff sees only the import

from cli.mcp.values import Item, Line, Text, Value


class FindingItem(Value):
    """A memory that bears on a step of a plan."""

    ground: Line  # why it does
    conflicts: bool = False
    uid: Line
    title: Line
    citation: Line
    reason: Line
    instead: list[Line] = []  # what holds in its place, as "uid title"


class CheckedItem(Value):
    """A step of a plan, and what memory says to it."""

    number: int
    verdict: Line
    step: Line
    modules: list[Line] = []
    findings: list[FindingItem]
    more: int = 0  # findings that are left out


class Checked(Value):
    """What memory says to a plan."""

    verdict: Line  # the worst of its steps'
    steps: list[CheckedItem]
    complete: bool
    reason: Line = ""  # why it is not complete
    next: Line = ""


class SeriesItem(Value):
    """Measurements of one metric in one environment."""

    metric: Line
    environment: Line = ""
    unit: Line = ""
    better: Line = ""
    uid: Line  # of the latest
    citation: Line  # likewise
    violated: bool = False  # past its threshold
    moved: Line  # how the latest compares with the one before
    points: list[Line]  # "day value", the latest first


class Measured(Value):
    """What was measured."""

    series: list[SeriesItem]
    total: int
    next: Line = ""


class Explained(Item):
    """Why a memory stands as it does."""

    reasons: list[Line]
    ancestors: list[Line] = []  # what a lesson was learned from, "learned in run-… its title"


class Briefed(Value):
    """What is known for a task."""

    text: Text  # Markdown
    tokens: int
    digest: Line
    served: int  # memories in it
    complete: bool
    reason: Line = ""  # why it is not complete


class LessonItem(Value):
    """What a lesson got out of a run."""

    uid: Line
    title: Line
    form: Line
    what: Line  # added, supported or contradicted
    because: Line = ""  # why it was taken to be about the same
    path: Line = ""
    problem: Line = ""  # why no file tells of it yet


class RunItem(Value):
    """A run, in short."""

    uid: Line
    task: Line
    status: Line
    begun: Line
    finished: Line = ""
    learned: bool = False
    modules: list[Line] = []
    author: Line = ""


class Ran(Value):
    """What became of a run, or which there are."""

    uid: Line = ""
    status: Line = ""
    is_new: bool = True
    brief: Text = ""
    digest: Line = ""  # of the brief
    unknown_fields: list[Line] = []  # of the result: kept, and not understood
    lessons: list[LessonItem] = []
    more: int = 0  # lessons that are left out
    runs: list[RunItem] = []
    reason: Line = ""  # why it is not complete
    next: Line = ""


class Learned(Value):
    """What was learned."""

    run: Line  # uid
    is_new: bool
    lessons: list[LessonItem]
    more: int = 0  # that are left out
    complete: bool
    reason: Line = ""  # why it is not complete


class TidyItem(Value):
    """Something that could be tidied, or was."""

    id: Line
    state: Line  # proposed, applied, half applied, undone …; done or not, just now
    type: Line = ""  # merge, contradiction or retirement
    memories: list[Line] = []  # "uid title"
    reasons: list[Line] = []
    consequence: Line  # what applying it does, or what was done


class Tidied(Value):
    """What could be tidied, what was, and what became of what was named."""

    items: list[TidyItem]
    note: Line = ""  # what proposals lack
    next: Line = ""


class Doubt(Value):
    """Something that no longer holds, or waits for somebody."""

    what: Line  # stale, review trigger, overdue flag, unfinished run, unwatched trigger
    uid: Line
    title: Line
    why: Line
    citation: Line = ""


class Verified(Value):
    """What was found when everything was looked at again."""

    doubts: list[Doubt]
    total: int
    looked_at: Line = ""  # memories by what they name: "2 changed, 40 fresh"; why not, if so
    next: Line = ""
