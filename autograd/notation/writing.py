"""How a claim was read, in the plain notation: for a person to see whether that is what was meant."""

from collections.abc import Mapping, Sequence

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Defined, Derivative, Expression, Named, Numeral
from autograd.operation import Operation
from autograd.text import CALL, Term, Writer

_LONGEST = 160
_MOST_TERMS = 4
_MOST_FACTORS = 6
_WRITER = Writer()


def written(expression: Expression) -> str:
    """A formula in the plain notation; of long sums and products the first terms and the last."""
    return _term(expression, 12).text


def _term(expression: Expression, depth: int) -> Term:
    match expression:
        case Numeral(text=text) | Named(text=text) | Derivative(text=text) | Defined(name=text):
            return Term(text, CALL)
        case Apply(operation=operation, operands=operands):
            if depth == 0:
                return Term("…")
            operator = {ops.prod: ops.multiply, ops.sum: ops.add}.get(operation, operation)
            if operation is ops.dot and len(operands) <= 2 * _MOST_TERMS:
                n = len(operands) // 2
                pairs: list[Expression] = [
                    Apply(ops.prod, pair) for pair in zip(operands[:n], operands[n : 2 * n], strict=True)
                ]
                return _term(Apply(ops.sum, (*pairs, *operands[2 * n :])), depth)
            if operation is ops.dot:
                n = len(operands) // 2
                first, last = (Apply(ops.prod, (operands[k], operands[n + k])) for k in (0, n - 1))
                return _infix(ops.add, [_term(first, depth - 1), Term("…"), _term(last, depth - 1)])
            if operation.name.endswith("'"):  # σ'(z), which is worked out from σ(z) and z
                operands = operands[-1:]
            if operation.name.startswith("d/d"):  # of a formula, which stands before its derivative
                return Term(f"{operation.name}({_term(operands[0], depth - 1).text})")
            shown = [_term(each, depth - 1) for each in operands]
            most = {ops.add: _MOST_TERMS, ops.multiply: _MOST_FACTORS}.get(operator, len(shown))
            if len(shown) > most:
                shown = [*shown[: most - 2], Term("…"), shown[-1]]
            if operator is ops.add:
                return _sum(operands, shown, depth)
            if operator is ops.multiply:
                return _infix(operator, shown)
            return _WRITER.write(operation, shown)
    raise AssertionError(expression)


def _infix(operation: Operation, terms: Sequence[Term]) -> Term:
    found = terms[0]
    for term in terms[1:]:
        found = _WRITER.write(operation, [found, term])
    return found


def _sum(operands: Sequence[Expression], shown: Sequence[Term], depth: int) -> Term:
    """a - b + c: what is taken away stands behind a minus."""
    whole = len(shown) == len(operands)
    found = shown[0]
    for operand, term in zip(operands[1:] if whole else [None] * len(shown[1:]), shown[1:], strict=True):
        if isinstance(operand, Apply) and operand.operation is ops.negate:
            found = _WRITER.write(ops.subtract, [found, _term(operand.operands[0], depth - 1)])
        else:
            found = _WRITER.write(ops.add, [found, term])
    return found


def read_as(claims: Sequence[Claim], spans: Mapping[str, tuple[int, int]], first: int, notes: Sequence[str]) -> str:
    """The first entry of a claim in the plain notation, and how far its letters run."""
    claim = claims[0]
    text = " = ".join(map(written, (claim.subject, *claim.parts)))
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    ends = []
    if len(claims) > 1:
        ends = [f"{letter} = {low + first}..{high + first}" for letter, (low, high) in spans.items()]
        text += ", and so on" + (f" for {', '.join(ends)}" if ends else "")
    return "; ".join([text, *notes])
