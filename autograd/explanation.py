"""The chain rule, path by path: where a derivative comes from."""

from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import NamedTuple

from autograd.advice.advised import with_advice
from autograd.derivatives import values_in
from autograd.graph import contributions, topological_order
from autograd.latex import (
    LatexWriter,
    NamesInLatex,
    derivative_in_latex,
    labels_in_latex,
    number_in_latex,
    upright,
)
from autograd.nodes import changed_operand, changed_operands
from autograd.numbers.floats import floats
from autograd.paths import Path, Ways, count_paths, largest_paths, ways
from autograd.text import Writer, as_factor, derivative, label, labels, names_apart, number, printable, visible
from autograd.value import Value

LONGEST = 12
"""How many local gradients of a path are written; of a longer one only its two ends."""
LOST = 1e-6
"""How far rounding may take the gradient from the sum of the paths, relative to the largest."""
SHORT = 12
"""The longest operation that a product writes out; a longer one without a name gets a symbol and an explanation."""


@with_advice({})
def explain(output: Value, input: Value, most: int = 10) -> "Explanation":  # noqa: A002
    """Every path from `input` to `output`, its local gradients multiplied out, and the sum over the paths.

    It reads the local gradients that were recorded, whatever happened to any ``data`` since.

    Args:
        output: the Value that is differentiated.
        input: the Value it is differentiated by: a leaf or an inner node.
        most: how many paths to list, those with the largest |product|; the others are counted, and are in the sum.

    Returns:
        An `Explanation`: printed as text, in notebooks as LaTeX, with ``.paths``, ``.count``, ``.total`` and
        ``.branches`` as data.

    Raises:
        TypeError: if `output` or `input` is not a Value.
        ValueError: if `most` is below 1.

    >>> x = Value(3.0, "x")
    >>> y = x * x + x
    >>> y.name = "y"
    >>> explain(y, x)
    dy/dx = 7, the sum of 3 paths from x to y
    <BLANKLINE>
    1.  x (as operand 1 of *) → x * x → y
        ∂y/∂(x * x) · ∂(x * x)/∂x (operand 1)
        = 1 · 3 = 3
    2.  x (as operand 2 of *) → x * x → y
        ∂y/∂(x * x) · ∂(x * x)/∂x (operand 2)
        = 1 · 3 = 3
    3.  x → y
        ∂y/∂x
        = 1
    <BLANKLINE>
    at branches the chain rule adds up:
        dy/dx = 3 via x * x + 3 via x * x + 1 via y = 7
    """
    values_in([output, input], "output and input")
    if most < 1:
        raise ValueError(f"most is how many paths to list, 1 or more, not {most}")
    between = ways(output, input)
    return Explanation(output, input, between, tuple(largest_paths(between, most)))


@dataclass(frozen=True)
class Branch:
    """A node that the output depends on in several ways: the sum that the multivariate chain rule asks for."""

    node: Value
    consumers: tuple[Value, ...]
    """The nodes computed from it, on the way to the output; one that takes it twice is here twice."""
    terms: tuple[float, ...]
    """d output/d consumer · ∂consumer/∂node for each."""
    total: float
    """d output/d node, their sum."""


