"""From a graph to a picture of it: which nodes and edges are drawn, and what is written on them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from math import inf, isfinite
from typing import NamedTuple

from autograd.drawing.folding import Folding, NodeGroup, Owner, fold, folded_further, nearest
from autograd.drawing.picture import CELLS, FIRST_HERE, UNKNOWN, DrawnEdge, DrawnNode, Kind, Picture, Row
from autograd.graph import Node, topological_order
from autograd.nodes import changed_operands
from autograd.numbers import NOTHING
from autograd.scopes import Scope, last_step, scopes_of
from autograd.text import (
    ELLIPSIS,
    LONGEST_NAME,
    ParameterName,
    PictureWriter,
    Writer,
    in_digits,
    label,
    names_apart,
    printable,
    shown,
    visible,
)

DETAILS = {"nodes": 0, "perceptrons": 1, "layers": 2}
"""How far each level of detail folds: an innermost module is a perceptron, one that holds such modules a layer."""

PARTS = ("data", "grad", "local_grads")
"""What a picture can show of each node and its edges."""


SHORT = 12
"""How many characters of a name are shown where there is little room."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What `autograd.draw` was asked for; its docstring says what each means."""

    show: Collection[str] = PARTS
    depth: int | None = None
    detail: str | None = None
    expand: Sequence[str] = ()
    limit: int = 50
    parameters: Collection[Node] = ()
    digits: int = 4
    cells_open: int = 0
    """How many of the last cells of a recurrence are drawn open, where it is folded."""
    given: Mapping[Node, str] = field(default_factory=dict)
    """What a report calls nodes that have no name of their own."""


class FoldedGraph(NamedTuple):
    """The nodes of a graph in their order, their modules, and what each is drawn as."""

    order: Sequence[Node]
    scopes: Mapping[Node, Scope]
    folding: Folding


def folded_graph(outputs: Sequence[Node], choice: Choice) -> FoldedGraph:
    """What the outputs depend on, folded as it was chosen. ValueError if `choice.expand` names no module of it."""
    order = topological_order(*outputs)
    scopes = scopes_of(order)
    height = None if choice.detail is None else DETAILS[choice.detail]
    opened = _opened(choice.expand, scopes)
    limit, cells_open = choice.limit, choice.cells_open
    folding = fold(order, scopes, outputs, height=height, opened=opened, limit=limit, cells_open=cells_open)
    return FoldedGraph(order, scopes, folding)


def picture_of(outputs: Sequence[Node], choice: Choice) -> Picture:
    """The picture of what the outputs depend on. ValueError if `choice.expand` names no module of the graph."""
    folded = folded_graph(outputs, choice)
    # Where a level of detail or a module is asked for, it is drawn whatever its size.
    asked = choice.detail is not None or choice.expand or choice.cells_open
    return _picture(outputs, choice, *folded, inf if asked else choice.limit)


ALL_ASKED_FOR = 200
"""Who asks for ``detail="nodes"`` and has more than this means to look around in them: nothing is folded."""

FEW = (24, 12, 6)
"""How many nodes the last pictures have, of those nearest to the outputs."""


LARGEST_FOLDED = 20_000
"""How many nodes a graph may have that is folded further: the next picture of a larger one takes seconds."""


def folded_pictures(
    picture: Picture, outputs: Sequence[Node], choice: Choice, folded: FoldedGraph, *, cut: bool = True
) -> Iterator[Picture]:
    """Pictures of the same graph in which more and more is folded, and in the end, if it may be `cut`, left out."""
    if choice.detail == "nodes" and len(picture.nodes) > ALL_ASKED_FOR:
        return
    if len(picture.data) <= LARGEST_FOLDED:
        order, scopes, folding = folded
        most = inf if choice.detail is not None or choice.expand else choice.limit
        known = picture.shown_as
        for further in folded_further(order, scopes, outputs, folding):
            among = {further.owners[node] for node in known}  # the steps know of nothing else
            smaller = _picture(outputs, choice, order, scopes, further, most, among)
            if len(smaller.nodes) >= FEW[-1]:  # a graph without names would be one expression
                picture = smaller
                yield picture
    for few in FEW if cut else ():
        yield _nearest_of(picture, few)


