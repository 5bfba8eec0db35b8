"""The recorded local gradients, one node after another, against oracles that know only the operation's value."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from math import fsum, isfinite
from random import Random
from typing import Any

from autograd import ops
from autograd.check.differences import Rough, rough_slope
from autograd.check.end_to_end import is_truth
from autograd.check.oracle import ComplexStep, same, sides
from autograd.check.verdicts import TOLERANCE, GradientLine
from autograd.numbers import function
from autograd.numbers.extended import extended
from autograd.report import Line
from autograd.text import derivative, label, labels
from autograd.value import Value

ALONE = 4
"""Up to so many operands are checked one by one, and more along a direction: else n of them would cost n²."""
MOST_FAILURES = 8
"""How many wrong operands of one node are looked for."""
LOST = 1e-6
"""A rule that is right on paper may lose digits to rounding up to this relative error."""
TABLE = frozenset(ops.OPERATIONS.values())
"""The operations that compute in all kinds of numbers."""


@dataclass
class Found:
    """Something to report of one local gradient."""

    node: Value
    operand: int
    holds: bool | None
    correct: float | None
    remark: str
    kink: bool = False


@dataclass
class Tally:
    """What was found of the nodes of one operation."""

    checked: int = 0
    found: list[Found] = field(default_factory=list)


class LocalGradients:
    """Checks the local gradients of the nodes of `order` by the operands among the `chosen` nodes."""

    def __init__(self, order: Sequence[Value], chosen: Collection[Value], random: Random) -> None:
        self.order = order
        self.chosen = chosen
        self.random = random
        self.complex_step = ComplexStep()
        self.linear: set[Value] = set()
        """Nodes that are replayed by their recorded slopes: at a kink, where a convention holds, or short of digits."""

    def lines(self) -> Iterator[Line]:
        """A line for each operation, and one for each local gradient that there is something to say of."""
        tallies: dict[str, Tally] = {}
        for node in self.order:
            if node.op is not None and node in self.chosen:
                operands = [i for i, parent in enumerate(node.parents) if parent in self.chosen]
                if operands:
                    tally = tallies.setdefault(node.op.name, Tally())
                    tally.checked += len(operands)
                    tally.found += self._examine(node, operands)
        found = [each for tally in tallies.values() for each in tally.found]
        names = labels(thing for each in found for thing in (each.node, each.node.parents[each.operand]))
        for name, tally in tallies.items():
            others = tally.checked - sum(not each.holds for each in tally.found)
            if others:
                of = "" if others == tally.checked else f" of {tally.checked}"
                plural = "" if tally.checked == 1 else "s"
                yield Line(claim=f"{name}: {others}{of} local gradient{plural}", holds=True)
            for each in tally.found:
                yield GradientLine(
                    claim=derivative(names[each.node], names[each.node.parents[each.operand]]),
                    holds=each.holds,
                    claimed=each.node.local_grads[each.operand],
                    correct=each.correct,
                    remark=each.remark,
                    node=each.node,
                    operand=each.operand,
                )

    def _examine(self, node: Value, operands: list[int]) -> Iterator[Found]:
        """What there is to say of the local gradients of a node by some operands, but that they are right."""
        data = [parent.data for parent in node.parents]
        if not all(map(isfinite, data)):
            name = label(next(parent for parent in node.parents if not isfinite(parent.data)))
            for i in operands:
                yield Found(node, i, None, None, f"not checked: {name} is not finite")
            return
        truths = [i for i in operands if is_truth(node, i)]
        for i in truths:
            if node.local_grads[i] != 0:
                yield Found(node, i, False, 0.0, f"wrong: operand {i + 1} of {node.op} is a condition")
        groups = self._groups(node, [i for i in operands if i not in truths] if truths else operands)
        said = []
        for i in (i for group in groups for i in self._suspects(node, data, group)):
            if found := self._verdict(node, data, i):
                said.append(found)
            if sum(found.holds is False for found in said) == MOST_FAILURES:
                break
        yield from said
        kinks = [found.operand for found in said if found.kink]
        if len(kinks) > 1 and all(found.holds for found in said):
            yield from self._tie(node, data, kinks)

    def _groups(self, node: Value, operands: list[int]) -> list[list[int]]:
        """Operands that may be checked together, along one direction."""
        if len(operands) <= ALONE:
            return [[i] for i in operands]
        local_grads = node.local_grads
        groups: tuple[list[int], list[int], list[int]] = ([], [], [])
        for i in operands:
            size = abs(local_grads[i])
            groups[0 if size == 0 else 1 if 1e-100 < size < 1e100 else 2].append(i)
        zero, ordinary, extreme = groups
        return [group for group in (zero, ordinary, *([i] for i in extreme)) if group]

    def _suspects(self, node: Value, data: list[float], group: list[int]) -> Iterator[int]:
        """The operands of a group whose local gradients the fast oracle does not confirm, by bisection."""
        if self._confirmed(node, data, group):
            return
        if len(group) == 1:
            yield group[0]
        else:
            half = len(group) // 2
            yield from self._suspects(node, data, group[:half])
            yield from self._suspects(node, data, group[half:])

    def _confirmed(self, node: Value, data: list[float], group: list[int]) -> bool:
        """Whether the operation has the recorded slope along a direction in which each operand counts alike."""
        recorded = node.local_grads
        direction = [0.0] * len(data)
        if not all(isfinite(recorded[i]) for i in group):
            return False
        if len(group) == 1:
            direction[group[0]] = 1.0
            expected, tolerance = recorded[group[0]], TOLERANCE / 10 * abs(recorded[group[0]])
        else:
            for i in group:
                direction[i] = self.random.choice((-1, 1)) * self.random.uniform(0.5, 1.5) / (abs(recorded[i]) or 1.0)
            expected = fsum(recorded[i] * direction[i] for i in group)
            tolerance = 1e-12 * fsum(abs(recorded[i] * direction[i]) for i in group)
        found = self.complex_step(node.op, data, direction)
        if found is not None and node.op not in TABLE and not _plausible(found, rough_slope(node.op, data, direction)):
            # An operation of the table is analytic; another may lose imaginary parts, by abs() of a complex number.
            found = None
        if found is None and len(group) > 1:
            slopes = sides(node.op, data, direction)
            found = None if slopes is None or slopes.kink or slopes.in_floats else slopes.right
        return found is not None and abs(found - expected) <= tolerance

    def _verdict(self, node: Value, data: list[float], i: int) -> Found | None:
        """What mpmath finds of one local gradient; None if it is right and there is nothing to say."""
        recorded = node.local_grads[i]
        direction = [0.0] * len(data)
        direction[i] = 1.0
        where = f"operand {i + 1} of {node.op}"
        slopes = sides(node.op, data, direction)
        if slopes is None or slopes.in_floats:
            rough = rough_slope(node.op, data, direction)
            # Where only a part is rounded there are kinks that floats do not know of.
            bends = rough.slope is None or rough.flat
            if slopes is None or not (bends if slopes.kink else _plausible(slopes.right, rough)):
                return self._in_floats(node, i, rough, self.complex_step(node.op, data, direction))
        if slopes.allow(recorded, TOLERANCE):
            if not slopes.kink:
                return None
            self.linear.add(node)
            return Found(node, i, True, None, f"kink: {slopes}; {recorded:g} is used", kink=True)
        if slopes.kink:
            return Found(node, i, False, None, f"wrong: {where}, at a kink: {slopes}")
        correct = slopes.right
        assert correct is not None  # a side without a value is a kink
        if not _rounded(node, i, correct):
            return Found(node, i, False, correct, f"wrong: {where}")
        if same(recorded, correct, LOST):
            self.linear.add(node)
            return Found(node, i, True, correct, f"right, but floats lose digits of the rule of {node.op} here")
        advice = "give m.choose a form that keeps them"
        return Found(
            node, i, False, correct, f"wrong: {where}: the rule is right, but floats lose its digits: {advice}"
        )

    def _in_floats(self, node: Value, i: int, rough: Rough, complex_step: float | None) -> Found | None:
        """The verdict where mpmath cannot follow the operation: it calls `math.exp`, or NumPy."""
        recorded = node.local_grads[i]
        wrong = f"wrong: operand {i + 1} of {node.op}"
        if complex_step is not None and _plausible(complex_step, rough):
            if same(recorded, complex_step, TOLERANCE):
                return None
            if same(recorded, complex_step, LOST):
                return Found(node, i, True, complex_step, f"to 6 digits only: {node.op} computes in floats alone")
            holds = None if abs(recorded - complex_step) <= rough.error else False
            remark = f"not checked: floats lose the digits of {node.op} here" if holds is None else wrong
            return Found(node, i, holds, complex_step, remark)
        if rough.agrees(recorded):
            return Found(
                node, i, True, rough.shown if recorded else 0.0, f"to 5 digits only: {node.op} computes in floats alone"
            )
        if rough.refutes(recorded):
            return Found(node, i, False, rough.shown, f"{wrong}, to 5 digits: it computes in floats alone")
        return Found(node, i, None, None, f"not checked: no oracle can compute {node.op} here")

    def _tie(self, node: Value, data: list[float], operands: list[int]) -> Iterator[Found]:
        """Operands of a tie have slopes between two each; moved together they have one, to which theirs must add up."""
        together = [float(i in operands) for i in range(len(data))]
        slopes = sides(node.op, data, together)
        total = fsum(node.local_grads[i] for i in operands if isfinite(node.local_grads[i]))
        if slopes is not None and not slopes.kink and not slopes.allow(total, TOLERANCE):
            remark = f"wrong: the slopes at the tie add up to {total:g}, not to {slopes.right:g}"
            yield Found(node, operands[0], False, None, remark)


def _plausible(slope: float | None, rough: Rough) -> bool:
    """Whether floats too show a slope, and no slope of 0: that is what numbers show which were lost on the way."""
    return slope is not None and slope != 0 and rough.slope is not None and not rough.refutes(slope)


def _rounded(node: Value, i: int, correct: float) -> bool:
    """Whether rounding made the difference: the rule gives the recorded number in floats, the right one in mpmath."""
    from mpmath import mp, mpf

    from autograd.numbers.multiprecision import Multiprecision

    class Accurate(Multiprecision):
        # The form that floats compute, too: a slip in it alone is a slip, and no rounding.
        choose = function(lambda textbook, accurate: accurate())

    m = Accurate()
    operation: Any = node.op
    data = [parent.data for parent in node.parents]
    with mp.workdps(400):
        try:
            exact = [mpf(x) for x in data]
            slope = operation.local(m, operation.value(m, *exact), *exact)[i]
            return operation.local(extended, node.data, *data)[i] == node.local_grads[i] and same(
                float(slope), correct, TOLERANCE
            )
        except Exception:  # what cannot be computed is not known to be rounding
            return False
