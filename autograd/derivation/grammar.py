"""The grammar of a claim: a recursive-descent parser that knows formulas and nothing else.

    line        part = part [= part ...] [# comment]
    part        disjunction of comparisons of sums of products of signed powers
    atom        number | name | du/dv | function(part, ...) | (part) | [part, ...] | atom[whole number]

No text reaches Python's own parser. A name is looked up among the nodes and the earlier definitions; what is followed
by a parenthesis must be a function of autograd. `FormulaReader` reads formulas, `NameReader` the names in them, both
from one `Cursor`; what they cannot read they refuse by line and column, and say what to write instead.
"""

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from math import pi
from typing import Any

from autograd import ops
from autograd.derivation.claims import (
    HIGHEST_DEGREE,
    Apply,
    Defined,
    Derivative,
    Expression,
    Items,
    Named,
    Numeral,
    constant,
    degree,
)
from autograd.derivation.names import PageNames
from autograd.derivation.tokens import Place, Token
from autograd.operation import Operation
from autograd.value import Value

_DEEPEST = 50

PYTHON = {"for", "if", "else", "in", "is", "lambda", "import", "while", "def", "return", "yield", "await", "None"}
"""Words that nobody takes for mathematics."""
_COMPARISONS = {"<": ops.less, "<=": ops.less_equal, ">": ops.greater, ">=": ops.greater_equal, "==": ops.equal}
_ALIASES = {"σ": "sigmoid", "ln": "log", "abs": "absolute", "max": "maximum", "min": "minimum"}
_NUMBERS = {"pi": pi, "π": pi}
FUNCTIONS = [name for name, operation in ops.OPERATIONS.items() if operation.is_call] + ["equal", "clip", "softmax"]


class Cursor:
    """The tokens of one line, read from the left."""

    def __init__(self, tokens: list[Token]) -> None:
        self.position = 0
        self._tokens = tokens
        self._depth = 0

    @property
    def next(self) -> Token:
        """The token to read now; after the last, the end of the line."""
        return self._tokens[min(self.position, len(self._tokens) - 1)]

    @property
    def last(self) -> Token:
        """The token read last."""
        return self._tokens[max(0, self.position - 1)]

    def advance(self) -> Token:
        """Read a token."""
        token = self.next
        self.position += 1
        return token

    def take(self, text: str) -> bool:
        """Whether the next token is this one; if so it is read."""
        if self.next.text == text and self.next.kind != "end":
            self.position += 1
            return True
        return False

    def expect(self, text: str, opening: Token) -> None:
        """Read this token, which closes what `opening` opened, or refuse the line."""
        if not self.take(text):
            if self.next.kind == "end":
                opening.place.refuse(f"{opening.text} is never closed: {text} is missing")
            self.unexpected(f", where {text} belongs")

    def unexpected(self, where: str = "") -> None:
        """Refuse the line for its next token."""
        token = self.next
        if token.kind == "end":
            token.place.refuse("the line ends here, and something is missing")
        self.refuse_python(token)
        advice = ": a product is written with *" if token.kind in ("name", "number") or token.text == "(" else ""
        advice = ": of two claims each has a line of its own" if token.text == "," and not self.nested else advice
        token.place.refuse(f"{token.text!r} is not expected here{where}{advice}")

    def refuse_python(self, token: Token) -> None:
        """Refuse the line for a word that nobody takes for mathematics."""
        if token.text in PYTHON:
            token.place.refuse(f"{token.text!r} is Python, not mathematics: a claim holds names, numbers and functions")

    def subscript(self) -> tuple[Place, int]:
        """Read ``[2]``: where it begins, and the number."""
        place, index = self.advance().place, self.advance()
        if index.kind != "number" or not index.text.isdigit():
            index.place.refuse("a subscript is a whole number, counted from 0, as in W1[1][0]")
        self.expect("]", index)
        return place, int(index.text)

    @property
    def nested(self) -> bool:
        """Whether what is read now stands in parentheses, or is nested otherwise."""
        return self._depth > 0

    def deeper(self, grammar: Callable[[], Any]) -> Any:
        """Read something that is nested in what is being read."""
        self._depth += 1
        if self._depth > _DEEPEST:
            self.next.place.refuse(f"nested more than {_DEEPEST} deep: break the claim into lines")
        found = grammar()
        self._depth -= 1
        return found