def _nearest_of(picture: Picture, most: int) -> Picture:
    """The part of a picture that is nearest to the outputs."""
    parents: dict[str, dict[str, None]] = {}
    for edge in picture.edges:
        parents.setdefault(edge.head, {})[edge.tail] = None
    outputs = [node.id for node in picture.nodes if node.is_output]
    near = nearest(parents, outputs, inf, most)
    nodes = [node for node in picture.nodes if node.id in near]
    edges = [edge for edge in picture.edges if edge.tail in near and edge.head in near]
    for node in tuple(nodes):
        missing = [tail for tail in parents.get(node.id, ()) if tail not in near]
        if missing:
            nodes.append(DrawnNode(f"{node.id}more", "omission", f"{len(missing):,} more", scope=node.scope))
            edges.append(DrawnEdge(f"{node.id}more", node.id, passes=False))
    shown_as = {node: key for node, key in picture.shown_as.items() if key in near}
    return replace(picture, nodes=tuple(nodes), edges=tuple(edges), shown_as=shown_as)


MOST_OPENED = 200
"""How many nodes a picture may have that opens what another has folded."""

FIRST_AND_LAST = 4
"""How many nodes at either end of many that are alike are drawn, where all would be too many."""


def picture_behind(
    picture: Picture, outputs: Sequence[Node], choice: Choice, folded: FoldedGraph, head: str
) -> Picture:
    """The picture of what a node of another picture is computed from, where that leaves something of it out."""
    roots = [node for node, key in picture.shown_as.items() if key == head]
    found = _picture(outputs, choice, *folded, choice.limit, roots=roots)
    name = next(node.title for node in picture.nodes if node.id == head)
    return replace(found, note=f"what {name} is computed from: {len(found.shown_as):,} of {len(found.data):,} nodes")


def picture_taken_apart(
    picture: Picture, outputs: Sequence[Node], choice: Choice, folded: FoldedGraph, group: str
) -> Picture | None:
    """The picture in which the nodes that one stands for, because they are alike, are drawn one by one; of too many the
    first, the last, and one that stands for those between. None if even so it is too large."""
    members = [node for node, key in picture.shown_as.items() if key == group]
    order, scopes, folding = folded
    owners = {**folding.owners, **{node: node for node in members}}
    if len(members) + len(picture.nodes) > MOST_OPENED:
        between = members[FIRST_AND_LAST:-FIRST_AND_LAST]
        owners.update(dict.fromkeys(between, NodeGroup("", (), between)))
    opened = _picture(outputs, choice, order, scopes, replace(folding, owners=owners), inf)
    return opened if len(opened.nodes) <= MOST_OPENED else None


def opened_picture(outputs: Sequence[Node], choice: Choice, opens: str) -> Picture | None:
    """The picture with one more of its nodes open, of cells the last, and then all; None if that is too large.

    Args:
        outputs: as for `picture_of`.
        choice: that of the picture.
        opens: see `DrawnNode.opens`.
    """
    if opens == CELLS and not choice.cells_open:
        opened = picture_of(outputs, replace(choice, cells_open=1))
    elif opens == CELLS:
        opened = picture_of(outputs, replace(choice, limit=MOST_OPENED, cells_open=0))
    else:
        opened = picture_of(outputs, replace(choice, expand=(*choice.expand, opens)))
    return opened if len(opened.nodes) <= MOST_OPENED else None


