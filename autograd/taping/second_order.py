"""Second derivatives of a tape: the graph that `hessian` records, as lines of its own.

That graph stands for one side of each condition in the rules, as x > 0 in that of relu. So the lines end with a check
that all conditions are on the sides that they were on; where one is not, the engine records the graph anew, and it is
written down too.
"""

from collections.abc import Sequence
from itertools import combinations
from math import isfinite

from autograd.condition import Condition
from autograd.derivatives import naming_what_fails
from autograd.graph import chain_rule, topological_order
from autograd.numbers import Number
from autograd.numbers.extended import extended
from autograd.numbers.python_lines import text_of
from autograd.numbers.values import Values
from autograd.numbers.variables import Variable
from autograd.recorder import Recorder
from autograd.taping.eager_replay import EagerReplay, recording
from autograd.taping.graph_lines import GraphLines
from autograd.taping.straight_line import StraightLine
from autograd.untyped import Anything
from autograd.value import Value

MOST_SIDES = 8
"""For how many combinations of sides there are lines."""


class NotedValues(Values):
    """Values as the number system, which notes what it asked of their numbers.

    Attributes:
        truths: each condition, and whether it held.
        outcomes: what a function of the system gave for some Values: its name, they, and the number.
        shifts: leaves that stand for the largest of some Values.
    """

    def __init__(self) -> None:
        self.truths: list[tuple[Value, bool]] = []
        self.outcomes: list[tuple[str, tuple[Value, ...], float]] = []
        self.shifts: dict[Value, tuple[Number, ...]] = {}

    def where(self, condition: Number, a: Number, b: Number) -> Number:
        return super().where(self._noted(condition), a, b)

    def decide(self, condition: Number, true: Anything, false: Anything) -> Number:
        return super().decide(self._noted(condition), true, false)

    def _noted(self, condition: Number) -> Number:
        if not isinstance(condition, Value):
            return condition
        self.truths.append((condition, bool(condition._scalar)))
        return condition._scalar

    def share(self, a: Number, b: Number) -> Number:
        return self._outcome("share", a, b) if isinstance(a, Value) and isinstance(b, Value) else super().share(a, b)

    def step(self, a: Number) -> Number:
        passes_none = isinstance(a, Value) and self._outcome("step", a) is self.nothing
        return self.nothing if passes_none else self._step(a)

    def sign(self, a: Number) -> Number:
        passes_none = isinstance(a, Value) and self._outcome("sign", a) is self.nothing
        return self.nothing if passes_none else self._sign(a)

    def _outcome(self, function: str, *operands: Value) -> Number:
        found = getattr(extended, function)(*(operand._scalar for operand in operands))
        self.outcomes.append((function, operands, found))
        return found

    def largest(self, *xs: Number) -> Number:
        shift = Value(extended.largest(*(x._scalar if isinstance(x, Value) else x for x in xs)))
        self.shifts[shift] = xs
        return shift


class NotingRecorder(Recorder):
    """The engine, and what a user's rule asks of a Value by itself."""

    def __init__(self, noted: NotedValues) -> None:
        self._noted = noted
        self.reads_numbers = False

    def asked(self, value: Anything, how: str) -> None:  # noqa: ARG002
        if isinstance(value, Condition):
            self._noted.truths.append((value, value._scalar != 0))
        else:
            self.reads_numbers = True


class SecondOrder:
    """The Hessian of the one output by some leaves of a graph, as rows one after the other.

    Args:
        graph: the graph.
        names: the variables of its leaves.
        places: the leaves to differentiate by.
    """

    def __init__(self, graph: EagerReplay, names: Sequence[str], places: Sequence[int]) -> None:
        self._graph = graph
        self._names = names
        self._places = places
        self.programs: list[StraightLine] = []

    def at(self, numbers: list[float]) -> list[float]:
        for program in self.programs:
            try:
                return self._symmetric(program.run(numbers))
            except (ValueError, ArithmeticError):
                continue
        return self._symmetric(self._recorded(numbers))

    def _recorded(self, numbers: list[float]) -> list[float]:
        """The engine's, whose graph is written down for the next time."""
        noted = NotedValues()
        recorder = NotingRecorder(noted)
        with recording(recorder):
            [output], leaves = self._graph.recorded(numbers)
            inputs = [leaves[place] for place in self._places]

            def gradients(node: Number) -> list[Value]:
                order = topological_order(node)
                with naming_what_fails(order, "graph of the gradient"):
                    found = chain_rule(node, order, inputs, noted, dict(zip(order, order, strict=True)))
                return [x if isinstance(x, Value) else Value(x) for x in (found.get(leaf, 0) for leaf in inputs)]

            entries = [entry for slope in gradients(output) for entry in gradients(slope)]
        if len(self.programs) < MOST_SIDES and not recorder.reads_numbers:
            self.programs.append(self._written(noted, leaves, entries))
        return [entry._scalar for entry in entries]

    def _written(self, noted: NotedValues, leaves: Sequence[Value], entries: Sequence[Value]) -> StraightLine:
        seen: set[Value] = set()
        order: list[Value] = []
        for operands in noted.shifts.values():
            order += topological_order(*(x for x in operands if isinstance(x, Value)), seen=seen)
        asked = [condition for condition, _ in noted.truths]
        asked += [operand for _, operands, _ in noted.outcomes for operand in operands]
        order += topological_order(*entries, *asked, seen=seen)
        lines = GraphLines(order, dict(zip(leaves, self._names, strict=True)), noted.shifts)
        guards: dict[str, None] = {}
        for condition, held in dict(noted.truths).items():
            truth = lines.numbers[condition]
            text = truth.text if isinstance(truth, Variable) else text_of(truth)
            guards[text if held else f"not {text}"] = None
        for function, operands, found in noted.outcomes:
            text = text_of(getattr(lines.m, function)(*(lines.numbers[x] for x in operands)))
            guards[f"{text} != {text}" if found != found else f"{text} == {text_of(found)}"] = None
        for guard in guards:
            lines.m.guard(guard)
        results = [text_of(lines.numbers[entry]) for entry in entries]
        name = f"hessian_{len(self.programs)}"
        return StraightLine(name, self._names, lines.m.statements, "", results, lines.functions)

    def _symmetric(self, entries: list[float]) -> list[float]:
        """As `hessian` does: of two that are equal one may not see that it is infinite."""
        count = len(self._places)
        for i, j in combinations(range(count), 2):
            here, there = i * count + j, j * count + i
            if isfinite(entries[here]) != isfinite(entries[there]):
                entries[here] = entries[there] = entries[there if isfinite(entries[here]) else here]
        return entries
