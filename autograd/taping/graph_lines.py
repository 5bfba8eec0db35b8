"""A recorded graph as lines of floats: the values of its nodes, and the sweep of `Value.backward` over them.

Equal lines are one, and what depends on constants alone is a number. The backward sweep goes over the graph as it was
recorded, and adds at each node in the order in which the engine adds: so its numbers are the engine's to the last bit.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from autograd.errors import is_real, real_value
from autograd.graph import contributions, depending_on
from autograd.nodes import of_the_user
from autograd.numbers import NOTHING, Number, NumberSystem
from autograd.numbers.extended import extended
from autograd.numbers.floats import floats
from autograd.numbers.python_lines import PythonLines, is_known, text_of
from autograd.numbers.variables import Variable
from autograd.operation import Operation
from autograd.untyped import Anything
from autograd.value import Value

LONGEST_SUM = 50
"""How many terms of a sum stand in one line: Python's parser goes into a sum as deep as it is long."""


class UserValue:
    """The value of a user's operation that computes in floats alone."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    def __call__(self, *operands: float) -> float:
        return real_value(self.operation.value(floats, *operands), self.operation)


class UserSlopes:
    """Its local gradients."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    def __call__(self, y: float, *operands: float) -> tuple[float, ...]:
        found = self.operation.local(extended, y, *operands)
        return tuple(map(float, of_the_user(self.operation, found, len(operands))))


class GradientSum(Variable):
    """A gradient on its way: a line's variable, or a sum of products that is not a line yet."""

    __slots__ = ("terms",)

    def __init__(self, text: str, m: NumberSystem, terms: int = 0) -> None:
        super().__init__(text, m)
        self.terms = terms
        """How many terms it is a sum of; 0 for a variable."""

    def name(self, name: str = "") -> str:
        """Make a line of it, if it is none."""
        if self.terms:
            self.text, self.terms = self.m.line(self.text, name).text, 0
        return self.text

    def __mul__(self, local: Number) -> "GradientSum":
        a = self.name()
        if not isinstance(local, GradientSum) and abs(local) == 1:
            return self if local == 1 else GradientSum(f"-{a}", self.m, 1)
        return GradientSum(f"{a} * {text_of(local)}", self.m, 1)

    __rmul__ = __mul__

    def __add__(self, other: Number) -> "GradientSum":
        if self.terms == LONGEST_SUM:
            self.name()
        added = text_of(other)
        text = f"{self.text} - {added[1:]}" if added[0] == "-" else f"{self.text} + {added}"
        return GradientSum(text, self.m, self.terms + 1)

    def __radd__(self, other: float) -> "GradientSum":
        return GradientSum(text_of(other), self.m) + self


class GraphLines:
    """The lines of a graph.

    Args:
        order: its nodes, operands first.
        variables: what leaves are called; others are constants.
        shifts: leaves that stand for the largest of some nodes and numbers before them.

    Attributes:
        m: the number system with the lines.
        numbers: what computes each node: a variable, or a float.
        functions: what the lines call beside `NAMES`.
    """

    def __init__(
        self,
        order: Sequence[Value],
        variables: Mapping[Value, str],
        shifts: Mapping[Value, Sequence[Number]] | None = None,
    ) -> None:
        self.m = PythonLines()
        self.functions: dict[str, Anything] = {}
        self.numbers: dict[Value, Number] = {leaf: self.m.operand(name) for leaf, name in variables.items()}
        self._order = order
        self._functions_of: dict[tuple[type, Operation], str] = {}
        self.m.remark("forward")
        for node in order:
            if node in self.numbers:
                continue
            if shifts and node in shifts:
                self.numbers[node] = self.m.largest(*(self.numbers.get(x, x) for x in shifts[node]))
            elif node.op is None:
                self.numbers[node] = node._scalar
            else:
                self.numbers[node] = self._value(node, node.op)

    def _value(self, node: Value, operation: Operation) -> Number:
        operands = [self.numbers[parent] for parent in node.parents]
        if is_known(*operands) and hasattr(node, "_scalar"):
            return node._scalar
        if operation.in_the_table:
            found = operation.value(self.m, *operands)
            return float(found) if is_known(found) else found
        found = self._of_the_user(lambda: operation.value(self.m, *operands), _is_number)
        if found is not None:
            return real_value(found, operation) if is_known(found) else self.m.line(f"float({text_of(found)})")
        return self.m.line(f"{self._function(UserValue, operation)}({', '.join(map(text_of, operands))})")

    def _of_the_user(self, rule: Callable[[], Anything], fits: Callable[[Anything], bool]) -> Anything:
        """What a user's rule gives on variables; None if it computes in floats alone, or gives something else."""
        try:
            with self.m.apart() as lines:
                found = rule()
        except Exception:  # it is asked again on floats, and then its error is the user's
            return None
        if not fits(found):
            return None
        self.m.statements += lines
        return found

    def _function(self, kind: type, operation: Operation) -> str:
        """What the lines call a function that needs the operation itself."""
        key = kind, operation
        if key not in self._functions_of:
            name = self._functions_of[key] = f"{'value' if kind is UserValue else 'slopes'}_{len(self.functions)}"
            self.functions[name] = kind(operation)
        return self._functions_of[key]

    # Backward

    def gradients(self, output: Value, leaves: Iterable[Value]) -> list[str]:
        """The texts of ∂output/∂leaf, in the sums of `Value.backward`, after the lines that they need.

        Where the engine has 0 they may have −0, for its sums begin with 0; and NaN for any number if `m.leaves_out`.
        """
        leaves = list(leaves)
        among = depending_on(self._order, leaves)
        found: dict[Value, Number] = {output: 1.0}
        self.m.letter = "d"
        self.m.remark("backward")

        def local_grads(node: Value) -> Sequence[Number]:
            upstream = found[node]
            if isinstance(upstream, GradientSum):
                upstream.name(f"g_{self.numbers[node].text}")
            pairs = zip(node.parents, self._slopes(node), strict=True)
            return [self._as_slope(x) if parent in among else NOTHING for parent, x in pairs]

        for _ in contributions(self._order, found, local_grads, among):
            pass
        self.m.letter = "v"
        return [text_of(found.get(leaf, 0.0)) for leaf in leaves]

    def _slopes(self, node: Value) -> Sequence[Number]:
        operation: Operation = node.op  # type: ignore[assignment]  # it is no leaf
        y, operands = self.numbers[node], [self.numbers[parent] for parent in node.parents]
        self.m.plain = extended
        try:
            if operation.in_the_table:
                return operation.local(self.m, y, *operands)
            count = len(operands)
            found = self._of_the_user(
                lambda: operation.local(self.m, y, *operands),
                lambda x: type(x) is tuple and len(x) == count and all(map(_is_number, x)),
            )
        finally:
            self.m.plain = floats
        if found is not None:
            return found
        arguments = ", ".join(map(text_of, (y, *operands)))
        return self.m.unpacked(f"{self._function(UserSlopes, operation)}({arguments})", count)

    def _as_slope(self, local: Number) -> Number:
        """A local gradient for the sweep: that of a plain number is a float, or the 1 that is not multiplied by."""
        if isinstance(local, Variable):
            return GradientSum(text_of(local), self.m)
        return local if isinstance(local, int) and local in (0, 1) else float(local)


def _is_number(thing: Anything) -> bool:
    return isinstance(thing, Variable) or is_real(thing)
