"""Programs that type everything pass the strictest type checkers."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("typed_program.py")


def test_mypy_finds_nothing_in_a_typed_program():
    if find_spec("mypy") is None:
        pytest.skip("not installed: mypy (the extra lint)")
    # The program alone is judged: the packages that it imports are read in the working directory before the installed
    # ones, and there they are no library to mypy but code to report on, without the settings that they are kept by.
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--follow-imports", "silent"]
    done = subprocess.run(
        [*mypy, "--cache-dir", os.devnull, str(PROGRAM)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_pyright_finds_nothing_in_a_typed_program():
    pyright = shutil.which("pyright", path=str(Path(sys.executable).parent)) or shutil.which("pyright")
    if pyright is None:
        pytest.skip("not installed: pyright (the extra lint)")
    done = subprocess.run(
        [pyright, "--pythonpath", sys.executable, str(PROGRAM)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
