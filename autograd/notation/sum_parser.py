"""Σ and Π with what stands below and above them: ``\\sum_{k=1}^{K}``, ``Σ_{k≠j}``, ``\\sum_{i<j}``, ``sum_k``."""

from dataclasses import fields, is_dataclass, replace
from itertools import pairwise

from autograd.derivation.tokens import Place
from autograd.notation.differentials import DerivativeParser
from autograd.notation.symbol_cursor import letters_of, split_at
from autograd.notation.symbols import SCRIPT_WORDS, Symbol
from autograd.notation.syntax import Addition, BigOperator, Name, Number, Product, Tree
from autograd.untyped import Anything

_COMPARED = ("!=", "<", "<=", ">", ">=")
_BELOW = "below Σ stands what it sums over, as in \\sum_{k=1}^{K} or \\sum_{k \\neq j}"


def put_for(tree: Anything, letter: str, member: Symbol) -> Anything:
    """The tree with a name or a number for a letter, wherever that stands below, above or between names."""
    if isinstance(tree, tuple):
        return tuple(put_for(part, letter, member) for part in tree)
    if not is_dataclass(tree) or isinstance(tree, Place | type):
        return tree
    if isinstance(tree, Name) and tree.base == letter and not (tree.subscripts or tree.superscripts or tree.primes):
        return Number(member.text, tree.place) if member.kind == "number" else Name(member.text, tree.place)
    found = replace(tree, **{each.name: put_for(getattr(tree, each.name), letter, member) for each in fields(tree)})
    return replace(found, joined=member.text) if isinstance(tree, Name) and tree.joined == letter else found


class SumParser(DerivativeParser):
    """Reads Σ and Π; what they sum is read by those that inherit from it."""

    def _product(self) -> Tree:
        raise NotImplementedError

    def _big_operator(self) -> Tree:
        symbol = self._advance()
        self.trivial = False
        kind = {"Σ": "sum", "Π": "prod"}.get(symbol.text, symbol.text)
        below: list[Symbol] = []
        above: Tree | None = None
        end = self._next
        while self._sign in ("_", "^") or self._next.kind == "sub":
            script = self._advance()
            if script.kind == "sub":
                below = [
                    replace(script, kind="name", text=c)
                    if c.isalpha()
                    else replace(script, kind="number" if c.isdigit() else "operator", text=c)
                    for c in script.text
                ]
                continue
            if self._sign == "(":
                _, inside, end = self._parenthesised()
            else:
                _, inside, end = self._group()
            if script.text == "_":
                below = inside
            elif inside:
                above = self._within(inside, end, self._formula)
        return self._summed(kind, below, above, end, symbol)

    def _spelled_sum(self) -> Tree:
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

    def _summed(self, kind: str, below: list[Symbol], above: Tree | None, end: Symbol, symbol: Symbol) -> Tree:
        if len(below) > 2 and below[1].text == "∈" and below[0].kind == "name":
            return self._over_a_set(kind, below[0].text, below[2:], symbol)
        letters: dict[str, None] = {}
        low: Tree | None = None
        conditions: list[Tree] = []
        parted = [replace(each, text=",") if each.text in (":", "|") else each for each in below]
        for piece in split_at(parted, ",") if below else []:
            if not piece:
                self._refuse(symbol, "an index is missing below the sign")
            sides = split_at(piece, "=")
            if all(inner.kind == "name" for inner in piece):
                for inner in piece:
                    single = len(inner.text) <= 3 and inner.text not in SCRIPT_WORDS
                    letters |= dict.fromkeys(letters_of(inner.text) if single else [inner.text])
            elif len(sides) == 2 and len(sides[0]) == 1 and sides[0][0].kind == "name" and sides[1]:
                letters[sides[0][0].text] = None
                low = self._within(sides[1], end, self._formula)
            elif any(inner.text in _COMPARED for inner in piece):
                letters |= dict.fromkeys(self._compared(piece))
                conditions.append(self._within(piece, end, self._formula))
            else:
                self._refuse(piece[0], _BELOW)
        if not self._starts_a_factor() and self._sign not in ("-", "+"):
            self._refuse(self._next, "the sum is empty: what it sums over is missing")
        body = self._deeper(self._product)
        return BigOperator(kind, tuple(letters), low, above, tuple(conditions), body, symbol.place)

    def _over_a_set(self, kind: str, letter: str, symbols: list[Symbol], symbol: Symbol) -> Tree:
        """``\\sum_{k \\in \\{i, f, o\\}} z_k``: a term for each of what stands in the braces."""
        inside = symbols[1:-1] if symbols[0].text + symbols[-1].text in ("{}", "()") else []
        members = split_at(inside, ",") if inside else []
        if not members or not all(len(each) == 1 and each[0].kind in ("name", "number") for each in members):
            self._refuse(symbols[0], _BELOW)
        if not self._starts_a_factor() and self._sign not in ("-", "+"):
            self._refuse(self._next, "the sum is empty: what it sums over is missing")
        body = self._deeper(self._product)
        terms = tuple(put_for(body, letter, member) for [member] in members)
        if kind == "prod":
            return Product(terms, "*", symbol.place)
        return terms[0] if len(terms) == 1 else Addition(terms)

    def _compared(self, piece: list[Symbol]) -> list[str]:
        """The letters of k ≠ j, which is k, and of 1 ≤ i < j ≤ n, which are those between two signs."""
        signs = [k for k, symbol in enumerate(piece) if symbol.text in _COMPARED]
        inner = [piece[k + 1] for k, after in pairwise(signs) if after == k + 2]
        found = inner if len(signs) > 1 else piece[:1]
        if not found or not all(symbol.kind == "name" for symbol in found) or (len(signs) == 1 and signs != [1]):
            self._refuse(piece[0], _BELOW)
        return [symbol.text for symbol in found]
