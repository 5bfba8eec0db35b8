"""``python -m autograd mark``: marks the pages of a class from files, each within a limit of time.

The teacher's file is run, and pages are read, in a second process, which is ended if it takes too long: then that page
is listed, and the others go on in a new one.
"""

import argparse
import contextlib
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from autograd.commands.network_file import FaultError, nodes_of, output_of
from autograd.errors import real_number
from autograd.marking.class_table import MarkedPage, Marks
from autograd.marking.submissions import UnreadableFileError, files_of, page_of
from autograd.untyped import Anything

ALL_MARKED, SOME_UNREAD, FAULT = 0, 1, 2
"""What the command ends with."""


@dataclass(frozen=True)
class Task:
    """What the second process is to do."""

    network: str
    targets: tuple[str, ...]
    output: str | None
    forbid: tuple[str, ...]
    points: dict[str, float]
    reveal: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when all pages were marked, 1 when some could not be read, 2 for a fault of the arguments."""
    options = _parser().parse_args(arguments)
    try:
        points = dict(map(_worth, options.points))
        files = files_of(options.pages)
        targets, forbid = tuple(options.targets), tuple(options.forbid)
        task = Task(options.network, targets, options.output, forbid, points, not options.no_reveal)
        marks = _marks(task, files, options.timeout)
    except (FaultError, FileNotFoundError) as error:
        print(f"mark: {error}", file=sys.stderr)
        return FAULT
    marks.show()
    for write, place in ((marks.to_csv, options.csv), (marks.to_json, options.json), (marks.to_html, options.html)):
        if place is not None:
            try:
                write(place)
            except OSError as error:
                print(f"mark: {place} cannot be written: {error.strerror}", file=sys.stderr)
                return FAULT
    return SOME_UNREAD if marks.unmarked else ALL_MARKED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograd mark",
        description="Check the derivations of a class against one graph. The pages are read, and never run.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "network", metavar="NETWORK.py", help="a file that is run: its global names are those of the pages"
    )
    parser.add_argument("pages", metavar="PAGE", nargs="+", help="folders of pages, or files: .md .tex .txt .py .ipynb")
    parser.add_argument("--targets", nargs="+", required=True, metavar="dJ/dw", help="derivatives to be derived")
    parser.add_argument("--output", metavar="J", help="what names such as dW1 differentiate")
    parser.add_argument("--forbid", nargs="+", default=[], metavar="dJ/dh", help="what a page may not use underived")
    parser.add_argument("--points", nargs="+", default=[], metavar="dJ/dw=2", help="what a target is worth, if not 1")
    parser.add_argument("--csv", metavar="FILE", help="write the table")
    parser.add_argument("--json", metavar="FILE", help="write the table, and what was said of each line")
    parser.add_argument("--html", metavar="FOLDER", help="write a page of feedback for each derivation")
    parser.add_argument("--no-reveal", action="store_true", help="leave out what is right, in feedback and data")
    parser.add_argument("--timeout", type=_seconds, default=60.0, metavar="S", help="seconds for a page (60)")
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e6:
        raise argparse.ArgumentTypeError(f"a time limit is above 0, not {text}")
    return seconds


def _worth(text: str) -> tuple[str, float]:
    target, equals, worth = text.rpartition("=")
    try:
        return target, real_number(float(worth if equals else "nothing"), "points")
    except ValueError as error:
        raise FaultError(f"--points takes targets with numbers, as dJ/dw=2, not {text!r}") from error


def _marks(task: Task, files: dict[str, Path], timeout: float) -> Marks:
    """The marks of all pages: those that take too long, or end the process, are listed without points."""
    from tqdm import tqdm

    rows = []
    process = _Process(task, timeout)
    try:
        for name, file in tqdm(files.items(), desc="pages", disable=None):
            try:
                row = process.row(name, page_of(file))
            except UnreadableFileError as error:
                row = process.unmarked(name, str(error))
            if row is None:
                row = process.unmarked(name, f"reading it {process.failure}")
                process.end()
                process = _Process(task, timeout)
            rows.append(row)
    finally:
        process.end()
    return Marks(rows, process.targets)


class _Process:
    """A second process that has run the teacher's file, and marks pages as they come.

    Raises:
        FaultError: if the file raises, takes too long, or is not what the arguments speak of.
    """

    def __init__(self, task: Task, timeout: float) -> None:
        context = multiprocessing.get_context("spawn")  # alike on every system
        self._timeout, self._late = timeout, False
        self._connection, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(task, other), daemon=True)
        self._process.start()
        other.close()
        begun = self._next()
        if begun is None:
            self.end()
            raise FaultError(f"running {task.network} {self.failure}")
        if isinstance(begun, str):
            self.end()
            raise FaultError(begun)
        self.targets, self._out_of = begun

    @property
    def failure(self) -> str:
        """What became of the last thing that it was to do, where nothing came of it."""
        return f"took more than {self._timeout:g} seconds" if self._late else "ended the process"

    def row(self, name: str, page: str) -> MarkedPage | None:
        """The marks of a page; None if it takes too long, or ends the process."""
        with contextlib.suppress(ConnectionError):
            self._connection.send((name, page))
        row: MarkedPage | None = self._next()
        return row

    def unmarked(self, name: str, why: str) -> MarkedPage:
        return MarkedPage(claim=name, holds=None, points=None, out_of=self._out_of, remark=f"not marked: {why}")

    def end(self) -> None:
        self._connection.close()
        self._process.join(0 if self._late else 5)  # it ends when nothing more can come
        self._process.kill()
        self._process.join()

    def _next(self) -> Anything:
        with contextlib.suppress(EOFError, ConnectionError):
            if self._connection.poll(self._timeout):
                return self._connection.recv()
            self._late = True
        return None


def _serve(task: Task, connection: Connection) -> None:
    """What the second process does: run the file, then mark page after page."""
    from autograd.marking.derived import Marker

    try:
        marker = _marker(task, Marker)
    except FaultError as error:
        connection.send(str(error))
        return
    connection.send((marker.targets, marker.out_of))
    for name, page in _received(connection):
        connection.send(_without_nodes(marker.row(name, page)))


def _received(connection: Connection) -> Iterator[tuple[str, str]]:
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        while True:
            yield connection.recv()


def _marker(task: Task, marker: Anything) -> Anything:
    """The marker of the graph that the teacher's file makes. What the file prints is no part of the table."""
    nodes = nodes_of(task.network)
    output = output_of(nodes, task.output, task.network)
    try:
        return marker(nodes, task.targets, output=output, forbid=task.forbid, points=task.points, reveal=task.reveal)
    except (TypeError, ValueError) as error:
        raise FaultError(str(error)) from error


def _without_nodes(row: MarkedPage) -> MarkedPage:
    """The row without the graph, which need not go to another process."""
    if row.report is None:
        return row
    lines = [replace(line, node=None, claims=()) for line in row.report.lines]
    return replace(row, report=type(row.report)(lines, row.report.unread, row.report.prose))