def _picture(
    outputs: Sequence[Node],
    choice: Choice,
    order: Sequence[Node],
    scopes: Mapping[Node, Scope],
    folding: Folding,
    most: float,
    among: Collection[Owner] | None = None,
    roots: Sequence[Node] = (),
) -> Picture:
    ids = _ids(order, folding.owners)
    parents: dict[Owner, dict[Owner, None]] = {}
    for node in order:
        parents.setdefault(folding.owners[node], {}).update((folding.owners[parent], None) for parent in node.parents)

    drawn = nearest(
        parents,
        [folding.owners[root] for root in roots or outputs],
        depth=inf if choice.depth is None else choice.depth,
        most=most,
    )
    if among is not None:
        drawn = drawn.intersection(among)
    data = {node: node.data for node in order}
    changed: dict[Node, list[Node]] = {}
    for node, operand in changed_operands(order):
        changed.setdefault(node, []).append(operand)
    written_to = [*chain.from_iterable(changed.values())]
    taken = {node.name for node in order}
    given = {
        node: choice.given[node] for node in order if node.name is None and choice.given.get(node) not in taken | {None}
    }
    names = names_apart(order, written_to, choice.digits) | given
    choice = replace(choice, given=given)
    composer = _Composer(outputs, scopes, ids, choice, data, names, _used_outside(order, folding.owners, outputs))
    nodes = [composer.node(owner) for owner in ids if owner in drawn]
    edges = _edges(order, folding.owners, ids, drawn, choice)
    for head in ids:
        missing = [tail for tail in parents[head] if tail not in drawn] if head in drawn else []
        if missing:
            more = f"{len(missing):,} more"
            omission = DrawnNode(f"{ids[head]}more", "omission", more, scope=composer.scope(head), opens=ids[head])
            nodes.append(omission)
            edges.append(DrawnEdge(omission.id, ids[head], passes=False))
    hint = _hint(ids, drawn)
    return Picture(
        tuple(nodes),
        tuple(edges),
        _note(order, folding, ids, drawn, choice, written_to, hint),
        {node: ids[owner] for node, owner in folding.owners.items() if owner in drawn},
        data,
        names,
        changed,
        {node: composer.kind(node) for node in order if node.op is None},
        {node: node.name for node in order if node.name is not None} | given,
        hint,
    )


def _opened(paths: Sequence[str], scopes: Mapping[Node, Scope]) -> set[str]:
    """The modules to be opened, with those around them."""
    around = {module: scope[: depth + 1] for scope in scopes.values() for depth, module in enumerate(scope)}
    for path in paths:
        if path not in around:
            known = ", ".join(map(repr, list(around)[:6])) + ", ..." * (len(around) > 6)
            there = f"expand: no module {path!r} in this graph; there is {known or 'none at all'}"
            raise ValueError(printable(there))
    return {module for path in paths for module in around[path]}


def _ids(order: Sequence[Node], owners: Mapping[Node, Owner]) -> dict[Owner, str]:
    """An id for all that is drawn, in order, the same in every process: the place of the node, or of a group's last
    member, which is computed. (Its first members may be weights, which stand anywhere.)
    """
    places = {owners[node]: place for place, node in enumerate(order)}
    return {
        owner: f"{'g' if isinstance(owner, NodeGroup) else 'n'}{place}"
        for owner, place in sorted(places.items(), key=lambda item: item[1])
    }


def _used_outside(order: Sequence[Node], owners: Mapping[Node, Owner], outputs: Iterable[Node]) -> set[Node]:
    """The nodes that are outputs or an operand of one that is drawn elsewhere: the results of a group."""
    return {*outputs, *(parent for node in order for parent in node.parents if owners[parent] is not owners[node])}


# Edges


def _edges(
    order: Sequence[Node],
    owners: Mapping[Node, Owner],
    ids: Mapping[Owner, str],
    drawn: Collection[Owner],
    choice: Choice,
) -> list[DrawnEdge]:
    """An edge for each operand slot between two nodes, and one for all those to or from a group."""
    edges: list[DrawnEdge] = []
    number, labelled = in_digits(choice.digits), "local_grads" in choice.show
    merged: dict[tuple[Owner, Owner], int] = {}
    for node in order:
        head = owners[node]
        if head not in drawn:
            continue
        for operand, (parent, local) in enumerate(zip(node.parents, node.local_grads, strict=True)):
            tail = owners[parent]
            if tail is head or tail not in drawn:
                continue
            passes = local is not NOTHING or node.op.gate
            contribution = None if node.grad is None else node.grad * local if passes else 0.0
            edge = DrawnEdge(ids[tail], ids[head], "", contribution, passes)
            if not isinstance(tail, NodeGroup) and not isinstance(head, NodeGroup):
                edges.append(replace(edge, label=number(local) if labelled else "", slot=(node, operand)))
            elif (tail, head) not in merged:
                merged[tail, head] = len(edges)
                edges.append(edge)
            else:
                place = merged[tail, head]
                edges[place] = _added(edges[place], edge)
    return edges


