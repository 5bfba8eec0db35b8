"""From symbols to a tree: a recursive-descent parser that knows how formulas are written, and nothing of nodes.

    formula      conditions of sums of products of signed powers
    product      factors with a sign between them, or side by side
    factor       number | name with its scripts | du/dv | fraction | root | Σ or Π | function | (formula) | |formula|

It asks about names only whether there are any that are spelled so (`known`): that tells dL/dw from the quotient of two
nodes called dL and dw, and h(1 - h) with a node h from a function.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from autograd.notation.symbols import SCRIPT_WORDS, Illegible, Symbol
from autograd.notation.syntax import (
    Addition,
    At,
    Attribute,
    Beside,
    BigOperator,
    Call,
    Cases,
    Differential,
    Item,
    Listed,
    Logic,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Ratio,
    Relation,
    Slice,
    Subscripted,
    Superscript,
    Transposed,
    Tree,
)
from autograd.notation.letters import GREEK, HATS

_DEEPEST = 50
PYTHON = {"for", "if", "else", "in", "is", "lambda", "import", "while", "def", "return", "yield", "await", "None"}
"""Words that nobody takes for mathematics."""
_SIGNS = ("<", "<=", ">", ">=", "==", "!=")
FUNCTIONS = {
    "σ": "sigmoid", "sigmoid": "sigmoid", "logistic": "sigmoid", "sigm": "sigmoid", "ln": "log", "log": "log",
    "exp": "exp", "tanh": "tanh", "sinh": "sinh", "cosh": "cosh", "sech": "sech", "sin": "sin", "cos": "cos",
    "tan": "tan", "sqrt": "sqrt", "abs": "absolute", "absolute": "absolute", "max": "maximum", "maximum": "maximum",
    "min": "minimum", "minimum": "minimum", "relu": "relu", "ReLU": "relu", "softmax": "softmax",
    "softplus": "softplus", "sum": "sum", "mean": "mean", "prod": "prod", "dot": "dot", "where": "where",
    "clip": "clip", "diag": "diag", "logsumexp": "logsumexp", "sign": "sign", "sgn": "sign", "gelu": "gelu",
    "silu": "silu", "erf": "erf", "norm": "norm", "equal": "equal", "power": "power", "outer": "outer",
    "divide": "divide", "multiply": "multiply", "add": "add", "subtract": "subtract", "negate": "negate",
}  # fmt: skip
"""Functions as pages spell them, and the names that autograd or NumPy has for them."""
_WITHOUT_PARENTHESES = {"ln", "log", "exp", "tanh", "sinh", "cosh", "sech", "sin", "cos", "tan"}
_CLOSING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
_ADVICE = {
    '"': "a claim holds no text",
    "∂": "∂ belongs to a derivative, as in ∂J/∂w",
    "∇": "a gradient says by what, as in ∇_w L",
    "!": "there is no factorial",
    ";": "a claim ends with its line: what follows belongs on a new line",
    "…": "what … stands for is not read: write it out, or as a sum",
    "∝": "proportional is no claim that can be checked: write = and the factor",
    "∼": "∼ is no claim that can be checked",
    "∈": "∈ is read in for i ∈ {1, …, n} only",
    "∞": "there are no limits here",
    "%": "a percentage is written as a number",
    "?": "what ? stands for is not known",
    "{": "only ( ) and [ ] are read",
    "}": "only ( ) and [ ] are read",
    "$": "a $ here has no partner",
    "→": "an arrow is no claim: write =",
}


class FormulaParser:
    """Reads formulas from symbols. `trivial` turns false when something is read that needs to be shown as read."""

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known
        self._symbols: Sequence[Symbol] = ()
        self._at = 0
        self._depth = 0
        self._equals = False
        self.trivial = True

    def formula(self, symbols: Sequence[Symbol], *, equals: bool = False) -> Tree:
        """The tree of symbols that end with one of kind "end"; with `equals`, = is a relation as < is.

        Raises:
            Illegible: if they are no formula.
        """
        self._symbols, self._at, self._depth, self._equals = symbols, 0, 0, equals
        found = self._formula()
        if self._next.kind != "end":
            self._unexpected()
        return found

    # The cursor

    @property
    def _next(self) -> Symbol:
        return self._symbols[self._at]

    def _ahead(self, count: int = 1) -> Symbol:
        return self._symbols[min(self._at + count, len(self._symbols) - 1)]

    def _advance(self) -> Symbol:
        symbol = self._symbols[self._at]
        if symbol.kind != "end":
            self._at += 1
        return symbol

    def _is(self, *texts: str) -> bool:
        symbol = self._symbols[self._at]
        return symbol.text in texts and symbol.kind in ("operator", "row")

    def _take(self, text: str) -> bool:
        if self._is(text):
            self._at += 1
            return True
        return False

    def _expect(self, text: str, opening: Symbol) -> None:
        if not self._take(text):
            if self._next.kind == "end":
                self._refuse(opening, f"{opening.text} is never closed: {text} is missing")
            self._unexpected(f", where {text} belongs")

    def _refuse(self, symbol: Symbol, why: str) -> NoReturn:
        raise Illegible(symbol.place, why)

    def _unexpected(self, where: str = "") -> NoReturn:
        symbol = self._next
        if symbol.kind == "end":
            self._refuse(symbol, "the line ends here, and something is missing")
        self._refuse_python(symbol)
        if symbol.kind == "prime":
            self._refuse(symbol, f"{symbol.text!r} has no meaning in a claim: a claim holds no text")
        if symbol.kind == "strange" or symbol.text in _ADVICE:
            advice = _ADVICE.get(symbol.text, "leave it out")
            self._refuse(symbol, f"{symbol.text!r} has no meaning in a claim: {advice}")
        shown = "\\" + symbol.text if symbol.kind in ("command", "begin") else symbol.text
        self._refuse(symbol, f"{shown!r} is not expected here{where}")

    def _refuse_python(self, symbol: Symbol) -> None:
        if symbol.kind in ("name", "word") and symbol.text in PYTHON and not self._known(symbol.text):
            self._refuse(
                symbol, f"{symbol.text!r} is Python, not mathematics: a claim holds names, numbers and functions"
            )

    def _deeper(self, grammar: Callable[[], Any]) -> Any:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._refuse(self._next, f"nested more than {_DEEPEST} deep: break the claim into lines")
        found = grammar()
        self._depth -= 1
        return found

    def _within(self, symbols: Sequence[Symbol], end: Symbol, grammar: Callable[[], Any]) -> Any:
        """Read a stretch of symbols on its own, up to its end."""
        kept = self._symbols, self._at
        last = Symbol("end", "", end.place, end.start, end.start)
        self._symbols, self._at = [*symbols, last], 0
        found = self._deeper(grammar)
        if self._next.kind != "end":
            self._unexpected()
        self._symbols, self._at = kept
        return found

    def _group(self) -> tuple[Symbol, list[Symbol], Symbol]:
        """Read ``{ … }`` or a single symbol: the opening, what is inside, and where it ends."""
        opening = self._advance()
        if opening.text != "{" or opening.kind != "operator":
            if opening.kind == "end":
                self._refuse(opening, "the line ends here, and something is missing")
            return opening, [opening], self._next
        depth, start = 1, self._at
        while True:
            symbol = self._advance()
            if symbol.kind == "end":
                self._refuse(opening, "{ is never closed: } is missing")
            if symbol.kind == "operator":
                depth += {"{": 1, "}": -1}.get(symbol.text, 0)
                if depth == 0:
                    return opening, list(self._symbols[start : self._at - 1]), symbol

    # The grammar, loosest binding first

    def _formula(self) -> Tree:
        return self._logic("or", lambda: self._logic("and", self._negation))

    def _logic(self, word: str, operand: Callable[[], Tree]) -> Tree:
        first = self._next
        trees = [operand()]
        while self._next.text in (word, {"or": "∨", "and": "∧"}[word]) and self._next.kind != "end":
            place = self._advance().place
            trees.append(operand())
            if self._depth == 0 and not all(isinstance(tree, Relation | Logic) for tree in trees):
                raise Illegible(
                    place, f"{word!r} joins conditions, as in p > 0 {word} n > 0: of two claims each has a line of its own"
                )
        return trees[0] if len(trees) == 1 else Logic(word, tuple(trees), first.place)

    def _negation(self) -> Tree:
        if self._next.text == "not" and self._next.kind in ("name", "word"):
            place = self._advance().place
            return Logic("not", (self._deeper(self._negation),), place)
        return self._comparison()

    def _comparison(self) -> Tree:
        first = self._next
        trees, signs = [self._sum()], []
        while self._is(*_SIGNS) or (self._equals and self._is("=")):
            sign = self._advance().text
            signs.append("==" if sign == "=" else sign)
            trees.append(self._sum())
        return Relation(tuple(trees), tuple(signs), first.place) if signs else trees[0]

    def _sum(self) -> Tree:
        terms = [self._product()]
        while self._is("+", "-"):
            sign = self._advance().text
            term = self._product()
            terms.append(Negative(term) if sign == "-" else term)
        return terms[0] if len(terms) == 1 else Addition(tuple(terms))

    def _product(self) -> Tree:
        """Factors from the left; those side by side bind closest."""
        start = self._next
        found = self._side_by_side(self._signed())
        sign, factors = "", [found]
        place = start.place
        while self._is("*", "·", "@", "⊙", "/"):
            operator = self._advance()
            if operator.text == "/":
                above = factors[0] if len(factors) == 1 else Product(tuple(factors), sign, place)
                below = self._signed()
                ratio = Ratio(above, below, operator.place)
                factors = [self._after_a_stroke(ratio, operator)]
                sign = ""
                continue
            factor = self._side_by_side(self._signed())
            if operator.text != "*":
                self.trivial = self.trivial and operator.text == "·"
            if sign not in ("", operator.text):
                factors = [Product(tuple(factors), sign, place)]
            sign = operator.text
            factors.append(factor)
        return factors[0] if len(factors) == 1 else Product(tuple(factors), sign, place)

    def _after_a_stroke(self, ratio: Ratio, stroke: Symbol) -> Tree:
        """What follows 1/m without a sign: it is multiplied if the numbers or a gap say so, and else refused."""
        if not self._starts_a_factor():
            return ratio
        following = self._next
        plain = isinstance(ratio.above, Number) and isinstance(ratio.below, Number | Name)
        plain = plain and not (isinstance(ratio.below, Number) and ratio.below.text.startswith("0."))
        apart = following.gap > 0 or following.text in ("(", "[", "Σ", "Π", "∂") or following.kind in ("command", "begin")
        if not (plain and apart):
            self._refuse(
                following,
                "what stands after a/b may be multiplied with it or belong below the stroke: write (a/b)*c or a/(b*c)",
            )
        return self._side_by_side(ratio)

    def _side_by_side(self, first: Tree) -> Tree:
        factors, place = [first], self._next.place
        while self._starts_a_factor():
            place = self._next.place if len(factors) == 1 else place
            factors.append(self._power())
        if len(factors) == 1:
            return first
        self.trivial = self.trivial and isinstance(first, Number) and first.text in ("0.5", "0.25", "0.75") and first.place.source[first.place.column - 1 : first.place.column] in "½¼¾" and len(factors) == 2
        return Product(tuple(factors), "", place)

    def _starts_a_factor(self) -> bool:
        symbol = self._next
        if symbol.kind == "name":
            return symbol.text not in ("and", "or", "not") and not (symbol.text in PYTHON and not self._known(symbol.text))
        if symbol.kind == "number":
            before = self._symbols[self._at - 1]
            if before.kind == "number":
                return False
            return True
        if symbol.kind in ("command", "begin"):
            return True
        return symbol.kind == "operator" and (
            symbol.text in ("(", "[", "{", "∂", "∇", "Σ", "Π", "√", "⟨", "‖")
            or (symbol.text == "|" and self._opens_a_bar())
        )

    def _opens_a_bar(self) -> bool:
        """Whether | begins |x|: not inside another one, and something follows right after."""
        following = self._ahead()
        return self._bars == 0 and following.kind != "end" and following.text not in ("_", "|", ")", "]", "}")

    _bars = 0

    def _signed(self) -> Tree:
        if self._is("-", "+"):
            sign = self._advance().text
            found = self._deeper(self._signed)
            return Negative(found) if sign == "-" else found
        return self._power()

    def _power(self) -> Tree:
        """A factor, and what stands behind it: powers, transposes, items of what is in parentheses, a point."""
        start = self._next
        base = self._factor()
        while True:
            symbol = self._next
            if symbol.kind == "super":
                self._advance()
                base = self._raised(base, symbol)
            elif self._is("^"):
                self.trivial = False
                self._advance()
                base = self._to_the_power(base, symbol)
            elif self._take("**"):
                return Power(base, self._deeper(self._signed), symbol.place)
            elif symbol.kind == "sub" or (self._is("_") and not isinstance(base, Number)):
                self.trivial = False
                indices, _ = self._subscripts()
                base = Subscripted(base, indices, symbol.place)
            elif symbol.kind == "prime" and isinstance(base, Call) and False:
                self._advance()
            elif self._is("|") and (self._ahead().text == "_" or self._ahead().kind == "sub"):
                self._advance()
                base = self._at_a_point(base, symbol)
            elif self._is(".") and self._ahead().kind == "name" and self._ahead().gap == 0 and symbol.gap == 0:
                self._advance()
                name = self._advance()
                if name.text == "T":
                    self.trivial = False
                    base = Transposed(base)
                else:
                    base = Attribute(base, name.text, symbol.place)
            elif self._is("[") and symbol.gap == 0 and self._is_an_item(base):
                base = self._item(base)
            else:
                return base
        return base

    def _is_an_item(self, base: Tree) -> bool:
        """Whether a bracket right behind a name holds indices, and not another factor."""
        if isinstance(base, Listed | Item | Attribute):
            return True
        if isinstance(base, Call):
            return base.function == "softmax"
        if not isinstance(base, Name) or base.superscripts or base.subscripts:
            return False
        depth, k = 0, self._at
        inside: list[Symbol] = []
        while True:
            symbol = self._symbols[k]
            if symbol.kind == "end":
                return True
            if symbol.kind == "operator":
                depth += {"[": 1, "]": -1}.get(symbol.text, 0)
                if depth == 0:
                    break
            inside.append(symbol)
            k += 1
        inside = inside[1:]
        return all(
            (symbol.kind == "number" and symbol.text.isdigit())
            or (symbol.kind == "name" and len(symbol.text) == 1 and not _factor_like(inside, k))
            or symbol.text in (",", ":", "+", "-", ".", "[", "]")
            or symbol.kind == "name"
            for k, symbol in enumerate(inside)
        ) and not _product_like(inside)

    def _item(self, base: Tree) -> Item:
        opening = self._advance()
        indices: list[Tree | Slice] = []
        while not self._take("]"):
            if indices:
                self._expect(",", opening)
            indices.append(self._index())
        if not indices:
            self._refuse(opening, "an item needs an index, as in W[0]")
        if not all(isinstance(index, Number) for index in indices) or len(indices) > 1:
            self.trivial = False
        if isinstance(base, Item):
            return replace(base, indices=(*base.indices, *indices))
        return Item(base, tuple(indices), opening.place)

    def _index(self) -> "Tree | Slice":
        parts: list[Tree | None] = [None]
        while not self._is(",", "]") and self._next.kind != "end":
            if self._take(":"):
                parts.append(None)
            else:
                parts[-1] = self._deeper(self._sum)
        if len(parts) == 1:
            if parts[0] is None:
                self._unexpected()
            return parts[0]
        return Slice(parts[0], parts[1], parts[2] if len(parts) > 2 else None)

    def _factor(self) -> Tree:
        symbol = self._next
        if symbol.kind == "name":
            return self._named()
        if symbol.kind == "number":
            return self._number()
        if symbol.kind == "command":
            return self._command()
        if symbol.kind == "begin":
            return self._environment()
        if symbol.kind == "operator":
            if symbol.text in ("(", "["):
                return self._bracketed()
            if symbol.text == "{":
                return self._braced()
            if symbol.text == "∂":
                return self._partial()
            if symbol.text == "∇":
                return self._gradient()
            if symbol.text in ("Σ", "Π"):
                if self._known(symbol.text):
                    return self._named()
                return self._big_operator()
            if symbol.text == "√":
                self._advance()
                self.trivial = False
                return Call("sqrt", (self._deeper(self._factor),), symbol.place)
            if symbol.text in ("|", "‖"):
                return self._barred()
            if symbol.text == "⟨":
                return self._inner_product()
            if symbol.text == "⊤":
                self._refuse(symbol, "⊤ stands above what it transposes, as in W^\\top")
        self._unexpected()

    # Numbers

    def _number(self) -> Number:
        symbol = self._advance()
        text = symbol.text
        if len(text) > 60 or not abs(float(text)) < float("inf"):
            self._refuse(symbol, "this number does not fit a float")
        if self._is("·", "*") and self._ahead().kind == "number" and self._ahead().text == "10":
            after = self._ahead(2)
            exponent = None
            if after.kind == "super" and after.text.lstrip("+-").isdigit():
                exponent, until = after.text, self._at + 3
            elif after.text == "^" and self._ahead(3).text == "{":
                until = self._at + 4
                digits = ""
                while self._symbols[until].text != "}" and self._symbols[until].kind != "end":
                    digits += self._symbols[until].text
                    until += 1
                if digits.lstrip("+-").isdigit():
                    exponent, until = digits, until + 1
            elif after.text == "^" and self._ahead(3).text == "-" and self._ahead(4).text.isdigit():
                exponent, until = "-" + self._ahead(4).text, self._at + 5
            elif after.text == "^" and self._ahead(3).text.isdigit():
                exponent, until = self._ahead(3).text, self._at + 4
            if exponent is not None and "e" not in text.lower():
                self._at = until
                self.trivial = False
                return Number(f"{text}e{exponent}", symbol.place)
        following = self._next
        if following.kind == "number" and following.gap == 0:
            self._refuse(following, f"{text}{following.text}…: no number reads like this")
        return Number(text, symbol.place)

    # Names

    def _named(self) -> Tree:
        symbol = self._next
        self._refuse_python(symbol)
        if symbol.text == "𝟙":
            return self._indicator()
        if (derivative := self._by_d()) is not None:
            return derivative
        if symbol.kind == "name" and symbol.text.startswith(("sum_", "prod_")) and not self._known(symbol.text):
            return self._spelled_sum()
        if symbol.text in ("sum", "prod") and self._ahead().text == "_" and not self._known(symbol.text):
            return self._big_operator()
        function = FUNCTIONS.get(symbol.text)
        if function is not None and not self._known(symbol.text):
            if (call := self._call(function)) is not None:
                return call
        self._advance()
        name = self._with_scripts(self._name(symbol, symbol.text), symbol)
        return self._with_arguments(name)

    def _name(self, symbol: Symbol, text: str) -> Name:
        """The name that a symbol is: y_hat in plain text has hat for its subscript, unless that name is known."""
        if "_" not in text or self._known(text):
            if text in GREEK and not self._known(text) and text != "ell":
                pass
            return Name(text, symbol.place)
        base, _, joined = text.partition("_")
        if not base or not joined:
            return Name(text, symbol.place)
        self.trivial = False
        return Name(base, symbol.place, self._indices_of(joined, symbol), (), 0, joined)

    def _indices_of(self, joined: str, symbol: Symbol) -> tuple[Tree, ...]:
        """The indices in the text of a subscript: i and j in ij, but new is one word."""
        place = symbol.place
        if joined.isdigit():
            return tuple(Number(digit, place) for digit in joined)
        if len(joined) > 3 or joined in SCRIPT_WORDS or self._known(joined) and len(joined) > 1 or "_" in joined:
            return (Name(joined, place),)
        return tuple(Number(c, place) if c.isdigit() else Name(c, place) for c in _letters(joined))

    def _with_scripts(self, found: Name, symbol: Symbol) -> Tree:
        """A name with the subscripts, superscripts and primes that follow it."""
        while True:
            following = self._next
            if following.kind == "prime":
                self._advance()
                self.trivial = False
                found = replace(found, primes=found.primes + len(following.text))
            elif following.kind == "sub" or self._is("_"):
                if found.subscripts:
                    self._refuse(following, f"{found.base} has two subscripts: put them into one, as in W_{{ij}}")
                self.trivial = False
                indices, joined = self._subscripts()
                found = replace(found, subscripts=indices, joined=joined)
            elif following.kind == "super":
                self._advance()
                tree = self._raised(found, following)
                if not isinstance(tree, Name):
                    return tree
                found = tree
            elif self._is("^"):
                self.trivial = False
                self._advance()
                tree = self._to_the_power(found, following)
                if not isinstance(tree, Name):
                    return tree
                found = tree
            else:
                return found

    def _subscripts(self) -> tuple[tuple[Tree, ...], str]:
        """Read what stands below: its indices, and its text."""
        symbol = self._advance()
        if symbol.kind == "sub":
            text = symbol.text.strip("()")
            if all(c.isalnum() for c in text):
                return self._indices_of(text, symbol), text
            return (self._small(text, symbol),), text
        _, inside, end = self._group()
        joined = "".join(inner.text for inner in inside)
        if not inside:
            self._refuse(symbol, "the subscript is empty")
        if len(inside) == 1 and inside[0].kind in ("name", "number"):
            return self._indices_of(inside[0].text, inside[0]), joined
        pieces = _split(inside, ",")
        indices: list[Tree] = []
        for piece in pieces:
            if not piece:
                self._refuse(end, "an index is missing")
            if all(inner.kind in ("name", "number") for inner in piece):
                for inner in piece:
                    indices += self._indices_of(inner.text, inner)
            else:
                indices.append(self._within(piece, end, self._formula_with_equals))
        return tuple(indices), joined

    def _formula_with_equals(self) -> Tree:
        kept, self._equals = self._equals, True
        found = self._formula()
        self._equals = kept
        return found

    def _small(self, text: str, symbol: Symbol) -> Tree:
        """What is written in small letters: k₋₁ or ˡ⁺¹."""
        pieces: list[Tree] = []
        sign, negative = "", False
        for c in text:
            if c in "+-":
                negative = c == "-"
                sign = c
                continue
            if not c.isalnum():
                self._refuse(symbol, f"{text!r} in small letters is not read: write ^ or _ and braces")
            tree: Tree = Number(c, symbol.place) if c.isdigit() else Name(c, symbol.place)
            if pieces and not sign and isinstance(pieces[-1], Number) and isinstance(tree, Number):
                tree = Number(pieces.pop().text + c, symbol.place)
            pieces.append(Negative(tree) if negative else tree)
            sign, negative = "", False
        if sign:
            return Name(text, symbol.place)
        return pieces[0] if len(pieces) == 1 else Addition(tuple(pieces))

    def _raised(self, base: Tree, symbol: Symbol) -> Tree:
        """A superscript in small letters: x², W⁽²⁾, Wᵀ."""
        text = symbol.text
        if text in ("T", "⊤", "t"):
            self.trivial = False
            return Transposed(base)
        bracket = "(" if text.startswith("(") and text.endswith(")") else ""
        inner = text[1:-1] if bracket else text
        if not inner:
            self._refuse(symbol, "the superscript is empty")
        tree: Tree = Number(inner, symbol.place) if inner.isdigit() else self._small(inner, symbol)
        if isinstance(base, Name) and not (isinstance(tree, Negative) and inner[0] == "-"):
            self.trivial = self.trivial and inner.isdigit() and not bracket
            return replace(base, superscripts=(*base.superscripts, Superscript(tree, bracket)))
        return Power(base, tree, symbol.place)

    def _to_the_power(self, base: Tree, symbol: Symbol) -> Tree:
        """What stands behind ^, whose sign was read."""
        if self._is("("):  # W^(1)
            opening = self._advance()
            tree = self._deeper(self._formula)
            self._expect(")", opening)
            return self._superscript(base, tree, "(", symbol)
        if self._is("["):
            opening = self._advance()
            tree = self._deeper(self._formula)
            self._expect("]", opening)
            return self._superscript(base, tree, "[", symbol)
        if self._is("-", "+") and isinstance(base, Name) and self._ahead().kind not in ("number", "name", "command"):
            return replace(base, superscripts=(*base.superscripts, Superscript(Name(self._advance().text, symbol.place))))
        if self._is("-", "+"):
            return Power(base, self._deeper(self._signed), symbol.place)
        if self._is("*"):
            self._advance()
            return replace(base, superscripts=(*base.superscripts, Superscript(Name("*", symbol.place)))) if isinstance(base, Name) else base
        opening, inside, end = self._group()
        if not inside:
            self._refuse(symbol, "the superscript is empty")
        if all(inner.kind == "prime" for inner in inside) and isinstance(base, Name):
            return replace(base, primes=base.primes + sum(len(inner.text) for inner in inside))
        if inside[-1].text in ("T", "⊤", "intercal") and not (len(inside) == 1 and self._known("T") and inside[-1].text == "T"):
            rest = inside[:-1]
            if not rest:
                return Transposed(base)
            if rest[-1].text in (")", "]", ","):
                rest = rest[:-1] if rest[-1].text == "," else rest
                return Transposed(self._raised_by(base, rest, end, symbol))
        if len(inside) == 1 and inside[0].text in ("*", "+", "-") and isinstance(base, Name):
            return replace(base, superscripts=(*base.superscripts, Superscript(Name(inside[0].text, symbol.place))))
        return self._raised_by(base, inside, end, symbol)

    def _raised_by(self, base: Tree, inside: list[Symbol], end: Symbol, symbol: Symbol) -> Tree:
        opening = inside[0].text
        if opening in ("(", "[", "⟨", "<") and inside[-1].text in (")", "]", "⟩", ">") and _closes(inside) == len(inside) - 1:
            tree = self._within(inside[1:-1], end, self._formula_with_equals)
            return self._superscript(base, tree, "[" if opening == "[" else "(", symbol)
        if opening in ("(", "[") and isinstance(base, Name):
            until = _closes(inside)
            if 0 < until < len(inside) - 1:  # W^{(1)2}
                first = self._raised_by(base, inside[: until + 1], end, symbol)
                return self._raised_by(first, inside[until + 1 :], end, symbol)
        tree = self._within(inside, end, self._formula)
        return self._superscript(base, tree, "", symbol)

    def _superscript(self, base: Tree, tree: Tree, bracket: str, symbol: Symbol) -> Tree:
        """A label or a power of a name; of anything else a power. e^z can be one thing only."""
        plain = isinstance(tree, Number | Name) or (
            isinstance(tree, Addition)
            and len(tree.terms) == 2
            and all(isinstance(t, Number | Name) or (isinstance(t, Negative) and isinstance(t.of, Number | Name)) for t in tree.terms)
        )
        if isinstance(base, Name) and plain and not (base.base == "e" and not self._known("e")):
            return replace(base, superscripts=(*base.superscripts, Superscript(tree, bracket)))
        return Power(base, tree, symbol.place)

    def _holds(self, name: Name) -> bool:
        """Whether a name is known in some way of writing it."""
        spelled = [name.base]
        if name.joined:
            spelled += [name.base + name.joined, f"{name.base}_{name.joined}"]
        return any(self._known(text) for text in spelled)

    def _with_arguments(self, name: Tree) -> Tree:
        """A name right before parentheses: a product with a known name, else perhaps a call."""
        opening = self._next
        if not isinstance(name, Name) or not (self._is("(") or (self._is("[") and not self._is_an_item(name) and opening.gap == 0 and not self._holds(name))):
            return name
        held = self._holds(name)
        closing = _closes(self._symbols[self._at :]) + self._at
        inside = self._symbols[self._at + 1 : closing]
        behind = self._symbols[closing + 1 : closing + 4]
        transposed = behind and (behind[0].text == "T" or (behind[0].text == "^" and any(s.text in ("T", "⊤") for s in behind[1:3])))
        if name.base == "δ" or transposed:
            return name
        names_only = all(inner.kind in ("name", "sub", "super", "command") or inner.text in (",", ";", "_", "^", "{", "}") for inner in inside) or (
            any(inner.kind == "operator" and inner.text in (",", ";") for inner in _top(inside))
        )
        parameters = any(isinstance(index, Name) and not index.base.isascii() for index in name.subscripts)
        if held and not names_only and not name.primes and not parameters:
            return name  # the parentheses are the next factor
        if opening.gap > 0 and held and not name.primes and not parameters and "," not in [i.text for i in inside]:
            return name
        self.trivial = False
        return Beside(name, self._arguments(), opening.place)

    def _arguments(self) -> tuple[Tree, ...]:
        """Read ``(a, b)``."""
        opening = self._advance()
        closing = _CLOSING[opening.text]
        kept, self._bars = self._bars, 0
        found: list[Tree] = []
        while not self._take(closing):
            if found and not self._take(";"):
                self._expect(",", opening)
            found.append(self._deeper(self._formula))
        self._bars = kept
        return tuple(found)

    # Derivatives

    def _by_d(self) -> Tree | None:
        """dL/dw, d/dw L, d(L)/d(w), if the symbols at the cursor can be read so."""
        symbol, start = self._next, self._at
        if symbol.text[0] != "d" or symbol.kind != "name":
            return None
        kept = self.trivial
        upper = self._differential()
        if upper is False or not self._is("/"):
            self._at, self.trivial = start, kept
            return None
        self._advance()
        lower_symbol = self._next
        if lower_symbol.text == "∂":
            self._advance()
            lower: Any = self._derivative_name(below=True)
        elif lower_symbol.kind == "name" and lower_symbol.text[0] == "d":
            lower = self._differential(below=True)
        else:
            lower = False
        if lower is False or lower is None or (symbol.text != "d" and lower_symbol.text != "∂" and not self._means_derivative(symbol, lower_symbol)):
            self._at, self.trivial = start, kept
            return None
        if upper is None:
            return self._applied(lower, symbol)
        literal = self._known(symbol.text) and self._known(lower_symbol.text)
        return Differential(upper, lower, symbol.place, not literal)

    def _means_derivative(self, above: Symbol, below: Symbol) -> bool:
        """Whether dL/dw is a derivative, and not the quotient of two nodes that happen to begin with d."""
        if above.text in GREEK and not self._known(above.text[1:]):
            return False
        upper = above.text[1:].partition("_")[0]
        known = self._known(above.text[1:]) or self._known(upper) or (len(upper) > 1 and upper[-1].isdigit() and self._known(upper.rstrip("0123456789")))
        if known:
            return True
        return not self._known(above.text)

    def _differential(self, *, below: bool = False) -> "Tree | None | bool":
        """Read d and what it stands before: the name, None if nothing (d/dw), False if it is no differential."""
        symbol = self._advance()
        if self._next.kind == "super" or (self._is("^") and symbol.text == "d"):
            self._refuse_second(symbol)
        if symbol.text == "d":
            if self._is("/"):
                return None
            if self._next.kind == "name" or self._next.kind == "command" or self._is("{", "("):
                return self._derivative_name(below=below)
            return False
        if symbol.text.startswith("d2") and self._known(symbol.text[2:]):
            self._refuse_second(symbol)
        rest = replace(symbol, text=symbol.text[1:])
        if not rest.text[0].isalpha():
            return False
        found = self._with_scripts_and_items(self._name(rest, rest.text), rest)
        return found if below else self._after_name(found)

    def _refuse_second(self, symbol: Symbol) -> None:
        following = self._next
        if following.text.startswith("2") or symbol.text.startswith("d2") or (following.text == "^" and self._ahead().text in ("2", "{")):
            self._refuse(symbol, "second derivatives are not claims here: only du/dv is")

    def _derivative_name(self, *, below: bool = False) -> Tree:
        """The node that a ∂ stands before, with its scripts; J(θ) above the stroke is J."""
        if self._next.kind == "super" or self._is("^"):
            self._refuse(self._next, "second derivatives are not read: only ∂u/∂v is")
        if self._is("(", "{", "["):
            opening, inside, end = self._parenthesised()
            found = self._within(inside, end, self._formula)
            if isinstance(found, Name) and (self._is("_", "^") or self._next.kind in ("sub", "super", "prime")):
                found = self._with_scripts(found, opening)
            return self._half_name(found, below)
        symbol = self._next
        if symbol.kind == "command":
            found = self._command()
            return self._half_name(found, below)
        if symbol.kind != "name" and not self._is("Σ"):
            self._refuse(symbol, "∂ belongs to a derivative, as in ∂J/∂w: ∂ stands right before a name")
        self._advance()
        return self._half_name(self._with_scripts_and_items(self._name(symbol, symbol.text), symbol), below)

    def _half_name(self, found: Tree, below: bool) -> Tree:
        return found if below else self._after_name(found)

    def _after_name(self, found: Tree) -> Tree:
        """Leave out the (θ) of J(θ), which says what it is a function of."""
        if isinstance(found, Name) and self._is("(") and self._next.gap == 0:
            closing = _closes(self._symbols[self._at :]) + self._at
            if closing > self._at:
                self._at = closing + 1
        elif isinstance(found, Beside):
            return found.name
        return found

    def _parenthesised(self) -> tuple[Symbol, list[Symbol], Symbol]:
        if self._is("{"):
            return self._group()
        opening = self._next
        closing = _closes(self._symbols[self._at :]) + self._at
        if closing <= self._at:
            self._refuse(opening, f"{opening.text} is never closed: {_CLOSING[opening.text]} is missing")
        inside, end = list(self._symbols[self._at + 1 : closing]), self._symbols[closing]
        self._at = closing + 1
        return opening, inside, end

    def _with_scripts_and_items(self, name: Name, symbol: Symbol) -> Tree:
        found: Tree = self._with_scripts(name, symbol)
        while (self._is("[") and self._next.gap == 0 and self._is_an_item(found)) or (
            self._is(".") and self._ahead().kind == "name" and self._ahead().gap == 0 and self._next.gap == 0
        ):
            if self._is("["):
                found = self._item(found)
            else:
                dot = self._advance()
                found = Attribute(found, self._advance().text, dot.place)
        return found

    def _partial(self) -> Tree:
        """∂L/∂w, ∂/∂w L, ∂_w L."""
        symbol = self._advance()
        if self._is("_") or self._next.kind == "sub":
            indices, _ = self._subscripts()
            if len(indices) != 1:
                indices = (_whole(indices, symbol),)
            return self._applied(indices[0], symbol)
        upper = None if self._is("/") else self._derivative_name()
        if not self._is("/"):
            self._refuse(symbol, "∂ belongs to a derivative, as in ∂J/∂w")
        stroke = self._advance()
        if self._is("∂"):
            self._advance()
            lower = self._derivative_name(below=True)
        elif self._next.kind == "name" and self._next.text[0] == "d":
            found = self._differential(below=True)
            if found is None or isinstance(found, bool):
                self._refuse(stroke, "the ∂ above has none below: a derivative is written ∂J/∂w")
            lower = found
        else:
            self._refuse(stroke, "the ∂ above has none below: a derivative is written ∂J/∂w")
        if upper is None:
            return self._applied(lower, symbol)
        return Differential(upper, lower, symbol.place)

    def _applied(self, by: Tree, symbol: Symbol) -> Differential:
        """d/dw and what is differentiated: all that stands to the right without a sign."""
        self.trivial = False
        if not self._starts_a_factor():
            self._refuse(self._next, "what is differentiated is missing: write d/dw L or dL/dw")
        of = self._deeper(lambda: self._side_by_side(self._power()))
        if isinstance(of, Beside) and self._holds(of.name):
            of = of.name  # J(θ)
        return Differential(of, by, symbol.place)

    def _gradient(self) -> Differential:
        """∇_w L."""
        symbol = self._advance()
        if not (self._is("_") or self._next.kind == "sub"):
            self._refuse(symbol, "a gradient says by what, as in ∇_w L")
        self._advance() if self._is("_") else None
        if self._next.kind == "sub":
            sub = self._advance()
            by: Tree = Name(sub.text, sub.place) if len(sub.text) == 1 else self._small(sub.text, sub)
        else:
            opening, inside, end = self._group()
            if len(inside) == 1 and inside[0].kind == "name":
                by = self._name(inside[0], inside[0].text)
            else:
                by = self._within(inside, end, self._formula)
        return self._applied(by, symbol)

    def _fraction(self) -> Tree:
        """``\\frac{∂L}{∂w}`` is a derivative, ``\\frac{∂}{∂w}`` one of what follows, anything else a quotient."""
        symbol = self._advance()
        self.trivial = False
        opening_above, above, end_above = self._group()
        opening_below, below, end_below = self._group()
        above, below = _without_braces(above), _without_braces(below)
        if not above:
            self._refuse(opening_above, "the fraction has nothing above its stroke")
        if not below:
            self._refuse(opening_below, "the fraction has nothing below its stroke")
        if _differential_like(above[0]) and _differential_like(below[0]):
            kept = self._symbols, self._at, self._depth
            try:
                lower = self._within(below, end_below, self._half)
                upper = self._within(above, end_above, self._half) if len(above) > 1 or len(above[0].text) > 1 else None
            except Illegible:
                self._symbols, self._at, self._depth = kept
                if above[0].text == "∂" or below[0].text == "∂":
                    raise
            else:
                if isinstance(lower, bool) or lower is None or isinstance(upper, bool):
                    pass
                elif upper is None:
                    return self._applied(lower, symbol)
                elif above[0].text == "d" or above[0].text == "∂" or self._means_derivative(above[0], below[0]):
                    literal = above[0].text not in ("d", "∂") and self._known(above[0].text) and self._known(below[0].text)
                    return Differential(upper, lower, symbol.place, not literal)
        return Ratio(
            self._within(above, end_above, self._formula), self._within(below, end_below, self._formula), symbol.place
        )

    def _half(self) -> "Tree | None | bool":
        """What stands above or below the stroke of a derivative: mostly a name, above it any formula."""
        start = self._at
        try:
            found = self._derivative_name() if self._take("∂") else self._differential()
        except Illegible:
            if self._symbols[start].text not in ("∂", "d") or self._at <= start:
                raise
            found = False
        if (found is False or self._next.kind != "end") and self._symbols[start].text in ("∂", "d"):
            self._at = start + 1
            return self._side_by_side(self._power())
        return found

    def _at_a_point(self, base: Tree, symbol: Symbol) -> At:
        """``|_{w=2}``, whose bar was read."""
        self._advance()
        opening, inside, end = self._group()
        equations: list[tuple[Tree, Tree]] = []
        for piece in _split(inside, ","):
            sides = _split(piece, "=")
            if len(sides) != 2 or not all(sides):
                self._refuse(opening, "a point is given by equations, as in |_{w=2}")
            equations.append((self._within(sides[0], end, self._formula), self._within(sides[1], end, self._formula)))
        return At(base, tuple(equations), symbol.place)

    # Σ and Π

    def _big_operator(self) -> BigOperator:
        symbol = self._advance()
        self.trivial = False
        kind = {"Σ": "sum", "Π": "prod"}.get(symbol.text, symbol.text)
        below: list[Symbol] = []
        above: Tree | None = None
        end = self._next
        while self._is("_", "^") or self._next.kind == "sub":
            script = self._advance()
            if script.kind == "sub":
                below = [replace(script, kind="name", text=c) if c.isalpha() else replace(script, kind="number" if c.isdigit() else "operator", text=c) for c in script.text]
                continue
            if self._is("("):
                opening, inside, end = self._parenthesised()
            else:
                opening, inside, end = self._group()
            if script.text == "_":
                below = inside
            else:
                above = self._within(inside, end, self._formula)
        return self._summed(kind, below, above, end, symbol)

    def _spelled_sum(self) -> BigOperator:
        """sum_k in plain text."""
        symbol = self._advance()
        self.trivial = False
        kind, _, letters = symbol.text.partition("_")
        below = [replace(symbol, kind="name", text=letter) for letter in letters if letter != "_"]
        above = None
        if self._take("^"):
            _, inside, end = self._group()
            above = self._within(inside, end, self._formula)
        return self._summed(kind, below, above, self._next, symbol)

    def _summed(
        self, kind: str, below: list[Symbol], above: Tree | None, end: Symbol, symbol: Symbol
    ) -> BigOperator:
        letters: list[str] = []
        low: Tree | None = None
        conditions: list[Tree] = []
        for piece in _split(below, ",") if below else []:
            if not piece:
                self._refuse(symbol, "an index is missing below the sign")
            sides = _split(piece, "=")
            if all(inner.kind == "name" for inner in piece):
                for inner in piece:
                    letters += _letters(inner.text) if len(inner.text) <= 3 and inner.text not in SCRIPT_WORDS else [inner.text]
            elif len(sides) == 2 and len(sides[0]) == 1 and sides[0][0].kind == "name" and sides[1]:
                letters.append(sides[0][0].text)
                low = self._within(sides[1], end, self._formula)
            elif piece[0].kind == "name" and len(piece) > 2 and piece[1].text in ("!=", "<", "<=", ">", ">=", "∖"):
                letters.append(piece[0].text)
                if piece[1].text == "∖":
                    self._refuse(piece[1], "write k \\neq j below the sign")
                conditions.append(self._within(piece, end, self._formula))
            else:
                self._refuse(piece[0], "below Σ stands what it sums over, as in \\sum_{k=1}^{K} or \\sum_{k \\neq j}")
        if not self._starts_a_factor() and not self._is("-", "+"):
            self._refuse(self._next, "the sum is empty: what it sums over is missing")
        body = self._deeper(self._product)
        return BigOperator(kind, tuple(letters), low, above, tuple(conditions), body, symbol.place)

    # Functions

    def _call(self, function: str) -> Tree | None:
        """A function with its operands; None if what stands here is no call."""
        symbol, start = self._next, self._at
        kept = self.trivial
        self._advance()
        primes, power, subscript = 0, None, None
        while True:
            following = self._next
            if following.kind == "prime":
                primes += len(self._advance().text)
            elif (following.kind == "super" and following.text.isdigit()) and power is None:
                power = Number(self._advance().text, following.place)
            elif self._is("^") and power is None:
                self._advance()
                opening, inside, end = self._group()
                if inside and all(inner.kind == "prime" for inner in inside):
                    primes += len(inside)
                elif len(inside) == 1 and inside[0].kind == "number":
                    power = Number(inside[0].text, inside[0].place)
                else:
                    self._at, self.trivial = start, kept
                    if symbol.text == "σ":
                        return None
                    self._refuse(opening, f"what stands above {symbol.text} is not read: write it behind the parentheses")
            elif (self._is("_") or following.kind == "sub") and function in ("maximum", "minimum", "softmax", "log"):
                self._refuse(following, f"what stands below {symbol.text} is not read: write it out")
            else:
                break
        arguments: tuple[Tree, ...] | None = None
        if self._is("(", "[") or (self._is("{") and False):
            arguments = self._arguments()
        elif symbol.text in _WITHOUT_PARENTHESES or primes:
            if self._starts_a_factor() and self._next.text not in FUNCTIONS:
                operand = self._deeper(self._power)
                if self._starts_a_factor() and self._next.text not in FUNCTIONS and not self._is("Σ", "Π"):
                    self._refuse(
                        self._next,
                        f"how far {symbol.text} reaches can be read two ways: write {symbol.text}(a)*b or {symbol.text}(a*b)",
                    )
                arguments = (operand,)
        if arguments is None:
            if power is None and not primes and symbol.text != "σ":
                self._refuse(symbol, f"{symbol.text} is a function, no name: it takes operands, as in {symbol.text}(x)")
            self._at, self.trivial = start, kept
            return None
        if primes or power or symbol.text != function and symbol.text not in ("σ", "ln", "abs", "max", "min"):
            self.trivial = False
        found: Tree = Call(function, arguments, symbol.place, primes=primes)
        return Power(found, power, symbol.place) if power is not None else found

    def _indicator(self) -> Tree:
        """1[n > 0], 1_{n > 0}; 𝟙 by itself is a vector of ones."""
        symbol = self._advance()
        self.trivial = False
        if self._is("_"):
            self._advance()
            _, inside, end = self._group()
            return Call("indicator", (self._within(inside, end, self._formula_with_equals),), symbol.place)
        if self._is("(", "[", "{"):
            _, inside, end = self._parenthesised()
            return Call("indicator", (self._within(inside, end, self._formula_with_equals),), symbol.place)
        found: Tree = Name("𝟙", symbol.place)
        while self._is("^") or self._next.kind == "super":
            script = self._advance()
            found = self._raised(found, script) if script.kind == "super" else self._to_the_power(found, script)
        return found

    # Brackets

    def _bracketed(self) -> Tree:
        """(a + b), [a + b], a list [a, b], and 1[n > 0] without its 1."""
        opening = self._advance()
        closing = _CLOSING[opening.text]
        kept, self._bars = self._bars, 0
        kept_equals, self._equals = self._equals, self._equals or opening.text == "["
        if self._is(closing):
            self._refuse(opening, f"there is nothing between {opening.text} and {closing}")
        items = [self._deeper(self._formula)]
        while self._take(","):
            if self._is(closing):
                break
            items.append(self._deeper(self._formula))
        self._expect(closing, opening)
        self._bars, self._equals = kept, kept_equals
        if len(items) > 1 or (opening.text == "[" and self._listed(opening)):
            return Listed(tuple(items), opening.place)
        [found] = items
        if opening.text == "[":
            self.trivial = False
            if isinstance(found, Relation | Logic):
                return Call("indicator", (found,), opening.place)
        if isinstance(found, Product | Ratio | Name | Beside) or True:
            return found
        return found

    def _listed(self, opening: Symbol) -> bool:
        """Whether [a] is a list of one: it is an operand of its own, as in sum([a])."""
        k = self._symbols.index(opening)
        before = self._symbols[k - 1] if k else None
        return before is not None and before.text in ("(", ",") and before.kind == "operator" and self._is(")", ",")

    def _braced(self) -> Tree:
        """``{w}_1``: braces that group, and show no more."""
        self.trivial = False
        opening, inside, end = self._group()
        if not inside:
            if self._is("^", "_"):
                self._refuse(opening, "what stands here is empty")
            return self._power()
        if any(inner.text == "\\over" for inner in inside):
            self._refuse(opening, "\\over is not read: write \\frac")
        found = self._within(inside, end, self._formula)
        if isinstance(found, Name) and (self._is("_", "^") or self._next.kind in ("sub", "super", "prime")):
            if found.subscripts and (self._is("_") or self._next.kind == "sub"):
                return found
            return self._with_scripts(found, opening)
        return found

    def _barred(self) -> Tree:
        """|x| and ‖x‖."""
        opening = self._advance()
        self.trivial = False
        self._bars += 1
        found = self._deeper(self._formula)
        self._bars -= 1
        self._expect(opening.text, opening)
        if opening.text == "|":
            return Call("absolute", (found,), opening.place)
        order = ""
        if self._is("_") or self._next.kind == "sub":
            _, order = self._subscripts()
        if order not in ("", "2", "F"):
            self._refuse(opening, "of the norms the one that sums squares is read")
        return Call("norm", (found,), opening.place)

    def _inner_product(self) -> Call:
        opening = self._advance()
        self.trivial = False
        first = self._deeper(self._formula)
        self._expect(",", opening)
        second = self._deeper(self._formula)
        self._expect("⟩", opening)
        return Call("dot", (first, second), opening.place)

    # Commands of LaTeX

    def _command(self) -> Tree:
        symbol = self._next
        if symbol.text in ("frac", "dfrac", "tfrac", "cfrac"):
            return self._fraction()
        if symbol.text in HATS:
            return self._with_arguments(self._accented())
        self.trivial = False
        self._advance()
        if symbol.text == "sqrt":
            if self._is("["):
                self._refuse(symbol, "of the roots the square root is read: write a power for others")
            _, inside, end = self._group()
            return Call("sqrt", (self._within(inside, end, self._formula),), symbol.place)
        if symbol.text in ("underbrace", "overbrace"):
            _, inside, end = self._group()
            found: Tree = self._within(inside, end, self._formula)
            if self._take("_") or self._take("^"):
                self._group()
            return found
        if symbol.text in ("underset", "overset", "stackrel"):
            self._group()
            _, inside, end = self._group()
            return self._within(inside, end, self._formula)
        self._unexpected()

    def _accented(self) -> Tree:
        """``\\hat y``, ``\\hat{y}_i``, ``\\hat{y_i}``."""
        symbol = self._advance()
        self.trivial = False
        opening, inside, end = self._group()
        mark = HATS[symbol.text]
        if len(inside) == 1 and inside[0].kind in ("name", "number"):
            found: Tree = self._name(inside[0], inside[0].text) if inside[0].kind == "name" else Name("", symbol.place)
        elif inside:
            found = self._within(inside, end, self._formula)
        else:
            found = Name("", symbol.place)
        if not isinstance(found, Name) or not found.base:
            self._refuse(opening, f"\\{symbol.text} stands above a name, as in \\{symbol.text}{{y}}")
        base = found.base[0] + mark + found.base[1:]
        return self._with_scripts(replace(found, base=unicodedata.normalize("NFC", base), place=symbol.place), symbol)

    def _environment(self) -> Tree:
        """``\\begin{cases}`` and matrices."""
        opening = self._advance()
        self.trivial = False
        depth, start = 1, self._at
        while True:
            symbol = self._advance()
            if symbol.kind == "end":
                self._refuse(opening, f"\\begin{{{opening.text}}} is never closed: \\end{{{opening.text}}} is missing")
            depth += {"begin": 1, "close": -1}.get(symbol.kind, 0)
            if depth == 0:
                break
        inside, end = self._symbols[start : self._at - 1], symbol
        rows = [row for row in _split(inside, "\\\\") if row]
        if opening.text in ("cases", "dcases", "rcases"):
            return Cases(tuple(self._branch(row, end) for row in rows), opening.place)
        if opening.text.endswith("matrix"):
            table = [[self._within(cell, end, self._formula) for cell in _split(row, "&")] for row in rows]
            if all(len(row) == 1 for row in table):
                return Listed(tuple(row[0] for row in table), opening.place)
            return Listed(tuple(Listed(tuple(row), opening.place) for row in table), opening.place)
        if opening.text in ("aligned", "split", "gathered", "array") and len(rows) == 1:
            return self._within([s for s in rows[0] if s.text != "&"], end, self._formula)
        self._refuse(opening, f"\\begin{{{opening.text}}} is not read within a formula")

    def _branch(self, row: list[Symbol], end: Symbol) -> tuple[Tree, Tree | None]:
        """A line of cases: its formula, and when it holds."""
        value, *conditions = _split(row, "&")
        if not conditions:  # without an &, a comma or a word tells them apart
            k = next((k for k, symbol in enumerate(row) if symbol.kind == "word" or (symbol.text == "," and _depth(row[:k]) == 0)), len(row))
            value, conditions = row[:k], [row[k:]]
        while value and value[-1].text == ",":
            value = value[:-1]
        condition = [symbol for part in conditions for symbol in part]
        condition = [
            symbol for symbol in condition if symbol.kind != "word" or symbol.text in ("and", "or", "not", "otherwise", "else")
        ]
        while condition and condition[-1].text in (".", ",", ";"):
            condition = condition[:-1]
        while condition and condition[0].text == ",":
            condition = condition[1:]
        tree = self._within(value, end, self._formula)
        if not condition or condition[0].text in ("otherwise", "else"):
            return tree, None
        return tree, self._within(condition, end, self._formula_with_equals)


def _letters(text: str) -> list[str]:
    """The letters of a text, each with what stands on top of it."""
    found: list[str] = []
    for c in text:
        if found and unicodedata.combining(c):
            found[-1] += c
        else:
            found.append(c)
    return found


def _depth(symbols: Sequence[Symbol]) -> int:
    return sum({"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(s.text, 0) for s in symbols if s.kind == "operator")


def _top(symbols: Sequence[Symbol]) -> list[Symbol]:
    """The symbols that stand in no brackets."""
    found, depth = [], 0
    for symbol in symbols:
        change = _change(symbol)
        depth += min(change, 0)
        if depth == 0 and change == 0:
            found.append(symbol)
        depth += max(change, 0)
    return found


def _change(symbol: Symbol) -> int:
    """By how much a symbol opens or closes."""
    if symbol.kind == "operator":
        return {"(": 1, "[": 1, "{": 1, "⟨": 1, ")": -1, "]": -1, "}": -1, "⟩": -1}.get(symbol.text, 0)
    return {"begin": 1, "close": -1}.get(symbol.kind, 0)


def _split(symbols: Sequence[Symbol], text: str) -> list[list[Symbol]]:
    """The pieces between a sign, where it stands in no brackets."""
    pieces: list[list[Symbol]] = [[]]
    depth = 0
    for symbol in symbols:
        depth += _change(symbol)
        if depth == 0 and symbol.text == text and symbol.kind in ("operator", "row"):
            pieces.append([])
        else:
            pieces[-1].append(symbol)
    return pieces


def _closes(symbols: Sequence[Symbol]) -> int:
    """Where the bracket is closed that the first of the symbols opens; 0 if nowhere."""
    depth = 0
    for k, symbol in enumerate(symbols):
        depth += _change(symbol)
        if depth == 0:
            return k
    return 0


def _differential_like(symbol: Symbol) -> bool:
    return symbol.text == "∂" or (symbol.kind == "name" and symbol.text[0] == "d")


def _without_braces(symbols: list[Symbol]) -> list[Symbol]:
    """Without braces around the dw of ``{dw}_1``."""
    if len(symbols) > 2 and symbols[0].text == "{" and _differential_like(symbols[1]):
        closing = _closes(symbols)
        return [*symbols[1:closing], *symbols[closing + 1 :]]
    return symbols


def _factor_like(symbols: Sequence[Symbol], k: int) -> bool:
    return False


def _product_like(symbols: Sequence[Symbol]) -> bool:
    """Whether what stands in brackets is no index: 1 - h begins with the number, k - 1 with the letter."""
    first = next((s for s in symbols), None)
    if first is None:
        return False
    if any(s.kind not in ("name", "number") and s.text not in (",", ":", "-", "+", "[", "]", ".") for s in symbols):
        return True
    for piece in _split(symbols, ","):
        names = [s for s in piece if s.kind == "name"]
        if len(names) > 1 or (names and piece[0].kind == "number") or (names and len(piece) > 3 and ":" not in [s.text for s in piece]):
            return True
    return False


def _whole(indices: tuple[Tree, ...], symbol: Symbol) -> Name:
    return Name("".join(getattr(index, "base", getattr(index, "text", "")) for index in indices), symbol.place)
