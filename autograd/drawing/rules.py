"""The table's local gradients in the names of a graph, and with its numbers: 1 - y ** 2 for y = tanh(n)."""

from collections.abc import Mapping

from autograd.graph import Node
from autograd.numbers import Number
from autograd.numbers.expressions import Expressions, FormulaNode


def local_gradients(
    node: Node, names: Mapping[Node, str], data: Mapping[Node, float]
) -> tuple[tuple[Number, ...], bool]:
    """∂node/∂operand for each operand, as a `FormulaNode` or a number; and whether floats compute it in this form.

    There is none if the rule computes in floats alone.

    Args:
        node: an operation of the graph.
        names: what nodes are called.
        data: what each node held.

    >>> from autograd import Value
    >>> from autograd.text import label
    >>> n = Value(0.5, "n")
    >>> y = n.tanh()
    >>> [slope], as_computed = local_gradients(y, {y: "y", n: "n"}, {y: y.data, n: n.data})
    >>> label(slope), as_computed
    ('1 - y ** 2', False)
    """

    def expression(node: Node) -> FormulaNode:
        return FormulaNode(node.op, node.parents, names.get(node), data[node], is_operand=True)

    m = Expressions()
    try:
        return tuple(node.op.local(m, expression(node), *map(expression, node.parents))), not m.chose
    except Exception:  # a user's operation may know floats only
        return (), True
