"""Where something stands in a derivation, and what is refused there, by line and column."""

from dataclasses import dataclass
from typing import NoReturn

from autograd.text import printable

LONGEST_TEXT = 200_000
LONGEST_LINE = 5_000


@dataclass(frozen=True)
class Place:
    """A line of the derivation and a column in it, both counted from 1."""

    line: int
    column: int
    source: str

    def refuse(self, message: str) -> NoReturn:
        """Raise the ValueError that quotes this place."""
        raise Refusal(self, message)


class Refusal(ValueError):  # noqa: N818  (a page is told what is not read, and goes on)
    """A line that is not read: where, and why. Its text quotes the line, with a caret below the column."""

    def __init__(self, place: Place, why: str) -> None:
        here, start = place.column - 1, max(0, place.column - 61)
        before = printable(place.source[start:here])
        quoted = f"{before}{printable(place.source[here : start + 100])}".rstrip()
        message = printable(f"line {place.line}, column {place.column}: {why}")
        super().__init__(f"{message}\n    {quoted}\n    {' ' * len(before)}^")
        self.place, self.why = place, why