class FormulaReader:
    """Reads the formulas of a line. `definitions` holds each name that is defined so far, with its formula's degree."""

    def __init__(self, tokens: list[Token], names: PageNames, definitions: Mapping[str, int]) -> None:
        self._cursor, self._names, self._definitions = Cursor(tokens), names, definitions
        self._name_reader = NameReader(self._cursor, names, definitions)

    def line(self, *, defines: bool) -> list[tuple[Expression, str]]:
        """The parts of a line, each with its text; the first is a name that has no meaning yet, if the line `defines`.

        Raises:
            ValueError: if a part is not a formula, or there are fewer than two, by line and column.
        """
        first, source = self._cursor.next, self._cursor.next.place.source
        starts = [first.place.column - 1]
        parts = [Defined(self._cursor.advance().text) if defines else self._number(self._part())]
        while self._cursor.take("="):
            starts.append(self._cursor.next.place.column - 1)
            parts.append(self._number(self._part()))
        if self._cursor.next.kind != "end":
            self._cursor.unexpected()
        if len(parts) == 1:
            first.place.refuse(
                "a claim says that two things are equal: put = between them"
                + (" (one =, not ==)" if "==" in source else "")
            )
        end = self._cursor.next.place.column - 1
        texts = [source[a:b] for a, b in zip(starts, [*starts[1:], end], strict=True)]
        return [
            (part, text.partition("#")[0].strip().rstrip("=≈").strip()) for part, text in zip(parts, texts, strict=True)
        ]

    # The grammar, loosest binding first

    def _part(self) -> Expression | Items:
        return self._many("or", ops.either, self._conjunction)

    def _conjunction(self) -> Expression | Items:
        return self._many("and", ops.both, self._negation)

    def _many(self, word: str, operation: Operation, operand: Callable[[], Any]) -> Expression | Items:
        found = operand()
        while self._cursor.next.text == word:
            place = self._cursor.advance().place
            found = Apply(operation, (self._number(found), self._number(operand())))
            if not (self._cursor.nested or all(map(_is_condition, found.operands))):
                place.refuse(
                    f"{word!r} joins conditions, as in p > 0 {word} n > 0: of two claims each has a line of its own"
                )
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
            self._cursor.refuse_python(token)
            if self._cursor.next.text == "(":
                found = self._call(token)
            elif token.text in _NUMBERS and not self._name_reader.known(token.text):
                found = Numeral("π", Fraction(_NUMBERS[token.text]))
            else:
                self._refuse_other_than_a_name(token)
                self._cursor.position -= 1
                found = self._name_reader.derivative() or self._name_reader.named()
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

    def _refuse_other_than_a_name(self, token: Token) -> None:
        """Refuse what people write as if it were a name: a function without operands, d²E/dw², e for exp."""
        if self._name_reader.known(token.text):
            return
        if token.text in FUNCTIONS or token.text in _ALIASES:
            token.place.refuse(f"{token.text} is a function, no name: it takes operands, as in {token.text}(x)")
        twice = token.text == "d" and self._cursor.next.kind == "exponent"
        if twice or (token.text.startswith("d2") and self._name_reader.known(token.text[2:])):
            token.place.refuse("second derivatives are not claims here: only du/dv is")
        if token.text == "e" and self._cursor.next.text == "**":
            token.place.refuse("there is no node e; e to a power is written exp, as in exp(-n)")

    # Numbers and functions

    def _numeral(self, token: Token) -> Numeral:
        if len(token.text) > 60 or not abs(number := float(token.text)) < float("inf"):
            token.place.refuse("this number does not fit a float")
        # The float of 1e-400 is 0; a Fraction of the text would have hundreds of digits, that of 1e-9999999 millions.
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
        operation = ops.OPERATIONS.get(name)
        if name == "dot":
            if len(given) not in (2, 3) or not all(isinstance(thing, Items) for thing in given[:2]):
                token.place.refuse("dot takes two lists, and a bias if there is one")
            weights, inputs = (self._flat([thing]) for thing in given[:2])
            if len(weights) != len(inputs):
                token.place.refuse(f"dot takes as many inputs as weights, not {len(inputs)} and {len(weights)}")
            return Apply(ops.dot, (*weights, *inputs, *(self._number(bias) for bias in given[2:])))
        if name == "clip":
            if len(given) != 3:
                token.place.refuse(f"clip takes 3 operands, not {len(given)}")
            x, low, high = (self._number(thing, token.place) for thing in given)
            return Apply(ops.minimum, (Apply(ops.maximum, (x, low)), high))
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
        place, index = self._cursor.subscript()
        if not index < len(found.items):
            place.refuse(f"{found.text} has {len(found.items)} items, numbered from 0: there is no [{index}]")
        return found.items[index]

    def _number(self, thing: Expression | Items, place: Place | None = None) -> Expression:
        if isinstance(thing, Items):
            (place or self._cursor.last.place).refuse(
                f"{thing.text} is a list, where a number belongs: take an item, as in {thing.text}[0]"
            )
        return thing


def _is_condition(expression: Expression) -> bool:
    return isinstance(expression, Apply) and expression.operation.condition


