"""Reading a derivation: a recursive-descent parser that knows a claim's grammar and nothing else.

    line        part = part [= part ...] [# comment]
    part        disjunction of comparisons of sums of products of signed powers
    atom        number | name | du/dv | function(part, ...) | (part) | [part, ...] | atom[whole number]

No text reaches Python's own parser. A name is looked up among the nodes and the earlier definitions; what is followed
by a parenthesis must be a function of autograd.
"""

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Defined, Derivative, Expression, Items, Node, Numeral, walk
from autograd.derivation.names import Names
from autograd.derivation.tokens import LONGEST_TEXT, Place, Token, tokens
from autograd.ops import Operation
from autograd.value import Value

DEEPEST = 50
HIGHEST_DEGREE = 1000

_COMPARISONS = {"<": ops.less, "<=": ops.less_equal, ">": ops.greater, ">=": ops.greater_equal, "==": ops.equal}
_ALIASES = {"σ": "sigmoid", "ln": "log", "abs": "absolute", "max": "maximum", "min": "minimum"}
_FUNCTIONS = [
    *("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "softplus", "step", "sign"),
    *("absolute", "maximum", "minimum", "where", "sum", "mean", "prod", "dot", "logsumexp", "softmax"),
]
_WORDS = {"for", "if", "else", "in", "is", "lambda", "import", "while", "def", "return", "yield", "await", "None"}


def read(text: str, names: Names) -> list[Claim]:
    """The claims of a derivation, one a line.

    Raises:
        TypeError: if the derivation is no text.
        ValueError: if a line is no claim, by line and column.

    >>> p, n = Value(0.75), Value(1.1)
    >>> [claim] = read("∂p/∂n = p*(1 - p) = 0.19  # the sigmoid's slope", Names({"p": p, "n": n}))
    >>> claim.subject.of is p, claim.texts
    (True, ('∂p/∂n', 'p*(1 - p)', '0.19'))
    """
    if not isinstance(text, str):
        raise TypeError(f"a derivation is text with a claim on each line, or a mapping, not {type(text).__name__}")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"the derivation has {len(text)} characters; {LONGEST_TEXT} are read")
    definitions: dict[str, int] = {}
    claims = []
    for number, source in enumerate(text.split("\n"), start=1):
        line = list(tokens(number, source))
        if line[0].kind != "end":
            claims.append(_Line(line, names, definitions).claim())
    if not claims:
        raise ValueError("the derivation holds no claim: write one a line, as in dJ/dp = p - a")
    return claims


