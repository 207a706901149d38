"""Nothing of archmem needs what only Unix has, so far as that can be seen without Windows."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_every_module_can_be_imported_and_writes_a_file_without_what_windows_lacks(tmp_path):
    program = Path(__file__).with_name("without_posix.py")

    said = subprocess.check_output([sys.executable, program, tmp_path], text=True)

    assert int(said.split()[0]) > 700
