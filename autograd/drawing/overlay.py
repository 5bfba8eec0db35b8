"""A report laid over the page: which nodes its lines are about, and where the first wrong one is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from autograd.text import visible


class Line(Protocol):
    """What a report's line must offer."""

    @property
    def node(self) -> Any:
        """The Value that the line is about, as w in a claim on dJ/dw; None if there is none."""

    @property
    def claim(self) -> str: ...

    @property
    def holds(self) -> bool | None: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """What a line of the report says of a node of the picture."""

    id: str
    holds: bool
    claim: str
    message: tuple[str, ...] = ()


def marks(report: Any, shown_as: Callable[[Any], str | None]) -> list[Mark]:
    """A mark for every right line whose node is in the picture, and one for the first wrong line.

    Lines after a wrong one may follow from it, so of the wrong ones only the first is marked. Its message comes even if
    its node is not in the picture: then the id is empty.

    Raises:
        TypeError: if the report has no lines with a claim that holds or not.
    """
    try:
        lines = [(line, line.holds, line.claim) for line in report.lines]
    except (AttributeError, TypeError):
        raise TypeError(f"report takes the report of check_derivation, not {report!r}") from None
    first_wrong = getattr(report, "first_wrong", None) or next(
        (line for line, holds, _ in lines if holds is False), None
    )
    found = []
    for line, holds, claim in lines:
        id = shown_as(getattr(line, "node", None)) or ""  # noqa: A001
        if line is first_wrong:
            found.append(Mark(id, False, visible(claim), tuple(map(visible, _message(line)))))
        elif holds and id:
            found.append(Mark(id, True, visible(claim)))
    return found


def _message(line: Any) -> Iterator[str]:
    claimed, correct = getattr(line, "claimed", None), getattr(line, "correct", None)
    if claimed is not None and correct is not None:
        yield f"It says {claimed:.9g}; right is {correct:.9g}."
    if formula := getattr(line, "correct_formula", None):
        yield f"Right: {formula}"
    yield from map(str, getattr(line, "mistakes", ()))