class _Line:
    """The parser of one line. `definitions` holds each defined name with the degree of its formula."""

    def __init__(self, line: list[Token], names: Names, definitions: dict[str, int]) -> None:
        self._tokens = line
        self._position = 0
        self._depth = 0
        self._names = names
        self._definitions = definitions

    def claim(self) -> Claim:
        first, source = self._next, self._next.place.source
        defines = first.text if self._starts_a_definition() else None
        starts = [first.place.column - 1]
        parts: list[Expression] = []
        if defines is not None:
            self._position += 1
            parts.append(Defined(defines))
        else:
            parts.append(self._number(self._part()))
        while self._take("="):
            starts.append(self._next.place.column - 1)
            parts.append(self._number(self._part()))
        if self._next.kind != "end":
            self._unexpected()
        if len(parts) == 1:
            first.place.refuse(
                "a claim says that two things are equal: put = between them"
                + (" (one =, not ==)" if "==" in source else "")
            )
        end = self._next.place.column - 1
        texts = [source[a:b] for a, b in zip(starts, [*starts[1:], end], strict=True)]
        texts = [text.partition("#")[0].strip().rstrip("=≈").strip() for text in texts]
        if defines is not None:
            self._definitions[defines] = _degree(parts[1], self._definitions)
        else:
            # In 0.15 = dJ/dw the page speaks of dJ/dw all the same.
            kinds = [Derivative, Node, Defined]
            found = [(kinds.index(type(part)), k) for k, part in enumerate(parts) if type(part) in kinds]
            if found and not isinstance(parts[0], Derivative | Node | Defined):
                k = min(found)[1]
                parts.insert(0, parts.pop(k))
                texts.insert(0, texts.pop(k))
        subject, *others = parts
        return Claim(first.place.line, source.partition("#")[0].strip(), subject, tuple(others), tuple(texts), defines)

    def _starts_a_definition(self) -> bool:
        token, after = self._tokens[0], self._tokens[1]
        return (
            token.kind == "name"
            and after.text == "="
            and token.text not in self._names.trees
            and token.text not in self._definitions
            and token.text not in _FUNCTIONS
            and token.text not in _WORDS
            and not token.text.startswith("∂")
        )

    # The grammar, loosest binding first

    def _part(self) -> Expression | Items:
        return self._many("or", ops.either, self._conjunction)

    def _conjunction(self) -> Expression | Items:
        return self._many("and", ops.both, self._negation)

    def _many(self, word: str, operation: Operation, operand: Callable[[], Any]) -> Expression | Items:
        found = operand()
        while self._take(word):
            found = Apply(operation, (self._number(found), self._number(operand())))
        return found

    def _negation(self) -> Expression | Items:
        if self._take("not"):
            return Apply(ops.opposite, (self._number(self._deeper(self._negation)),))
        return self._comparison()

    def _comparison(self) -> Expression | Items:
        left = self._sum()
        truth: Expression | None = None
        while self._next.text in (*_COMPARISONS, "!="):
            sign = self._advance().text
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
        while self._next.text in ("+", "-"):
            sign = self._advance().text
            term = self._number(self._product())
            terms.append(Apply(ops.negate, (term,)) if sign == "-" else term)
        return first if len(terms) == 1 else Apply(ops.sum, tuple(map(self._number, terms)))

    def _product(self) -> Expression | Items:
        first = self._signed()
        above: list[Any] = [first]
        below: list[Any] = []
        while self._next.text in ("*", "/"):
            side = above if self._advance().text == "*" else below
            side.append(self._number(self._signed()))
        if len(above) == 1 and not below:
            return first
        numerator = self._joined(above)
        return Apply(ops.divide, (numerator, self._joined(below))) if below else numerator

    def _joined(self, factors: list[Any]) -> Expression:
        return self._number(factors[0]) if len(factors) == 1 else Apply(ops.prod, tuple(map(self._number, factors)))

    def _signed(self) -> Expression | Items:
        if self._take("-"):
            return Apply(ops.negate, (self._number(self._deeper(self._signed)),))
        if self._take("+"):
            return self._number(self._deeper(self._signed))
        return self._power()

    def _power(self) -> Expression | Items:
        base = self._atom()
        place = self._next.place
        if self._next.kind == "exponent":
            text = self._advance().text
            exponent: Expression = Numeral(text, Fraction(text))
        elif self._take("**"):
            exponent = self._number(self._deeper(self._signed))
        else:
            return base
        numeral = _constant(exponent)
        found: Expression
        if numeral is None:
            found = Apply(ops.power, (self._number(base), exponent))
        elif abs(numeral) > HIGHEST_DEGREE:
            place.refuse(f"the exponent is beyond {HIGHEST_DEGREE}: no claim needs a power so high")
        else:
            found = Apply(ops.power_by(float(numeral)), (self._number(base),))
        if _degree(found, self._definitions) > HIGHEST_DEGREE:
            place.refuse(f"powers of powers reach beyond degree {HIGHEST_DEGREE}: no claim needs one so high")
        return found

    def _atom(self) -> Expression | Items:
        token = self._advance()
        found: Expression | Items
        if token.text == "(":
            found = self._deeper(self._part)
            self._expect(")", token)
        elif token.text == "[":
            items = self._list_until("]", token)
            found = Items(tuple(items), "[...]")
        elif token.kind == "number":
            found = self._numeral(token)
        elif token.kind == "name":
            if token.text in _WORDS:
                token.place.refuse(
                    f"{token.text!r} is Python, not mathematics: a claim holds names, numbers, functions"
                )
            if self._next.text == "(":
                found = self._call(token)
            else:
                self._position -= 1
                found = self._derivative() or self._named()
        else:
            self._position -= 1
            self._unexpected()
        while self._next.text == "[" and isinstance(found, Items):
            found = self._item(found)
        if self._next.text == "[":
            self._next.place.refuse(f"{token.text} is one number, not a list: it has no items")
        if self._next.text == ".":
            self._next.place.refuse("a claim gets no attributes: write the name of a node")
        return found

    # Atoms

    def _numeral(self, token: Token) -> Numeral:
        if len(token.text) > 60 or not abs(number := float(token.text)) < float("inf"):
            token.place.refuse("this number does not fit a float")
        # From 1e-400 on the float is 0, and a Fraction of the text would have as many digits.
        return Numeral(token.text, Fraction(token.text) if number or "e" not in token.text.lower() else Fraction(0))

    def _call(self, token: Token) -> Expression | Items:
        name = _ALIASES.get(token.text, token.text)
        if name not in _FUNCTIONS:
            near = self._names.near(token.text, _FUNCTIONS)
            known = [n for n in near if n in _FUNCTIONS]
            token.place.refuse(
                f"{token.text} is no function of autograd"
                + (f"; did you mean {' or '.join(known)}?" if known else f": there are {', '.join(_FUNCTIONS)}")
                + (f" (a product is written {token.text}*(...))" if token.text in self._names.trees else "")
            )
        opening = self._advance()
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
        while not self._take(closing):
            if items:
                self._expect(",", opening)
            items.append(self._deeper(self._part))
        return items

    def _flat(self, things: list[Expression | Items]) -> tuple[Expression, ...]:
        found: list[Expression] = []
        for thing in things:
            found += self._flat(list(thing.items)) if isinstance(thing, Items) else [thing]
        return tuple(found)

    def _item(self, found: Items) -> Expression | Items:
        place = self._advance().place
        index = self._advance()
        if index.kind != "number" or not index.text.isdigit():
            index.place.refuse("a subscript is a whole number, counted from 0, as in W1[1][0]")
        self._expect("]", index)
        if not int(index.text) < len(found.items):
            place.refuse(f"{found.text} has {len(found.items)} items, numbered from 0: there is no [{index.text}]")
        return found.items[int(index.text)]

    def _derivative(self) -> Derivative | None:
        """du/dv if the next tokens can be read so; else None, and nothing was read."""
        start, token = self._position, self._next
        certain = token.text.startswith("∂")
        upper = self._differential()
        between = self._next
        if upper is None or not self._take("/") or self._next.kind != "name":
            self._position = start
            if certain:
                token.place.refuse("∂ belongs to a derivative, as in ∂J/∂w")
            return None
        lower_token = self._next
        lower = self._differential()
        if lower is None:
            self._position = start
            if certain:
                between.place.refuse("the ∂ above has none below: a derivative is written ∂J/∂w")
            return None
        literal = not certain and self._known(token.text) and self._known(lower_token.text)
        known = self._known(upper) and self._known(lower)
        if literal and known:
            token.place.refuse(
                f"{token.text}/{lower_token.text} may be the derivative of {upper} by {lower}, or {token.text} divided "
                f"by {lower_token.text}: all four are nodes. Rename some, or write ∂{upper}/∂{lower} or "
                f"({token.text})/({lower_token.text})"
            )
        if literal or (not known and not certain and not self._known(upper)):
            self._position = start
            return None
        end = self._position
        self._position = start
        of = self._reference(1, token)
        self._position += 1
        by = self._reference(1, lower_token)
        assert self._position == end
        return Derivative(of.node, by.node, f"d{of.text}/d{by.text}")

    def _differential(self) -> str | None:
        """Read a name with d or ∂ before it, and its subscripts; the name without the d."""
        token = self._advance()
        if token.kind != "name" or token.text[0] not in "d∂" or len(token.text) == 1:
            return None
        while self._next.text in ("[", "."):
            bracket = self._advance().text
            self._advance()
            if bracket == "[" and not self._take("]"):
                return None
        return token.text[1:]

    def _reference(self, prefix: int, token: Token) -> Node:
        """The node that a differential names."""
        self._position += 1
        name = token.text[prefix:]
        if name in self._definitions:
            token.place.refuse(f"{name} is defined on this page, not recorded: only recorded nodes have derivatives")
        found = self._path(name, token.place)
        if not isinstance(found, Node):
            token.place.refuse(f"{name} is a list: a derivative needs one of its items, as in {name}[0]")
        return found

    def _named(self) -> Expression | Items:
        token = self._advance()
        if token.text in self._definitions:
            return Defined(token.text)
        return self._path(token.text, token.place)

    def _path(self, name: str, place: Place) -> Node | Items:
        """The node or list that a name and the subscripts after it lead to."""
        if name not in self._names.trees:
            self._unknown(name, place)
        tree = self._names.trees[name]
        path = name
        while self._next.text in ("[", "."):
            step = self._advance()
            key = self._advance()
            if step.text == ".":
                if not isinstance(tree, dict):
                    step.place.refuse(f"a claim gets no attributes, and {path} is no Module")
                if key.text not in tree:
                    key.place.refuse(f"{path} has no parameters under {key.text!r}, only {', '.join(tree)}")
                path, tree = f"{path}.{key.text}", tree[key.text]
                continue
            if key.kind != "number" or not key.text.isdigit():
                key.place.refuse("a subscript is a whole number, counted from 0, as in W1[1][0]")
            self._expect("]", key)
            if isinstance(tree, Value):
                step.place.refuse(f"{path} is one number, not a list: it has no items")
            if isinstance(tree, dict) or not int(key.text) < len(tree) or tree[int(key.text)] is None:
                size = "no items" if isinstance(tree, dict) else f"{len(tree)} items, numbered from 0"
                step.place.refuse(f"{path} has {size}: there is no [{key.text}] with a Value")
            path, tree = f"{path}[{key.text}]", tree[int(key.text)]
        if isinstance(tree, dict):
            place.refuse(f"{path} is a Module: go on to a parameter, as in {path}.{next(iter(tree))}")
        return _as_expression(tree, path)

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

    def _known(self, name: str) -> bool:
        return name in self._names.trees or name in self._definitions

    # Tokens

    @property
    def _next(self) -> Token:
        return self._tokens[min(self._position, len(self._tokens) - 1)]

    def _advance(self) -> Token:
        token = self._next
        self._position += 1
        return token

    def _take(self, text: str) -> bool:
        if self._next.text == text and self._next.kind != "end":
            self._position += 1
            return True
        return False

    def _expect(self, text: str, opening: Token) -> None:
        if not self._take(text):
            if self._next.kind == "end":
                opening.place.refuse(f"{opening.text} is never closed: {text} is missing")
            self._unexpected(f", where {text} belongs")

    def _unexpected(self, where: str = "") -> None:
        token = self._next
        if token.kind == "end":
            token.place.refuse("the line ends here, and something is missing")
        if token.text in _WORDS:
            token.place.refuse(f"{token.text!r} is Python, not mathematics: a claim holds names, numbers and functions")
        advice = ": a product is written with *" if token.kind in ("name", "number") or token.text == "(" else ""
        token.place.refuse(f"{token.text!r} is not expected here{where}{advice}")

    def _deeper(self, grammar: Callable[[], Any]) -> Any:
        self._depth += 1
        if self._depth > DEEPEST:
            self._next.place.refuse(f"nested more than {DEEPEST} deep: break the claim into lines")
        found = grammar()
        self._depth -= 1
        return found

    def _number(self, thing: Expression | Items, place: Place | None = None) -> Expression:
        if isinstance(thing, Items):
            (place or self._tokens[max(0, self._position - 1)].place).refuse(
                f"{thing.text} is a list, where a number belongs: take an item, as in {thing.text}[0]"
            )
        return thing


