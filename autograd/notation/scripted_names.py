"""Names with all that hangs on them: subscripts, superscripts, primes, and items in brackets."""

from collections.abc import Sequence
from dataclasses import replace

from autograd.notation.symbol_cursor import SymbolCursor, closing_of, letters_of, split_at
from autograd.notation.symbols import SCRIPT_WORDS, Symbol
from autograd.notation.syntax import (
    Addition,
    Attribute,
    Call,
    Item,
    Listed,
    Name,
    Negative,
    Number,
    Power,
    Slice,
    Superscript,
    Transposed,
    Tree,
)

_LONGEST_INDEX = 60


class NameParser(SymbolCursor):
    """Reads names; what is nested in their scripts is read by the formulas that inherit from it."""

    def _formula(self) -> Tree:
        raise NotImplementedError

    def _sum(self) -> Tree:
        raise NotImplementedError

    def _signed(self) -> Tree:
        raise NotImplementedError

    def _name(self, symbol: Symbol, text: str) -> Name:
        """The name that a symbol is: y_hat in plain text has hat for its subscript, unless that name is known."""
        if "_" not in text or self._known(text):
            return Name(text, symbol.place)
        base, _, joined = text.partition("_")
        for k in [k for k, letter in enumerate(text) if letter == "_" and k > len(base)]:
            if self._known(text[:k]):
                base, joined = text[:k], text[k + 1 :]  # y_hat_i, where y_hat is known
        if not base or not joined:
            return Name(text, symbol.place)
        self.trivial = False
        return Name(base, symbol.place, self._indices_of(joined, symbol), (), 0, joined)

    def _indices_of(self, joined: str, symbol: Symbol) -> tuple[Tree, ...]:
        """The indices in the text of a subscript: i and j in ij, but new is one word."""
        place = symbol.place
        if joined.isdigit():
            return tuple(Number(digit, place) for digit in joined)
        if len(joined) > 3 or joined in SCRIPT_WORDS or (self._known(joined) and len(joined) > 1) or "_" in joined:
            return (Name(joined, place),)
        return tuple(Number(c, place) if c.isdigit() else Name(c, place) for c in letters_of(joined))

    def _with_scripts(self, found: Name) -> Tree:
        """A name with the subscripts, superscripts and primes that follow it."""
        while True:
            following = self._next
            if following.kind == "prime":
                self._advance()
                self.trivial = False
                found = replace(found, primes=found.primes + len(following.text))
            elif following.kind == "sub" or self._sign == "_":
                if found.subscripts:
                    self._refuse(following, f"{found.base} has two subscripts: put them into one, as in W_{{ij}}")
                self.trivial = False
                indices, joined = self._subscripts()
                found = replace(found, subscripts=indices, joined=joined)
            elif self._sign == "⊤" and following.gap == 0:
                self._advance()
                return Transposed(found)
            elif following.kind == "super":
                self._advance()
                tree = self._raised(found, following)
                if not isinstance(tree, Name):
                    return tree
                found = tree
            elif self._sign == "^":
                self.trivial = False
                self._advance()
                tree = self._to_the_power(found, following)
                if isinstance(tree, Transposed) and tree.of is found and not found.subscripts:
                    return self._subscripted_behind(tree, found)
                if not isinstance(tree, Name):
                    return tree
                found = tree
            else:
                return found

    def _subscripted_behind(self, tree: Transposed, name: Name) -> Tree:
        """``w^T_k``: mostly (w_k)^T; two indices are those of an entry of W^T."""
        if not ((self._next.kind == "sub" or self._sign == "_") and self._next.gap == 0):
            return tree
        start, symbol = self._at, self._next
        indices, joined = self._subscripts()
        if len(indices) != 1 or joined == "F":
            self._go(start)
            return tree
        return Transposed(replace(name, subscripts=indices, joined=joined), symbol.place)

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
        if len(inside) == 1 and inside[0].kind in ("name", "number", "word"):
            return self._indices_of(inside[0].text, inside[0]), joined
        pieces = split_at(inside, ",")
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
            before = pieces[-1] if pieces else None
            if not sign and isinstance(before, Number) and isinstance(tree, Number):
                pieces.pop()
                tree = Number(before.text + c, symbol.place)
            pieces.append(Negative(tree) if negative else tree)
            sign, negative = "", False
        if sign:
            return Name(text, symbol.place)
        return pieces[0] if len(pieces) == 1 else Addition(tuple(pieces))

    def _raised(self, base: Tree, symbol: Symbol, parenthesised: bool = False) -> Tree:
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
        if isinstance(base, Name) and not parenthesised and not (isinstance(tree, Negative) and inner[0] == "-"):
            self.trivial = self.trivial and inner.isdigit() and not bracket
            return replace(base, superscripts=(*base.superscripts, Superscript(tree, bracket)))
        return Power(base, tree, symbol.place)

    def _to_the_power(self, base: Tree, symbol: Symbol) -> Tree:
        """What stands behind ^, whose sign was read."""
        if self._sign == "(":  # W^(1)
            opening = self._advance()
            tree = self._deeper(self._formula)
            self._expect(")", opening)
            return self._superscript(base, tree, "(", symbol)
        if self._sign == "[":
            opening = self._advance()
            tree = self._deeper(self._formula)
            self._expect("]", opening)
            return self._superscript(base, tree, "[", symbol)
        if (
            self._sign in ("-", "+")
            and isinstance(base, Name)
            and self._ahead().kind not in ("number", "name", "command")
        ):
            return replace(
                base, superscripts=(*base.superscripts, Superscript(Name(self._advance().text, symbol.place)))
            )
        if self._sign in ("-", "+"):
            return Power(base, self._deeper(self._signed), symbol.place)
        if self._sign == "*":
            self._advance()
            return (
                replace(base, superscripts=(*base.superscripts, Superscript(Name("*", symbol.place))))
                if isinstance(base, Name)
                else base
            )
        opening, inside, end = self._group()
        if not inside:
            self._refuse(symbol, "the superscript is empty")
        if all(inner.kind == "prime" for inner in inside) and isinstance(base, Name):
            return replace(base, primes=base.primes + sum(len(inner.text) for inner in inside))
        if inside[-1].kind == "prime" and isinstance(base, Name):  # g^{[1]'}
            base = replace(base, primes=base.primes + len(inside[-1].text))
            inside = inside[:-1]
        if inside[0].text == "⊙" and len(inside) > 1:  # A^{\odot 2}: of each item
            return Power(base, self._within(inside[1:], end, self._formula), symbol.place)
        if inside[-1].text in ("T", "⊤", "intercal") and not (
            len(inside) == 1 and self._known("T") and inside[-1].text == "T"
        ):
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
        if (
            opening in ("(", "[", "⟨", "<")
            and inside[-1].text in (")", "]", "⟩", ">")
            and closing_of(inside) == len(inside) - 1
        ):
            tree = self._within(inside[1:-1], end, self._formula_with_equals)
            return self._superscript(base, tree, "[" if opening == "[" else "(", symbol)
        if opening in ("(", "[") and isinstance(base, Name):
            until = closing_of(inside)
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
            and all(
                isinstance(t, Number | Name) or (isinstance(t, Negative) and isinstance(t.of, Number | Name))
                for t in tree.terms
            )
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

    def _with_scripts_and_items(self, name: Name) -> Tree:
        found: Tree = self._with_scripts(name)
        while (self._sign == "[" and self._next.gap == 0 and self._is_an_item(found)) or (
            self._sign == "." and self._ahead().kind == "name" and self._ahead().gap == 0 and self._next.gap == 0
        ):
            if self._sign == "[":
                found = self._item(found)
            else:
                dot = self._advance()
                found = Attribute(found, self._advance().text, dot.place)
        return found

    def _is_an_item(self, base: Tree) -> bool:
        """Whether a bracket right behind a name holds indices, and not another factor."""
        if isinstance(base, Listed | Item | Attribute):
            return True
        if isinstance(base, Call):
            return base.function == "softmax"
        if not isinstance(base, Name):
            return False
        depth, k = 0, self._at
        inside: list[Symbol] = []
        while True:
            symbol = self._symbols[k]
            if symbol.kind == "end" or k > self._at + _LONGEST_INDEX:
                return symbol.kind == "end"
            if symbol.kind == "operator":
                depth += {"[": 1, "]": -1}.get(symbol.text, 0)
                if depth == 0:
                    break
            inside.append(symbol)
            k += 1
        inside = inside[1:]
        names = [symbol.text for symbol in inside if symbol.kind == "name"]
        if all(
            symbol.text in names or symbol.text in ("+", "-", "*", ",") or symbol.text.isdigit() for symbol in inside
        ) and all(len(name) == 1 and not self._known(name) for name in names):
            return True  # x[i + m], X[i + m, 2*j + n]
        if base.subscripts or base.superscripts:  # a₁[j], but not w₂[x]
            return all(
                symbol.kind == "number" or symbol.text in (",", "[", "]") or not self._known(symbol.text)
                for symbol in inside
            ) and not _product_like(inside)
        return not _product_like(inside)

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
        while self._sign not in (",", "]") and self._next.kind != "end":
            if self._take(":"):
                parts.append(None)
            else:
                parts[-1] = self._deeper(self._sum)
        if len(parts) == 1:
            if parts[0] is None:
                raise self._unexpected()
            return parts[0]
        return Slice(parts[0], parts[1], parts[2] if len(parts) > 2 else None)


def _product_like(symbols: Sequence[Symbol]) -> bool:
    """Whether what stands in brackets is no index: 1 - h begins with the number, k - 1 with the letter."""
    first = next((s for s in symbols), None)
    if first is None:
        return False
    if any(s.kind not in ("name", "number") and s.text not in (",", ":", "-", "+", "[", "]", ".") for s in symbols):
        return True
    for piece in split_at(symbols, ","):
        names = [s for s in piece if s.kind == "name"]
        if (
            len(names) > 1
            or (names and piece[0].kind == "number")
            or (names and len(piece) > 3 and ":" not in [s.text for s in piece])
        ):
            return True
    return False
