"""Formulas of the graph: worlds of claims whose numbers are formulas, cut at some nodes, which are symbols there.

In one of them numbers are sympy expressions; such an expression becomes one of the page again, so that the judge can
prove what is shown as right.

The direct partial ∂u/∂v is u's own formula, differentiated with the other named nodes in it held. Textbooks write
``dy/dx = ∂y/∂x + ∂y/∂u·du/dx``, where d goes through all of the graph and ∂ through y's own formula alone. That leads
from y down to the nearest named nodes, and is differentiated by the table like any other.
"""

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from functools import cache, reduce

import sympy

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Expression, Named, Numeral, evaluate
from autograd.derivation.setting import Setting
from autograd.graph import chain_rule, replay
from autograd.numbers import Number
from autograd.numbers.one_side import OneSide
from autograd.numbers.short_formulas import text_of
from autograd.operation import Operation
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


# A rule may be written for floats alone, or sympy may have no form for it: then there is no formula.
NO_FORMULA = (ArithmeticError, ValueError, TypeError, AttributeError, RecursionError)


class FormulaWorld(CutWorld):
    """A world of claims whose numbers are sympy expressions, with the nodes of `cut` as symbols.

    Each choice in a formula goes the way it went when the graph was recorded. With `names_kept`, the activations keep
    their names: ``sigmoid(n)``, not ``1/(1 + exp(-n))``.
    """

    def __init__(self, setting: Setting, cut: Collection[Value], *, names_kept: bool = False) -> None:
        m = OneSide(self._recorded, names_kept=names_kept)
        super().__init__(setting, m, cut, symbols=self._symbols_of, whole=sympy.sympify, most=MOST_NODES)
        self.nodes: dict[Number, Value] = {}
        """The node that each symbol stands for."""

    @property
    def conditions(self) -> list[str]:
        """On which sides of kinks the formulas so far are right, as in ``n > 0``."""
        return list(dict.fromkeys(_condition(a, sign) for a, sign in self.m.sides.items()))

    def subject_of(self, claim: Claim) -> Number:
        """The formula of what a claim is about; of a node, in what it was computed from."""
        match claim.subject:
            case Named(node=node):
                return self.opened(node)
            case subject:
                return evaluate(subject, self)

    def _symbols_of(self, nodes: Collection[Value]) -> dict[Value, Number]:
        found = {node: sympy.Symbol(str(self.setting.names.paths.get(node)), real=True) for node in nodes}
        self.nodes |= {symbol: node for node, symbol in found.items()}
        return found

    def _recorded(self, symbol: Number) -> float:
        return self.nodes[symbol].data


def _condition(a: Number, sign: int) -> str:
    """``a > 0`` with what is subtracted moved to the right: ``x > y`` rather than ``x - y > 0``."""
    _, primitive = a.as_content_primitive()
    summands = sympy.Add.make_args(primitive)
    right = [-term for term in summands if term.could_extract_minus_sign()]
    left = [term for term in summands if not term.could_extract_minus_sign()]
    if not left:
        left, right, sign = right, [], -sign
    shown = [text_of(sympy.Add(*side)) for side in (left, right)]
    text = f"{shown[0]} {('<', '==', '>')[sign + 1]} {shown[1]}"
    return text if len(text) <= 60 else "this side of a kink"


_FUNCTIONS = {"Abs": "absolute", "asinh": "asinh", "ceiling": "ceil"}


class NoExpressionError(ValueError):
    """There is no such operation in the table."""


def expression_of(formula: Number, symbol: Callable[[Number], Expression]) -> Expression:
    """The formula in operations of the table; `symbol` gives what a symbol stands for.

    Raises:
        NoExpressionError: if it has a number or a function that the table has not.
    """

    def of(part: Number) -> Expression:
        return expression_of(part, symbol)

    if formula.is_Symbol:
        return symbol(formula)
    if formula.is_Rational:
        return _number(formula)
    if formula.is_Add or formula.is_Mul:
        operation = ops.add if formula.is_Add else ops.multiply
        return reduce(lambda a, b: Apply(operation, (a, b)), map(of, formula.args))
    if isinstance(formula, sympy.exp):
        return Apply(ops.exp, (of(formula.args[0]),))
    if formula.is_Pow:
        base, exponent = formula.args
        if exponent.is_Rational and exponent.is_negative:
            return Apply(ops.divide, (_number(sympy.Integer(1)), of(base**-exponent)))
        if exponent == sympy.Rational(1, 2):
            return Apply(ops.sqrt, (of(base),))
        if exponent.is_Rational:
            return Apply(ops.power_by(float(exponent)), (of(base),))
        return Apply(ops.power, (of(base), of(exponent)))
    name = type(formula).__name__
    operation_by_name = ops.OPERATIONS.get(_FUNCTIONS.get(name, name))
    if operation_by_name is None or not formula.args:
        raise NoExpressionError(name)
    return Apply(operation_by_name, tuple(map(of, formula.args)))


