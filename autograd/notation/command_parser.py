"""Commands and environments of LaTeX in a formula: roots, hats, braces above and below, cases, and matrices."""

import unicodedata
from dataclasses import replace

from autograd.notation.function_parser import FunctionParser
from autograd.notation.letters import HATS
from autograd.notation.symbol_cursor import depth_of, split_at
from autograd.notation.symbols import IllegibleError, Symbol
from autograd.notation.syntax import Call, Cases, Listed, Name, Number, Power, Ratio, Tree

OTHER_CASES = {
    "otherwise",
    "else",
    "elsewhere",
    "other",
    "o.w",
    "o.w.",
    "sonst",
    "ansonsten",
    "sinon",
    "rest",
    "remaining",
}
"""The words of the last case, which holds where no other does."""


class CommandParser(FunctionParser):
    """Reads what begins with a backslash; the formulas within are read by those that inherit from it."""

    def _with_arguments(self, name: Tree) -> Tree:
        raise NotImplementedError

    def _command(self) -> Tree:
        symbol = self._next
        if symbol.text in ("frac", "dfrac", "tfrac", "cfrac"):
            return self._fraction()
        if symbol.text in HATS:
            return self._with_arguments(self._accented())
        self.trivial = False
        self._advance()
        if symbol.text == "sqrt":
            return self._root(symbol)
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
        raise self._unexpected()

    def _root(self, symbol: Symbol) -> Tree:
        """``\\sqrt{x}``, ``\\sqrt[3]{x}``."""
        degree = "2"
        if self._take("["):
            degree = self._advance().text
            if not degree.isdigit() or int(degree) == 0 or not self._take("]"):
                self._refuse(symbol, "of the roots those of a number are read, as in \\sqrt[3]{x}: write a power")
        _, inside, end = self._group()
        of = self._within(inside, end, self._formula)
        if degree in ("2", "3"):
            return Call("sqrt" if degree == "2" else "cbrt", (of,), symbol.place)
        return Power(of, Ratio(Number("1", symbol.place), Number(degree, symbol.place), symbol.place), symbol.place)

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
        if symbol.text == "overline" and inside and not isinstance(found, Name):
            return Call("overline", (found,), symbol.place)
        if not isinstance(found, Name) or not found.base:
            self._refuse(opening, f"\\{symbol.text} stands above a name, as in \\{symbol.text}{{y}}")
        base = found.base[0] + mark + found.base[1:]
        return self._with_scripts(replace(found, base=unicodedata.normalize("NFC", base), place=symbol.place))

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
        rows = [row for row in split_at(inside, "\\\\") if row]
        if opening.text in ("cases", "dcases", "rcases"):
            branches = tuple(self._branch(row, end) for row in rows)
            if any(condition is None for _, condition in branches[:-1]):
                self._refuse(opening, "a case says when it holds: write it behind an &, as in x & z > 0")
            return Cases(branches, opening.place)
        if opening.text.endswith("matrix"):
            table = [[self._within(cell, end, self._formula) for cell in split_at(row, "&")] for row in rows]
            if all(len(row) == 1 for row in table):
                return Listed(tuple(row[0] for row in table), opening.place)
            return Listed(tuple(Listed(tuple(row), opening.place) for row in table), opening.place)
        if opening.text in ("aligned", "split", "gathered", "array") and len(rows) == 1:
            return self._within([s for s in rows[0] if s.text != "&"], end, self._formula)
        raise IllegibleError(opening.place, f"\\begin{{{opening.text}}} is not read within a formula")

    def _branch(self, row: list[Symbol], end: Symbol) -> tuple[Tree, Tree | None]:
        """A line of cases: its formula, and when it holds."""
        value, *conditions = [cell for cell in split_at(row, "&") if cell]
        if not conditions:  # without an &, a comma or a word tells them apart
            k = next(
                (
                    k
                    for k, symbol in enumerate(row)
                    if symbol.kind == "word" or (symbol.text == "," and depth_of(row[:k]) == 0)
                ),
                len(row),
            )
            value, conditions = row[:k], [row[k:]]
        while value and value[-1].text == ",":
            value = value[:-1]
        condition = [symbol for part in conditions for symbol in part]
        words = [symbol for symbol in condition if symbol.kind == "word" and symbol.text not in ("and", "or", "not")]
        condition = [symbol for symbol in condition if symbol not in words]
        last = not OTHER_CASES.isdisjoint(symbol.text for symbol in words)
        while condition and condition[-1].text in (".", ",", ";"):
            condition = condition[:-1]
        while condition and condition[0].text == ",":
            condition = condition[1:]
        tree = self._within(value, end, self._formula)
        if last or not (condition or words):
            return tree, None
        if not condition:
            self._refuse(words[0], "when a case holds is said in words: write a condition, as in z > 0")
        return tree, self._within(condition, end, self._formula_with_equals)
