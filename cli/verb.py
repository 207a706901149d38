"""What a verb is: its request, its call, and the forms of its answer.

A file of `cli.verbs` is imported by the thin client too, for its command; so what is heavy there
(rich, pydantic, mcp, the library) is imported in the functions that need it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from memory.ledger.damage import MEND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mcp.server.mcpserver.tools import Tool
    from pydantic import BaseModel, TypeAdapter

    from cli.calling import Caller
    from cli.form import OutputForm
    from cli.forms.screen import Screen
    from cli.progress import Narrator
    from memory.api import ArchMem
    from memory.views.json_fields import Line

LOADING = 10.0  # seconds in which a model is loaded on any machine
_NOT_SENT = frozenset({"archmem", "memory", "on_progress", "on_stage", "should_stop"})


class Verb:
    """Something that a memory can be asked or told.

    As it stands it calls the method of `ArchMem` that has its name: the signature is the request,
    the return annotation the response.
    """

    name: str
    by_meaning = False  # asks the model
    patience = 0.05  # seconds that it waits for a model that is being loaded, if it asks it
    writes = False
    creates = False  # makes the memory where there is none
    takes_long = False  # as long as it takes; others have a minute
    doing = "At work"  # what is told of it where it takes long and tells nothing itself
    if_lost = ""  # what to do where the engine hung up before it had answered
    fails_on: tuple[str, ...] = ()  # what `OutputForm.fail_on` may say
    nothing = ""  # what is said where nothing was found
    listed = ""  # the field of the response that then is empty; else it is the response
    tool_place = 99  # where its tool is listed; models read the first ones best

    def function(self) -> Callable[..., Any]:
        """What does it; its first parameter is the memory."""
        from memory.api import ArchMem

        method: Callable[..., Any] = getattr(ArchMem, self.name)
        return method

    def run(self, memory: ArchMem, asked: BaseModel, narrator: Narrator) -> Any:
        """The response to a request; the narrator is told of what takes long."""
        return self.function()(memory, **self.fields(asked))

    def answer(self, memory: ArchMem, asked: BaseModel, narrator: Narrator) -> Any:
        """The response to a request; what cannot be found in a damaged ledger may be in it.

        Raises:
            ArchMemError: it cannot be done; the hint names the damage, if there is some.
        """
        from memory.errors import ArchMemError, StoreDamaged

        try:
            with memory.ledger.reading():  # whatever of it fails is told as an error of ours
                return self.run(memory, asked, narrator)
        except ArchMemError as error:
            damage = memory.ledger.damage
            if damage and not isinstance(error, StoreDamaged):
                error.hint = f"{error.hint} Note: {damage.words}. {MEND}".strip()
            raise

    def lines(self, asked: Any, response: Any) -> Iterable[Line]:
        """The response as JSON has it, an object a line."""
        yield response.model_dump(mode="json")

    def show(self, screen: Screen, form: OutputForm, asked: Any, response: Any) -> None:
        """Print the response for people."""
        raise NotImplementedError

    def remark(self, screen: Screen, form: OutputForm, asked: Any, response: Any) -> None:
        """Say what is to be said beside either form, and how the command ends."""
        if self.nothing:
            if not getattr(response, "complete", True):
                screen.note(f"Note: {response.reason}")
            listed = getattr(response, self.listed) if self.listed else response
            if not listed:
                screen.note(self.nothing)
            elif undated := _count_undated(asked, listed):
                screen.note(f"Without a date, shown as if it had always held: {undated:,} of these")

    def print(
        self,
        screen: Screen,
        form: OutputForm,
        memory: ArchMem,  # for verbs that show what they have kept
        asked: Any,
        response: Any,
    ) -> None:
        """Print the response in the form that is wanted."""
        if form.json:
            for line in self.lines(asked, response):
                screen.json(line)
        else:
            self.show(screen, form, asked, response)
        self.remark(screen, form, asked, response)
        if (damage := memory.ledger.damage) and self.name != "doctor":  # which tells it itself
            screen.note(f"Note: {damage.words}. {MEND}")

    def tool(self, caller: Caller) -> Tool | None:
        """The MCP tool that asks it by the caller; None if there is none."""
        return None

    @cached_property
    def request(self) -> type[BaseModel]:
        """The model of its request, made of a signature."""
        from inspect import Parameter, signature

        from pydantic import ConfigDict, create_model

        fields: dict[str, Any] = {
            name: (one.annotation, ... if one.default is Parameter.empty else one.default)
            for name, one in signature(self.function()).parameters.items()
            if name not in _NOT_SENT
        }
        config = ConfigDict(frozen=True, extra="forbid")
        return create_model(self.name, __config__=config, **fields)

    @cached_property
    def response(self) -> TypeAdapter[Any]:
        """What validates its response, and dumps it."""
        from inspect import signature

        from pydantic import TypeAdapter

        return TypeAdapter(signature(self.function()).return_annotation)

    def read(self, said: object) -> BaseModel:
        """The request that a caller means.

        Raises:
            InvalidRequest: a field is missing, unknown or not what it should be.
        """
        from pydantic import ValidationError

        from cli.faults import first_fault
        from memory.errors import InvalidRequest

        try:
            return self.request.model_validate(said)
        except ValidationError as error:
            raise InvalidRequest(self.name, first_fault(error)) from error

    def check_form(self, form: OutputForm) -> None:
        """Raises InvalidRequest where it cannot end as the form wants it."""
        from memory.errors import InvalidRequest

        if form.fail_on and form.fail_on not in self.fails_on:
            may = ", ".join(self.fails_on) or "nothing"
            raise InvalidRequest(self.name, f"fail_on: it may be {may}")

    @staticmethod
    def fields(asked: BaseModel) -> dict[str, Any]:
        """The fields of a request by name, as values."""
        return {name: getattr(asked, name) for name in type(asked).model_fields}


def looks_at_commit(asked: BaseModel) -> bool:
    """Whether a request is asked of the memory as of a commit."""
    lens = getattr(asked, "lens", None) or getattr(getattr(asked, "selection", None), "lens", None)
    return lens is not None and lens.commit is not None


def _count_undated(asked: Any, listed: Iterable[Any]) -> int:
    """As of a day, how many of some memories are there only because nobody says since when."""
    lens = getattr(getattr(asked, "selection", asked), "lens", None)
    if lens is None or lens.as_of is None:
        return 0
    memories = (one.memory for one in listed if hasattr(one, "memory"))
    return sum(memory.revision.began is None for memory in memories)
