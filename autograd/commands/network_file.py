"""The Python file that makes a graph, for the commands: it is run, and its global names are those of the graph."""

import contextlib
import runpy
import sys
import traceback
from pathlib import Path

from autograd.untyped import Anything
from autograd.value import Value


class FaultError(Exception):
    """A fault of the arguments, or of the file that makes the graph: there is nothing to work on."""


def nodes_of(network: str) -> dict[str, Anything]:
    """The global names of the file after it is run. What it prints goes to the standard error stream.

    Raises:
        FaultError: if there is no such file, or it raises.
    """
    path = file_named(network)
    sys.path.insert(0, str(path.resolve().parent))  # as for a script, which may import what lies beside it
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return runpy.run_path(network)
    except BaseException as error:  # SystemExit, too: whatever the file does, it makes no graph
        told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        if isinstance(error, SyntaxError):  # its text has the line; none of the file ran
            told = f"SyntaxError: {error.msg}"
        raise FaultError(f"{network} cannot be run: {told} ({_place(error, path)})") from error


def file_named(given: str) -> Path:
    """The path of a file that an argument names.

    Raises:
        FaultError: if there is none, or it is a folder.
    """
    path = Path(given)
    if path.is_dir():
        raise FaultError(f"{given} is a folder, and a file is wanted")
    if not path.is_file():
        raise FaultError(f"there is no file {given}")
    return path


def _place(error: BaseException, network: Path) -> str:
    """The line at fault: the last that is in the user's files, not where the engine or a library noticed it."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"line {error.lineno} of {error.filename}"
    folder = network.resolve().parent
    frames = traceback.extract_tb(error.__traceback__)
    of_the_user = [frame for frame in frames if Path(frame.filename).resolve() == network.resolve()]
    beside = [frame for frame in frames if Path(frame.filename).resolve().parent == folder]
    last = [*frames, *of_the_user, *beside][-1]
    return f"line {last.lineno} of {last.filename}"


def output_of(nodes: dict[str, Anything], name: str | None, network: str) -> Value | None:
    """The Value that ``--output`` names, if it names one.

    Raises:
        FaultError: if there is no Value of that name.
    """
    output = None if name is None else nodes.get(name)
    if name is not None and not isinstance(output, Value):
        raise FaultError(f"--output {name}: {network} makes no Value of that name")
    return output
