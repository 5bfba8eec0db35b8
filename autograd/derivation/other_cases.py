"""Cases: what a page says "for y = 0" is judged where the leaf y has that value, whatever was recorded.

The part of the graph that depends on y is recorded anew, with a constant in the place of y. So everything that judges a
line works there as it does on any other graph: its formulas and points have 0 where y stood.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Derivative, Expression, Named, Numeral
from autograd.derivation.names import PageNames
from autograd.graph import depending_on
from autograd.nodes import record_of
from autograd.notation.page_lines import Case, PageLine
from autograd.numbers.extended import extended
from autograd.recorder import resumed
from autograd.value import Value

_CLOSE = 1e-9
_MOST_CLASSES = 20
_OTHERS: Mapping[float, tuple[float, ...]] = {0: (1.0,), 1: (0.0, -1.0), -1: (1.0,)}
"""The other values that a label of this one may have."""


def leaves_of(cases: Sequence[Case]) -> dict[Value, float]:
    """The leaves that cases give a value. Cases of what is computed, or is no Value, give none."""
    return {case.node: case.value for case in cases if case.node is not None and case.node.op is None}


def ways_to_be(cases: Sequence[Case], classes: Sequence[Sequence[Value]]) -> list[dict[Value, float]]:
    """The values of the leaves in some cases. Of the labels of one example, of which one is 1, each has a value.

    So t1 = 1 sets the others to 0. Where t1 = 0 is all that is said, any other class may be the true one.
    """
    ways = [leaves_of(cases)]
    for labels in classes:
        said = {label: ways[0][label] for label in labels if label in ways[0]}
        if not said:
            continue
        true = [label for label, value in said.items() if value == 1] or [n for n in labels if n not in said]
        if set(said.values()) <= {0, 1} and true:
            ways = [
                way | {n: float(n is label) for n in labels} | said for label in true[:_MOST_CLASSES] for way in ways
            ]
    return ways


def others(
    leaves: Mapping[Value, float], classes: Sequence[Sequence[Value]]
) -> Iterator[tuple[dict[Value, float], Value]]:
    """The other values that labels may have, one example changed at a time; each with the label that is then 1 or 0."""
    for labels in classes:
        if all(label in leaves for label in labels):
            for label in labels[:_MOST_CLASSES]:
                if leaves[label] != 1:
                    yield {**leaves, **{n: float(n is label) for n in labels}}, label
    one_of_several = {label for labels in classes for label in labels}
    for label in [label for label in leaves if label not in one_of_several][:_MOST_CLASSES]:
        for value in _OTHERS.get(leaves[label], ()):
            yield {**leaves, label: value}, label


def elsewhere(cases: Sequence[Case]) -> str:
    """Why a claim for some cases is about no graph that is to be had; empty if it may be."""
    for case in cases:
        settable = case.here is None or (case.node is not None and case.node.op is None)
        if not settable and case.here is not None and abs(case.here - case.value) > _CLOSE * max(1.0, abs(case.value)):
            kind = "no Value" if case.node is None else "computed from others"
            return f"{case.name} is {case.here:g} here and {kind}, so that it cannot be set: make it a leaf"
    return ""


def labels_in(claims: Sequence[Claim]) -> list[Case]:
    """The labels 0 and 1 of a leaf, if claims distinguish between them as in "-1/a if y = 1, else 1/(1 - a)"."""
    for piece in (piece for claim in claims for piece in claim.pieces):
        match piece:
            case Apply(operation=ops.equal, operands=(Named(node=leaf, text=name), Numeral(number=said))) if (
                leaf.op is None and not leaf.constant and leaf.data in (0, 1) and said in (0, 1)
            ):
                return [Case(name, float(label), leaf, leaf.data) for label in (said, 1 - said)]
    return []


class AnotherGraph:
    """The graph of a page with other values of some leaves, and the page's lines in its nodes.

    Attributes:
        names: the names of its nodes; the leaves that were set have none, as other constants.
    """

    def __init__(self, order: Sequence[Value], names: PageNames, leaves: Mapping[Value, float]) -> None:
        self._nodes = {leaf: _constant(number) for leaf, number in leaves.items()}
        above = depending_on(order, leaves)
        with resumed():
            for node in order:
                if node in above and node.op is not None:
                    parents = [self._nodes.get(parent, parent) for parent in node.parents]
                    self._nodes[node] = record_of(node.op, extended)(*parents)
        self.names = copy(names)
        self.names.paths = {self._nodes.get(n, n): path for n, path in names.paths.items() if n not in leaves}

    def lines(self, lines: Sequence[PageLine]) -> list[PageLine]:
        """Lines of the page, in the nodes of this graph."""
        return list(map(self._line, lines))

    def claim(self, claim: Claim) -> Claim:
        """A claim of the page, in the nodes of this graph."""
        return self._claim(claim, self._nodes)

    def original(self, claim: Claim) -> Claim:
        """A claim about this graph, in the nodes of the page."""
        return self._claim(claim, {new: old for old, new in self._nodes.items()})

    def _line(self, line: PageLine) -> PageLine:
        def swapped() -> Iterator[tuple[str, Sequence[Claim]]]:
            return ((told, [*map(self.claim, claims)]) for told, claims in line.swapped())

        return replace(
            line,
            claims=tuple(map(self.claim, line.claims)),
            also=tuple(map(self.claim, line.also)),
            otherwise=self._line(line.otherwise) if line.otherwise is not None else None,
            swapped=swapped,
            cases=(),
        )

    def _claim(self, claim: Claim, nodes: Mapping[Value, Value]) -> Claim:
        known: dict[int, Expression] = {}
        subject, *parts = (_moved(part, nodes, known) for part in (claim.subject, *claim.parts))
        return replace(claim, subject=subject, parts=tuple(parts))


def _constant(number: float) -> Value:
    found = Value(number)
    found.constant = True
    return found


def _moved(expression: Expression, nodes: Mapping[Value, Value], known: dict[int, Expression]) -> Expression:
    """An expression with other nodes in the place of some."""
    match expression:
        case Named(node=node) if node in nodes:
            return replace(expression, node=nodes[node])
        case Derivative(of=of, by=by, direct=direct):
            formula = None if direct is None else _moved(direct, nodes, known)
            return replace(expression, of=nodes.get(of, of), by=nodes.get(by, by), direct=formula)
        case Apply(operation=operation, operands=operands):
            if id(expression) not in known:
                moved = tuple(_moved(operand, nodes, known) for operand in operands)
                same = all(new is old for new, old in zip(moved, operands, strict=True))
                known[id(expression)] = expression if same else Apply(operation, moved)
            return known[id(expression)]
    return expression