def _number(number: Number) -> Expression:
    """A fraction as a quotient: as one float it would be rounded."""
    whole = number.is_Integer or sympy.Rational(repr(float(number))) == number
    if whole:
        numeral = Numeral(repr(float(abs(number))).removesuffix(".0"), abs(number))
        return Apply(ops.negate, (numeral,)) if number < 0 else numeral
    if sympy.Rational(repr(float(1 / number))) == 1 / number:
        return Apply(ops.divide, (_number(sympy.Integer(1)), _number(1 / number)))
    return Apply(ops.divide, (_number(sympy.Integer(number.p)), _number(sympy.Integer(number.q))))


_MOST_PIECES = 2_000


@cache
def by_operand(operation: Operation, k: int, count: int) -> Operation:
    """The derivative of an operation by its operand k, as a function of all its operands."""

    def local(m: Number, *operands: Number) -> Number:
        return operation.local(m, operation.value(m, *operands), *operands)[k]

    return Operation(f"∂{operation.name}", local, lambda m, y, *operands: (m.nothing,) * count, domain=operation.domain)


def own_formula(of: Value, named: Container[Value]) -> list[Value]:
    """The nodes of u's own formula, from the nearest named nodes up: these come first, and u last."""
    found: dict[Value, None] = {}
    stack = [of]
    while stack:
        node = stack[-1]
        inner = () if node in named and node is not of else node.parents
        below = [parent for parent in inner if parent not in found]
        if below:
            stack += below
        else:
            found[stack.pop()] = None
    return list(found)


def direct_partial(of: Value, by: Value, named: Container[Value]) -> Expression | None:
    """∂u/∂v as a formula; None if u's own formula has no v in it.

    Raises:
        OverflowError: if it is too long to be written out.

    >>> x = Value(3.0)
    >>> u = x * x
    >>> y = u * x
    >>> direct_partial(y, x, {x, u, y}) is None, direct_partial(y, x, {x, y}) is None
    (False, False)
    >>> direct_partial(u * 2, x, {x, u}) is None
    True
    """
    slopes: dict[Value, Expression] = {by: Numeral("1", 1)}  # type: ignore[arg-type]  # an int is as good as its Fraction
    sizes: dict[Value, int] = {by: 1}
    for node in own_formula(of, named):
        if node.op is None or node is by or (node in named and node is not of):
            continue
        terms: list[Expression] = []
        size = 0
        operands = tuple(Named(parent, "") for parent in node.parents)
        for k, parent in enumerate(node.parents):
            if parent in slopes:
                terms.append(Apply(ops.prod, (Apply(by_operand(node.op, k, len(operands)), operands), slopes[parent])))
                size += len(operands) + sizes[parent]
        if terms:
            slopes[node], sizes[node] = Apply(ops.sum, tuple(terms)), size
            if size > _MOST_PIECES:
                raise OverflowError("the formula of a direct partial is too long")
    return slopes.get(of)


def held(of: Value, by: Value, named: Container[Value], depending: Container[Value]) -> list[Value]:
    """What ∂u/∂v holds fixed as the direct partial, though it depends on v: the named nodes of u's own formula."""
    own = own_formula(of, named)
    return [node for node in own if node in named and node in depending and node is not of and node is not by]


def held_by_a_line(
    of: Value,
    by: Value,
    named: Container[Value],
    spoken: Container[Value],
    between: Callable[..., Collection[Value]],
) -> frozenset[Value]:
    """The named nodes at which u's formula ends if a line speaks of some: the others are opened where v is deeper.

    With h3 = tanh(a3) and a3 = u x3 + w h2, a line about h3, h2, w holds h2 fixed, and opens a3. What stands beside v
    in a formula is never opened. Of several nodes only those are that lead to what the line speaks of, if any do: with
    y = s t, where s is made of u, a line about y and u holds t, since otherwise a forgotten t would be right.

    Args:
        of: u.
        by: v.
        named: the nodes with names.
        spoken: those that the line speaks of.
        between: gives the nodes on the paths to its first argument from any of the others.

    >>> w, h2 = Value(0.5), Value(0.3)
    >>> a3 = w * h2
    >>> h3 = a3 * 2
    >>> held_by_a_line(h3, w, {w, h2, a3, h3}, {w, h2, h3}, lambda of, *by: ()) == {w, a3}
    True
    >>> held_by_a_line(h3, w, {w, h2, a3, h3}, {w, h2, h3}, lambda of, *by: {a3} if w in by else ()) == {w, h2}
    True
    """
    depending = between(of, by)
    said = [node for node in depending if node in spoken and node is not of and node is not by]
    found, opened, stack = {by}, {of}, [of]
    while stack:
        node = stack.pop()
        own = own_formula(node, named)
        ends = [each for each in own if each in named and each is not node]
        deeper = [] if by in own else [each for each in ends if each in depending]
        leading = [each for each in deeper if between(each, *said)]
        opens = [each for each in leading or deeper if each not in spoken]
        found.update(each for each in ends if each not in opens)
        stack += [each for each in opens if each not in opened]
        opened.update(opens)
    return frozenset(found)
