"""The classic mistakes: what each would make of a derivative. It is named only if that is what was claimed."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import combinations
from math import isclose

from autograd import ops
from autograd.derivation.kinds_of_mistake import (
    AT_INPUT,
    AT_OUTPUT,
    FACTOR_HALF,
    FACTOR_MISSING,
    FACTOR_TWO,
    LEFT_OUT,
    MISSING,
    OTHER_WEIGHT,
    OVERWRITTEN,
    SIGN,
    SOFTMAX,
    SUMMED,
    TRANSPOSED,
    TWICE,
    UPDATED,
)
from autograd.derivation.mistakes.slips import other_sides, slips_in_parts, slips_of_rules
from autograd.derivation.mistakes.sums_over_paths import (
    OF_LAYERS,
    Between,
    Candidate,
    Contributions,
    PathWords,
    activations,
    adds,
    and_so,
    normalisers,
    number_word,
    terms,
)
from autograd.derivation.mistakes.updates import Updates, factors
from autograd.derivation.points import Point
from autograd.derivation.setting import Setting
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.text import derivative
from autograd.value import Value

MOST_EDGES = 20_000
_MOST_PATHS = 64
_MOST_IN_PAIRS = 8
_MOST_SWEPT = 1_000_000


def scalings(what: str) -> Iterator[tuple[str, Callable[[], str], Callable[[Number], Number]]]:
    """The mistakes that any right value can suffer, as functions of it."""
    yield FACTOR_TWO, lambda: f"it is twice {what}", lambda right: 2 * right
    yield FACTOR_HALF, lambda: f"it is half of {what}", lambda right: right / 2
    yield SIGN, lambda: f"it is {what} with the other sign", lambda right: -right


class Suspects:
    """What could have gone wrong with the derivative of `of` by `by`."""

    def __init__(self, setting: Setting, lookalikes: "Lookalikes", updates: Updates, of: Value, by: Value) -> None:
        self._setting, self._graph = setting, setting.graph
        self._lookalikes, self._updated = lookalikes, updates
        self._names = setting.names.paths
        self.between = Between(self._graph, of, by)
        self._words = PathWords(self.between, self._names)
        self._flows: dict[int, Contributions] = {}

    def flow(self, point: Point) -> Contributions:
        """The contributions at a point, computed once."""
        if id(point) not in self._flows:
            self._flows[id(point)] = Contributions(self.between, point)
        return self._flows[id(point)]

    def candidates(self, claimed: Number = None) -> list[Candidate]:
        """Every mistake that this derivative can suffer; of other gradients, only those near to what is claimed."""
        return list(self._candidates(claimed))

    def values(self, candidates: Iterable[Candidate], point: Point) -> list[Number]:
        """What each of these mistakes would make of the derivative at a point; None where that has no value."""
        flow, found = self.flow(point), list[Number]()
        for candidate in candidates:
            try:
                found.append(candidate.value(flow))
            except (ArithmeticError, IndexError):
                found.append(None)
        return found

    def _candidates(self, claimed: Number) -> Iterator[Candidate]:
        if not 0 < len(self.between.edges) <= MOST_EDGES:
            return
        for name, detail, scaled in scalings(self._words.derivative(self.between.by)):
            yield self._scaled(name, detail, scaled)
        for k, through in enumerate(self.between.paths_through):
            # Edges in a row have the same paths: the first speaks for all of them.
            first = len(self.between.uses[self.between.edges[k].parent]) > 1
            if through < self.between.paths and (first or self._merges(self.between.edges[k].parent)):
                yield from self._branch(k)
        for node in self.between.nodes:
            if self._merges(node) and self._names.get(node) and node is not self.between.of:
                yield from self._node(node)
        if 2 < self.between.paths <= _MOST_PATHS:
            yield from map(self._single_path, self._paths())
        for group in self._activations():
            yield from self._activation(group)
        # Without a logarithm there is no cross-entropy, and no target to be taken off.
        if any(node.op in (ops.log, ops.logsumexp) for node in self.between.nodes):
            yield from map(self._normaliser, normalisers(self.between.nodes))
        yield from self._others(claimed)
        yield from self._transpositions()
        yield from self._sums()
        yield from self._updates()

    def _equal(self, above: Value, below: Value) -> str:
        """The node that the derivative between two nodes is, where there is one: ``x = `` for x."""
        values = [point.derivative(above, below) for point in self._setting.points.each]
        children = [node for node in self.between.nodes if node in self.between.operands]
        for node in dict.fromkeys(parent for child in children for parent in child.parents):
            if self._names.get(node) and all(
                abs(value - point.values[node]) <= 1e-12 * abs(value)
                for value, point in zip(values, self._setting.points.each, strict=True)
            ):
                return f"{self._names[node]} = "
        return ""

    def closer(self, found: Collection[str]) -> list[Candidate]:
        """Mistakes that say more than those that were found, if they have the same numbers."""
        few = 0 < len(self.between.edges) <= MOST_EDGES
        return list(slips_in_parts(self.between, self._words, self._equal, found)) if few else []

    def other_sides(self) -> list[Candidate]:
        """What is right on the other side of a kink."""
        few = 0 < len(self.between.edges) <= MOST_EDGES
        return list(other_sides(self.between, self._words)) if few else []

    def further(self) -> list[Candidate]:
        """Slips in the rules on the way, for where none of the others explains a line."""
        few = 0 < len(self.between.edges) <= MOST_EDGES
        return [*slips_of_rules(self.between, self._words, self._equal), *self._two_nodes()] if few else []

    # The mistakes, one by one

    def _scaled(self, name: str, detail: Callable[[], str], scaled: Callable[[Number], Number]) -> Candidate:
        return Candidate(name, detail, lambda flow: scaled(flow.total))

    def _branch(self, k: int) -> Iterator[Candidate]:
        """What goes wrong where gradients add: the paths over edge k lost, doubled, halved, negated, or left alone."""
        node = self.between.edges[k].parent

        def path() -> str:
            return f"the {self._words.path(k)}"

        yield Candidate(MISSING, lambda: self._words.left_out(k), lambda f: f.total - f.through[k])
        yield Candidate(TWICE, lambda: f"{path()} is counted twice", lambda f: f.total + f.through[k])
        yield Candidate(SIGN, lambda: f"{path()} has the other sign", lambda f: f.total - 2 * f.through[k])
        yield Candidate(FACTOR_HALF, lambda: f"{path()} counts by half", lambda f: f.total - f.through[k] / 2)
        if (uses := len(self.between.uses[node])) > 1:
            branches = number_word(uses)
            yield Candidate(
                OVERWRITTEN,
                lambda: (
                    f"of the {branches} branches at {self._words.name(node)} only the {self._words.path(k)} is kept"
                ),
                lambda f: f.with_gradient(node, f.up[f.between.edges[k].child] * f.local[k]),
            )

    def _node(self, node: Value) -> Iterator[Candidate]:
        name = self._names.get(node)
        yield Candidate(
            MISSING, lambda: f"every path via {name} is left out", lambda f: f.total - f.up[node] * f.down[node]
        )
        yield Candidate(
            TWICE, lambda: f"every path via {name} is counted twice", lambda f: f.total + f.up[node] * f.down[node]
        )

    def _two_nodes(self) -> Iterator[Candidate]:
        """The paths via two named nodes, neither of which lies above the other, are left out together."""
        between = self.between
        nodes = [n for n in between.nodes if self._names.get(n) and n not in (between.of, between.by)]
        few = [n for n in nodes if between.passing[n] < between.paths]
        for a, b in combinations(few, 2) if len(few) <= _MOST_IN_PAIRS else ():
            if self._graph.between(a, b) or between.passing[a] + between.passing[b] >= between.paths:
                continue
            yield self._without_both(a, b)

    def _without_both(self, a: Value, b: Value) -> Candidate:
        detail = f"every path via {self._names[a]} or {self._names[b]} is left out"
        return Candidate(MISSING, lambda: detail, lambda f: f.total - f.up[a] * f.down[a] - f.up[b] * f.down[b])

    def _merges(self, node: Value) -> bool:
        return len(self.between.operands.get(node, ())) > 1

    def _single_path(self, path: list[int]) -> Candidate:
        named = [name for k in reversed(path[:-1]) if (name := self._names.get(self.between.edges[k].parent))]
        route = f"via {and_so(named)}" if named else "that goes straight"
        return Candidate(
            MISSING,
            lambda: f"one path of {number_word(self.between.paths)}; only the one {route} is kept",
            lambda f: mp.fprod(f.local[k] for k in path),
        )

    def _paths(self) -> Iterator[list[int]]:
        stack: list[tuple[Value, list[int]]] = [(self.between.of, [])]
        while stack:
            node, path = stack.pop()
            if node is self.between.by:
                yield path
            operands = self.between.operands.get(node, ())
            stack += [(self.between.edges[k].parent, [*path, k]) for k in operands]

    def _activations(self) -> Iterable[tuple[int, ...]]:
        """The edges into activations: each alone, those of neurons side by side, all of a kind, and all."""
        edges, distance = self.between.edges, self._distances()
        groups: dict[Number, list[int]] = {}
        for k in activations(edges):
            child = edges[k].child
            kind = child.op
            several = (("level", distance[child], kind), ("kind", kind), "all") if kind in OF_LAYERS else ()
            for group in (("one", k), *several):
                groups.setdefault(group, []).append(k)
        found = {tuple(group): None for group in groups.values()}
        few = len(found) * len(edges) <= _MOST_SWEPT
        return [group for group in found if few or len(group) == 1]

    def _activation(self, group: tuple[int, ...]) -> Iterator[Candidate]:
        nodes = [self.between.edges[k].child for k in group]

        def slope() -> str:
            named = all(map(self._words.has_name, nodes))  # else each is written as a call: log(a)
            return f"the derivative of {f'{nodes[0].op} at ' if named else ''}{self._words.listing(nodes)}"

        def instead(local: Callable[[Contributions, int], Number]) -> Callable[[Contributions], Number]:
            return lambda f: f.with_locals({k: local(f, k) for k in group})

        yield Candidate(LEFT_OUT, lambda: f"{slope()} is left out", instead(lambda f, k: mp.one))
        yield Candidate(
            AT_INPUT,
            lambda: f"{slope()} takes the input where the output belongs",
            instead(_at_input),
        )
        yield Candidate(
            AT_OUTPUT, lambda: f"{slope()} is taken at the output, as if that were the input", instead(_at_output)
        )

    def _distances(self) -> dict[Value, int]:
        """The longest way from each node to the output: neurons side by side have the same."""
        distance = dict.fromkeys(self.between.nodes, 0)
        for edge in self.between.edges:
            distance[edge.parent] = max(distance[edge.parent], distance[edge.child] + 1)
        return distance

    def _normaliser(self, node: Value) -> Candidate:
        return Candidate(
            SOFTMAX,
            lambda: "the probability alone; the one-hot target is not taken off",
            lambda f: f.up[node] * f.down[node],
        )

    def _others(self, claimed: Number) -> Iterator[Candidate]:
        of, by = self.between.of, self.between.by
        beside = self._lookalikes.leaves if by.op is None else self._lookalikes.inner
        last = self._graph.position[of]
        try:
            slopes = self._setting.points.each[0].derivatives(of, [n for n in beside if self._graph.position[n] < last])
        except ArithmeticError:
            return  # one of them is infinite, which no number claimed is
        pairs = [swapped[by] for _, swapped in self._lookalikes.transposed if by in swapped]

        def instead(node: Value) -> Candidate:
            swapped = ", with the indices swapped" if node in pairs else ""
            node_name = self._words.name(node)
            if node in self.between.operands and self.between.passing[node] < self.between.paths:
                detail = f"{derivative(self._words.name(node), self._words.name(by))}: the chain stops at {node_name}"
                return Candidate(
                    FACTOR_MISSING, lambda: detail, lambda f: f.point.derivative(of, node, slopes) or mp.nan
                )
            # A node that `of` does not depend on has the derivative 0, and 0 says nothing about which one was meant.
            return Candidate(
                OTHER_WEIGHT,
                lambda: f"it is {self._words.derivative(node)}{swapped}",
                lambda f: f.point.derivative(of, node, slopes) or mp.nan,
            )

        near = None if claimed is None else float(claimed)
        for node, slope in slopes.items():
            if node is not by and node is not of and (near is None or isclose(slope, near, rel_tol=0.01)):
                yield instead(node)

    def _transpositions(self) -> Iterator[Candidate]:
        for path, swapped in self._lookalikes.transposed:
            if swapped:
                yield self._transposition(path, swapped)

    def _transposition(self, path: str, swapped: Mapping[Value, Value]) -> Candidate:
        return Candidate(
            TRANSPOSED,
            lambda: f"{path}[j][i] is taken where {path}[i][j] belongs",
            lambda f: f.with_operands({entry: f.point.values[other] for entry, other in swapped.items()}),
        )

    def _sums(self) -> Iterator[Candidate]:
        of, by = self._words.name(self.between.of), self.between.by
        sums: list[tuple[Iterable[Value], str]] = []
        for path, rows in self._lookalikes.matrices:
            for i, j in [(i, row.index(by)) for i, row in enumerate(rows) if by in row]:
                sums.append((rows[i], f"d{of}/d{path}[{i}][k] over all k"))
                sums.append(([row[j] for row in rows if j < len(row)], f"d{of}/d{path}[k][{j}] over all k"))
                sums.append(([n for row in rows for n in row], f"d{of}/d{path}[i][k] over all i and k"))
        sums += [(items, f"d{of}/d{path}[k] over all k") for path, items in self._setting.names.lists if by in items]
        for weights in self._neighbours(by):
            named = ", ".join(self._names.get(node) or "an unnamed weight" for node in weights[:8])
            sums.append((weights, f"d{of}/dw over w = {named}"))
        seen = set()
        for members, what in sums:
            group = frozenset(n for n in members if isinstance(n, Value) and n in self._graph.position)
            if len(group) > 1 and group not in seen:
                seen.add(group)
                yield self._summed(sorted(group, key=self._graph.position.__getitem__), f"it is the sum of {what}")

    def _summed(self, group: list[Value], detail: str) -> Candidate:
        of = self.between.of
        return Candidate(SUMMED, lambda: detail, lambda f: mp.fsum(f.point.derivatives(of, group).values()))

    def _neighbours(self, node: Value) -> Iterator[list[Value]]:
        """The weights of the same neuron, and those that see the same input."""
        for product in self._graph.children.get(node, ()):
            both = factors(product)
            for role, others in enumerate(both):
                if node not in others:
                    continue
                neuron = product
                while (sums := self._graph.children.get(neuron, ())) and len(sums) == 1 and adds(sums[0]):
                    neuron = sums[0]
                yield [weight for term in terms(neuron) for weight in factors(term)[role]]
                x = both[1 - role][others.index(node)]
                beside = [zip(*factors(child), strict=True) for child in self._graph.children[x]]
                yield [pair[role] for pairs in beside for pair in pairs if pair[1 - role] is x]

    def _updates(self) -> Iterator[Candidate]:
        for way in range(len(self._updated.at(self._setting.points.each[0]))):
            yield from self._update(way)

    def _update(self, way: int) -> Iterator[Candidate]:
        of, by = self.between.of, self.between.by

        def backward_only(flow: Contributions) -> Number:
            return flow.with_operands(self._updated.at(flow.point)[way])

        def anew(flow: Contributions) -> Number:
            return self._setting.points.moved(flow.point, self._updated.at(flow.point)[way]).derivative(of, by)

        for value in (backward_only, anew):
            yield Candidate(UPDATED, lambda: "it is taken with weights that were already updated", value)


def _at_input(flow: Contributions, k: int) -> Number:
    child = flow.between.edges[k].child
    assert child.op is not None
    a = flow.point.values[child.parents[0]]
    return child.op.local(flow.point.m, a, a)[0]


def _at_output(flow: Contributions, k: int) -> Number:
    child = flow.between.edges[k].child
    assert child.op is not None
    y = flow.point.values[child]
    return child.op.local(flow.point.m, child.op.value(flow.point.m, y), y)[0]


class Lookalikes:
    """The nodes whose gradients may be taken for each other."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    @cached_property
    def leaves(self) -> list[Value]:
        """The named leaves."""
        return [node for node in self._setting.named if node.op is None]

    @cached_property
    def inner(self) -> list[Value]:
        """The named nodes that were computed."""
        return [node for node in self._setting.named if node.op is not None]

    @cached_property
    def matrices(self) -> list[tuple[str, list[list[Value]]]]:
        """The lists of lists of nodes of which some matter here, with their addresses."""
        return [
            (path, rows)
            for path, rows in self._setting.names.lists
            if all(isinstance(row, list) and row and all(isinstance(n, Value) for n in row) for row in rows)
            and any(n in self._setting.graph.position for row in rows for n in row)
        ]

    @cached_property
    def transposed(self) -> list[tuple[str, dict[Value, Value]]]:
        """For each matrix, the entry [j][i] to each entry [i][j] off the diagonal, where there is one."""
        recorded = self._setting.graph.position.keys()
        return [
            (
                path,
                {
                    entry: rows[j][i]
                    for i, row in enumerate(rows)
                    for j, entry in enumerate(row)
                    if i != j and j < len(rows) and i < len(rows[j]) and {entry, rows[j][i]} <= recorded
                },
            )
            for path, rows in self.matrices
        ]
