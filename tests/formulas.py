"""Random nodes for whatever writes formulas: graphs of named leaves and numerals, with any operation of the table and
the public functions made of them. And what Python computes from a formula as text, with the public functions.
"""

import ast
from contextlib import suppress

from hypothesis import strategies as st

import autograd
from autograd import Condition, Value, ops

NUMBERS = [2.0, -3.0, 0.5, -0.25, 0.0, 1.0, 100000.0, 1e20, 1e-5]
"""They are all written exactly."""
CALLS = [operation for operation in ops.OPERATIONS.values() if operation.name[0].isalpha() and operation.is_call]
INFIX = [operation for operation in ops.OPERATIONS.values() if operation not in CALLS]
POWERS = [ops.power_by(exponent) for exponent in (2.0, -1.0, 0.5)]
PUBLIC = [
    lambda a, b, c: autograd.sum([a, b, c]),
    lambda a, b, c: autograd.sum([a, b], c),
    lambda a, b, c: autograd.dot([a, b, c], [c, a, 2.0]),
    lambda a, b, c: autograd.dot([a, 3.0], [b, a], c),
    lambda a, b, c: autograd.mean([a, b, c]),
    lambda a, b, c: autograd.softmax([a, b, c])[1],
    lambda a, b, c: autograd.clip(a, b, c),
    lambda a, b, c: autograd.maximum(a, autograd.minimum(b, c)),
    lambda a, b, c: autograd.where((a > b) & ~(b <= c) | autograd.equal(a, c), b, c),
]
"""What people call, with lists of operands, and what is made of several operations."""


@st.composite
def nodes(draw):
    """A node of a graph of named leaves and numerals, with any operation of the table."""
    made = [Value(draw(st.sampled_from(NUMBERS)), name) for name in ("a", "b", "c", None, None)]
    for _ in range(draw(st.integers(1, 6))):
        if draw(st.booleans()):
            function, operands = draw(st.sampled_from(PUBLIC)), draw(st.permutations(made[-3:]))
            with suppress(ValueError, ArithmeticError):  # it has no real value
                made.append(function(*operands))
            continue
        operation = draw(st.one_of(*map(st.sampled_from, (INFIX, INFIX, POWERS, CALLS))))
        operands = [draw(st.sampled_from(made)) for _ in range(operation.arity or draw(st.integers(1, 4)))]
        operands[draw(st.integers(0, len(operands) - 1))] = made[-1]
        if operation in (ops.both, ops.either, ops.opposite):  # they are offered for conditions alone
            operands = [operand if isinstance(operand, Condition) else operand > 0 for operand in operands]
        with suppress(ValueError, ArithmeticError):
            made.append(operation.record(*operands))
    return made[-1]


class InFloats(ast.NodeTransformer):
    """Numerals as floats, as the graph has them, and truths as 1.0 and 0.0."""

    def visit_Constant(self, node):
        return ast.Constant(float(node.value))

    def visit_Compare(self, node):
        return ast.Call(ast.Name("float", ast.Load()), [self.generic_visit(node)], [])

    def visit_UnaryOp(self, node):
        return self.visit_Compare(node) if isinstance(node.op, ast.Not) else self.generic_visit(node)


def evaluated(text, names):
    """The number of a formula as Python reads it."""
    tree = ast.fix_missing_locations(InFloats().visit(ast.parse(text, mode="eval")))
    inner = {name: ops.OPERATIONS[name] for name in ("step", "gaussian", "leg", "sech2")}
    public = {name: getattr(autograd, name) for name in autograd.__all__} | inner
    return float(eval(compile(tree, "<formula>", "eval"), public | names))


def leaves_of(node):
    return {node.name: node.data} if node.name else {k: v for p in node.parents for k, v in leaves_of(p).items()}
