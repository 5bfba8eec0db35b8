"""Worlds of claims whose numbers are formulas: the graph is cut at some nodes, and these are symbols."""

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence

from autograd.derivation.claims import evaluate
from autograd.derivation.setting import Setting
from autograd.graph import chain_rule, replay
from autograd.numbers import Number
from autograd.value import Value

MOST_NODES = 400
"""Over how many nodes a derivative is worked out as a formula."""


class TooManyTerms(OverflowError):  # noqa: N818  (an outcome, not an error)
    """The formula would be longer than anybody reads."""


class CutWorld:
    """The formulas of one graph, each worked out once.

    Args:
        setting: that of the page.
        m: the number system of the formulas.
        cut: the nodes that are symbols.
        symbols: gives the symbols of some nodes.
        whole: takes what a rule gave, which may be a plain number, for a formula.
        most: how many nodes may be worked out at a time.
    """

    def __init__(
        self,
        setting: Setting,
        m: Number,
        cut: Container[Value],
        *,
        symbols: Callable[[Collection[Value]], Mapping[Value, Number]],
        whole: Callable[[Number], Number],
        most: int,
    ) -> None:
        self.m, self.setting = m, setting
        self._cut, self._symbols, self._whole, self._most = cut, symbols, whole, most
        self._values: dict[Value, Number] = {}
        self._derivatives: dict[tuple[Value, Value], Number] = {}
        self._defined: dict[str, Number] = {}

    def value(self, node: Value) -> Number:
        """The node's symbol if it is cut off, else its formula."""
        if node not in self._values:
            self._replay([node])
        return self._values[node]

    def opened(self, node: Value) -> Number:
        """The node's formula in the nodes that it was computed from, be it cut off or not."""
        if node.op is None:
            return self.value(node)
        self._replay(node.parents)
        return self._whole(node.op.value(self.m, *(self._values[parent] for parent in node.parents)))

    def derivative(self, of: Value, by: Value) -> Number:
        """The derivative as a formula, by the chain rule over what lies between."""
        if (of, by) not in self._derivatives:
            order = self.setting.graph.between(of, by)
            if len(order) > MOST_NODES:
                raise TooManyTerms
            self._derivatives[of, by] = self.derivative_over(order, of, by)
        return self._derivatives[of, by]

    def derivative_over(self, order: Sequence[Value], of: Value, by: Value) -> Number:
        """The derivative by the chain rule over the nodes of an order."""
        self._replay(dict.fromkeys(operand for node in order for operand in (node, *node.parents)))
        return self._whole(chain_rule(of, order, [by], self.m, self._values).get(by, 0))

    def defined(self, name: str) -> Number:
        """The formula of a definition."""
        if name not in self._defined:
            self._defined[name] = evaluate(self.setting.definitions[name], self)
        return self._defined[name]

    def _replay(self, nodes: Iterable[Value]) -> None:
        """Give each node, and what it needs, a formula."""
        needed: set[Value] = set()
        worked_out = 0
        stack = [*nodes]
        while stack:
            node = stack.pop()
            if node not in needed and node not in self._values:
                needed.add(node)
                if node not in self._cut:
                    worked_out += node.op is not None
                    stack += node.parents
            if worked_out > self._most:
                raise TooManyTerms
        if not needed:
            return
        order = sorted(needed, key=self.setting.graph.position.__getitem__)
        known = {parent: self._values[parent] for node in order for parent in node.parents if parent in self._values}
        if symbols := [node for node in order if node in self._cut]:
            known |= self._symbols(symbols)
        known |= {node: self.m.number(node.data) for node in order if node.op is None and node not in known}
        self._values.update(replay([*known, *(node for node in order if node not in known)], self.m, known.get))
