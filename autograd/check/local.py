"""The recorded local gradients, one node after another, against oracles that know only the operation's value."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from math import fsum, isfinite
from random import Random

from autograd.check.differences import Estimate, estimate_slope
from autograd.check.oracle import ComplexStep, same, sides
from autograd.check.verdicts import TOLERANCE, GradientLine, conditions
from autograd.numbers.extended import extended
from autograd.report import Line
from autograd.text import derivative, label, labels, number
from autograd.value import Value

ALONE = 4
"""An operation with more operands is checked along directions. One by one, n operands would take n evaluations of the
operation, each of a cost of n."""
MOST_FAILURES = 8
"""How many wrong operands of a node are named; the search ends there."""
LOST = 1e-6
"""A rule that is right on paper may lose digits to rounding up to this relative error."""


@dataclass
class Finding:
    """What a line of the report says of one local gradient."""

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
    findings: list[Finding] = field(default_factory=list)


class LocalGradients:
    """Checks the local gradients of the nodes of `order` by the operands among the `chosen` nodes.

    A local gradient that the complex step confirms is right, and most are. Only a suspect is put to mpmath.
    """

    def __init__(self, order: Sequence[Value], chosen: Collection[Value], random: Random) -> None:
        self.order = order
        self.chosen = chosen
        self.random = random
        self.complex_step = ComplexStep()
        self.linear: set[Value] = set()
        """Nodes that are replayed by their recorded slopes: at a kink, where a convention holds, or short of digits."""

    def lines(self) -> list[Line]:
        """A line for each operation, and one for each local gradient that there is something to say of."""
        tallies = self._tallies()
        findings = [each for tally in tallies.values() for each in tally.findings]
        names = labels([thing for each in findings for thing in (each.node, each.node.parents[each.operand])])
        lines: list[Line] = []
        for name, tally in tallies.items():
            right = tally.checked - sum(not each.holds for each in tally.findings)
            if right:
                of = "" if right == tally.checked else f" of {tally.checked}"
                plural = "" if tally.checked == 1 else "s"
                lines.append(Line(claim=f"{name}: {right}{of} local gradient{plural}", holds=True))
            lines += [
                GradientLine(
                    claim=derivative(names[each.node], names[each.node.parents[each.operand]]),
                    holds=each.holds,
                    claimed=each.node.local_grads[each.operand],
                    correct=each.correct,
                    remark=each.remark,
                    node=each.node,
                    operand=each.operand,
                )
                for each in tally.findings
            ]
        return lines

    def _tallies(self) -> dict[str, Tally]:
        """What was found, by the names of the operations."""
        tallies: dict[str, Tally] = {}
        for node in self.order:
            if node.op is not None and node in self.chosen:
                operands = [i for i, parent in enumerate(node.parents) if parent in self.chosen]
                if operands:
                    tally = tallies.setdefault(node.op.name, Tally())
                    tally.checked += len(operands)
                    tally.findings += self._examine(node, operands)
        return tallies

    def _examine(self, node: Value, operands: list[int]) -> Iterator[Finding]:
        """The findings on the local gradients of a node by some operands: none for one that is simply right."""
        data = [parent.data for parent in node.parents]
        if not all(map(isfinite, data)):
            name = label(next(parent for parent in node.parents if not isfinite(parent.data)))
            for i in operands:
                yield Finding(node, i, None, None, f"not checked: {name} is not finite")
            return
        fixed = conditions(node)
        for i in operands:
            if i in fixed and node.local_grads[i] != 0:
                yield Finding(node, i, False, 0.0, f"wrong: operand {i + 1} of {node.op} is a condition")
        said = []
        for i in self._suspects(node, data, [i for i in operands if i not in fixed]):
            if finding := self._verdict(node, data, i):
                said.append(finding)
            if sum(finding.holds is False for finding in said) == MOST_FAILURES:
                break
        yield from said
        kinks = [finding.operand for finding in said if finding.kink]
        if len(kinks) > 1 and all(finding.holds for finding in said):
            yield from self._tie(node, data, kinks)

    # Which local gradients are suspect

    def _suspects(self, node: Value, data: list[float], operands: list[int]) -> Iterator[int]:
        """The operands whose local gradients the complex step does not confirm."""
        for group in self._groups(node, operands):
            yield from self._bisected(node, data, group)

    def _groups(self, node: Value, operands: list[int]) -> list[list[int]]:
        """Operands that may be checked together, along one direction."""
        if len(operands) <= ALONE:
            return [[i] for i in operands]
        zero: list[int] = []
        ordinary: list[int] = []
        extreme: list[int] = []
        for i in operands:
            size = abs(node.local_grads[i])
            (zero if size == 0 else ordinary if 1e-100 < size < 1e100 else extreme).append(i)
        return [group for group in (zero, ordinary, *([i] for i in extreme)) if group]

    def _bisected(self, node: Value, data: list[float], group: list[int]) -> Iterator[int]:
        """The suspects of a group, in halves of halves."""
        if self._confirmed(node, data, group):
            return
        if len(group) == 1:
            yield group[0]
        else:
            half = len(group) // 2
            yield from self._bisected(node, data, group[:half])
            yield from self._bisected(node, data, group[half:])

    def _confirmed(self, node: Value, data: list[float], group: list[int]) -> bool:
        """Whether the operation has the recorded slope along a direction in which each operand counts alike."""
        operation, recorded = node.op, node.local_grads
        assert operation is not None
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
        found = self.complex_step(operation, data, direction)
        if found is not None and not operation.in_the_table:
            # An operation of the table is analytic; another may lose imaginary parts, by abs() of a complex number.
            found = found if estimate_slope(operation, data, direction).supports(found) else None
        if found is None and len(group) > 1:
            slopes = sides(operation, data, direction)
            found = None if slopes is None or slopes.kink or slopes.in_floats else slopes.right
        return found is not None and abs(found - expected) <= tolerance

    # What is found of a suspect

    def _verdict(self, node: Value, data: list[float], i: int) -> Finding | None:
        """What mpmath finds of one local gradient; None if it is right and there is nothing to say."""
        operation, recorded = node.op, node.local_grads[i]
        assert operation is not None
        direction = [float(k == i) for k in range(len(data))]
        slopes = sides(operation, data, direction)
        if slopes is None or slopes.in_floats:
            estimate = estimate_slope(operation, data, direction)
            # Where only a part is rounded there are kinks that floats do not know of.
            bends = estimate.slope is None or estimate.flat
            if slopes is None or not (bends if slopes.kink else estimate.supports(slopes.right)):
                return self._in_floats(node, i, estimate, self.complex_step(operation, data, direction))
        wrong = f"wrong: operand {i + 1} of {operation}"
        if slopes.allow(recorded, TOLERANCE):
            if not slopes.kink:
                return None
            self.linear.add(node)
            # At the edge of a domain there is no slope on one side, and nothing that the slopes could add up to.
            kink = slopes.left is not None is not slopes.right
            return Finding(node, i, True, None, f"kink: {slopes}; {number(recorded)} is used", kink)
        if slopes.kink:
            return Finding(node, i, False, None, f"{wrong}, at a kink: {slopes}")
        correct = slopes.right
        assert correct is not None  # a side without a value is a kink
        if not _rounded(node, i, correct):
            return Finding(node, i, False, correct, wrong)
        if same(recorded, correct, LOST):
            self.linear.add(node)
            return Finding(node, i, True, correct, f"right, but floats lose digits of the rule of {operation} here")
        advice = "give m.choose a form that keeps them"
        return Finding(node, i, False, correct, f"{wrong}: the rule is right, but floats lose its digits: {advice}")

    def _in_floats(self, node: Value, i: int, estimate: Estimate, complex_step: float | None) -> Finding | None:
        """The verdict where mpmath cannot follow the operation: it calls `math.exp`, or NumPy."""
        recorded = node.local_grads[i]
        wrong, alone = f"wrong: operand {i + 1} of {node.op}", f"{node.op} computes in floats alone"
        if complex_step is not None and estimate.supports(complex_step):
            if same(recorded, complex_step, TOLERANCE):
                return None
            if same(recorded, complex_step, LOST):
                return Finding(node, i, True, complex_step, f"to 6 digits only: {alone}")
            if abs(recorded - complex_step) <= estimate.error:
                return Finding(node, i, None, complex_step, f"not checked: floats lose the digits of {node.op} here")
            return Finding(node, i, False, complex_step, wrong)
        if estimate.agrees(recorded):
            return Finding(node, i, True, estimate.shown if recorded else 0.0, f"to 5 digits only: {alone}")
        if estimate.refutes(recorded):
            return Finding(node, i, False, estimate.shown, f"{wrong}, to 5 digits: it computes in floats alone")
        return Finding(node, i, None, None, f"not checked: no oracle can compute {node.op} here")

    def _tie(self, node: Value, data: list[float], operands: list[int]) -> Iterator[Finding]:
        """Operands of a tie have slopes between two each; moved together they have one, to which theirs must add up."""
        assert node.op is not None
        together = [float(i in operands) for i in range(len(data))]
        slopes = sides(node.op, data, together)
        total = fsum(node.local_grads[i] for i in operands if isfinite(node.local_grads[i]))
        if slopes is not None and not slopes.kink and not slopes.allow(total, TOLERANCE):
            assert slopes.right is not None  # a side without a value is a kink
            remark = f"wrong: the slopes at the tie add up to {number(total)}, not to {number(slopes.right)}"
            yield Finding(node, operands[0], False, None, remark)


def _rounded(node: Value, i: int, correct: float) -> bool:
    """Whether rounding made the difference: the rule gives the recorded number in floats, the right one in mpmath."""
    from autograd.check.many_digits import AccurateForms

    assert node.op is not None
    m = AccurateForms()
    data = [parent.data for parent in node.parents]
    with m.precision(400, [node.op]):
        try:
            exact = [m.number(x) for x in data]
            slope = node.op.local(m, node.op.value(m, *exact), *exact)[i]
            in_floats = node.op.local(extended, node.data, *data)[i]
            return in_floats == node.local_grads[i] and same(float(slope), correct, TOLERANCE)
        except Exception:  # what cannot be computed is not known to be rounding
            return False
