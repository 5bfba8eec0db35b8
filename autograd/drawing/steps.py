"""The steps of the page: a forward pass, then a clean backward pass, as far as the picture shows them.

The numbers come from the recorded local gradients; no ``grad`` is read or written.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite

from autograd.drawing.picture import UNKNOWN, Picture, Row
from autograd.drawing.wording import FormulaLine, Wording
from autograd.graph import Node, contributions, topological_order
from autograd.text import Piece

# A backward pass


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a node passes to one of its operands: upstream gradient × local gradient, added to what came before."""

    node: Node
    operand: int
    """Which operand of the node receives it, from 0."""
    upstream: float
    """The gradient of the node, complete by now."""
    local: float
    """∂node/∂operand, as recorded."""
    product: float
    before: float | None
    """The gradient of the operand so far; None if this is the first contribution to it."""
    after: float

    @property
    def receiver(self) -> Node:
        return self.node.parents[self.operand]


@dataclass(frozen=True, slots=True)
class BackwardPass:
    """A backward pass from one output, or from several at once: then it is that of their sum."""

    contributions: tuple[Contribution, ...]
    """In the order in which `Value.backward` makes them."""
    gradients: Mapping[Node, float]
    """The gradient of each node that one reached; an output's starts as 1, that of a node not in it is 0."""


def backward_pass(outputs: Sequence[Node], order: Sequence[Node]) -> BackwardPass:
    """The events of a backward pass over a topological order of what the outputs depend on.

    >>> from autograd import Value
    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> for c in backward_pass([y], topological_order(y)).contributions:
    ...     print(f"{c.upstream:g} × {c.local:g} = {c.product:g}; {c.before} -> {c.after:g}")
    1 × 3 = 3; None -> 3
    1 × 3 = 3; 3.0 -> 6
    >>> x.grad is None
    True
    """
    gradients: dict[Node, float] = dict.fromkeys(outputs, 1.0)
    so_far, events = dict(gradients), []
    for node, operand, product in contributions(order, gradients):
        receiver, local = node.parents[operand], node.local_grads[operand]
        gradients[receiver] += 0.0  # `Value.backward` adds to 0.0, which makes 0.0 of a first -0.0
        before, after = so_far.get(receiver), gradients[receiver]
        so_far[receiver] = after
        events.append(Contribution(node, operand, gradients[node], local, product, before, after))
    return BackwardPass(tuple(events), gradients)


# The steps


@dataclass(frozen=True, slots=True)
class Change:
    """A number that a step puts in a node of the picture."""

    id: str
    row: int
    number: str
    full: str = ""
    """The number with all its digits."""
    complete: bool = True
    """Whether it stays: a gradient at a branch is not complete until all contributions are there."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one press of a button shows."""

    phase: str
    """ "start", "forward", "backward" or "end"."""
    sentence: str
    lines: tuple[FormulaLine, ...] = ()
    ids: tuple[str, ...] = ()
    """The nodes of the picture that it is about; the one that something happens to comes last."""
    edges: tuple[int, ...] = ()
    """The edges of the picture along which it happens."""
    changes: tuple[Change, ...] = ()
    product: tuple[Piece, ...] = ()
    """Upstream gradient × local gradient = contribution, in numbers, where one is made."""
    layer: str = ""
    """The module that it happens in, a layer or what is in none: steps of one layer in a row can be taken as one."""
    moment: int = -1
    """When it happens, counted in nodes that are computed and then in contributions of the whole pass, so that the same
    moment can be found in the steps of another picture of the graph."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The picture with the numbers of a clean backward pass, and the steps that lead to it."""

    picture: Picture
    """The picture after the last step, with the longest text of each number that changes, so that all of them fit."""
    initial: Mapping[tuple[str, int], Change]
    """The numbers that the picture shows before the first step, by node and row."""
    steps: tuple[Step, ...]
    """The first shows the leaves alone, the last one all."""
    singles: Mapping[str, Node]
    """The nodes of the graph that are drawn as themselves, by their ids."""
    edges: Mapping[tuple[Node, int], int]
    """For a node and the place of an operand, the edge along which a gradient passes; only of edges that are drawn."""
    words: Wording
    gradients: Mapping[Node, float]
    """See `BackwardPass`."""
    order: Sequence[Node]
    sums: Mapping[str, Sequence[Node]] = field(default_factory=dict)
    """The nodes whose gradients are added up for a folded picture, by the id of the sum."""