def _added(one: DrawnEdge, other: DrawnEdge) -> DrawnEdge:
    """Two edges between the same nodes as one. What one of them passes is not known before a backward."""
    contributions = (one.contribution, other.contribution)
    total = None if None in contributions else sum(contributions)  # type: ignore[arg-type]  # there is no None
    return replace(one, contribution=total, passes=one.passes or other.passes)


# Nodes


class _Composer:
    """Writes what stands in each node."""

    def __init__(
        self,
        outputs: Iterable[Node],
        scopes: Mapping[Node, Scope],
        ids: Mapping[Owner, str],
        choice: Choice,
        data: dict[Node, float],
        names: Mapping[Node, str],
        used_outside: Collection[Node],
    ) -> None:
        self.outputs = set(outputs)
        self.scopes = scopes
        self.ids = ids
        self.choice = choice
        self.data = data
        self.names = names
        self.number = in_digits(choice.digits)
        self.used_outside = used_outside
        # Of numbers that are not finite the first explains the others.
        wrong = [node for node, x in data.items() if not isfinite(x)] if "data" in choice.show else []
        self.first_odd = wrong[:1]
        gradients = [(node, node.grad) for node in reversed(data)] if "grad" in choice.show else []
        self.first_odd_grad = [node for node, x in gradients if x is not None and not isfinite(x)][:1]

    def node(self, owner: Owner) -> DrawnNode:
        return self._group(owner) if isinstance(owner, NodeGroup) else self._single(owner)

    def _name(self, node: Node) -> str | None:
        return self.choice.given.get(node) if node.name is None else node.name

    def scope(self, owner: Owner) -> Scope:
        return owner.scope if isinstance(owner, NodeGroup) else self.scopes.get(owner, ())

    def _single(self, node: Node, group: NodeGroup | None = None) -> DrawnNode:
        scope = self.scope(node)
        writer = PictureWriter(self.names, self.choice.digits, self.data, scope[-1] if scope else "")
        title, line = writer.label(node).text, ""
        if node.op is not None and self._name(node) is not None:
            line = f"= {writer.operation(node).text}"
        # The number of a leaf without a name is its title already.
        rows = self._data(node) if node.op is not None or self._name(node) is not None else []
        if node in self.first_odd:
            rows.append(Row(self.number(self.data[node]), FIRST_HERE))
        rows += self._grad("grad", [node])
        if node in self.first_odd_grad:
            rows.append(Row(self.number(node.grad), FIRST_HERE))
        return DrawnNode(
            self.ids[node if group is None else group],
            self.kind(node) if group is None else "group",
            title,
            line,
            tuple(rows),
            scope,
            node in self.outputs,
            self._short(node, title),
            self._full(node, title),
        )

    def _short(self, node: Node, title: str) -> str:
        """The title where there is little room: of a node without a name its operation alone."""
        if node.op is None or self._name(node) is not None:
            return title if len(title) <= SHORT else f"{title[: SHORT - 4]}{ELLIPSIS}{title[-3:]}"
        return shown(node.op.name) if node.op.exponent is None else f"** {self.number(node.op.exponent)}"

    def _full(self, node: Node, title: str) -> str:
        """The name in full, or the operation as far as it is ever written, where the title has less."""
        name = self._name(node)
        if node.op is None and name is None:
            return ""
        full = visible(Writer(self.names, data=self.data).operation(node).text if name is None else name)
        return "" if full == title else full

    def _group(self, group: NodeGroup) -> DrawnNode:
        if group.root is not None:
            return self._single(group.root, group)
        if group.cells:
            return self._cells(group)
        is_output = not self.outputs.isdisjoint(group.members)
        if group.module:
            title, rows = shown(last_step(group.module, group.scope)), self._module(group)
        else:
            first = group.members[0]
            what = f"{self.kind(first)}s" if first.op is None else f"× {shown(first.op.name)}"
            title, rows = f"{len(group.members):,} {what}", self._grad("Σ grad", group.members)
        key, scope = self.ids[group], group.scope
        return DrawnNode(key, "group", title, "", tuple(rows), scope, is_output, opens=group.module)

    def _cells(self, group: NodeGroup) -> DrawnNode:
        results = [node for node in group.members if node in self.used_outside]
        rows = self._data(results[0]) + self._grad("grad", results) if len(results) == 1 else []
        last = label(results[0], self.names, self.data) if results and self._name(results[0]) is not None else ""
        line = f"up to {shown(last)}" if last else ""
        title = f"cell × {group.cells:,}"
        return DrawnNode(self.ids[group], "group", title, line, tuple(rows), group.scope, opens=CELLS)

    def _module(self, group: NodeGroup) -> list[Row]:
        depth = len(group.scope) + 1
        inner = dict.fromkeys(
            self.scopes[node][: depth + 1] for node in group.members if len(self.scopes[node]) > depth
        )
        parameters = [node for node in group.members if self.kind(node) == "parameter"]
        results = [node for node in group.members if self._is_result(node)]
        rows = self._data(results[0]) + self._grad("grad", results) if len(results) == 1 else []
        if inner:
            what = {last_step(scope[-1], scope[:-1]).partition(".")[0] for scope in inner}
            rows.append(Row(shown(what.pop()) if len(what) == 1 else "modules", f"{len(inner):,}"))
        rows.append(Row("parameters", f"{len(parameters):,}"))
        return rows + self._grad("Σ grad", parameters)

    def _is_result(self, node: Node) -> bool:
        """Whether a node of a group is used outside and computed from more than parameters (as p² of a penalty is)."""
        return node in self.used_outside and any(self.kind(parent) != "parameter" for parent in node.parents)

    def kind(self, node: Node) -> Kind:
        if node in self.outputs:
            return "output"
        if node.op is not None:
            return "operation"
        if node in self.choice.parameters or isinstance(node.name, ParameterName):
            return "parameter"
        return "constant" if node.constant else "input"

    def _data(self, node: Node) -> list[Row]:
        return [Row("data", self.number(self.data[node]), (node,))] if "data" in self.choice.show else []

    def _grad(self, word: str, nodes: Sequence[Node]) -> list[Row]:
        """A row with the sum of the gradients; with a dash as long as one of them is not computed."""
        if "grad" not in self.choice.show or not nodes:
            return []
        gradients = [node.grad for node in nodes]
        total = UNKNOWN if None in gradients else self.number(sum(gradients))
        return [Row(word, total, tuple(nodes))]


