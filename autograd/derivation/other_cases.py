"""Cases: what a page says "for y = 0" is judged where the leaf y has that value, whatever was recorded.

The part of the graph that depends on y is recorded anew, with a constant in the place of y. So everything that judges a
line works there as it does on any other graph: its formulas and points have 0 where y stood.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Derivative, Expression, Named, Numeral, nodes_in
from autograd.derivation.kinds_of_mistake import FACTORS_AND_TERMS, OTHER_CASE, Mistake, right_for
from autograd.derivation.names import PageNames
from autograd.derivation.points import Point, values_of
from autograd.derivation.setting import Setting, of_two_classes, one_hot
from autograd.derivation.verdicts_on_lines import RIGHT, Verdict
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


_SUBSCRIPT, _ITEM = re.compile(r"(\w+?)_(\d+)"), re.compile(r"(.+)\[(\d+)\]")


class Judge(Protocol):
    """What judges the lines of a page in one graph."""

    setting: Setting
    lines: Sequence[PageLine]

    def line(self, line: PageLine) -> Verdict:
        """The verdict on a line."""

    def matches(self, claim: Claim) -> bool:
        """Whether all parts of a claim have the value of its subject at every point."""

    def forget(self) -> None:
        """Take back that the last line was wrong."""


class JudgingOfCases:
    """The lines of one page that speak of a case.

    Args:
        judge: that of the recorded graph.
        where: gives the judge of the same page where some leaves have other values, and the page's lines there.
    """

    def __init__(
        self, judge: Judge, where: Callable[[Mapping[Value, float]], tuple[Judge, AnotherGraph, Sequence[PageLine]]]
    ) -> None:
        self._judge, self._where = judge, where
        self._case_of_the_graph: dict[tuple[str, ...], tuple[str, int]] = {}
        """For which value of a name that is no node the page speaks of this graph, and the line that shows it."""
        self._looked_at: dict[frozenset[tuple[Value, float]], Point] = {}
        self._elsewhere: dict[frozenset[tuple[Value, float]], tuple[Judge, AnotherGraph, dict[int, PageLine]]] = {}

    def verdict(self, line: PageLine) -> Verdict:
        """The verdict on a line that holds for y = 0, say, where the leaf y is 0; or that there is no such place."""
        plain_line, ways = replace(line, cases=()), ways_to_be(line.cases, self._classes)
        if why := elsewhere(line.cases):
            found = Verdict(claim=line.claims[0], kind="not here", about=why, text=line.text, claims=line.claims)
        elif any(case.here is None for case in line.cases):
            found = self._in_an_unknown_case(line, plain_line)
        elif any(ways):
            return self._in_each(line, ways)
        else:
            found = self._judge.line(plain_line)
        return replace(found, cases=[case.text for case in line.cases])

    def _in_each(self, line: PageLine, ways: Sequence[Mapping[Value, float]]) -> Verdict:
        """The verdict on a line in each way in which its case can come about: the first that is not right, or one."""
        told = [case.text for case in line.cases]
        for leaves in ways:
            judge, graph, lines = self._judging_where(leaves)
            there = lines.get(id(line)) or graph.lines([line])[0]
            found = judge.line(there)
            if found.kind not in RIGHT:
                if len(ways) > 1:
                    told += [f"{self._name(leaf, line.cases)} = 1" for leaf, value in leaves.items() if value == 1]
                if found.kind in ("wrong", "coincidence") and found.source is None and not _classic(found):
                    found = self._as_another_case(found, leaves, graph.original(found.claim), line.cases)
                break
        claims = (*line.claims, *line.also)
        return replace(found, claim=graph.original(found.claim), claims=claims, read_as=line.read_as, cases=told)

    def for_each_label(self, line: PageLine, labels: Sequence[Case]) -> Verdict:
        """The verdict on a line in cases for y = 1 and y = 0, which says nothing of a y between: that on each."""
        self._judge.forget()
        one = labels[0].node
        classes = next((group for group in self._classes if one in group), ())
        if classes:
            labels = [Case(self._name(label), 1.0, label, label.data) for label in classes]
        each = [self.verdict(replace(line, cases=(label,))) for label in labels]
        wrong = next((verdict for verdict in each if verdict.kind not in RIGHT), None)
        told = ["each class that may be the true one"] if classes else [label.text for label in labels]
        return wrong or replace(each[0], cases=told)

    def told_by_labels(self, line: PageLine, found: Verdict) -> Verdict:
        """The verdict on a wrong line with a name for what would be one if the labels were not symbols, but 0 and 1.

        So 1 - a for a - 1 has the other sign where y is 1, and is no other thing for a - y; and a - 1 is right for
        y = 1 where y is 0.
        """
        mentioned = nodes_in(found.claim, self._judge.setting.definitions)
        groups = [*self._classes, *([label] for label in self._of_two_classes)]
        leaves = {leaf: leaf.data for labels in groups if not {*labels} & {*mentioned} for leaf in labels}
        if not leaves or found.source is not None or _classic(found):
            return found
        judge, graph, lines = self._judging_where(leaves)
        there = judge.line(lines.get(id(line)) or graph.lines([line])[0])
        if there.kind not in ("wrong", "coincidence"):
            return found  # it is right here by chance
        if _classic(there):
            return replace(found, mistakes=there.mistakes)
        told = self._as_another_case(found, leaves, found.claim)
        if told is not found or found.mistakes:
            return told
        return replace(found, mistakes=there.mistakes)

    def _as_another_case(
        self, found: Verdict, leaves: Mapping[Value, float], claim: Claim, cases: Sequence[Case] = ()
    ) -> Verdict:
        """The verdict on a line that is right where a label has another value: that is said."""
        for other, label in others(leaves, self._classes):
            if not self._may_hold(claim, other):
                continue
            judge, graph, _ = self._judging_where(other)
            if judge.matches(graph.claim(claim)):
                was = next((leaf for leaf in other if leaves[leaf] == 1 and other[label] == 1), label)
                case, here = (f"{self._name(n, cases)} = {way[n]:g}" for n, way in ((label, other), (was, leaves)))
                return replace(found, mistakes=[Mistake(OTHER_CASE, right_for(f"for {case}", here))])
        return found

    def _may_hold(self, claim: Claim, leaves: Mapping[Value, float]) -> bool:
        """Whether a claim holds at one point with other labels: a look there costs less than a graph of its own."""
        points, key = self._judge.setting.points, frozenset(leaves.items())
        if key not in self._looked_at:
            self._looked_at[key] = points.moved(points.each[0], leaves)
        right, *said = (values_of(each, [self._looked_at[key]])[0] for each in (claim.subject, *claim.parts))
        return right is not None and all(x is not None and abs(x - right) <= 1e-9 * abs(right) for x in said)

    @cached_property
    def _classes(self) -> list[Sequence[Value]]:
        """The labels of examples of which one class is the true one."""
        return one_hot(self._judge.setting.labels, self._judge.setting.graph.order)

    @cached_property
    def _of_two_classes(self) -> list[Value]:
        return of_two_classes(self._judge.setting.graph.order)

    def _name(self, leaf: Value, cases: Sequence[Case] = ()) -> str:
        """The name of a label, as a page writes it that calls t[0] t_1 in its cases."""
        paths = self._judge.setting.names.paths
        name = paths.get(leaf) or leaf.name or "a label"
        for case in cases:
            said = _SUBSCRIPT.fullmatch(case.name)
            path = None if case.node is None else _ITEM.fullmatch(paths.get(case.node, ""))
            if said and path and (item := _ITEM.fullmatch(name)):
                return f"{said[1]}_{int(item[2]) + int(said[2]) - int(path[2])}"
        return name

    def _in_an_unknown_case(self, line: PageLine, plain_line: PageLine) -> Verdict:
        """The verdict on a line for y = 1 where nothing is called y: the graph may be that of y = 1, or of another.

        The first line about the loss that holds tells of which.
        """
        names = tuple(case.name for case in line.cases)
        told = " and ".join(case.text for case in line.cases)
        shown, number = self._case_of_the_graph.get(names, (told, 0))
        if shown != told and self._about_an_end(line):
            why = f"line {number} holds for {shown}, so that this graph is none for {told}: make {names[0]} a leaf"
        else:
            found = self._judge.line(plain_line)
            if found.kind not in ("wrong", "coincidence") or number:
                if found.kind in RIGHT and self._about_an_end(line):
                    self._case_of_the_graph.setdefault(names, (told, line.number))
                return found
            self._judge.forget()
            why = f"{' and '.join(names)} is none of the nodes, so that nothing tells whether this is about {told}"
        return Verdict(claim=line.claims[0], kind="not here", about=why, text=line.text, claims=line.claims)

    def _about_an_end(self, line: PageLine) -> bool:
        """Whether a line is about what nothing else is computed from: labels count in losses alone."""
        match line.claims[0].subject:
            case Derivative(of=node) | Named(node=node):
                return node not in self._judge.setting.graph.children
        return False

    def _judging_where(self, leaves: Mapping[Value, float]) -> tuple[Judge, AnotherGraph, dict[int, PageLine]]:
        key = frozenset(leaves.items())
        if key not in self._elsewhere:
            judge, graph, lines = self._where(leaves)
            self._elsewhere[key] = judge, graph, dict(zip(map(id, self._judge.lines), lines, strict=True))
        return self._elsewhere[key]


def _classic(found: Verdict) -> bool:
    """Whether some mistake explains a line that is more than a factor or a term."""
    return any(mistake.name not in FACTORS_AND_TERMS for mistake in found.mistakes)
