"""Expressions that are added to a normal form while it is taken apart in groups."""

from typing import TYPE_CHECKING

from autograd.lifting.normal_form import Constant, Subexpression, operands_of

if TYPE_CHECKING:
    from autograd.lifting.groups import Groups


class ExpressionsAdded:
    """Adds expressions, and puts others in their place; `undo` brings back those that were there.

    Args:
        groups: those that are being formed.
    """

    def __init__(self, groups: "Groups") -> None:
        self._groups = groups
        self._expressions = groups.expressions
        self._replaced: dict[int, Subexpression] = {}

    def new(self, node: Subexpression, *, like: int) -> int:
        """A new expression, that differs from example to example if that one does."""
        expressions = self._expressions
        index = len(expressions.nodes)
        expressions.nodes.append(node)
        expressions.batched.append(expressions.batched[like])
        expressions.operands[index] = operands_of(node)
        return index

    def constant(self, number: Constant) -> int:
        """A number."""
        index = self.new(number, like=0)
        self._expressions.batched[index] = False
        self._groups.group_of[index] = -1
        return index

    def replace(self, index: int, node: Subexpression) -> None:
        """Compute an expression in another way."""
        self._replaced.setdefault(index, self._expressions.nodes[index])
        self._expressions.nodes[index] = node
        self._expressions.operands[index] = operands_of(node)

    def undo(self) -> None:
        """Compute all as before."""
        for index, node in self._replaced.items():
            self._expressions.nodes[index] = node
            self._expressions.operands[index] = operands_of(node)
        self._replaced.clear()