# What is left out


def _hint(ids: Iterable[Owner], drawn: Collection[Owner]) -> str:
    modules = (owner.module for owner in ids if isinstance(owner, NodeGroup) and owner in drawn and owner.module)
    first = next(modules, None)
    return f"; expand={first!r} opens one" if first and len(first) <= LONGEST_NAME else ""


def _note(
    order: Sequence[Node],
    folding: Folding,
    ids: Iterable[Owner],
    drawn: Collection[Owner],
    choice: Choice,
    written_to: Sequence[Node],
    hint: str,
) -> str:
    """What the picture says below: what is folded or left out, how to see it, and which leaf was written to since."""
    notes = []
    folded = [owner for owner in ids if isinstance(owner, NodeGroup) and owner in drawn]
    modules = [group.module for group in folded if group.module]
    if folded:
        level = {1: "perceptrons", 2: "layers"}.get(folding.height, "modules") if modules else "nodes that are alike"
        level = "cells that repeat" if any(group.cells for group in folded) and not modules else level
        notes.append(f"{len(order):,} nodes, folded to {level}{hint}")
    left_out = sum(owner not in drawn for owner in folding.owners.values())
    if left_out:
        cause = f"limit={choice.limit}" if choice.depth is None else f"depth={choice.depth}"
        notes.append(f"{left_out:,} of {len(order):,} nodes, farther from the output, are left out ({cause})")
    if written_to:
        name = shown(label(written_to[0]))
        notes.append(f"{name} was written to since: what was computed from it is drawn as it was recorded")
    return "; ".join(notes)
