"""Derivatives in all their spellings: dL/dw, ∂L/∂w, \\frac{∂L}{∂w}, d/dw L, ∇_w L, and one at a point."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograd.notation.letters import GREEK
from autograd.notation.scripted_names import NameParser
from autograd.notation.second_derivatives import by_itself_twice, halves_below, order_at
from autograd.notation.symbol_cursor import closing_of, split_at
from autograd.notation.symbols import IllegibleError, Symbol
from autograd.notation.syntax import At, Beside, Differential, Name, Ratio, Tree

if TYPE_CHECKING:
    from autograd.untyped import Anything


class DerivativeParser(NameParser):
    """Reads derivatives; what is differentiated, if it is a formula, is read by those that inherit from it."""

    def _side_by_side(self, first: Tree) -> Tree:
        raise NotImplementedError

    def _power(self) -> Tree:
        raise NotImplementedError

    def _starts_a_factor(self) -> bool:
        raise NotImplementedError

    def _command(self) -> Tree:
        raise NotImplementedError

    def _named(self) -> Tree:
        raise NotImplementedError

    def _by_d(self) -> Tree | None:
        """dL/dw, d/dw L, d(L)/d(w), if the symbols at the cursor can be read so."""
        symbol, start = self._next, self._at
        if symbol.text[0] != "d" or symbol.kind != "name":
            return None
        kept = self.trivial
        if symbol.text == "d" and not self._known("d") and (size := order_at(self._symbols, start + 1)):
            self._go(start + 1 + size)
            if self._next.kind == "name" and self._ahead().text == "/":
                self.trivial = False
                return self._second_inline(symbol, self._derivative_name())
            self._go(start)
        upper = self._differential()
        if isinstance(upper, bool) or self._sign != "/":
            self._go(start)
            self.trivial = kept
            return None
        self._advance()
        lower_symbol = self._next
        if lower_symbol.text == "∂":
            self._advance()
            lower: Anything = self._derivative_name(below=True)
        elif lower_symbol.kind == "name" and lower_symbol.text[0] == "d":
            lower = self._differential(below=True)
        else:
            lower = False
        if (
            lower is False
            or lower is None
            or (symbol.text != "d" and lower_symbol.text != "∂" and not self._means_derivative(symbol))
        ):
            self._go(start)
            self.trivial = kept
            return None
        if upper is None:
            if self._known("d") and not self._starts_a_factor():
                self._go(start)
                self.trivial = kept
                return None
            return self._applied(lower, symbol)
        literal = self._known(symbol.text) and self._known(lower_symbol.text)
        return Differential(upper, lower, symbol.place, not literal)

    def _means_derivative(self, above: Symbol) -> bool:
        """Whether dL/dw is a derivative, and not the quotient of two nodes that happen to begin with d."""
        if above.text in GREEK and not self._known(above.text[1:]):
            return False
        upper = above.text[1:].partition("_")[0]
        known = (
            self._known(above.text[1:])
            or self._known(upper)
            or (len(upper) > 1 and upper[-1].isdigit() and self._known(upper.rstrip("0123456789")))
        )
        if known:
            return True
        return not self._known(above.text)

    def _differential(self, *, below: bool = False) -> "Tree | bool | None":
        """Read d and what it stands before: the name, None if nothing (d/dw), False if it is no differential."""
        symbol = self._advance()
        if self._next.kind == "super" or (self._sign == "^" and symbol.text == "d"):
            self._refuse_second(symbol)
        if symbol.text == "d":
            if self._sign == "/":
                return None
            if self._next.kind == "name" or self._next.kind == "command" or self._sign in ("{", "("):
                return self._derivative_name(below=below)
            return False
        if symbol.text.startswith("d2") and self._known(symbol.text[2:]):
            self._refuse_second(symbol)
        rest = replace(symbol, text=symbol.text[1:])
        if not rest.text[:1].isalpha():
            return False
        found = self._with_scripts_and_items(self._name(rest, rest.text))
        return found if below else self._after_name(found)

    def _refuse_second(self, symbol: Symbol) -> None:
        following = self._next
        if (
            following.text.startswith("2")
            or symbol.text.startswith("d2")
            or (following.text == "^" and self._ahead().text in ("2", "{"))
        ):
            self._refuse(symbol, "a second derivative is written ∂²u/∂v², or d²u/dv²")

    def _derivative_name(self, *, below: bool = False) -> Tree:
        """The node that a ∂ stands before, with its scripts; J(θ) above the stroke is J."""
        if self._next.kind == "super" or self._sign == "^":
            self._refuse(self._next, "of derivatives the first and the second are read, as ∂u/∂v and ∂²u/∂v²")
        if self._sign in ("(", "{", "["):
            _, inside, end = self._parenthesised()
            found = self._within(inside, end, self._formula)
            if isinstance(found, Name) and (self._sign in ("_", "^") or self._next.kind in ("sub", "super", "prime")):
                found = self._with_scripts(found)
            return self._half_name(found, below)
        symbol = self._next
        if symbol.kind == "command":
            found = self._command()
            return self._half_name(found, below)
        if symbol.kind != "name" and self._sign != "Σ":
            self._refuse(symbol, "∂ belongs to a derivative, as in ∂J/∂w: ∂ stands right before a name")
        if not below and self._ahead().text in ("(", "^", "_") and symbol.kind == "name" and symbol.text[0] != "d":
            return self._after_name(self._named())  # log(p), or h_θ(x^{(i)})
        self._advance()
        return self._half_name(self._with_scripts_and_items(self._name(symbol, symbol.text)), below)

    def _half_name(self, found: Tree, below: bool) -> Tree:
        return found if below else self._after_name(found)

    def _after_name(self, found: Tree) -> Tree:
        """Leave out the (θ) of J(θ), which says what it is a function of."""
        if isinstance(found, Name) and self._sign == "(" and self._next.gap == 0:
            closing = closing_of(self._symbols[self._at :]) + self._at
            if closing > self._at:
                self._go(closing + 1)
        elif isinstance(found, Beside):
            held = self._holds(found.name)
            plain = all(
                isinstance(argument, Name) and not argument.superscripts and (held or not argument.subscripts)
                for argument in found.inside
            )
            return found.name if (plain and not (held and _of_an_item(found))) or len(found.inside) > 1 else found
        return found

    def _partial(self) -> Tree:
        """∂L/∂w, ∂/∂w L, ∂_w L."""
        symbol = self._advance()
        if size := order_at(self._symbols, self._at):
            self._go(self._at + size)
            return self._second_inline(symbol, self._derivative_name())
        sign = "∂⁺" if (plus := _plus(self._symbols[self._at :])) else "∂"
        self._go(self._at + plus)
        if self._sign == "_" or self._next.kind == "sub":
            indices, _ = self._subscripts()
            if len(indices) != 1:
                indices = (_whole(indices, symbol),)
            return self._applied(indices[0], symbol, sign)
        upper = None if self._sign == "/" else self._derivative_name()
        if self._sign != "/":
            self._refuse(symbol, "∂ belongs to a derivative, as in ∂J/∂w")
        stroke = self._advance()
        if self._sign == "∂":
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
            return self._applied(lower, symbol, sign)
        return Differential(upper, lower, symbol.place, symbol=sign)

    def _second_inline(self, symbol: Symbol, upper: Tree) -> Differential:
        """∂²L/∂w², of which all above the stroke is read."""
        if not self._take("/"):
            self._refuse(symbol, "a second derivative is written ∂²L/∂w²")
        wrapped = self._take("(")
        first = self._lower(symbol)
        twice = by_itself_twice(first)
        second = twice if twice is not None else self._lower(symbol)
        if wrapped and not self._take(")"):
            self._refuse(symbol, "of second derivatives those by one node twice, or by two, are read")
        inner = Differential(upper, second, symbol.place)
        return Differential(inner, first if twice is None else twice, symbol.place)

    def _lower(self, symbol: Symbol) -> Tree:
        """∂w or dw below a stroke."""
        if self._take("∂"):
            return self._derivative_name(below=True)
        below = self._next
        if below.kind == "name" and below.text[0] == "d":
            self._advance()
            if below.text == "d":
                return self._derivative_name(below=True)
            rest = replace(below, text=below.text[1:])
            return self._with_scripts_and_items(self._name(rest, rest.text))
        return self._refuse(symbol, "a second derivative is by two nodes, or by one twice, as in ∂²L/∂w²")

    def _applied(self, by: Tree, symbol: Symbol, sign: str = "d") -> Differential:
        """d/dw and what is differentiated: all that stands to the right without a sign."""
        self.trivial = False
        if not self._starts_a_factor():
            self._refuse(self._next, "what is differentiated is missing: write d/dw L or dL/dw")
        of = self._deeper(lambda: self._side_by_side(self._power()))
        if isinstance(of, Beside) and self._holds(of.name) and not _of_an_item(of):
            of = of.name  # J(θ)
        return Differential(of, by, symbol.place, symbol=sign)

    def _gradient(self) -> Differential:
        """∇_w L."""
        symbol = self._advance()
        self.trivial = False
        if not (self._sign == "_" or self._next.kind == "sub"):
            if self._next.gap == 0 and self._ahead().gap and self._ahead().text in _LOSSES:
                return self._applied(self._name(self._next, self._advance().text), symbol)  # ∇θ J, as a PDF has it
            function = self._named() if self._next.kind == "name" else None
            if isinstance(function, Beside) and len(function.inside) == 1 and isinstance(function.inside[0], Name):
                return Differential(function.name, function.inside[0], symbol.place)  # ∇f(θ)
            self._refuse(symbol, "a gradient says by what, as in ∇_w L")
        self._advance() if self._sign == "_" else None
        if self._next.kind == "sub":
            sub = self._advance()
            by: Tree = Name(sub.text, sub.place) if len(sub.text) == 1 else self._small(sub.text, sub)
        else:
            _, inside, end = self._group()
            if len(inside) == 1 and inside[0].kind == "name":
                by = self._name(inside[0], inside[0].text)
            else:
                by = self._within(inside, end, self._formula)
        if self._next.kind == "name" and self._known(self._next.text):
            of = self._deeper(self._power)  # ∇_z L xᵀ is (∇_z L) xᵀ
            return Differential(of.name if isinstance(of, Beside) else of, by, symbol.place)
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
        if len(below) > 1 and above[0].text == below[0].text == "δ" and below[1].kind in ("name", "command"):
            if self._known("δ") or self._known("delta"):
                self._refuse(symbol, "δ is a name here, or a ∂: write \\partial, or δ*…/(δ*…)")
            partial = replace(symbol, kind="operator", text="∂")
            above, below = [partial, *above[1:]], [partial, *below[1:]]
        if above[0].text in ("∂", "d") and (size := order_at(above, 1)):
            return self._second([above[0], *above[1 + size :]], below, end_above, end_below, symbol)
        if _differential_like(above[0]) and _differential_like(below[0]):
            plus = _plus(above[1:]) if above[0].text == "∂" else 0
            above = [above[0], *above[1 + plus :]]
            sign = "∂⁺" if plus else "∂" if above[0].text == "∂" else "d"
            kept = self._symbols, self._at, self._depth
            try:
                lower = self._within(below, end_below, self._half)
                upper = self._within(above, end_above, self._half) if len(above) > 1 or len(above[0].text) > 1 else None
            except IllegibleError as refusal:
                self._symbols, at, self._depth = kept
                self._go(at)
                if "second" in refusal.why or above[0].text == "∂" or below[0].text == "∂":
                    raise
            else:
                if isinstance(lower, bool) or lower is None or isinstance(upper, bool):
                    pass
                elif upper is None:
                    return self._applied(lower, symbol, sign)
                elif above[0].text == "d" or above[0].text == "∂" or self._means_derivative(above[0]):
                    literal = (
                        above[0].text not in ("d", "∂") and self._known(above[0].text) and self._known(below[0].text)
                    )
                    return Differential(upper, lower, symbol.place, not literal, sign)
        return Ratio(
            self._within(above, end_above, self._formula), self._within(below, end_below, self._formula), symbol.place
        )

    def _second(
        self, above: list[Symbol], below: list[Symbol], end_above: Symbol, end_below: Symbol, symbol: Symbol
    ) -> Differential:
        """``\\frac{\\partial^2 L}{\\partial w \\partial x}``, whose 2 is taken out of what stands above."""
        if below[0].text == "(" and closing_of(below) < len(below) - 1:  # (∂w)^2
            below = [each for k, each in enumerate(below) if k not in (0, closing_of(below))]
        halves = halves_below(below)
        if not halves:
            self._refuse(symbol, "of second derivatives those by one node twice, or by two, are read")
        lowers = [self._within(half, end_below, self._half) for half in halves]
        upper = self._within(above, end_above, self._half) if len(above) > 1 else None
        if any(isinstance(each, bool) or each is None for each in (*lowers, upper or Name("", symbol.place))):
            self._refuse(symbol, "of second derivatives those of a node by nodes are read")
        sign = "∂" if above[0].text == "∂" else "d"
        if upper is None:
            upper = self._applied(lowers[1], symbol, sign)
            return Differential(upper, lowers[0], symbol.place, symbol=sign)
        return Differential(Differential(upper, lowers[1], symbol.place, symbol=sign), lowers[0], symbol.place)

    def _half(self) -> "Tree | bool | None":
        """What stands above or below the stroke of a derivative: mostly a name, above it any formula."""
        start = self._at
        raised = self._symbols[start + 1] if start + 1 < len(self._symbols) else self._next
        if len(self._symbols[start].text) == 1 and (raised.text == "^" or raised.kind == "super"):
            self._refuse(raised, "of derivatives the first and the second are read, as ∂u/∂v and ∂²u/∂v²")
        try:
            found = self._derivative_name() if self._take("∂") else self._differential()
        except IllegibleError:
            if self._symbols[start].text not in ("∂", "d") or self._at <= start:
                raise
            found = False
        if (found is False or self._next.kind != "end") and self._symbols[start].text in ("∂", "d"):
            self._go(start + 1)
            return self._side_by_side(self._power())
        return found

    def _at_a_point(self, base: Tree, symbol: Symbol) -> At:
        """``|_{w=2}``, whose bar was read."""
        self._advance()
        opening, inside, end = self._group()
        equations: list[tuple[Tree | None, Tree]] = []
        if inside and inside[0].text == "(" and closing_of(inside) == len(inside) - 1:
            inside = inside[1:-1]
        for piece in split_at(inside, ","):
            sides = split_at(piece, "=")
            if len(sides) == 1 and piece and all(each.kind == "number" or each.text == "-" for each in piece):
                equations.append((None, self._within(piece, end, self._formula)))
                continue
            if len(sides) != 2 or not all(sides):
                self._refuse(opening, "a point is given by equations, as in |_{w=2}")
            if sides[0][0].text == sides[1][0].text == "(" and len(sides[0]) > 2:  # (x, y) = (2, 3)
                both = [split_at(side[1:-1], ",") for side in sides]
                if len(both[0]) == len(both[1]) and all(map(all, both)):
                    pairs = zip(*both, strict=True)
                    equations += [tuple(self._within(each, end, self._formula) for each in pair) for pair in pairs]
                    continue
            equations.append((self._within(sides[0], end, self._formula), self._within(sides[1], end, self._formula)))
        return At(base, tuple(equations), symbol.place)


_LOSSES = ("L", "J", "E", "C", "f", "l", "ℒ", "loss", "Loss", "cost", "Cost", "F")
"""What stands behind ∇w if w is by what it differentiates."""


def _of_an_item(tree: Beside) -> bool:
    """Whether what stands in parentheses has an index letter, as in p(x_i): that may be item i of a list p."""
    inside = tree.inside[0] if len(tree.inside) == 1 else None
    slots = (*inside.subscripts, *(s.tree for s in inside.superscripts)) if isinstance(inside, Name) else ()
    return len(slots) == 1 and isinstance(slots[0], Name)


def _without_braces(symbols: list[Symbol]) -> list[Symbol]:
    """Without braces around the dw of ``{dw}_1``."""
    if len(symbols) > 2 and symbols[0].text == "{" and _differential_like(symbols[1]):
        closing = closing_of(symbols)
        return [*symbols[1:closing], *symbols[closing + 1 :]]
    return symbols


def _plus(symbols: Sequence[Symbol]) -> int:
    """How many symbols are the plus of ∂⁺, if they begin with one."""
    if symbols[:1] and symbols[0].kind == "super" and symbols[0].text == "+":
        return 1
    texts = [symbol.text for symbol in symbols[:4]]
    return 2 if texts[:2] == ["^", "+"] else 4 if texts == ["^", "{", "+", "}"] else 0


def _differential_like(symbol: Symbol) -> bool:
    return symbol.text == "∂" or (symbol.kind == "name" and symbol.text[0] == "d")


def _whole(indices: tuple[Tree, ...], symbol: Symbol) -> Name:
    return Name("".join(getattr(index, "base", getattr(index, "text", "")) for index in indices), symbol.place)