class NameReader:
    """Reads a name, with its subscripts, wherever the cursor stands at one."""

    def __init__(self, cursor: Cursor, names: PageNames, definitions: Collection[str]) -> None:
        self._cursor, self._names, self._definitions = cursor, names, definitions

    def derivative(self) -> Derivative | None:
        """du/dv if the next tokens can be read so; else None, and nothing was read."""
        start, token = self._cursor.position, self._cursor.next
        certain = token.text.startswith("∂")
        upper = self._differential()
        between = self._cursor.next
        if upper is None or not self._cursor.take("/") or self._cursor.next.kind != "name":
            self._cursor.position = start
            if certain:
                token.place.refuse("∂ belongs to a derivative, as in ∂J/∂w")
            return None
        lower_token = self._cursor.next
        lower = self._differential()
        if lower is None:
            self._cursor.position = start
            if certain:
                between.place.refuse("the ∂ above has none below: a derivative is written ∂J/∂w")
            return None
        literal = not certain and self.known(token.text) and self.known(lower_token.text)
        known = self.known(upper) and self.known(lower)
        if literal and known:
            token.place.refuse(
                f"{token.text}/{lower_token.text} may be the derivative of {upper} by {lower}, or {token.text} divided "
                f"by {lower_token.text}: all four are nodes. Rename some, or write ∂{upper}/∂{lower} or "
                f"({token.text})/({lower_token.text})"
            )
        if literal or (not known and not certain and not self.known(upper)):
            self._cursor.position = start
            return None
        end = self._cursor.position
        self._cursor.position = start
        of = self._reference(1, token)
        self._cursor.position += 1
        by = self._reference(1, lower_token)
        assert self._cursor.position == end
        return Derivative(of.node, by.node, f"d{of.text}/d{by.text}")

    def _differential(self) -> str | None:
        """Read a name with d or ∂ before it, and its subscripts; the name without the d."""
        token = self._cursor.advance()
        if token.kind != "name" or token.text[0] not in "d∂" or len(token.text) == 1:
            return None
        while self._cursor.next.text in ("[", "."):
            bracket = self._cursor.advance().text
            self._cursor.advance()
            if bracket == "[" and not self._cursor.take("]"):
                return None
        return token.text[1:]

    def _reference(self, prefix: int, token: Token) -> Named:
        """The node that a differential names."""
        self._cursor.position += 1
        name = token.text[prefix:]
        if name in self._definitions:
            token.place.refuse(f"{name} is defined on this page, not recorded: only recorded nodes have derivatives")
        found = self._path(name, token.place)
        if not isinstance(found, Named):
            token.place.refuse(f"{name} is a list: a derivative needs one of its items, as in {name}[0]")
        return found

    def named(self) -> Expression | Items:
        """What the name at the cursor refers to."""
        token = self._cursor.advance()
        if token.text in self._definitions:
            return Defined(token.text)
        return self._path(token.text, token.place)

    def _path(self, name: str, place: Place) -> Named | Items:
        """The node or list that a name and the subscripts after it lead to."""
        if name not in self._names.trees:
            self._unknown(name, place)
        tree = self._names.trees[name]
        path = name
        while self._cursor.next.text in ("[", "."):
            if self._cursor.next.text == ".":
                path, tree = self._attribute(tree, path)
                continue
            start, index = self._cursor.subscript()
            if isinstance(tree, Value):
                start.refuse(f"{path} is one number, not a list: it has no items")
            if isinstance(tree, dict) or not index < len(tree) or tree[index] is None:
                size = "no items" if isinstance(tree, dict) else f"{len(tree)} items, numbered from 0"
                start.refuse(f"{path} has {size}: there is no [{index}] with a Value")
            path, tree = f"{path}[{index}]", tree[index]
        if isinstance(tree, dict):
            place.refuse(f"{path} is a Module: go on to a parameter, as in {path}.{next(iter(tree))}")
        return _as_expression(tree, path)

    def _attribute(self, tree: Any, path: str) -> tuple[str, Any]:
        """What a dot and the name after it lead to, in a Module."""
        dot, key = self._cursor.advance(), self._cursor.advance()
        if not isinstance(tree, dict):
            dot.place.refuse(f"a claim gets no attributes, and {path} is no Module")
        if key.text not in tree:
            key.place.refuse(f"{path} has no parameters under {key.text!r}, only {', '.join(tree)}")
        return f"{path}.{key.text}", tree[key.text]

    def _unknown(self, name: str, place: Place) -> None:
        near = self._names.near(name, self._definitions)
        advice = (
            f"; did you mean {', '.join(near)}?" if near else f": there are {', '.join(list(self._names.trees)[:12])}"
        )
        if name in self._names.ignored:
            advice = (
                f": nodes has {name}, but as {self._names.ignored[name]}, not as a Value. "
                f"Define it in the text, as in {name} = 0.5, or make it a Value"
            )
        place.refuse(f"there is no node {name}{advice}")

    def known(self, name: str) -> bool:
        """Whether it is a node, a list or Module of nodes, or defined."""
        return name in self._names.trees or name in self._definitions


def _as_expression(tree: Any, path: str) -> Named | Items:
    if isinstance(tree, Value):
        return Named(tree, path)
    parts = ((k, part) for k, part in enumerate(tree) if part is not None)
    return Items(tuple(_as_expression(part, f"{path}[{k}]") for k, part in parts), path)
