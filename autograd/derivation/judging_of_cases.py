"""The verdict on what a page says for a case, as "for y = 1": it is judged where the leaf y is 1."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from autograd.derivation.claims import Derivative, Named
from autograd.derivation.other_cases import AnotherGraph, elsewhere, leaves_of
from autograd.derivation.setting import Setting
from autograd.derivation.verdicts_on_lines import RIGHT, Verdict
from autograd.notation.page_lines import Case, PageLine
from autograd.value import Value


class Judge(Protocol):
    """What judges the lines of a page in one graph."""

    setting: Setting
    lines: Sequence[PageLine]

    def line(self, line: PageLine) -> Verdict:
        """The verdict on a line."""

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
        self._elsewhere: dict[frozenset[tuple[Value, float]], tuple[Judge, AnotherGraph, dict[int, PageLine]]] = {}

    def verdict(self, line: PageLine) -> Verdict:
        """The verdict on a line that holds for y = 0, say, where the leaf y is 0; or that there is no such place."""
        plain_line, leaves = replace(line, cases=()), leaves_of(line.cases)
        if why := elsewhere(line.cases):
            found = Verdict(claim=line.claims[0], kind="not here", about=why, text=line.text, claims=line.claims)
        elif any(case.here is None for case in line.cases):
            found = self._in_an_unknown_case(line, plain_line)
        elif leaves:
            judging, graph, lines = self._judging_where(leaves)
            found = judging.line(lines.get(id(line)) or graph.lines([line])[0])
            claims = (*line.claims, *line.also)
            found = replace(found, claim=graph.original(found.claim), claims=claims, read_as=line.read_as)
        else:
            found = self._judge.line(plain_line)
        return replace(found, cases=[case.text for case in line.cases])

    def for_each_label(self, line: PageLine, labels: Sequence[Case]) -> Verdict:
        """The verdict on a line in cases for y = 1 and y = 0, which says nothing of a y between: that on each."""
        self._judge.forget()
        each = [self.verdict(replace(line, cases=(label,))) for label in labels]
        wrong = next((verdict for verdict in each if verdict.kind not in RIGHT), None)
        return wrong or replace(each[0], cases=[label.text for label in labels])

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
