"""The steps of the page: a forward pass, then a clean backward pass, as far as the picture shows them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autograd.draw.passes import BackwardPass, Contribution, backward_pass
from autograd.draw.picture import Node, Picture, Row
from autograd.draw.text import number
from autograd.draw.wording import Line, Wording
from autograd.graph import topological_order

UNKNOWN = "—"
"""What stands in place of a number that is not computed yet."""


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
    lines: tuple[Line, ...] = ()
    ids: tuple[str, ...] = ()
    """The nodes of the picture that it is about; the one that something happens to comes last."""
    edges: tuple[int, ...] = ()
    """The edges of the picture along which it happens."""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Recording:
    """The picture with the numbers of a clean backward pass, and the steps that lead to it.

    Attributes:
        picture: as it is after the last step; numbers that change are as wide as they ever get.
        initial: the numbers that are there before the first step, by node and row.
        steps: the first shows the leaves alone, the last one all.
    """

    picture: Picture
    initial: Mapping[tuple[str, int], Change]
    steps: tuple[Step, ...]
    words: Wording
    backward: BackwardPass
    outputs: Sequence[Any]
    order: Sequence[Any]


def record(picture: Picture, outputs: Sequence[Any], digits: int) -> Recording:
    """The passes through the graph of the outputs, as far as the picture shows them.

    The numbers come from the recorded local gradients; no ``grad`` is read or written.
    """
    return _Recorder(picture, outputs, digits).recording()


@dataclass(slots=True)
class _Passage:
    """All that passes from one node of the picture to another: one contribution, unless one of them stands for many."""

    head: str | None
    """None if what passes it is not in the picture."""
    tail: str
    contributions: list[Contribution] = field(default_factory=list)
    last: int = 0
    """When the last of them is made, counted in contributions of the whole pass."""


class _Recorder:
    def __init__(self, picture: Picture, outputs: Sequence[Any], digits: int) -> None:
        self.order = topological_order(*outputs)
        self.backward = backward_pass(outputs, self.order)
        self.outputs = outputs
        self.digits = digits
        self.shown_as = picture.shown_as
        self.picture = picture
        self.nodes = {node.id: node for node in picture.nodes}
        self.groups = {node.id for node in picture.nodes if node.kind == "group"}
        self.singles = {id: node for node, id in self.shown_as.items() if id not in self.groups}  # noqa: A001
        self.words = Wording(outputs, self._mentioned(), digits)
        self.edge_of_slot = {edge.slot: place for place, edge in enumerate(picture.edges) if edge.slot}
        self.edge_between = {(e.tail, e.head): place for place, e in enumerate(picture.edges) if not e.slot}
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
        return Recording(self._as_it_ends(steps), initial, steps, self.words, self.backward, self.outputs, self.order)

    def _mentioned(self) -> list[Any]:
        """What is drawn, and the operands that formulas name."""
        return [other for node in self.singles.values() for other in (*node.parents, node)]

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
                    replace(row, number=longest.get((node.id, place), row.number)) for place, row in enumerate(node.rows)
                ),
            )
            for node in self.picture.nodes
        ]
        passed: Counter[int] = Counter()
        for contribution in self.backward.contributions:
            if (place := self._edge(contribution)) is not None:
                passed[place] += contribution.product  # type: ignore[assignment]  # a Counter adds floats as well
        edges = [
            replace(edge, contribution=float(passed[place]) if edge.passes else edge.contribution)
            for place, edge in enumerate(self.picture.edges)
        ]
        return replace(self.picture, nodes=tuple(nodes), edges=tuple(edges))

    def _edge(self, contribution: Contribution) -> int | None:
        slot = contribution.node, contribution.operand
        if slot in self.edge_of_slot:
            return self.edge_of_slot[slot]
        ends = self.shown_as.get(contribution.receiver), self.shown_as.get(contribution.node)
        return self.edge_between.get(ends)  # type: ignore[arg-type]  # no edge has None at an end

    # Forward

    def _start(self) -> Step:
        words = f"The leaves hold their numbers. Nothing is computed yet. {self.words.meaning}"
        return Step("start", words.strip())

    def _forward(self) -> Iterator[Step]:
        last = {id: node for node in self.order if (id := self.shown_as.get(node)) and node.op is not None}  # noqa: A001
        for node in self.order:
            id = self.shown_as.get(node)  # noqa: A001
            if id is None or last.get(id) is not node:
                continue
            into = tuple(self.into.get(id, ()))
            changes = tuple(self._rows(id, "data", forward=True))
            ids = (*dict.fromkeys(self.picture.edges[place].tail for place in into), id)
            if id in self.groups:
                yield Step("forward", f"{self._title(id)} computes its values.", (), ids, into, changes)
            else:
                line = self.words.computed(node, self.picture.data)
                yield Step("forward", f"{self.words.name(node)} is computed.", (line,), ids, into, changes)

    # Backward

    def _backward(self) -> Iterator[Step]:
        passages = self._passages()
        self.counts = Counter(passage.tail for passage in passages)
        self.so_far: dict[str, float] = {}
        self.places: Counter[str] = Counter()
        finished = self._finished_groups()
        yield from self._seed(finished.pop(-1, []))
        moments: dict[int, _Passage] = {passage.last: passage for passage in passages}
        for moment in sorted({*moments, *finished}):
            groups = finished.get(moment, [])
            if moment in moments:
                yield self._pass(moments[moment], groups)
            else:
                for group in groups:
                    changes = tuple(self._rows(group, "grad", "Σ grad"))
                    yield Step("backward", f"Inside {self._title(group)} the gradients are complete.", (), (group,), (), changes)
        yield self._end()

    def _passages(self) -> list[_Passage]:
        """What passes between nodes of the picture, in the order of its completion."""
        passages: dict[Any, _Passage] = {}
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
        last = {self.shown_as[output]: -1 for output in self.outputs if self.shown_as.get(output) in self.groups}
        for moment, contribution in enumerate(self.backward.contributions):
            if (tail := self.shown_as.get(contribution.receiver)) in self.groups:
                last[tail] = moment  # type: ignore[index]  # no group is None
        finished: dict[int, list[str]] = {}
        for group, moment in last.items():
            finished.setdefault(moment, []).append(group)
        return finished

    def _seed(self, groups: Sequence[str]) -> Iterator[Step]:
        seeds = [(seed, self.shown_as[seed]) for seed in self.backward.seeds]
        changes = []
        for _, id in seeds:  # noqa: A001
            if id in self.singles:
                self.counts[id] += 1
                changes += self._gradient(id, 1.0)
        changes += [change for group in groups for change in self._rows(group, "grad", "Σ grad")]
        line = Line("", (" = ".join([self.words.gradient(seeds[0][0]), "1"]),))
        what = self.words.name(seeds[0][0]) if len(seeds) == 1 else f"the sum of {len(seeds)} outputs"
        ids = tuple(dict.fromkeys(id for _, id in seeds))
        yield Step("backward", f"Backward from {what}: its gradient by itself is 1.", (line,), ids, (), tuple(changes))

    def _pass(self, passage: _Passage, groups: Sequence[str]) -> Step:
        first = passage.contributions[0]
        total = sum(contribution.product for contribution in passage.contributions)
        lines: list[Line] = []
        if len(passage.contributions) == 1 and passage.head not in self.groups:
            lines.append(self.words.contribution(first.node, first.operand, first.upstream, first.local, first.product))
        else:
            many = len(passage.contributions)
            lines.append(self.words.passed(f"{many:,} contributions, in sum" if many > 1 else "contribution", total))
        changes: list[Change] = []
        receiver = self.singles.get(passage.tail)
        if receiver is not None:
            before = self.so_far.get(passage.tail)
            # The last of them makes the sum that Python has, in which roundings may have come in another order.
            is_last = self.places[passage.tail] + 1 == self.counts[passage.tail]
            after = self.backward.gradients[receiver] if is_last else (before or 0.0) + total
            changes += self._gradient(passage.tail, after)
            place, count = self.places[passage.tail], self.counts[passage.tail]
            if before is not None:
                lines.append(self.words.added(receiver, before, total, after, place, count))
            elif count > 1:
                lines.append(self.words.first(receiver, after, count))
        if len(passage.contributions) == 1 and passage.head in self.singles:
            lines += self.words.rule(first.node, first.operand)
        changes += [change for group in groups for change in self._rows(group, "grad", "Σ grad")]
        place = self._edge(first)
        return Step(
            "backward",
            f"{self._called(passage.head, first.node)} passes its gradient back to {self._called(passage.tail, first.receiver)}.",
            tuple(lines),
            (*([passage.head] if passage.head else []), passage.tail),
            () if place is None else (place,),
            tuple(changes),
        )

    def _end(self) -> Step:
        unreached = [
            (id, node) for id, node in self.nodes.items() if not self.counts[id] and id not in self._with_gradients()
        ]
        changes = [change for id, _ in unreached for change in self._rows(id, "grad", "Σ grad")]
        words = "The backward pass is complete: every gradient is there."
        if changes:
            some = [self._called(id, self.singles.get(id)) for id, node in unreached if self._rows(id, "grad", "Σ grad")]
            some = [*some[:3], f"{len(some) - 3:,} more"] if len(some) > 4 else some
            words = f"The backward pass is complete. No gradient reaches {_listed(some)}: 0."
        return Step("end", words, (), (), (), tuple(changes))

    def _with_gradients(self) -> set[str]:
        """The groups that a contribution reaches."""
        reached = {*(c.receiver for c in self.backward.contributions), *self.backward.seeds}
        return {id for node in reached if (id := self.shown_as.get(node)) in self.groups}

    # Numbers and names

    def _gradient(self, id: str, after: float) -> list[Change]:  # noqa: A002
        """A new gradient, or a new part of it, of a node that is drawn as itself."""
        self.so_far[id] = after
        self.places[id] += 1
        complete = self.places[id] == self.counts[id]
        text, full = number(after, self.digits), repr(after)
        return [
            Change(id, place, text, full, complete)
            for place, row in enumerate(self.nodes[id].rows)
            if row.word == "grad"
        ]

    def _rows(self, id: str, *words: str, forward: bool = False) -> list[Change]:  # noqa: A002
        """The final numbers of a node's rows."""
        return [
            Change(id, place, row.number if forward else number(self._sum(row), self.digits), self._full(row))
            for place, row in enumerate(self.nodes[id].rows)
            if row.word in words and row.of
        ]

    def _sum(self, row: Row) -> float:
        return float(sum(self.backward.gradients.get(node, 0.0) for node in row.of))

    def _full(self, row: Row) -> str:
        if not row.of:
            return row.number
        return repr(self.picture.data.get(row.of[0], row.of[0].data) if row.word == "data" else self._sum(row))

    def _called(self, id: str | None, node: Any) -> str:  # noqa: A002
        return self._title(id) if id in self.groups else self.words.name(node)

    def _title(self, id: str | None) -> str:  # noqa: A002
        node: Node = self.nodes[id or ""]
        return node.scope[-1] + "." + node.title if node.scope else node.title


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
