"""From symbols to a tree: a recursive-descent parser that knows how formulas are written, and nothing of nodes.

    formula      conditions of sums of products of signed powers
    product      factors with a sign between them, or side by side
    factor       number | name with its scripts | du/dv | fraction | root | Σ or Π | function | (formula) | |formula|

It asks about names only whether there are any that are spelled so (`known`): that tells dL/dw from the quotient of two
nodes called dL and dw, and h(1 - h) with a node h from a function.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from autograd.notation.command_parser import CommandParser
from autograd.notation.function_parser import FUNCTIONS
from autograd.notation.letters import HATS
from autograd.notation.symbol_cursor import (
    CLOSING,
    PYTHON,
    closing_of,
    letters_of,
    top_level,
)
from autograd.notation.symbols import IllegibleError, Symbol
from autograd.notation.syntax import (
    Addition,
    Attribute,
    Beside,
    BigOperator,
    Call,
    Differential,
    Listed,
    Logic,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Ratio,
    Relation,
    Subscripted,
    Transposed,
    Tree,
)

_SIZES = ("m", "n", "N", "M", "K", "B")
"""What 1/m is likely to count: with a gap behind it, 1/m X is a mean."""
_SIGNS = ("<", "<=", ">", ">=", "==", "!=")


class FormulaParser(CommandParser):
    """Reads formulas from symbols. `trivial` turns false when something is read that needs to be shown as read."""

    def formula(self, symbols: Sequence[Symbol], *, equals: bool = False) -> Tree:
        """The tree of symbols that end with one of kind "end"; with `equals`, = is a relation as < is.

        Raises:
            IllegibleError: if they are no formula.
        """
        self._symbols, self._depth, self._equals = symbols, 0, equals
        self._go(0)
        found = self._formula()
        if self._next.kind != "end":
            raise self._unexpected()
        return found

    def _formula(self) -> Tree:
        return self._logic("or", lambda: self._logic("and", self._negation))

    def _logic(self, word: str, operand: Callable[[], Tree]) -> Tree:
        first = self._next
        trees = [operand()]
        while self._next.text in (word, {"or": "∨", "and": "∧"}[word]) and self._next.kind != "end":
            place = self._advance().place
            trees.append(operand())
            if self._depth == 0 and not all(isinstance(tree, Relation | Logic) for tree in trees):
                raise IllegibleError(
                    place,
                    f"{word!r} joins conditions, as in p > 0 {word} n > 0: of two claims each has a line of its own",
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
        while self._sign in _SIGNS or (self._equals and self._sign == "="):
            sign = self._advance().text
            signs.append("==" if sign == "=" else sign)
            trees.append(self._sum())
        return Relation(tuple(trees), tuple(signs), first.place) if signs else trees[0]

    def _sum(self) -> Tree:
        terms = [self._product()]
        while self._sign in ("+", "-"):
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
        while self._sign in ("*", "·", "@", "⊙", "/"):
            operator = self._advance()
            if operator.text == "/":
                above = factors[0] if len(factors) == 1 else Product(tuple(factors), sign, place)
                below = self._signed()
                if isinstance(below, Name) and self._may_be_a_product(below):
                    letters = "*".join(below.base)
                    self._refuse(
                        operator, f"of a/{below.base} not all may stand below: write a/({letters}) or put * in"
                    )
                if isinstance(above, Differential) and isinstance(below, Name) and self._is_a_differential(below):
                    self._refuse(operator, "a derivative by two, or a quotient: write d/du(dL/dv), or (dL/dv)/(du)")
                ratio = Ratio(above, below, operator.place)
                factors = [self._after_a_stroke(ratio)]
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

    def _may_be_a_product(self, name: Name) -> bool:
        """Whether a name is none, but each of its letters is."""
        letters = letters_of(name.base)
        return len(letters) > 1 and not self._holds(name) and all(self._known(letter) for letter in letters)

    def _is_a_differential(self, name: Name) -> bool:
        """Whether a name is none but for its d: du, with a node u."""
        return name.base[:1] == "d" and self._known(name.base[1:]) and not self._known(name.base)

    def _after_a_stroke(self, ratio: Ratio) -> Tree:
        """What follows 1/m without a sign: it is multiplied if the numbers or a gap say so, and else refused."""
        if not self._starts_a_factor():
            return ratio
        following = self._next
        above, below = ratio.above, ratio.below
        if isinstance(below, Number) and following.text in _SIZES and following.gap == 0 and self._ends_a_factor():
            size = self._advance()  # (1/2m): nobody writes so for m/2
            twice = Product((below, Name(size.text, size.place)), "", size.place)
            found = Ratio(above, twice, ratio.place)
            return self._after_a_stroke(found) if self._starts_a_factor() else found
        opened = following.text in ("(", "[", "Σ", "Π", "∂") or following.kind in ("command", "begin")
        whole = isinstance(below, Number) and not below.text.startswith("0.") and (opened or following.gap > 0)
        halved = isinstance(below, Product) and isinstance(below.factors[-1], Name)  # the 2m of 1/2m
        counting = halved or (isinstance(below, Name) and below.base in _SIZES)
        mean = (isinstance(below, Name) and opened) or (counting and (opened or following.gap > 0))
        negated = above.of if isinstance(above, Negative) else above
        summed = following.text in ("Σ", "Π") and not self._known(following.text)
        if not (isinstance(negated, Number) and (whole or mean or summed)):
            self._refuse(
                following,
                "what stands after a/b may be multiplied with it or belong below the stroke: write (a/b)*c or a/(b*c)",
            )
        return self._side_by_side(ratio)

    def _ends_a_factor(self) -> bool:
        """Whether a factor ends with what comes next: a bracket is closed behind it, or Σ or a gap follows."""
        behind = self._ahead()
        return behind.text in (")", "]", "Σ") or behind.kind == "end" or (behind.gap > 0 and behind.kind != "sub")

    def _side_by_side(self, first: Tree) -> Tree:
        factors, place = [first], self._next.place
        while self._starts_a_factor():
            place = self._next.place if len(factors) == 1 else place
            factors.append(self._power())
        if len(factors) == 1:
            return first
        self.trivial = (
            self.trivial
            and isinstance(first, Number)
            and first.text in ("0.5", "0.25", "0.75")
            and first.place.source[first.place.column - 1 : first.place.column] in "½¼¾"
            and len(factors) == 2
        )
        return Product(tuple(factors), "", place)

    def _starts_a_factor(self) -> bool:
        symbol = self._next
        if symbol.kind == "name":
            return symbol.text not in ("and", "or", "not") and not (
                symbol.text in PYTHON and not self._known(symbol.text)
            )
        if symbol.kind == "number":
            before = self._symbols[self._at - 1]
            return before.kind != "number"
        if symbol.kind in ("command", "begin"):
            return True
        return symbol.kind == "operator" and (
            symbol.text in ("(", "[", "{", "∂", "∇", "Σ", "Π", "√", "∛", "⟨")
            or (symbol.text in ("|", "‖") and self._opens_a_bar())
        )

    def _opens_a_bar(self) -> bool:
        """Whether | begins |x|: not inside another one, and something follows right after."""
        following = self._ahead()
        return self._bars == 0 and following.kind != "end" and following.text not in ("_", "|", ")", "]", "}")

    def _signed(self) -> Tree:
        if self._sign in ("-", "+"):
            sign = self._advance().text
            found = self._deeper(self._signed)
            return Negative(found) if sign == "-" else found
        return self._power()

    def _power(self) -> Tree:
        """A factor, and what stands behind it: powers, transposes, items of what is in parentheses, a point."""
        parenthesised = self._sign in ("(", "[")
        base = self._factor()
        while True:
            symbol = self._next
            if symbol.kind == "super":
                self._advance()
                base = self._raised(base, symbol, parenthesised)
            elif self._sign == "^":
                self.trivial = False
                self._advance()
                base = self._to_the_power(base, symbol)
                if parenthesised and isinstance(base, Name) and base.superscripts:
                    *labels, last = base.superscripts
                    base = Power(replace(base, superscripts=tuple(labels)), last.tree, symbol.place)
            elif self._sign == "**":
                self._advance()
                return Power(base, self._deeper(self._signed), symbol.place)
            elif symbol.kind == "sub" or (self._sign == "_" and not isinstance(base, Number)):
                self.trivial = False
                indices, _ = self._subscripts()
                base = Subscripted(base, indices, symbol.place)
            elif self._sign == "|" and (self._ahead().text == "_" or self._ahead().kind == "sub"):
                self._advance()
                base = self._at_a_point(base, symbol)
            elif self._sign == "." and self._ahead().kind == "name" and self._ahead().gap == 0 and symbol.gap == 0:
                self._advance()
                name = self._advance()
                if name.text == "T":
                    self.trivial = False
                    base = Transposed(base)
                else:
                    base = Attribute(base, name.text, symbol.place)
            elif isinstance(base, Differential) and self._sign == "(" and self._lists_operands():
                self._go(closing_of(self._symbols[self._at :]) + self._at + 1)  # of ∂f/∂x(x, y)
            elif self._sign == "[" and symbol.gap == 0 and self._is_an_item(base):
                base = self._item(base)
            else:
                return base
            if parenthesised and isinstance(base, Transposed) and isinstance(base.of, Name):
                base = replace(base, whole=True)
        return base

    def _lists_operands(self) -> bool:
        """Whether (x, y) stands here, which says on what a derivative depends: two names at least."""
        closing = closing_of(self._symbols[self._at :]) + self._at
        inside = self._symbols[self._at + 1 : closing]
        names = [symbol for symbol in inside if symbol.kind == "name"]
        commas = [symbol for symbol in inside if symbol.text in (",", ";")]
        scripted = all(s.kind in ("name", "number", "sub", "super") or s.text in ",;_^{}" for s in inside)
        return scripted and len(names) > 1 and bool(commas) and all(self._known(symbol.text) for symbol in names)

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
            if symbol.text in ("√", "∛"):
                self._advance()
                self.trivial = False
                return Call("sqrt" if symbol.text == "√" else "cbrt", (self._deeper(self._factor),), symbol.place)
            if symbol.text in ("|", "‖"):
                return self._barred()
            if symbol.text == "⟨":
                return self._inner_product()
            if symbol.text == "⊤":
                self._refuse(symbol, "⊤ stands above what it transposes, as in W^\\top")
        raise self._unexpected()

    def _number(self) -> Number:
        symbol = self._advance()
        text = symbol.text
        if len(text) > 60 or not abs(float(text)) < float("inf"):
            self._refuse(symbol, "this number does not fit a float")
        if self._sign in ("·", "*") and self._ahead().kind == "number" and self._ahead().text == "10":
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
                self._go(until)
                self.trivial = False
                return Number(f"{text}e{exponent}", symbol.place)
        following = self._next
        if following.kind == "number" and following.gap == 0:
            self._refuse(following, f"{text}{following.text}…: no number reads like this")
        return Number(text, symbol.place)

    def _named(self) -> Tree:
        symbol, start = self._next, self._at
        if symbol.text in PYTHON:
            self._refuse_python(symbol)
        if symbol.text == "𝟙":
            return self._indicator()
        if symbol.text[0] == "d" and (derivative := self._by_d()) is not None:
            return derivative
        if symbol.kind == "name" and symbol.text.startswith(("sum_", "prod_")) and not self._known(symbol.text):
            return self._spelled_sum()
        if symbol.text in ("sum", "prod") and self._ahead().text == "_" and not self._known(symbol.text):
            return self._big_operator()
        module = symbol.text in ("np", "numpy") and self._ahead().text == "." and not self._known(symbol.text)
        if module and self._ahead(2).text in FUNCTIONS:  # np.sum, within a formula
            self._go(self._at + 2)
            symbol = self._next
        function = FUNCTIONS.get(symbol.text)
        if function is not None and not self._known(symbol.text) and (call := self._call(function)) is not None:
            return call
        self._advance()
        if symbol.text == "d" and self._next.kind == "name" and not self._known("d"):
            return self._differential_name()
        if symbol.text == "d" and self._next.kind == "command" and self._next.text in HATS and not self._known("d"):
            accented = self._accented()  # d\hat x
            if isinstance(accented, Name):
                return self._with_arguments(replace(accented, base="d" + accented.base))
            self._go(start + 1)
        if symbol.text == "Δ" and self._next.kind == "name" and not self._known("Δ"):
            following = self._advance()  # Δw is one name
            symbol = replace(following, text="Δ" + following.text)
        plain = self._name(symbol, symbol.text) if "_" in symbol.text else Name(symbol.text, symbol.place)
        name: Tree = plain
        if self._sign in ("_", "^", "⊤") or self._next.kind in ("sub", "super", "prime"):
            name = self._with_scripts(plain)
        gradient = isinstance(name, Name) and (f"{name.base}_" if name.subscripts else name.base).startswith("grad_")
        if gradient and not self._holds(plain) and self._next.kind == "name" and self._known(self._next.text):
            self._refuse(symbol, f"a gradient of {self._next.text} is written with a ∇, as in ∇_w {self._next.text}")
        return self._with_arguments(name)

    def _with_arguments(self, name: Tree) -> Tree:
        """A name right before parentheses: a product with a known name, else perhaps a call."""
        opening = self._next
        if not isinstance(name, Name) or not (
            self._sign == "("
            or (self._sign == "[" and not self._is_an_item(name) and opening.gap == 0 and not self._holds(name))
        ):
            return name
        held = self._holds(name)
        closing = closing_of(self._symbols[self._at :]) + self._at
        inside = self._symbols[self._at + 1 : closing]
        if held and inside and opening.gap == 0 and all(inner.text in ("…", "·") for inner in inside):
            self._go(closing + 1)  # C(…), whatever that depends on
            return name
        behind = self._symbols[closing + 1 : closing + 4]
        transposed = behind and (
            behind[0].text == "T" or (behind[0].text == "^" and any(s.text in ("T", "⊤") for s in behind[1:3]))
        )
        if name.base == "δ" or transposed:
            return name
        names_only = all(
            inner.kind in ("name", "sub", "super", "command") or inner.text in (",", ";", "_", "^", "{", "}")
            for inner in inside
        ) or (any(inner.kind == "operator" and inner.text in (",", ";") for inner in top_level(inside)))
        parameters = any(isinstance(index, Name) and not index.base.isascii() for index in name.subscripts)
        called = opening.text == "(" and opening.gap == 0 and self._may_be_an_operand(inside)
        if held and not (names_only or called or name.primes or parameters):
            return name  # the parentheses are the next factor
        if opening.gap > 0 and held and not name.primes and not parameters and "," not in [i.text for i in inside]:
            return name
        self.trivial = False
        kept, self._equals = self._equals, name.base == "I" and not held
        arguments = self._arguments()
        self._equals = kept
        if name.base in ("I", "1") and len(arguments) == 1 and isinstance(arguments[0], Relation | Logic) and not held:
            return Call("indicator", arguments, opening.place)
        return Beside(name, arguments, opening.place)

    def _may_be_an_operand(self, inside: Sequence[Symbol]) -> bool:
        """Whether this is a number or g(x), so that f(2) and f(g(x)) may be a function with its operand."""
        if len(inside) == 1:
            return inside[0].kind == "number"
        k = next((k for k, symbol in enumerate(inside) if symbol.text == "("), 0)
        scripted = all(s.kind in ("name", "number", "sub", "super") or s.text in "_^{}" for s in inside[:k])
        named = k > 0 and inside[0].kind == "name" and self._known(inside[0].text) and inside[k].gap == 0
        return named and scripted and closing_of(inside[k:]) + k == len(inside) - 1

    def _arguments(self) -> tuple[Tree, ...]:
        """Read ``(a, b)``."""
        opening = self._advance()
        closing = CLOSING[opening.text]
        kept, self._bars = self._bars, 0
        found: list[Tree] = []
        while not self._take(closing):
            if found and not self._take(";"):
                self._expect(",", opening)
            if found and self._next.text in ("axis", "keepdims") and self._ahead().text == "=":
                keyword = self._advance().text
                self._advance()
                self._keywords[keyword] = self._deeper(self._sum)
                continue
            found.append(self._deeper(self._formula))
        self._bars = kept
        return tuple(found)

    def _bracketed(self) -> Tree:
        """(a + b), [a + b], a list [a, b], and 1[n > 0] without its 1."""
        start = self._at
        opening = self._advance()
        closing = CLOSING[opening.text]
        kept, self._bars = self._bars, 0
        kept_equals, self._equals = self._equals, self._equals or opening.text == "["
        if self._sign == closing:
            self._refuse(opening, f"there is nothing between {opening.text} and {closing}")
        items = [self._deeper(self._formula)]
        while self._sign == ",":
            self._advance()
            if self._sign == closing:
                break
            items.append(self._deeper(self._formula))
        self._expect(closing, opening)
        self._bars, self._equals = kept, kept_equals
        if len(items) > 1 and opening.text == "(" and all(isinstance(item, Name) for item in items):
            names = ", ".join(item.base for item in items if isinstance(item, Name))
            if not (self._sign == "^" or self._next.kind == "super") and not any(
                isinstance(item, Name) and item.subscripts for item in items
            ):
                self._refuse(opening, f"({names}) may be a list, or a shape: write [{names}] for a list")
        if len(items) > 1 or (opening.text == "[" and self._listed(start)):
            return Listed(tuple(items), opening.place)
        [found] = items
        if isinstance(found, BigOperator):
            found = replace(found, closed=True)
        if opening.text == "[":
            self.trivial = False
            ahead = self._symbols[self._at : self._at + 4] if self._sign == "^" else []
            if isinstance(found, Product) and not found.sign and any(symbol.text in ("T", "⊤") for symbol in ahead):
                self._refuse(opening, "a product is not transposed: between the items of a list stand commas")
            if isinstance(found, Relation | Logic):
                return Call("indicator", (found,), opening.place)
        return found

    def _listed(self, k: int) -> bool:
        """Whether [a] is a list of one: it is an operand of its own, as in sum([a])."""
        before = self._symbols[k - 1] if k else None
        return (
            before is not None and before.text in ("(", ",") and before.kind == "operator" and self._sign in (")", ",")
        )

    def _braced(self) -> Tree:
        """``{w}_1``: braces that group, and show no more."""
        self.trivial = False
        opening, inside, end = self._group()
        if not inside:
            if self._sign in ("^", "_"):
                self._refuse(opening, "what stands here is empty")
            return self._power()
        if any(inner.text == "\\over" for inner in inside):
            self._refuse(opening, "\\over is not read: write \\frac")
        found = self._within(inside, end, self._formula)
        if isinstance(found, Name) and (self._sign in ("_", "^") or self._next.kind in ("sub", "super", "prime")):
            if found.subscripts and (self._sign == "_" or self._next.kind == "sub"):
                return found
            if found.superscripts and self._sign == "^":
                return self._power_of_a_label(found)
            return self._with_arguments(self._with_scripts(found))
        if isinstance(found, Name) and found.base == "d" and self._next.kind == "name" and not self._known("d"):
            return self._differential_name()
        return self._with_arguments(found)

    def _power_of_a_label(self, found: Name) -> Tree:
        """``{A^{[1]}}^2``: the braces say that the second is a power of what the first makes of A."""
        symbol = self._advance()
        raised = self._to_the_power(found, symbol)
        if not isinstance(raised, Name) or raised.superscripts[: len(found.superscripts)] == raised.superscripts:
            return raised
        *labels, last = raised.superscripts
        return raised if last.bracket else Power(replace(raised, superscripts=tuple(labels)), last.tree, symbol.place)

    def _differential_name(self) -> Tree:
        """``\\mathbf{d}p_k``: a differential by itself is a name, as in dp."""
        symbol = self._advance()
        return self._with_scripts(self._name(symbol, "d" + symbol.text))

    def _barred(self) -> Tree:
        """|x| and ‖x‖."""
        opening = self._advance()
        self.trivial = False
        self._bars += 1
        found = self._deeper(self._formula)
        self._bars -= 1
        if opening.text == "|" and self._next.text == "‖" and self._bars == 0:  # the bars in the middle of |a||b|
            both = self._next
            halves = [replace(both, text="|", end=both.start + 1), replace(both, text="|", start=both.start + 1, gap=0)]
            self._symbols = [*self._symbols[: self._at], *halves, *self._symbols[self._at + 1 :]]
            self._go(self._at)
        self._expect(opening.text, opening)
        if opening.text == "|":
            return Call("bars", (found,), opening.place)
        order, start = "", self._at
        power: Tree | None = None
        if opening.text == "‖" and self._take("^"):  # ‖x‖^2_F
            _, inside, _ = self._group()
            if self._sign == "_" and len(inside) == 1 and inside[0].kind == "number":
                power = Number(inside[0].text, inside[0].place)
            else:
                self._go(start)
        if self._sign == "_" or self._next.kind == "sub":
            _, order = self._subscripts()
        if order not in ("", "2", "F"):
            self._refuse(opening, "of the norms the one that sums squares is read")
        norm = Call("norm", (found,), opening.place)
        return norm if power is None else Power(norm, power, opening.place)

    def _inner_product(self) -> Call:
        opening = self._advance()
        self.trivial = False
        first = self._deeper(self._formula)
        self._expect(",", opening)
        second = self._deeper(self._formula)
        self._expect("⟩", opening)
        return Call("dot", (first, second), opening.place)
