"""Reading one side of a claim: a recursive-descent parser that knows the grammar of formulas and nothing else.

    part        disjunction of comparisons of sums of products of signed powers
    atom        number | name | du/dv | function(part, ...) | (part) | [part, ...] | atom[whole number]

No text reaches Python's own parser. A name is looked up among the nodes and the earlier definitions; what is followed
by a parenthesis must be a function of autograd.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import pi
from typing import Any

from autograd import ops
from autograd.derivation.claims import Apply, Expression, Items, Numeral
from autograd.derivation.cursor import PYTHON, Cursor
from autograd.derivation.degrees import HIGHEST_DEGREE, constant, degree
from autograd.derivation.names import Names
from autograd.derivation.references import References
from autograd.derivation.tokens import Place, Token
from autograd.operation import Operation

_COMPARISONS = {"<": ops.less, "<=": ops.less_equal, ">": ops.greater, ">=": ops.greater_equal, "==": ops.equal}
_ALIASES = {"σ": "sigmoid", "ln": "log", "abs": "absolute", "max": "maximum", "min": "minimum"}
_NUMBERS = {"pi": pi, "π": pi}
FUNCTIONS = [
    *("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "softplus", "step", "sign"),
    *("absolute", "maximum", "minimum", "where", "sum", "mean", "prod", "dot", "logsumexp", "softmax"),
]


class Expressions:
    """Reads formulas from where the cursor stands. `definitions` holds each defined name, with its formula's degree."""

    def __init__(self, cursor: Cursor, names: Names, definitions: Mapping[str, int]) -> None:
        self._cursor, self._names, self._definitions = cursor, names, definitions
        self._references = References(cursor, names, definitions)

    def number(self) -> Expression:
        """The next part of a claim.

        Raises:
            ValueError: if it is no formula or a list, by line and column.
        """
        return self._number(self._part())

    # The grammar, loosest binding first

    def _part(self) -> Expression | Items:
        return self._many("or", ops.either, self._conjunction)

    def _conjunction(self) -> Expression | Items:
        return self._many("and", ops.both, self._negation)

    def _many(self, word: str, operation: Operation, operand: Callable[[], Any]) -> Expression | Items:
        found = operand()
        while self._cursor.take(word):
            found = Apply(operation, (self._number(found), self._number(operand())))
        return found

    def _negation(self) -> Expression | Items:
        if self._cursor.take("not"):
            return Apply(ops.opposite, (self._number(self._cursor.deeper(self._negation)),))
        return self._comparison()

    def _comparison(self) -> Expression | Items:
        left = self._sum()
        truth: Expression | None = None
        while self._cursor.next.text in (*_COMPARISONS, "!="):
            sign = self._cursor.advance().text
            right = self._sum()
            operation = _COMPARISONS.get(sign, ops.equal)
            link: Expression = Apply(operation, (self._number(left), self._number(right)))
            if sign == "!=":
                link = Apply(ops.opposite, (link,))
            truth = link if truth is None else Apply(ops.both, (truth, link))
            left = right
        return left if truth is None else truth

    def _sum(self) -> Expression | Items:
        first = self._product()
        terms = [first]
        while self._cursor.next.text in ("+", "-"):
            sign = self._cursor.advance().text
            term = self._number(self._product())
            terms.append(Apply(ops.negate, (term,)) if sign == "-" else term)
        return first if len(terms) == 1 else Apply(ops.sum, tuple(map(self._number, terms)))

    def _product(self) -> Expression | Items:
        first = self._signed()
        above: list[Any] = [first]
        below: list[Any] = []
        while self._cursor.next.text in ("*", "/"):
            side = above if self._cursor.advance().text == "*" else below
            side.append(self._number(self._signed()))
        if len(above) == 1 and not below:
            return first
        numerator = self._joined(above)
        return Apply(ops.divide, (numerator, self._joined(below))) if below else numerator

    def _joined(self, factors: list[Any]) -> Expression:
        return self._number(factors[0]) if len(factors) == 1 else Apply(ops.prod, tuple(map(self._number, factors)))

    def _signed(self) -> Expression | Items:
        if self._cursor.take("-"):
            return Apply(ops.negate, (self._number(self._cursor.deeper(self._signed)),))
        if self._cursor.take("+"):
            return self._number(self._cursor.deeper(self._signed))
        return self._power()

    def _power(self) -> Expression | Items:
        base = self._atom()
        place = self._cursor.next.place
        if self._cursor.next.kind == "exponent":
            text = self._cursor.advance().text
            exponent: Expression = Numeral(text, Fraction(text))
        elif self._cursor.take("**"):
            exponent = self._number(self._cursor.deeper(self._signed))
        else:
            return base
        numeral = constant(exponent)
        found: Expression
        if numeral is None:
            found = Apply(ops.power, (self._number(base), exponent))
        elif abs(numeral) > HIGHEST_DEGREE:
            place.refuse(f"the exponent is beyond {HIGHEST_DEGREE}: no claim needs a power so high")
        else:
            found = Apply(ops.power_by(float(numeral)), (self._number(base),))
        if degree(found, self._definitions) > HIGHEST_DEGREE:
            place.refuse(f"powers of powers reach beyond degree {HIGHEST_DEGREE}: no claim needs one so high")
        return found

    def _atom(self) -> Expression | Items:
        token = self._cursor.advance()
        found: Expression | Items
        if token.text == "(":
            found = self._cursor.deeper(self._part)
            self._cursor.expect(")", token)
        elif token.text == "[":
            items = self._list_until("]", token)
            found = Items(tuple(items), "[...]")
        elif token.kind == "number":
            found = self._numeral(token)
        elif token.kind == "name":
            if token.text in PYTHON:
                token.place.refuse(
                    f"{token.text!r} is Python, not mathematics: a claim holds names, numbers, functions"
                )
            if self._cursor.next.text == "(":
                found = self._call(token)
            elif token.text in _NUMBERS and not self._known(token.text):
                found = Numeral("π", Fraction(_NUMBERS[token.text]))
            else:
                self._refuse_other_than_a_name(token)
                self._cursor.position -= 1
                found = self._references.derivative() or self._references.named()
        else:
            self._cursor.position -= 1
            self._cursor.unexpected()
        while self._cursor.next.text == "[" and isinstance(found, Items):
            found = self._item(found)
        if self._cursor.next.text == "[":
            self._cursor.next.place.refuse(f"{token.text} is one number, not a list: it has no items")
        if self._cursor.next.text == ".":
            self._cursor.next.place.refuse("a claim gets no attributes: write the name of a node")
        return found

    def _known(self, name: str) -> bool:
        return name in self._names.trees or name in self._definitions

    def _refuse_other_than_a_name(self, token: Token) -> None:
        """What people write as names that are none: a function without operands, d²E/dw², e for exp."""
        if self._known(token.text):
            return
        if token.text in FUNCTIONS or token.text in _ALIASES:
            token.place.refuse(f"{token.text} is a function, no name: it takes operands, as in {token.text}(x)")
        twice = token.text == "d" and self._cursor.next.kind == "exponent"
        if twice or (token.text.startswith("d2") and self._known(token.text[2:])):
            token.place.refuse("second derivatives are not claims here: only du/dv is")
        if token.text == "e" and self._cursor.next.text == "**":
            token.place.refuse("there is no node e; e to a power is written exp, as in exp(-n)")

    # Numbers and functions

    def _numeral(self, token: Token) -> Numeral:
        if len(token.text) > 60 or not abs(number := float(token.text)) < float("inf"):
            token.place.refuse("this number does not fit a float")
        # From 1e-400 on the float is 0, and a Fraction of the text would have as many digits.
        return Numeral(token.text, Fraction(token.text) if number or "e" not in token.text.lower() else Fraction(0))

    def _call(self, token: Token) -> Expression | Items:
        name = _ALIASES.get(token.text, token.text)
        if name not in FUNCTIONS:
            near = self._names.near(token.text, FUNCTIONS)
            known = [n for n in near if n in FUNCTIONS]
            token.place.refuse(
                f"{token.text} is no function of autograd"
                + (f"; did you mean {' or '.join(known)}?" if known else f": there are {', '.join(FUNCTIONS)}")
                + (f" (a product is written {token.text}*(...))" if token.text in self._names.trees else "")
            )
        opening = self._cursor.advance()
        given = self._list_until(")", opening)
        operation = None if name == "softmax" else ops.OPERATIONS[name]
        if name == "dot":
            if len(given) not in (2, 3) or not all(isinstance(thing, Items) for thing in given[:2]):
                token.place.refuse("dot takes two lists, and a bias if there is one")
            weights, inputs = (self._flat([thing]) for thing in given[:2])
            if len(weights) != len(inputs):
                token.place.refuse(f"dot takes as many inputs as weights, not {len(inputs)} and {len(weights)}")
            return Apply(ops.dot, (*weights, *inputs, *(self._number(bias) for bias in given[2:])))
        if operation is not None and operation.arity is not None:
            if len(given) != operation.arity:
                token.place.refuse(f"{token.text} takes {operation.arity} operands, not {len(given)}")
            return Apply(operation, tuple(self._number(thing, token.place) for thing in given))
        operands = self._flat(given)
        if not operands:
            token.place.refuse(f"{token.text} needs an operand")
        if operation is not None:
            return Apply(operation, operands)
        total: Expression = Apply(ops.logsumexp, operands)
        return Items(tuple(Apply(ops.exp, (Apply(ops.subtract, (x, total)),)) for x in operands), "softmax(...)")

    def _list_until(self, closing: str, opening: Token) -> list[Expression | Items]:
        items: list[Expression | Items] = []
        while not self._cursor.take(closing):
            if items:
                self._cursor.expect(",", opening)
            items.append(self._cursor.deeper(self._part))
        return items

    def _flat(self, things: list[Expression | Items]) -> tuple[Expression, ...]:
        found: list[Expression] = []
        for thing in things:
            found += self._flat(list(thing.items)) if isinstance(thing, Items) else [thing]
        return tuple(found)

    def _item(self, found: Items) -> Expression | Items:
        place = self._cursor.advance().place
        index = self._cursor.advance()
        if index.kind != "number" or not index.text.isdigit():
            index.place.refuse("a subscript is a whole number, counted from 0, as in W1[1][0]")
        self._cursor.expect("]", index)
        if not int(index.text) < len(found.items):
            place.refuse(f"{found.text} has {len(found.items)} items, numbered from 0: there is no [{index.text}]")
        return found.items[int(index.text)]

    def _number(self, thing: Expression | Items, place: Place | None = None) -> Expression:
        if isinstance(thing, Items):
            (place or self._cursor.last.place).refuse(
                f"{thing.text} is a list, where a number belongs: take an item, as in {thing.text}[0]"
            )
        return thing
