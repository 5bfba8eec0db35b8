"""The text of a program: which of its lines are Python together, and where a piece of a syntax tree stands in them."""

import ast
import re
from collections.abc import Iterator, Sequence

from autograd.derivation.tokens import Place
from autograd.notation.code_lines import HEADER, end_of_statement, indent, parsed


class ProgramText:
    """The lines of one program, of which some may be no Python.

    Args:
        lines: the program.
        first: the number of its first line on the page.
    """

    def __init__(self, lines: Sequence[str], first: int) -> None:
        self.lines, self._first = list(lines), first
        self.offset = 0
        """The line, counted from 0, with which the syntax tree begins that is read now."""
        self._encoded: dict[int, bytes] = {}
        self._shift = [0] * len(lines)

    def blocks(self) -> Iterator[tuple[int, int]]:
        """The whole program, if it is Python; else each of its statements, of which some may be."""
        if self.parse(0, len(self.lines)) is not None:
            yield 0, len(self.lines)
            return
        start = 0
        while start < len(self.lines):
            stop = end_of_statement(self.lines, start)
            if HEADER.match("\n".join(self.lines[start:stop])):
                end = self._end_of_body(start, stop)
                # Of a function whose lines are not all Python those are read that are; a loop is read whole or not.
                if self.parse(start, end) is not None or not re.match(r"\s*(?:def|class|with)\b", self.lines[start]):
                    stop = end
            yield start, stop
            start = stop

    def _end_of_body(self, start: int, stop: int) -> int:
        """Where the lines end that are indented farther than the header before them."""
        margin = indent(self.lines[start])
        while stop < len(self.lines) and (not self.lines[stop].strip() or indent(self.lines[stop]) > margin):
            stop += 1
        return stop

    def parse(self, start: int, stop: int) -> ast.Module | None:
        """The syntax tree of some lines, whose line numbers count from `start`."""
        lines = self.lines[start:stop]
        indents = [
            len(line) - len(line.lstrip()) for line in lines if line.strip() and not line.lstrip().startswith("#")
        ]
        margin = min(indents, default=0)
        bare = [line[margin:] if not line[:margin].strip() else line for line in lines]
        for number, (line, shorter) in enumerate(zip(lines, bare, strict=True), start):
            self._shift[number] = len(line) - len(shorter)
        # `>>> ` of an interactive session is no part of the program.
        return parsed("\n".join(bare))

    def number(self, node: ast.AST) -> int:
        """The line, counted from 0, where a node begins."""
        return self.offset + getattr(node, "lineno", 1) - 1

    def last(self, node: ast.AST) -> int:
        """The line, counted from 0, where a node ends."""
        return min(self.offset + (getattr(node, "end_lineno", None) or 1) - 1, len(self.lines) - 1)

    def place(self, node: ast.AST) -> Place:
        """Where a node stands on the page."""
        number = min(self.number(node), len(self.lines) - 1)
        column = self._column(number, getattr(node, "col_offset", 0))
        return Place(self._first + number, column + 1, self.lines[number])

    def _column(self, number: int, offset: int) -> int:
        """The column of an offset in bytes, as `ast` counts them, in a line as it stands."""
        line = self.lines[number][self._shift[number] :]
        if line.isascii():
            return self._shift[number] + offset
        if number not in self._encoded:
            self._encoded[number] = line.encode()
        return self._shift[number] + len(self._encoded[number][:offset].decode(errors="ignore"))

    def text(self, node: ast.AST) -> str:
        """What stands there; over several lines, as Python would write it in one."""
        number = self.number(node)
        if getattr(node, "end_lineno", None) is None or number >= len(self.lines):
            return ast.unparse(node)
        if node.end_lineno != node.lineno:  # type: ignore[attr-defined]
            return ast.unparse(node)
        start, end = (self._column(number, offset) for offset in (node.col_offset, node.end_col_offset))  # type: ignore[attr-defined]
        return self.lines[number][start:end]