def record(picture: Picture, outputs: Sequence[Node], digits: int) -> Recording:
    """The passes through the graph of the outputs, as far as the picture shows them."""
    return _StepWriter(picture, outputs, digits).recording()


@dataclass(slots=True)
class _Passage:
    """All that passes from one node of the picture to another: one contribution, unless one of them stands for many."""

    head: str | None
    """None if what passes it is not in the picture."""
    tail: str
    contributions: list[Contribution] = field(default_factory=list)
    last: int = 0
    """When the last of them is made, counted in contributions of the whole pass."""

    @property
    def total(self) -> float:
        return sum((contribution.product for contribution in self.contributions), 0.0)


class _StepWriter:
    """Writes the steps for a picture: each is what happens to one of its nodes, or between two of them."""

    def __init__(self, picture: Picture, outputs: Sequence[Node], digits: int) -> None:
        self.order = topological_order(*outputs)
        self.backward = backward_pass(outputs, self.order)
        self.odd, self.said_odd = "", set[str]()
        self.seeds = tuple(dict.fromkeys(outputs))
        self.picture = picture
        self.shown_as = picture.shown_as
        self.nodes = {node.id: node for node in picture.nodes}
        self.groups = {node.id for node in picture.nodes if node.kind == "group"}
        self.singles = {key: node for node, key in self.shown_as.items() if key not in self.groups}
        mentioned = [other for node in self.singles.values() for other in (*node.parents, node)]
        self.words = Wording(outputs, mentioned, picture, digits)
        self.edges = self._edges()
        self.into: dict[str, list[int]] = {}
        for place, edge in enumerate(picture.edges):
            self.into.setdefault(edge.head, []).append(place)

    def recording(self) -> Recording:
        initial = {}
        for node in self.picture.nodes:
            for place, row in enumerate(node.rows):
                known = not row.of or (row.word == "data" and all(of.op is None for of in row.of))
                text, full = (row.number, self._full(row)) if known else (UNKNOWN, "")
                initial[node.id, place] = Change(node.id, place, text, full)
        steps = (self._start(), *self._forward(), *self._backward())
        return Recording(
            self._as_it_ends(steps),
            initial,
            steps,
            self.singles,
            self.edges,
            self.words,
            self.backward.gradients,
            self.order,
        )

    def _first_odd(self, what: str, x: float) -> str:
        """What is said of the first number in a pass that is NaN or infinite."""
        if isfinite(x) or what in self.said_odd:
            return ""
        self.said_odd.add(what)
        return f" It {what} {x}: the first {'number' if what == 'is' else 'gradient'} here that is not finite."

    def _edges(self) -> dict[tuple[Node, int], int]:
        """See `Recording.edges`."""
        places: dict[Node, int] = {
            edge.slot or (edge.tail, edge.head): place for place, edge in enumerate(self.picture.edges)
        }
        found = {}
        for c in self.backward.contributions:
            slot, ends = (c.node, c.operand), (self.shown_as.get(c.receiver), self.shown_as.get(c.node))
            place = places.get(slot, places.get(ends))
            if place is not None:
                found[slot] = place
        return found

    def _as_it_ends(self, steps: Sequence[Step]) -> Picture:
        """The picture with clean gradients. Its rows have the longest text that any step writes there."""
        longest: dict[tuple[str, int], str] = {}
        for step in steps:
            for change in step.changes:
                key = change.id, change.row
                longest[key] = max(longest.get(key, UNKNOWN), change.number, key=len)
        nodes = [
            replace(
                node,
                rows=tuple(
                    replace(row, number=longest.get((node.id, place), row.number))
                    for place, row in enumerate(node.rows)
                ),
            )
            for node in self.picture.nodes
        ]
        passed: Counter[int] = Counter()
        for contribution in self.backward.contributions:
            if (place := self.edges.get((contribution.node, contribution.operand))) is not None:
                passed[place] += contribution.product  # type: ignore[assignment]  # a Counter adds floats as well
        edges = [
            replace(edge, contribution=float(passed[place]) if edge.passes else edge.contribution)
            for place, edge in enumerate(self.picture.edges)
        ]
        if self.words.symbol:
            # A node has one name in the picture and in the text.
            (output,) = self.seeds
            nodes = [
                replace(node, title=self.words.symbol, short=self.words.symbol, line=node.line or f"= {node.title}")
                if self.singles.get(node.id) is output
                else node
                for node in nodes
            ]
        return replace(self.picture, nodes=tuple(nodes), edges=tuple(edges))

    # Forward

    def _start(self) -> Step:
        words = f"The leaves hold their numbers. Nothing is computed yet. {self.words.meaning}"
        return Step("start", words.strip())

    def _forward(self) -> Iterator[Step]:
        last = {key: node for node in self.order if (key := self.shown_as.get(node)) and node.op is not None}
        for moment, node in enumerate(self.order):
            key = self.shown_as.get(node)
            if key is None or last.get(key) is not node:
                continue
            layer = self._layer(key)
            into = tuple(self.into.get(key, ()))
            changes = tuple(self._rows(key, "data", forward=True))
            ids = (*dict.fromkeys(self.picture.edges[place].tail for place in into), key)
            if key in self.groups:
                yield Step(
                    "forward", f"{self._title(key)} computes its values.", (), ids, into, changes, (), layer, moment
                )
            else:
                line = self.words.computed(node)
                odd = self._first_odd("is", self.picture.data[node])
                words = f"{self.words.names[node]} is computed.{odd}"
                yield Step("forward", words, (line,), ids, into, changes, (), layer, moment)

    # Backward

    def _backward(self) -> Iterator[Step]:
        passages = self._passages()
        self.counts = Counter(passage.tail for passage in passages)
        self.so_far: dict[str, float] = {}
        self.places: Counter[str] = Counter()
        finished = self._finished_groups()
        yield self._seed(finished.pop(-1, []))
        moments = {passage.last: passage for passage in passages}
        for moment in sorted({*moments, *finished}):
            groups = finished.get(moment, [])
            if moment in moments:
                step = self._pass(moments[moment], groups)
                yield replace(step, moment=len(self.order) + 1 + moment)
            else:
                for group in groups:
                    words = f"Inside {self._title(group)} the gradients are complete."
                    changes, when = tuple(self._complete([group])), len(self.order) + 1 + moment
                    yield Step("backward", words, (), (group,), (), changes, (), self._layer(group), when)
        yield replace(self._end(), moment=len(self.order) + 1 + len(self.backward.contributions))

    def _passages(self) -> list[_Passage]:
        """What passes between nodes of the picture, in the order of its completion."""
        passages: dict[Node, _Passage] = {}
        for moment, contribution in enumerate(self.backward.contributions):
            tail = self.shown_as.get(contribution.receiver)
            head = self.shown_as.get(contribution.node)
            if tail is None or tail == head:
                continue
            alone = head in self.singles and tail in self.singles
            key = (contribution.node, contribution.operand) if alone else (head, tail)
            passage = passages.setdefault(key, _Passage(head, tail))
            passage.contributions.append(contribution)
            passage.last = moment
        return sorted(passages.values(), key=lambda passage: passage.last)

    def _finished_groups(self) -> dict[int, list[str]]:
        """When the gradients inside each group are complete; -1 for one that the seed alone reaches."""
        last = {self.shown_as[output]: -1 for output in self.seeds if self.shown_as.get(output) in self.groups}
        for moment, contribution in enumerate(self.backward.contributions):
            if (tail := self.shown_as.get(contribution.receiver)) in self.groups:
                last[tail] = moment
        finished: dict[int, list[str]] = {}
        for group, moment in last.items():
            finished.setdefault(moment, []).append(group)
        return finished

    def _seed(self, groups: Sequence[str]) -> Step:
        # There is none in a picture of a part of the graph.
        keys = [key for seed in self.seeds if (key := self.shown_as.get(seed))]
        changes = []
        for key in keys:
            if key in self.singles:
                self.counts[key] += 1
                changes += self._gradient(key, 1.0)
        changes += self._complete(groups)
        line = FormulaLine("", (f"{self.words.gradient(self.seeds[0])} = 1",))
        what = self.words.names[self.seeds[0]] if len(self.seeds) == 1 else f"the sum of {len(self.seeds)} outputs"
        words = f"Backward from {what}: its gradient by itself is 1."
        return Step("backward", words, (line,), tuple(dict.fromkeys(keys)), (), tuple(changes), moment=len(self.order))

    def _pass(self, passage: _Passage, groups: Sequence[str]) -> Step:
        first, *others = passage.contributions
        alone = not others and passage.head not in self.groups
        if alone:
            line, rule = self.words.passing(first.node, first.operand, first.upstream, first.local, first.product)
            lines, product = [line], line.pieces[1:]
        else:
            what = f"{len(others) + 1:,} contributions, in sum" if others else "contribution"
            lines, product, rule = [self.words.passed(what, passage.total)], (), []
        changes = self._complete(groups)
        if passage.tail in self.singles:
            changes += self._received(passage, lines)
        lines += rule
        words = (
            f"{self._called(passage.head, first.node)} passes its gradient back to "
            f"{self._called(passage.tail, first.receiver)}.{self.odd}"
        )
        self.odd = ""
        ids = (passage.tail,) if passage.head is None else (passage.head, passage.tail)
        edge = self.edges.get((first.node, first.operand))
        edges = () if edge is None else (edge,)
        layer = self._layer(passage.tail if passage.head is None else passage.head)
        return Step("backward", words, tuple(lines), ids, edges, tuple(changes), product, layer)

    def _received(self, passage: _Passage, lines: list[FormulaLine]) -> list[Change]:
        """The new gradient of a node that is drawn as itself; the lines get what there is to say of the sum."""
        key, receiver = passage.tail, self.singles[passage.tail]
        before, place, count = self.so_far.get(key), self.places[key] + 1, self.counts[key]
        # The last one makes the sum that Python has, in which roundings may have come in another order.
        after = self.backward.gradients[receiver] if place == count else (before or 0.0) + passage.total
        if before is not None:
            lines.append(self.words.added(receiver, before, passage.total, after, place, count))
        elif count > 1:
            lines.append(self.words.first(receiver, after, count))
        self.odd = self._first_odd("gets", after)
        return self._gradient(key, after)

    def _end(self) -> Step:
        reached = {self.shown_as.get(node) for node in self.backward.gradients}
        unreached = {key: changes for key in self.nodes if key not in reached and (changes := self._complete([key]))}
        words = "The backward pass is complete: every gradient is there."
        leaves = self._leaves_that_learn()
        gradients = [self.backward.gradients.get(leaf, 0.0) for leaf in leaves]
        lines = tuple(self.words.descent(leaves, gradients))
        if unreached:
            names = [self._called(key, self.singles.get(key)) for key in unreached]
            names = [*names[:3], f"{len(names) - 3:,} more"] if len(names) > 4 else names
            words = f"The backward pass is complete. No gradient reaches {_listed(names)}: 0."
        return Step("end", words, lines, changes=tuple(change for changes in unreached.values() for change in changes))

    def _leaves_that_learn(self) -> list[Node]:
        """The parameters, those first that are drawn as themselves; if there is none, the inputs."""
        for kind in ("parameter", "input"):
            leaves = [node for node in self.order if self.picture.leaves.get(node) == kind]
            if leaves:
                return sorted(leaves, key=lambda leaf: self.shown_as.get(leaf) not in self.singles)
        return []

    # Numbers and names

    def _gradient(self, key: str, after: float) -> list[Change]:
        """A new gradient, or a new part of it, of a node that is drawn as itself."""
        self.so_far[key] = after
        self.places[key] += 1
        complete = self.places[key] == self.counts[key]
        return [
            Change(key, place, *self.words.number(after), complete)
            for place, row in enumerate(self.nodes[key].rows)
            if row.word == "grad"
        ]

    def _complete(self, keys: Sequence[str]) -> list[Change]:
        """The gradients of nodes in which none is to come any more."""
        return [change for key in keys for change in self._rows(key, "grad", "Σ grad")]

    def _rows(self, key: str, *words: str, forward: bool = False) -> list[Change]:
        """The final numbers of a node's rows."""
        return [
            Change(key, place, row.number, self._full(row))
            if forward
            else Change(key, place, *self.words.number(self._sum(row)))
            for place, row in enumerate(self.nodes[key].rows)
            if row.word in words and row.of
        ]

    def _sum(self, row: Row) -> float:
        return float(sum(self.backward.gradients.get(node, 0.0) for node in row.of))

    def _full(self, row: Row) -> str:
        return repr(self.picture.data[row.of[0]]) if row.of else row.number

    def _layer(self, key: str) -> str:
        """See `Step.layer`: not the perceptron that the node is in, but what is around that."""
        node = self.nodes[key]
        if node.kind == "group":
            return node.scope[-1] if node.scope else node.title
        return node.scope[-2:][0] if node.scope else ""

    def _called(self, key: str | None, node: Node) -> str:
        return self._title(key) if key in self.groups else self.words.names[node]

    def _title(self, key: str | None) -> str:
        node = self.nodes[key or ""]
        return node.scope[-1] + "." + node.title if node.scope else node.title


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