class Explanation:
    """What `explain` found. ``d`` is a derivative through the whole graph, ``∂`` a local one, by one operand."""

    def __init__(self, output: Value, input: Value, between: Ways, paths: tuple[Path, ...]) -> None:  # noqa: A002
        self.output = output
        self.input = input
        self.paths = paths
        """The paths with the largest |product|, largest first."""
        self.count = count_paths(between)
        """How many paths there are in all."""
        self._between = between

    @property
    def total(self) -> float:
        """d output/d input: the sum over all paths; 0 if there is none."""
        if self.input is self.output:
            return 1.0
        return floats.sum(*(term for _, term in self._uses.get(self.input, ())))

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """The sums at branches, from the output towards the input."""
        found = []
        for node in reversed(self._between):
            if len(self._uses[node]) > 1:
                consumers, terms = zip(*self._uses[node], strict=True)
                found.append(Branch(node, consumers, terms, floats.sum(*terms)))
        return tuple(found)

    @cached_property
    def _uses(self) -> dict[Value, list[tuple[Value, float]]]:
        """For each node between: what is computed from it, in order, with the term that this adds to its gradient."""
        order = list(self._between)
        passed = {
            (node, operand): contribution
            for node, operand, contribution in contributions(order, {self.output: 1.0}, among=self._between)
        }
        uses: dict[Value, list[tuple[Value, float]]] = {node: [] for node in order}
        for node, operands in self._between.items():
            for operand in operands:
                uses[node.parents[operand]].append((node, passed.get((node, operand), 0.0)))
        return uses

    # Text

    def __str__(self) -> str:
        return printable(self._as_text())

    __repr__ = __str__

    def _as_text(self) -> str:
        output, input_ = self._labels[self.output], self._labels[self.input]
        slope = derivative(output, input_, "d")
        if not self.count:
            if self.input not in topological_order(self.output):
                return f"{slope} = 0: no path leads from {input_} to {output}, which does not depend on it"
            flat = "each ends at a condition or a branch not taken"
            return f"{slope} = 0: no gradient passes on any path from {input_} to {output}; {flat}"
        if self.input is self.output:
            return f"{slope} = 1: the derivative of a node by itself"
        how_many = "along the one path" if self.count == 1 else f"the sum of {self.count} paths"
        page = [f"{slope} = {number(self.total)}, {how_many} from {input_} to {output}", ""]
        if self._left_out:
            page += [f"the {len(self.paths)} with the largest |product|:", ""]
        for rank, path in enumerate(self.paths, 1):
            page += self._path_as_text(rank, path)
        if self._left_out:
            rest = self.total - floats.sum(*(path.product for path in self.paths))
            page.append(f"…   and {self._left_out} more paths, which add up to {number(rest)}")
        if self.branches:
            page += ["", "at branches the chain rule adds up:", *map(self._branch_as_text, self._shown_branches)]
            if more := len(self.branches) - len(self._shown_branches):
                page.append(f"    … and at {more} more branches (see .branches)")
        if self._meanings:
            page += ["", "where", *(f"    {symbol} = {meaning}" for symbol, meaning in self._meanings.items())]
        return "\n".join([*page, *self._warning])

    def _path_as_text(self, rank: int, path: Path) -> list[str]:
        edges = _edges(path)
        names = []
        for before, edge in zip([None, *edges], edges, strict=False):
            if edge is not None:
                names.append(self._labels[edge.below] + self._role(edge))
            elif before is not None:
                names += [self._labels[before.above], "…"]
        names.append(self._labels[self.output])
        symbols = ["…" if e is None else self._symbol(e.above, e.below, "∂") + self._slot(e) for e in reversed(edges)]
        factors = ["…" if e is None else as_factor(number(e.local)) for e in reversed(edges)]
        result = f" = {number(path.product)}" if len(factors) > 1 else ""
        result += f": {_nothing_passes(path.shut)}" if path.shut is not None else ""
        start = f"{rank}.".ljust(4)
        return [
            f"{start}{' → '.join(names)}",
            f"    {' · '.join(symbols)}",
            f"    = {' · '.join(factors)}{result}",
        ]

    def _is_twin(self, edge: "Edge") -> bool:
        """Whether the node is several operands of the next, as in a + a: its paths differ by the operand alone."""
        parents = edge.above.parents
        return sum(parents[i] is edge.below for i in self._between[edge.above]) > 1

    def _role(self, edge: "Edge") -> str:
        """Which operand of the next node this is, if it is several."""
        return f" (as operand {edge.operand + 1} of {visible(str(edge.above.op))})" if self._is_twin(edge) else ""

    def _slot(self, edge: "Edge") -> str:
        """The same, at a local gradient: ∂(n * n)/∂n by one operand alone is n, and not 2n."""
        return f" (operand {edge.operand + 1})" if self._is_twin(edge) else ""

    def _branch_as_text(self, branch: Branch) -> str:
        shown = list(zip(branch.terms, branch.consumers, strict=True))[:LONGEST]
        terms = [f"{as_factor(number(term))} via {self._labels[consumer]}" for term, consumer in shown]
        if more := len(branch.terms) - len(shown):
            terms.append(f"{more} more")
        return f"    {self._symbol(self.output, branch.node, 'd')} = {' + '.join(terms)} = {number(branch.total)}"

    def _symbol(self, above: Value, below: Value, d: str) -> str:
        return derivative(self._labels[above], self._labels[below], d)

    @property
    def _left_out(self) -> int:
        return self.count - len(self.paths)

    @property
    def _shown_branches(self) -> tuple[Branch, ...]:
        return self.branches[: len(self.paths)]

    @cached_property
    def _shown(self) -> list[Value]:
        """The nodes that the page mentions."""
        nodes = {self.input, self.output}
        for path in self.paths:
            nodes.update(node for edge in _edges(path) if edge is not None for node in edge[:2])
        for branch in self._shown_branches:
            nodes.update((branch.node, *branch.consumers[:LONGEST]))
        return [node for node in self._between if node in nodes] or [self.input, self.output]

    @cached_property
    def _symbols(self) -> dict[Value, str]:
        """v1, v2, … for the nodes on the way that have no name and are too long to write in a product."""
        if not self.paths or self.input is self.output:
            return {}
        named = {node.name for node in self._shown if node.name}
        letter = next(s for s in ("v", "u", "s", "node") if s == "node" or not any(n.startswith(s) for n in named))
        anonymous = [
            node
            for node in self._shown
            if node.op is not None and node.name is None and not _is_short(label(node, self._names))
        ]
        return {node: f"{letter}{rank}" for rank, node in enumerate(anonymous, 1)}

    @cached_property
    def _meanings(self) -> dict[str, str]:
        writer = Writer(self._names | self._symbols)
        return {symbol: writer.operation(node).text for node, symbol in self._symbols.items()}

    @cached_property
    def _labels(self) -> dict[Value, str]:
        return {**labels((node for node in self._shown if node not in self._symbols), self._names), **self._symbols}

    @cached_property
    def _names(self) -> dict[Value, str]:
        """What nodes are called where their own names do not tell."""
        order = topological_order(self.output)
        return names_apart(order, [leaf for _, leaf in changed_operands(order)])

    @property
    def _warning(self) -> list[str]:
        notes = []
        if changed := changed_operand(self._between):
            name = label(changed[1], self._names)
            notes.append(f"note: {name} was written to since; these are the numbers of the recorded graph")
        if self._beyond_floats:
            notes.append(
                f"note: {number(self.total)} is what backward gives; it multiplies from the output back, and a product "
                "on the way is too small or too large for a float"
            )
        return ["", *notes] if notes else []

    @property
    def _beyond_floats(self) -> bool:
        """Whether `backward` loses a path whose product is an ordinary number: 1e-300 · 1e-300 · 1e300 · 1e300."""
        if self._left_out:
            return False
        products = [path.product for path in self.paths]
        size = max(map(abs, products), default=0.0)
        return isfinite(size) and not abs(floats.sum(*products) - self.total) <= LOST * size

    # LaTeX

    def _repr_latex_(self) -> str:
        spelt = NamesInLatex()
        symbols = {node: spelt[symbol] for node, symbol in self._symbols.items()}
        name = labels_in_latex((node for node in self._shown if node not in symbols), spelt, self._names) | symbols
        left = derivative_in_latex(name[self.output], name[self.input], "d")
        if not self.count or self.input is self.output:
            return f"$\\displaystyle {left} = {number_in_latex(self.total)}$"
        gradients, numbers = [], []
        for path in self.paths:
            edges = _edges(path)[::-1]
            gradients.append(" ".join(GAP if e is None else self._latex_symbol(e, name) for e in edges))
            product = " \\cdot ".join(GAP if e is None else as_factor(number_in_latex(e.local)) for e in edges)
            why = upright(_nothing_passes(path.shut)) if path.shut is not None else ""
            numbers.append(f"\\underbrace{{{product}}}_{{{why}}}" if why else product)
        rest = [GAP] if self._left_out else []
        rows = [" \\\\\n&\\quad {}+ ".join([*terms, *rest]) for terms in (gradients, numbers)]
        if self.count > 1:
            rows.append(" + ".join([*(as_factor(number_in_latex(path.product)) for path in self.paths), *rest]))
        if self.count > 1 or len(self.paths[0].local_grads) > 1:
            rows.append(number_in_latex(self.total))
        page = [f"{left} &= " + " \\\\\n&= ".join(rows)]
        writer = LatexWriter(self._names | self._symbols, spelt=spelt)
        page += [f"{symbol} &= {writer.operation(node).text}" for node, symbol in symbols.items()]
        return "$$\\begin{aligned}\n" + " \\\\\n".join(page) + "\n\\end{aligned}$$"

    def _latex_symbol(self, edge: "Edge", name: dict[Value, str]) -> str:
        fraction = derivative_in_latex(name[edge.above], name[edge.below])
        slot = f"_{{\\mathrm{{operand\\ {edge.operand + 1}}}}}"
        return f"\\left. {fraction} \\right|{slot}" if self._is_twin(edge) else fraction


GAP = "\\cdots"
"""What stands for what a page leaves out."""


class Edge(NamedTuple):
    """A step of a path: an operand, the node computed from it, the local gradient, and which operand it is."""

    below: Value
    above: Value
    local: float
    operand: int


def _edges(path: Path) -> list[Edge | None]:
    """The steps of a path; of a long one the first and the last, with None for those between."""
    edges: list[Edge | None] = list(map(Edge, path.nodes, path.nodes[1:], path.local_grads, path.operands))
    half = LONGEST // 2
    return edges if len(edges) <= LONGEST else [*edges[:half], None, *edges[-half:]]


def _nothing_passes(gate: Value) -> str:
    """Why a product is 0, whatever its other factors are."""
    return f"nothing passes {visible(str(gate.op))}"


def _is_short(text: str) -> bool:
    return len(text) <= SHORT and "…" not in text
