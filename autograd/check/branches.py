"""The sums at branches: what `backward` gives each node, against upstream · local over all its uses."""

from collections.abc import Collection, Iterator, Sequence
from math import fsum, inf, isfinite, isnan

from autograd.check.verdicts import GradientLine
from autograd.numbers import NOTHING
from autograd.report import Line
from autograd.text import derivative, labels
from autograd.value import Value


class BranchSums:
    """Runs `backward` from the output of `order`, and checks the gradients of the `chosen` nodes."""

    def __init__(self, output: Value, order: Sequence[Value], chosen: Collection[Value]) -> None:
        self.output = output
        self.order = order
        self.chosen = chosen
        self.gradients = self._by_backward()
        """What `backward` gives each node."""
        self.uses = self._uses()
        """For each node that a gradient reaches: the nodes computed from it, with their local gradients."""

    def _by_backward(self) -> dict[Value, float | None]:
        before = [(node, node.grad) for node in self.order]
        try:
            for node in self.order:
                node.grad = None
            self.output.backward()
            return {node: node.grad for node in self.order}
        finally:
            for node, grad in before:
                node.grad = grad

    def _uses(self) -> dict[Value, list[tuple[Value, float]]]:
        # Not `graph.contributions`: a slip in the sweep that gave the gradients must not be in their check as well.
        uses: dict[Value, list[tuple[Value, float]]] = {self.output: []}
        for node in reversed(self.order):
            if node in uses:
                for parent, local in zip(node.parents, node.local_grads, strict=True):
                    if local is not NOTHING:
                        uses.setdefault(parent, []).append((node, local))
        return uses

    def lines(self) -> list[Line]:
        """A line for the gradients that are right, and one for each that is wrong."""
        checked = [node for node in self.order if node in self.chosen]
        branches = sum(len(self.uses.get(node, ())) > 1 for node in checked)
        wrong = [verdict for node in checked for verdict in self._wrong_sum(node)]
        names = labels([self.output, *(node for node, *_ in wrong)])
        lines: list[Line] = []
        if right := len(checked) - len(wrong):
            claim = f"backward: {right} of {len(checked)} gradients, {branches} sums at a branch"
            if not wrong:
                claim = f"backward: {right} gradients, {branches} of them sums at a branch"
            lines.append(Line(claim=claim, holds=True))
        for node, holds, correct, remark in wrong:
            line = GradientLine(
                claim=derivative(names[self.output], names[node], "d"),
                holds=holds,
                claimed=self.gradients[node],
                correct=correct,
                remark=remark,
                node=node,
            )
            lines.append(line)
        return lines

    def _wrong_sum(self, node: Value) -> Iterator[tuple[Value, bool | None, float | None, str]]:
        """A wrong gradient: the node, whether it holds, the right sum, and what is wrong."""
        got, uses = self.gradients[node], self.uses.get(node, [])
        terms = [(self.gradients[user] or 0.0) * local for user, local in uses]
        if node is self.output:
            terms.append(1.0)
        many = f"the sum of {len(terms)} products" if len(terms) > 1 else "upstream · local" if uses else "the seed"
        if not terms:
            many = "no gradient reaches it"
        if got is None:
            yield node, False, None, f"wrong: backward left no gradient ({many})"
            return
        try:
            expected, size = (fsum(terms), fsum(map(abs, terms))) if all(map(isfinite, terms)) else (sum(terms), inf)
        except OverflowError:
            yield node, None, None, f"not checked: {many} is too large for a float"
            return
        if size == inf:
            wrong = not (got == expected or (isnan(got) and isnan(expected)))
        else:
            # Each product and each addition is rounded once: so much may come of it, and no more.
            wrong = not abs(got - expected) <= (len(terms) + 2) * 2.0**-52 * size + 5e-324 * len(terms)
        if wrong:
            yield node, False, expected, f"wrong: {many}"
