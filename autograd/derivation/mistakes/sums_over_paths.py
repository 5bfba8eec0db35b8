"""What each path between two nodes contributes to a derivative, and what comes of it when one of them is changed.

A slip in a derivation is a change of contributions: a path dropped or doubled, a local gradient left out or taken
elsewhere. Every wrong value here is made of the local gradients of the one table of calculus.

Beside that stand the parts that nodes on the way play in a network, and words for paths, as a page would have them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from autograd import ops
from autograd.derivation.claims import evaluate
from autograd.derivation.points import Graph, Point
from autograd.numbers import NOTHING, Number
from autograd.numbers.multiprecision import mp
from autograd.paths import leads
from autograd.text import ELLIPSIS, derivative, label, shortened
from autograd.value import Value


@dataclass(frozen=True)
class Use:
    """One use of a node: `parent` is operand number `operand` of `child`."""

    child: Value
    operand: int
    parent: Value


class Between:
    """All that lies on a path from `by` to `of`: the nodes, and the uses of nodes as edges, `of` first.

    Mistakes are made at edges: of two branches at one node one is lost. So the edges are numbered here, and each is
    known to have a local gradient and a number of paths of its own, where a sweep over nodes would have added them up.
    """

    def __init__(self, graph: Graph, of: Value, by: Value) -> None:
        self.of, self.by = of, by
        in_order = graph.between(of, by)
        reached = set(in_order)
        wanted = {of} & reached
        # A slip at a relu that is off is a slip: its edge counts. But where a slope below it is infinite, as that of
        # √(x) at 0 in relu(√(x) - 1), there is no telling what would pass.
        finite = all(isfinite(local) for node in in_order for local in node.local_grads)
        self.edges: list[Use] = []
        self.nodes: list[Value] = []
        for node in reversed(in_order):
            if node not in wanted:
                continue
            self.nodes.append(node)
            for operand, parent in enumerate(node.parents if node is not by else ()):
                passes = node.local_grads[operand] is not NOTHING or (finite and leads(node, operand))
                if parent in reached and passes:
                    self.edges.append(Use(node, operand, parent))
                    wanted.add(parent)
        self.uses: dict[Value, list[int]] = {}
        self.operands: dict[Value, list[int]] = {}
        for k, edge in enumerate(self.edges):
            self.uses.setdefault(edge.parent, []).append(k)
            self.operands.setdefault(edge.child, []).append(k)
        from_by, to_of = self._path_counts()
        self.passing = {node: from_by[node] * to_of[node] for node in self.nodes}
        """How many paths pass each node."""
        self.paths = from_by.get(of, 0)
        self.paths_through = [from_by[edge.parent] * to_of[edge.child] for edge in self.edges]

    def _path_counts(self) -> tuple[dict[Value, int], dict[Value, int]]:
        from_by, to_of = dict.fromkeys(self.nodes, 0), dict.fromkeys(self.nodes, 0)
        from_by[self.by] = to_of[self.of] = 1
        for edge in self.edges:
            to_of[edge.parent] += to_of[edge.child]
        for edge in reversed(self.edges):
            from_by[edge.child] += from_by[edge.parent]
        return from_by, to_of


class Contributions:
    """What flows from `by` to `of` at one point.

    Attributes:
        local: the local gradient of each edge.
        up, down: d of/dn and dn/d by, for each node n.
        total: the derivative.
        through: what all paths over each edge contribute to it.
    """

    def __init__(self, between: Between, point: Point) -> None:
        self.between, self.point = between, point
        gradients = point.local_gradients(between.operands)
        self.local = [gradients[edge.child][edge.operand] for edge in between.edges]
        self.up = self.sweep(self.local)
        self.down = dict.fromkeys(between.nodes, mp.zero)
        self.down[between.by] = mp.one
        for k in range(len(between.edges) - 1, -1, -1):
            edge = between.edges[k]
            self.down[edge.child] += self.local[k] * self.down[edge.parent]
        self.total = self.up.get(between.by, mp.zero)
        self.through = [
            self.up[edge.child] * local * self.down[edge.parent]
            for edge, local in zip(between.edges, self.local, strict=True)
        ]

    def sweep(self, local: list[Number]) -> dict[Value, Number]:
        """d of/dn for each node n, with these local gradients of the edges."""
        up = dict.fromkeys(self.between.nodes, mp.zero)
        up[self.between.of] = mp.one
        for edge, gradient in zip(self.between.edges, local, strict=True):
            up[edge.parent] += up[edge.child] * gradient
        return up

    def with_locals(self, changed: Mapping[int, Number]) -> Number:
        """The derivative if the edges of `changed` had other local gradients."""
        if len(changed) == 1:
            [(k, local)] = changed.items()
            edge = self.between.edges[k]
            return self.total + self.up[edge.child] * (local - self.local[k]) * self.down[edge.parent]
        return self.sweep([changed.get(k, local) for k, local in enumerate(self.local)]).get(self.between.by, mp.zero)

    def with_operands(self, moved: Mapping[Value, Number]) -> Number:
        """The derivative if the local gradients were taken with other values of some operands."""
        values, gradients = self.point.values, dict[Value, Number]()
        for node in self.between.operands:
            assert node.op is not None
            operands = [moved.get(parent, values[parent]) for parent in node.parents]
            gradients[node] = node.op.local(self.point.m, values[node], *operands)
        return self.sweep([gradients[edge.child][edge.operand] for edge in self.between.edges]).get(
            self.between.by, mp.zero
        )

    def with_gradient(self, node: Value, gradient: Number) -> Number:
        """The derivative if another gradient arrived at an inner node."""
        return self.total + (gradient - self.up[node]) * self.down[node]


@dataclass(frozen=True)
class Candidate:
    """A mistake that may have been made: its name, what it would be here, and the derivative that it would give."""

    name: str
    detail: Callable[[], str]
    value: Callable[[Contributions], Number]
    written: float | None = None
    """A number that a line must have, or one over it, for this to be its mistake: the m - 1 of 1/(m - 1)."""


class ChangedPoint:
    """A world of claims: a point, with some nodes, derivatives and definitions replaced.

    A replaced derivative also counts on the way to others: with another dJ/dn, the dJ/dw that flows through n differs.

    Args:
        flow: the contributions between two nodes at this point.
        every: what every derivative is passed through; None for none.
    """

    def __init__(
        self,
        point: Point,
        *,
        nodes: Mapping[Value, Number] = {},
        derivatives: Mapping[tuple[Value, Value], Number] = {},
        definitions: Mapping[str, Number] = {},
        flow: Callable[[Value, Value], Contributions] | None = None,
        every: Callable[[Value, Value], Number] | None = None,
    ) -> None:
        self.m = point.m
        self._point = point
        self._nodes, self._derivatives, self._definitions = nodes, derivatives, dict(definitions)
        self._flow, self._every = flow, every

    def value(self, node: Value) -> Number:
        """The value of a node."""
        return self._nodes[node] if node in self._nodes else self._point.value(node)

    def derivative(self, of: Value, by: Value) -> Number:
        """The derivative, replaced or through what is replaced."""
        if (of, by) in self._derivatives:
            return self._derivatives[of, by]
        if self._every is not None:
            return self._every(of, by)
        total = self._point.derivative(of, by)
        if self._flow is None or not self._derivatives:
            return total
        flow = self._flow(of, by)
        arriving = [v for u, v in self._derivatives if u is of and v in flow.up]
        changes = [flow.with_gradient(v, self._derivatives[of, v]) - flow.total for v in arriving]
        # A replaced dJ/dn says all about the way from J to n: a replaced dp/dm on that way changes nothing more.
        for (u, v), replaced in self._derivatives.items():
            if u is of or u not in flow.up or v not in flow.up or self._depends(v, u):
                continue  # Among these: one that is written upside down, as dn/dJ. It lies on no way to J.
            if not any(self._depends(v, n) for n in arriving):
                change = replaced - self._point.derivative(u, v)
                changes.append(self.derivative(of, u) * change * self._point.derivative(v, by))
        return sum(changes, total)

    def _depends(self, node: Value, on: Value) -> bool:
        return node in self._point.graph.between(node, on)

    def defined(self, name: str) -> Number:
        """The value of a definition, worked out anew."""
        if name not in self._definitions:
            self._definitions[name] = evaluate(self._point.definitions[name], self)
        return self._definitions[name]


OF_LAYERS = (ops.tanh, ops.sigmoid, ops.relu, ops.softplus, ops.exp)
"""What the units of a layer share: one slip is made at all of them."""
_NO_ACTIVATIONS = (ops.negate, ops.step, ops.sign)


def activations(edges: Sequence[Use]) -> list[int]:
    """Which edges lead into activations."""
    return [k for k, edge in enumerate(edges) if activates(edge.child)]


def activates(node: Value) -> bool:
    """Whether people take it for an activation: a function of one operand."""
    if node.op is None or node.op in _NO_ACTIVATIONS:
        return False
    return len(node.parents) == 1 and node.op.exponent is None


def normalisers(nodes: Iterable[Value]) -> list[Value]:
    """Those that a softmax divides by, or the logarithms of that."""
    return [node for node in nodes if normalises(node)]


def normalises(node: Value) -> bool:
    """Whether it is what a softmax divides by, or the logarithm of that."""
    if node.op is ops.logsumexp:
        return True
    # Most sums fail at their last operand: then there is no need to walk through all of them.
    return adds(node) and node.parents[-1].op is ops.exp and all(term.op is ops.exp for term in terms(node))


def adds(node: Value) -> bool:
    """Whether it is a sum."""
    return node.op in (ops.add, ops.sum)


def terms(node: Value) -> list[Value]:
    """The different terms of a sum, through sums of sums."""
    found: dict[Value, None] = {}
    seen, stack = {node}, [node]
    while stack:
        term = stack.pop()
        if not adds(term):
            found[term] = None
            continue
        new = [parent for parent in dict.fromkeys(term.parents) if parent not in seen]
        seen.update(new)
        stack += reversed(new)
    return list(found)


UNNAMED = "what is computed"
"""How words for a node without a name begin, where its formula is long."""
_EASY_TO_READ = 30


class PathWords:
    """Words for what lies between two nodes."""

    def __init__(self, between: Between, names: Mapping[Value, str]) -> None:
        self._between, self._names = between, names

    def left_out(self, k: int) -> str:
        """The verdict on a claim that holds with only the paths over edge k left out."""
        through, all_paths, path = self._between.paths_through[k], self._between.paths, self.path(k)
        way = path.removeprefix("path ")
        what = f"{path} is" if through == 1 or path.startswith("direct") else f"{number_word(through)} paths {way} are"
        kept = all_paths - through
        return f"{number_word(kept)} path{'s' * (kept != 1)} of {number_word(all_paths)}; the {what} left out"

    def derivative(self, by: Value) -> str:
        """The derivative of the upper node by any other."""
        return derivative(self.name(self._between.of), self.name(by), "d")

    def name(self, node: Value) -> str:
        """The name of a node, or its formula; if that is long, what it is and of which named nodes."""
        if name := self._names.get(node):
            return name
        text = label(node, self._names)
        if len(text) <= _EASY_TO_READ and ELLIPSIS not in text:
            return text
        what = "the mean" if node.op is ops.mean else "the sum" if adds(node) else UNNAMED
        below = self._named_below(node)
        if not below:
            return shortened(text)
        first = and_so(below) if len(below) <= 3 else f"{below[0]}, {below[1]}, …, {below[-1]}"
        return f"{what} {'from' if what.startswith('what') else 'of the terms with'} {first}"

    def _named_below(self, node: Value) -> list[str]:
        """The names of the nodes towards the lower end from which it is computed, with none in between."""
        return [str(self._names.get(below)) for below in self._named_nodes_below(node)]

    def _named_nodes_below(self, node: Value) -> list[Value]:
        found: dict[Value, None] = {}
        stack, seen = [node], {node}
        while stack:
            for k in self._between.operands.get(stack.pop(), ()):
                parent = self._between.edges[k].parent
                if self._names.get(parent):
                    found[parent] = None
                elif parent not in seen:
                    seen.add(parent)
                    stack.append(parent)
        return [node for node in reversed(self._between.nodes) if node in found]

    def has_name(self, node: Value) -> bool:
        """Whether the page has a name for a node."""
        return node in self._names

    def name_above(self, k: int) -> str:
        """The first node with a name that the paths over an edge reach."""
        node = self._between.edges[k].child
        while not self._names.get(node) and len(self._between.uses.get(node, ())) == 1:
            node = self._between.edges[self._between.uses[node][0]].child
        return self.name(node)

    def name_below(self, node: Value) -> str:
        """The first node with a name on the way down from a node; of several ways, the first."""
        while not self._names.get(node) and (operands := self._between.operands.get(node)):
            node = self._between.edges[operands[0]].parent
        return self.name(node)

    def listing(self, nodes: Sequence[Value]) -> str:
        """The names of up to six nodes, and how many more there are."""
        named = list(dict.fromkeys(map(self.name, nodes)))
        return ", ".join(named[:6]) + (f" and {len(named) - 6} more" if len(named) > 6 else "")

    def path(self, k: int) -> str:
        """The paths over an edge: by the named node next to it that they alone pass; else by what they go through."""
        edges, between = self._between.edges, self._between
        node, end, parent = edges[k].child, between.of, edges[k].parent
        while node is not end and not self._names.get(node) and len(between.uses.get(node, ())) == 1:
            node = edges[between.uses[node][0]].child
        others = [j for j in between.uses[parent] if j != k]
        alone = not any(self._passes(j, node) for j in others)
        if alone and self._names.get(node) and node is not end and between.passing[node] == between.paths_through[k]:
            return f"path via {self._names.get(node)}"
        start = parent
        while start is not between.by and not self._names.get(start) and len(between.operands.get(start, ())) == 1:
            start = edges[between.operands[start][0]].parent
        into = edges[k].child
        if alone and self._names.get(start) and (node is end or self._names.get(node)):
            beside = any(edges[j].child is into for j in others)
            more = "" if into is node and not beside else f" {self._through(k)}"
            return f"direct path {self.name(start)} → {self.name(node)}{more}"
        named = self._named_nodes_below(start) if not self._names.get(start) and start is not between.by else []
        if named and sum(between.passing[below] for below in named) == between.paths_through[k]:
            names = [str(self._names.get(below)) for below in named]
            return f"path via {and_so(names) if len(names) <= 3 else f'{names[0]}, {names[1]}, …, {names[-1]}'}"
        return f"path {f'from {self.name(start)} ' if start is not between.by else ''}{self._through(k)}"

    def _through(self, k: int) -> str:
        """Which operand of which node an edge leads into."""
        edge = self._between.edges[k]
        if normalises(edge.child) or normalises(edge.parent):
            return "through the sum that the softmax divides by"
        same = [i for i, operand in enumerate(edge.child.parents) if operand is edge.parent]
        name = self._names.get(edge.child)
        if len(same) == 1 and name is None:
            return f"through {self.name(edge.child)}"
        operand = self.name(edge.parent)
        if len(same) > 1:
            return f"through the {ordinal(same.index(edge.operand) + 1)} {operand} in {self.name(edge.child)}"
        return f"straight from {operand} into {name}"

    def _passes(self, k: int, node: Value) -> bool:
        """Whether the first named node after an edge is this one."""
        found = self._between.edges[k].child
        while not self._names.get(found) and len(self._between.uses.get(found, ())) == 1:
            found = self._between.edges[self._between.uses[found][0]].child
        return found is node


def and_so(names: Sequence[str]) -> str:
    """Names in a row, as in a sentence."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def number_word(number: int) -> str:
    """A number in a sentence: small ones are written out."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[number] if number < len(words) else str(number)


def ordinal(number: int) -> str:
    """The place of a thing in a row, counted from 1."""
    words = ("first", "second", "third", "fourth", "fifth")
    return words[number - 1] if number <= len(words) else f"{number}th"
