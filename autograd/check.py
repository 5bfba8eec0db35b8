"""check_gradients: the recorded gradients of a graph, node by node, against oracles that know only the values."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import fsum, inf, isfinite, isnan
from random import Random
from types import SimpleNamespace
from typing import Any

from autograd import ops
from autograd.derivatives import recorded_order, values_in
from autograd.graph import NOTHING, depending_on
from autograd.labels import derivative, label, labels
from autograd.numbers import extended
from autograd.oracle import ComplexStep, rough_slope, same, sides
from autograd.replayed import is_truth, slope_along
from autograd.report import Line, Report
from autograd.value import Value

TOLERANCE = 1e-10
"""How far a local gradient may be off, relative to the oracle. A rule loses a few digits to rounding, not six."""
ALONE = 4
"""Up to so many operands are checked one by one, and more along a direction: else n of them would cost n²."""
MOST_FAILURES = 8
"""How many wrong operands of one node are looked for."""
LOST = 1e-6
"""A rule that is right on paper may lose digits to rounding up to this relative error."""


def check_gradients(output: Value, inputs: Iterable[Value] | None = None) -> Report:
    """Check every gradient behind `output`: the local ones that its nodes recorded, their sums, and the whole.

    - Each recorded local gradient is compared with the slope of the operation's *value* at the recorded operands, by
      the complex step, else by mpmath (`autograd.oracle`). No rule for a derivative is asked.
    - `backward` runs, and each gradient it gives is compared with the sum of upstream · local over the node's uses.
      The ``grad`` of every node is put back afterwards.
    - The leaves are moved along one random direction, the same each time, and the graph is computed anew in mpmath.

    At a kink (relu at 0, a tie of `maximum`) the slopes on both sides are shown, with the one between that is used.

    Args:
        output: the Value to differentiate.
        inputs: check only what lies between these nodes and the output; by default the whole graph.

    Returns:
        A report, true if all of it holds. Lines of local gradients and sums are `GradientLine`, with the node and the
        operand. Where nothing could be checked the report says so, and is not true.

    Raises:
        TypeError: if `output` or an input is no Value.
        ValueError: if a leaf was written to since the graph was recorded (an optimizer's step), by its name.

    The cost grows in proportion to the graph.

    >>> from autograd import Value, Operation
    >>> x, w = Value(2.0, "x"), Value(-0.5, "w")
    >>> print(check_gradients((w * x).tanh()))
    Gradients of tanh(w * x)
    ✓  *: 2 local gradients
    ✓  tanh: 1 local gradient
    ✓  backward: 4 gradients, 0 of them sums at a branch
    ✓  end to end, along a random direction of 2 leaves

    >>> cube = Operation("cube", value=lambda m, a: a * a * a, local=lambda m, y, a: (2 * a * a,))
    >>> print(check_gradients(cube(x), [x]).failures[0].remark)
    wrong: operand 1 of cube
    """
    values_in([output], "output")
    order = recorded_order(output)
    if inputs is not None:
        inputs = list(dict.fromkeys(values_in(inputs, "inputs")))
    return _Check(output, order, inputs).report()


@dataclass(frozen=True, kw_only=True)
class GradientLine(Line):
    """A line about one gradient: `claimed` is the recorded number, `correct` that of the oracle."""

    node: Value
    operand: int | None = None
    """Which operand of the node, from 0; None for the gradient of the output by the node."""


@dataclass
class _Found:
    """Something to report of one local gradient."""

    node: Value
    operand: int
    holds: bool | None
    correct: float | None
    remark: str
    kink: bool = False


@dataclass
class _Tally:
    """What was found of the nodes of one operation."""

    checked: int = 0
    found: list[_Found] = field(default_factory=list)


class _Check:
    """One run of `check_gradients`."""

    def __init__(self, output: Value, order: Sequence[Value], inputs: Sequence[Value] | None) -> None:
        self.output = output
        self.order = order
        self.inputs = inputs
        self.chosen: Collection[Value] = set(order) if inputs is None else depending_on(order, inputs) & set(order)
        self.complex_step = ComplexStep()
        self.random = Random(0)
        self.linear: set[Value] = set()
        """Nodes that are replayed by their recorded slopes: at a kink, where a convention holds, or short of digits."""

    def report(self) -> Report:
        lines = [*self._local_gradients(), *self._unconnected()]
        if not any(node.op is not None for node in self.chosen):
            nothing = "nothing to check: no operation " + (
                "was recorded" if self.inputs is None else "lies between the inputs and the output"
            )
            lines.append(Line(claim=nothing, holds=None))
            summary = ""
        else:
            gradients, uses, sums = self._backward()
            direction, summary = self._direction(gradients, uses)
            lines += [*sums, *direction]
        return Report(
            f"Gradients of {label(self.output)}",
            lines,
            columns={"claim": "", "claimed": "recorded", "correct": "oracle", "remark": ""},
            summary=summary,
        )

    def _unconnected(self) -> Iterator[Line]:
        known = set(self.order)
        for node in self.inputs or ():
            if node not in known:
                yield Line(
                    claim=f"{label(node)} is not on the way to {label(self.output)}: nothing to check", holds=None
                )

    # Local gradients

    def _local_gradients(self) -> Iterator[Line]:
        tallies: dict[str, _Tally] = {}
        for node in self.order:
            if node.op is not None and node in self.chosen:
                operands = [i for i, parent in enumerate(node.parents) if parent in self.chosen]
                if operands:
                    tally = tallies.setdefault(node.op.name, _Tally())
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

    def _examine(self, node: Value, operands: list[int]) -> Iterator[_Found]:
        """What there is to say of the local gradients of a node by some operands, but that they are right."""
        data = [parent.data for parent in node.parents]
        if not all(map(isfinite, data)):
            name = label(next(parent for parent in node.parents if not isfinite(parent.data)))
            for i in operands:
                yield _Found(node, i, None, None, f"not checked: {name} is not finite")
            return
        truths = [i for i in operands if is_truth(node, i)]
        for i in truths:
            if node.local_grads[i] != 0:
                yield _Found(node, i, False, 0.0, f"wrong: operand {i + 1} of {node.op} is a condition")
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
        if found == 0 and node.op not in TABLE:
            # An operation of the table is analytic; of others a slope of 0 may come from abs() of a complex number.
            found = None
        if found is None and len(group) > 1:
            slopes = sides(node.op, data, direction)
            found = None if slopes is None or slopes.kink else slopes.right
        return found is not None and abs(found - expected) <= tolerance

    def _verdict(self, node: Value, data: list[float], i: int) -> _Found | None:
        """What mpmath finds of one local gradient; None if it is right and there is nothing to say."""
        recorded = node.local_grads[i]
        direction = [0.0] * len(data)
        direction[i] = 1.0
        where = f"operand {i + 1} of {node.op}"
        slopes = sides(node.op, data, direction)
        rough = rough_slope(node.op, data, direction)
        # Difference quotients of floats cannot be seen with many digits: then these see only a part of the slope.
        near = rough is not None and recorded != 0 and same(recorded, rough, 1e-5)
        if near and (slopes is None or not (slopes.kink or same(slopes.right or 0.0, recorded, 1e-3))):
            self.linear.add(node)
            return _Found(node, i, True, rough, f"to 5 digits only: {node.op} computes in floats alone")
        if slopes is None:
            return _Found(node, i, None, None, f"not checked: no oracle can compute {node.op} here")
        if slopes.allow(recorded, TOLERANCE):
            if not slopes.kink:
                return None
            self.linear.add(node)
            return _Found(node, i, True, None, f"kink: {slopes}; {recorded:g} is used", kink=True)
        if slopes.kink:
            return _Found(node, i, False, None, f"wrong: {where}, at a kink: {slopes}")
        correct = slopes.right
        assert correct is not None  # a side without a value is a kink
        if not _rounded(node, i, correct):
            return _Found(node, i, False, correct, f"wrong: {where}")
        if same(recorded, correct, LOST):
            self.linear.add(node)
            return _Found(node, i, True, correct, f"right, but floats lose digits of the rule of {node.op} here")
        advice = "give m.choose a form that keeps them"
        return _Found(
            node, i, False, correct, f"wrong: {where}: the rule is right, but floats lose its digits: {advice}"
        )

    def _tie(self, node: Value, data: list[float], operands: list[int]) -> Iterator[_Found]:
        """Operands of a tie have slopes between two each; moved together they have one, to which theirs must add up."""
        together = [float(i in operands) for i in range(len(data))]
        slopes = sides(node.op, data, together)
        total = fsum(node.local_grads[i] for i in operands if isfinite(node.local_grads[i]))
        if slopes is not None and not slopes.kink and not slopes.allow(total, TOLERANCE):
            remark = f"wrong: the slopes at the tie add up to {total:g}, not to {slopes.right:g}"
            yield _Found(node, operands[0], False, None, remark)

    # Sums

    def _backward(self) -> tuple[dict[Value, float | None], dict[Value, list[tuple[Value, float]]], list[Line]]:
        """What `backward` gives each node; the uses of each, with their local gradients; and the verdict."""
        before = [(node, node.grad) for node in self.order]
        try:
            for node in self.order:
                node.grad = None
            self.output.backward()
            gradients = {node: node.grad for node in self.order}
        finally:
            for node, grad in before:
                node.grad = grad
        uses: dict[Value, list[tuple[Value, float]]] = {self.output: []}
        for node in reversed(self.order):
            if node in uses:
                for parent, local in zip(node.parents, node.local_grads, strict=True):
                    if local is not NOTHING:
                        uses.setdefault(parent, []).append((node, local))
        wrong: list[tuple[Value, bool | None, float | None, str]] = []
        checked = branches = 0
        for node in self.order:
            if node in self.chosen:
                checked += 1
                branches += len(uses.get(node, ())) > 1
                wrong += self._wrong_sum(node, gradients, uses.get(node, []))
        names = labels([self.output, *(node for node, *_ in wrong)])
        lines: list[Line] = [
            GradientLine(
                claim=derivative(names[self.output], names[node], "d"),
                holds=holds,
                claimed=gradients[node],
                correct=correct,
                remark=remark,
                node=node,
            )
            for node, holds, correct, remark in wrong
        ]
        if right := checked - len(wrong):
            of = f" of {checked}" if wrong else ""
            claim = f"backward: {right}{of} gradients, {branches} of them sums at a branch"
            lines.insert(0, Line(claim=claim.replace(" of them", "") if wrong else claim, holds=True))
        return gradients, uses, lines

    def _wrong_sum(
        self, node: Value, gradients: dict[Value, float | None], uses: list[tuple[Value, float]]
    ) -> Iterator[tuple[Value, bool | None, float | None, str]]:
        got = gradients[node]
        terms = [(gradients[user] or 0.0) * local for user, local in uses]
        if node is self.output:
            terms.append(1.0)
        many = f"the sum of {len(terms)} products" if len(terms) > 1 else "upstream · local" if uses else "the seed"
        if not terms:
            many = "no gradient reaches it"
        if got is None:
            yield node, False, None, f"wrong: backward left no gradient ({many})"
            return
        try:
            expected, size = (fsum(terms), fsum(map(abs, terms))) if all(map(isfinite, terms)) else (sum(terms), inf)
        except OverflowError:
            yield node, None, None, f"not checked: {many} is too large for a float"
            return
        if size == inf:
            wrong = not (got == expected or (isnan(got) and isnan(expected)))
        else:
            # Each product and each addition is rounded once: so much may come of it, and no more.
            wrong = not abs(got - expected) <= (len(terms) + 2) * 2.0**-52 * size + 5e-324 * len(terms)
        if wrong:
            yield node, False, expected, f"wrong: {many}"

    # The whole

    def _direction(
        self, gradients: dict[Value, float | None], uses: dict[Value, list[tuple[Value, float]]]
    ) -> tuple[list[Line], str]:
        """The slope along a random direction, by `backward` and by mpmath; or why there is none to compare."""
        candidates = self.inputs or [node for node in self.order if node.op is None]
        steps: dict[Value, float] = {}
        for node in candidates:
            step = self.random.choice((-1, 1)) * self.random.uniform(0.5, 1.5) * (abs(node.data) or 1.0)
            if uses.get(node) is not None and isfinite((gradients.get(node) or 0.0) * step):
                steps[node] = step
        terms = [(gradients[node] or 0.0) * step for node, step in steps.items()]
        # Sums of |products|, and how far rounding can have moved each.
        sizes: dict[Value, float] = dict.fromkeys(uses, 0.0)
        errors: dict[Value, float] = dict.fromkeys(uses, 0.0)
        sizes[self.output] = 1.0
        for node in reversed(self.order):
            for user, local in uses.get(node, ()):
                if isfinite(local):
                    passed = abs(local) * sizes[user]
                    sizes[node] += passed
                    errors[node] += abs(local) * errors[user] + TOLERANCE * passed + 5e-324
        tolerance = sum(errors[node] * abs(step) for node, step in steps.items()) + 1e-300
        if not steps or not isfinite(tolerance) or not isfinite(sum(terms)):
            return [], "End to end no direction was taken: no finite gradient leads along it."
        expected, found = fsum(terms), inf
        for digits, exponent in ((60, 30), (1200, 400)):
            found = slope_along(self.output, self.order, steps, self.linear, digits, exponent)
            if abs(found - expected) <= tolerance:
                break
        kind = "leaf" if self.inputs is None else "input"
        plural = {"leaf": "leaves", "input": "inputs"}[kind] if len(steps) > 1 else kind
        claim = f"end to end, along a random direction of {len(steps)} {plural}"
        if abs(found - expected) <= tolerance:
            return [Line(claim=claim, holds=True)], ""
        return [Line(claim=claim, holds=False, claimed=expected, correct=found, remark="wrong")], ""


TABLE = frozenset(ops.OPERATIONS.values())


def _rounded(node: Value, i: int, correct: float) -> bool:
    """Whether rounding made the difference: the rule gives the recorded number in floats, the right one in mpmath."""
    from mpmath import mp, mpf

    from autograd.numbers import multiprecision

    # The form that floats compute, too: a slip in it alone is a slip, and no rounding.
    m = SimpleNamespace(**vars(multiprecision), largest=max)
    m.choose = lambda textbook, accurate: accurate()
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
