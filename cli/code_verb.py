"""Verbs that ask the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.verb import Verb

if TYPE_CHECKING:
    from cli.form import OutputForm
    from cli.forms.screen import Screen
    from cli.progress import Narrator
    from memory.api import ArchMem


class CodeVerb(Verb):
    """A verb for which code is read, whether or not anything is remembered.

    What files say is kept, so it writes; and it looks at the worktree that it is asked in.
    """

    writes = True
    takes_long = True
    doing = "Looking at the code"
    creates = True
    doubted = ""  # of what code that is said which was not understood

    def answer(self, memory: ArchMem, asked: Any, narrator: Narrator) -> Any:
        """As any verb; where much code has to be read for it, the narrator is told how much is."""
        with memory.upkeep.telling_of_code(narrator.progress):
            return super().answer(memory, asked, narrator)

    def remark(self, screen: Screen, form: OutputForm, asked: Any, response: Any) -> None:
        """As any verb, and what of the code was not understood."""
        super().remark(screen, form, asked, response)
        if doubts := getattr(response, "doubts", None):
            from cli.printing.code import doubts_words

            screen.note(f"{self.doubted}{doubts_words(doubts)}")
