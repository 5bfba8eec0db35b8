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
    path = Path(network)
    if not path.is_file():
        raise FaultError(f"there is no file {network}")
    sys.path.insert(0, str(path.resolve().parent))  # as for a script, which may import what lies beside it
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return runpy.run_path(network)
    except BaseException as error:  # SystemExit, too: whatever the file does, it makes no graph
        *_, last = traceback.extract_tb(error.__traceback__)
        told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        place = f" (line {last.lineno} of {last.filename})"
        if isinstance(error, SyntaxError):  # it was raised by who read the file
            told, place = f"{type(error).__name__}: {error.msg}", f" (line {error.lineno} of {error.filename})"
        raise FaultError(f"{network} cannot be run: {told}{place}") from error


def output_of(nodes: dict[str, Anything], name: str | None, network: str) -> Value | None:
    """The Value that ``--output`` names, if it names one.

    Raises:
        FaultError: if there is no Value of that name.
    """
    output = None if name is None else nodes.get(name)
    if name is not None and not isinstance(output, Value):
        raise FaultError(f"--output {name}: {network} makes no Value of that name")
    return output
