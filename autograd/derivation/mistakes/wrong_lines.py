"""The lines of a page that are wrong so far, and which of them a later line may follow from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isclose
from typing import TypeVar

from autograd.derivation.claims import (
    Claim,
    Defined,
    Derivative,
    Expression,
    Named,
    Numeral,
    lone_numeral,
    plain,
    walk,
)
from autograd.derivation.comparison import identical, to_its_digits
from autograd.derivation.setting import Setting
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.value import Value

T = TypeVar("T")

_CLOSE = 1e-9
_NEARER = 10
_HUNDREDTH = 0.011


@dataclass
class Wrong:
    """A wrong line: the claim, the part that is wrong, and its values and the right ones at the points."""

    claim: Claim
    part: Expression
    claimed: list[Number]
    correct: list[Number]

    def fitting(self, k: int, things: Sequence[T], values: Sequence[Number], tried: int) -> list[T]:
        """The things whose values explain the claimed one at point k; None is no value."""
        pairs = zip(things, values, strict=True)
        return [thing for thing, value in pairs if value is not None and self.fits(k, value, tried)]

    def fits(self, k: int, value: Number, tried: int) -> bool:
        """Whether a value explains the claimed one at point k, when it is one of so many that were tried.

        It must be far nearer to it than what is right: in 1.92000000008 for 1.92, no slip with the value 1.92 is seen.
        Few digits fit many a value by chance: so they must fit exactly, unless there are a hundred times as many
        numbers of that length as there are values tried.
        """
        claimed, right, numeral = self.claimed[k], self.correct[k], self._numeral
        if claimed is None or not isclose(value, claimed, rel_tol=1e-2):
            return claimed is None
        close = abs(value - claimed) <= _CLOSE * abs(value)
        if not close and (numeral is None or numeral.whole or 10**numeral.digits < 100 * tried):
            return False
        nearness = mp.inf if right is None else abs(claimed - right) / _NEARER
        if abs(value - claimed) > nearness and not identical(value, claimed, nearness):
            return False
        return close or (numeral is not None and to_its_digits(numeral, claimed, value))

    @cached_property
    def _numeral(self) -> Numeral | None:
        return lone_numeral(self.part)

    @property
    def short(self) -> bool:
        """Whether it is a number of one digit or two, as 1.0 is."""
        return self._numeral is not None and not self._numeral.exact and self._numeral.digits < 3

    @property
    def zero(self) -> bool:
        """Whether it says 0 at every point: many a slip has that value where something else is 0."""
        return not any(self.claimed[k] for k in self.asked)

    @cached_property
    def asked(self) -> range:
        """The points that the part speaks of: a number speaks of the recorded one alone."""
        return range(1 if plain(self.part) else len(self.claimed))


class WrongLines:
    """The wrong lines of one page, each by its wrong entries, found by what they are about."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._lines: list[list[Wrong]] = []
        self._about: dict[Number, list[int]] = {}
        """The numbers of the lines about something."""
        self._differentiated: dict[Value, dict[Value, None]] = {}
        """What is differentiated by a node, in some line."""
        self._saying: dict[tuple[Number, int], list[tuple[int, Wrong]]] = {}
        """The entries about one thing that say about the same of it, each with the number of its line."""
        self._between: dict[tuple[Value, Value], set[Value]] = {}

    def add(self, entries: list[Wrong]) -> None:
        """Note a line."""
        for entry in entries:
            subject = about(entry.claim.subject)
            if isinstance(subject, tuple):
                self._differentiated.setdefault(subject[1], {})[subject[0]] = None
            numbers = self._about.setdefault(subject, [])
            if numbers[-1:] != [len(self._lines)]:
                numbers.append(len(self._lines))
            self._saying.setdefault(_said(entry), []).append((len(self._lines), entry))
        self._lines.append(entries)

    def take_back(self) -> None:
        """Forget the last line."""
        for entry in self._lines.pop():
            self._saying[_said(entry)].pop()
            numbers = self._about[about(entry.claim.subject)]
            if numbers[-1:] == [len(self._lines)]:
                numbers.pop()

    def all(self) -> list[Wrong]:
        """The wrong entries of every line, those of the last line first."""
        return [entry for entries in reversed(self._lines) for entry in entries]

    def like(self, wrong: Wrong) -> list[Wrong]:
        """The wrong entries about the same that may say the same, those of the last line first."""
        subject, size = _said(wrong)
        found = [each for near in (size - 1, size, size + 1) for each in self._saying.get((subject, near), ())]
        return [entry for _, entry in sorted(found, key=lambda each: -each[0])]

    def others(self, subject: Expression, expressions: Sequence[Expression]) -> list[list[Wrong]]:
        """The wrong entries that some expressions would be changed by, line by line, the last line first.

        Those about the subject of the claim are left out.
        """
        changing = self._changing(expressions) - {about(subject)}
        numbers = {number for subject in changing for number in self._about.get(subject, ())}
        return [
            [entry for entry in self._lines[number] if about(entry.claim.subject) in changing]
            for number in sorted(numbers, reverse=True)
        ]

    def _changing(self, expressions: Sequence[Expression]) -> set[Number]:
        """What the expressions are about, and the derivatives on the way of theirs."""
        found = set()
        stack = [*expressions]
        while stack:
            for piece in walk(stack.pop()):
                subject = about(piece)
                if subject is None or subject in found:
                    continue
                found.add(subject)
                match piece:
                    case Defined(name=name) if name in self._setting.definitions:
                        stack.append(self._setting.definitions[name])
                    case Derivative(of=of, by=by):
                        found.update(self._on_the_way(of, by))
        return found

    def _on_the_way(self, of: Value, by: Value) -> Iterator[tuple[Value, Value]]:
        if (of, by) not in self._between:
            self._between[of, by] = set(self._setting.graph.between(of, by))
        path = self._between[of, by]
        few, many = sorted((path, self._differentiated), key=len)
        for node in few:
            if node in many:
                yield from ((upper, node) for upper in self._differentiated[node] if upper in path)


def _said(wrong: Wrong) -> tuple[Number, int]:
    """What an entry is about, and how large it says that is: two within a hundredth are of one size, or neighbours."""
    subject, claimed = wrong.claim.subject, wrong.claimed[0]
    found = about(subject)
    return subject if found is None else found, round(mp.log(abs(claimed)) / _HUNDREDTH) if claimed else 0


def about(expression: Expression) -> Number:
    """What a claim about this expression says something of: a node, a derivative, or a definition."""
    match expression:
        case Named(node=node):
            return node
        case Derivative(of=of, by=by, direct=None):
            return of, by
        case Defined(name=name):
            return name
    return None
