"""Long answers on a terminal are read in a pager."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.posix
PROGRAM = """
from cli.endings import print_answer
print_answer("".join(f"line {{number}}\\n" for number in range({lines})), colour=False)
"""


def printed(lines: int, *, terminal: bool) -> str:
    """What a program prints of so many lines; its pager says when it is asked."""
    program = [sys.executable, "-c", PROGRAM.format(lines=lines)]
    environment = os.environ | {"PAGER": "sed s/^/paged:/", "LINES": "10", "COLUMNS": "80"}
    if not terminal:
        return subprocess.check_output(program, env=environment, text=True)
    ours, theirs = os.openpty()
    subprocess.run(program, env=environment, stdin=theirs, stdout=theirs, check=True)
    os.close(theirs)
    said = b""
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:  # how Linux says that nobody writes any more
            break
        said += chunk
    os.close(ours)
    return said.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("lines", "terminal", "paged"), [(3, True, False), (30, True, True), (30, False, False)]
)
def test_only_what_is_longer_than_the_terminal_is_paged(lines, terminal, paged):
    said = printed(lines, terminal=terminal).splitlines()

    assert said[-1] == f"{'paged:' if paged else ''}line {lines - 1}"
    assert len(said) == lines
