"""What the notebooks share: tables, and checks of exercises that answer every answer with a sentence."""

import functools
from collections.abc import Callable, Iterable, Sequence
from math import isfinite

from autograd import Value
from autograd.text import printable, shortened
from autograd.untyped import Anything
from nn.arguments import is_sequence


class Table(str):
    """A table in Markdown: text, which notebooks typeset."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)


def table(head: Sequence[str], rows: Iterable[Sequence[object]], digits: int = 7) -> Table:
    """Rows of numbers and words as a table in a notebook; floats to some significant digits.

    >>> print(table(["w", "error"], [[0.1, 0.0225]]))
    | w | error |
    | ---: | ---: |
    | 0.1 | 0.0225 |
    """
    lines = [head, ["---:"] * len(head), *rows]
    cells = [[f"{entry:.{digits}g}" if isinstance(entry, float) else str(entry) for entry in line] for line in lines]
    return Table("\n".join(f"| {' | '.join(line)} |" for line in cells))


class AnswerError(Exception):
    """An answer that cannot be judged; its text is the sentence that says why."""


def exercise_check(check: Callable[..., str]) -> Callable[..., str]:
    """A check of an exercise that gives a sentence whatever it is given: what goes wrong in an answer is part of it.

    >>> @exercise_check
    ... def check_half(answer):
    ...     return "✓ right" if given_number(answer(3.0), "half") == 1.5 else "✗ half of 3 is 1.5"
    >>> check_half(lambda x: x / 0)
    '✗ your answer stops with ZeroDivisionError: float division by zero'
    >>> check_half(lambda x: "1.5")
    "✗ half must be one number, not '1.5' (a str)"
    """

    @functools.wraps(check)
    def checked(*answers: Anything) -> str:
        try:
            return check(*answers)
        except AnswerError as error:
            return f"✗ {error}"
        except Exception as error:
            said = str(error).partition("\n")[0]
            return printable(f"✗ your answer stops with {type(error).__name__}{f': {said}' if said else ''}")

    return checked


def unanswered(*answers: Anything) -> bool:
    """Whether one of the answers is still ``...``, or nothing; in lists, too.

    >>> unanswered(...), unanswered(None), unanswered([[1, ...]]), unanswered(0.0, [1])
    (True, True, True, False)
    """
    return any(
        answer is None or answer is ... or (isinstance(answer, list | tuple) and unanswered(*answer))
        for answer in answers
    )


def given_number(given: Anything, what: str) -> float:
    """The number that an answer gives.

    Raises:
        AnswerError: if it is none, or not finite.
    """
    if isinstance(given, Value):
        raise AnswerError(f"{what} must be a number, not a Value: give its .data")
    shape = getattr(given, "shape", ())
    if shape != ():
        raise AnswerError(f"{what} must be one number, not an array of shape {shape}")
    if isinstance(given, bool) or not hasattr(given, "__float__"):
        raise AnswerError(printable(f"{what} must be one number, not {shortened(repr(given))} ({_kind(given)})"))
    number = float(given)
    if not isfinite(number):
        raise AnswerError(f"{what} must be a finite number, not {number}")
    return number


def given_numbers(given: Anything, what: str, count: int) -> list[float]:
    """The numbers that an answer gives: so many.

    Raises:
        AnswerError: if these are no numbers, or more or fewer.
    """
    if not is_sequence(given):
        raise AnswerError(printable(f"{what} must be a list of {count} numbers, not {shortened(repr(given))}"))
    entries = list(given)
    if len(entries) != count:
        raise AnswerError(f"{what} must be {count} numbers, not {len(entries)}")
    return [given_number(entry, f"{what}[{place}]") for place, entry in enumerate(entries)]


def given_value(given: Anything, what: str) -> Value:
    """The Value that an answer gives.

    Raises:
        AnswerError: if it is none.
    """
    if not isinstance(given, Value):
        raise AnswerError(
            printable(f"{what} must give a Value, computed from those it is given, not {shortened(repr(given))}")
        )
    return given


def _kind(thing: Anything) -> str:
    name = type(thing).__name__
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