def _as_expression(tree: Any, path: str) -> Node | Items:
    if isinstance(tree, Value):
        return Node(tree, path)
    parts = ((k, part) for k, part in enumerate(tree) if part is not None)
    return Items(tuple(_as_expression(part, f"{path}[{k}]") for k, part in parts), path)


def _constant(expression: Expression) -> Fraction | None:
    """The exponent as a number, if it is arithmetic of numbers without powers, as 3, -1/2 or 2 - 1."""
    if isinstance(expression, Numeral):
        return expression.number
    if not isinstance(expression, Apply):
        return None
    operands = [_constant(operand) for operand in expression.operands]
    known = [operand for operand in operands if operand is not None]
    if len(known) < len(operands):
        return None
    match expression.operation, known:
        case ops.negate, [number]:
            return -number
        case ops.divide, [above, below] if below:
            return above / below
        case ops.sum, _:
            return sum(known, Fraction(0))
        case ops.prod, _:
            return prod(known, start=Fraction(1))
    return None


def _degree(expression: Expression, definitions: dict[str, int]) -> int:
    """How high the powers in an expression multiply up to: a bound on the work of writing it out."""
    match expression:
        case Defined(name=name):
            return definitions.get(name, 1)
        case Apply(operation=operation, operands=operands):
            degrees = [_degree(operand, definitions) for operand in operands] or [1]
            if operation.name.startswith("**"):
                if operation is ops.power:
                    return _integer_size(expression.operands[1], definitions) * degrees[0]
                return max(1, int(abs(float(operation.name[2:])))) * degrees[0]
            return sum(degrees) if operation in (ops.prod, ops.divide, ops.multiply, ops.dot) else max(degrees)
    return 1


def _integer_size(exponent: Expression, definitions: dict[str, int]) -> int:
    """An exponent that is computed from numbers alone, as in 9**9**9, is refused as one too high."""
    if any(isinstance(part, Node | Derivative | Defined) for part in walk(exponent)):
        return max(1, _degree(exponent, definitions))
    return HIGHEST_DEGREE + 1
