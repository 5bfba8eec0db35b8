"""A cursor over the symbols of a formula: what comes next, what belongs between brackets, and how it is refused."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import NoReturn

from autograd.notation.symbols import IllegibleError, Symbol
from autograd.untyped import Anything

_DEEPEST = 50
CLOSING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
PYTHON = {"for", "if", "else", "in", "is", "lambda", "import", "while", "def", "return", "yield", "await", "None"}
"""Words that nobody takes for mathematics."""
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


class SymbolCursor:
    """Reads symbols from the left. `known` says whether there is a node, list or definition of a name."""

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known
        self._symbols: Sequence[Symbol] = ()
        self._at = 0
        self._next: Symbol
        self._sign = ""
        self._depth = 0
        self._bars = 0
        """How many | are open, of which the next one closes the innermost."""
        self._equals = False
        """Whether = is a relation as < is, as it is in conditions."""
        self._keywords: dict[str, Anything] = {}
        """What the function whose operands are read is given by name: ``axis=1`` in a formula."""
        self.trivial = True
        """Whether nothing was read yet that needs to be shown as read."""

    def _go(self, position: int) -> None:
        """Stand at a symbol: `_next` is that symbol, and `_sign` its text if it is a sign."""
        self._at = position
        self._next = symbol = self._symbols[position]
        self._sign = symbol.text if symbol.kind in ("operator", "row") else ""

    def _ahead(self, count: int = 1) -> Symbol:
        return self._symbols[min(self._at + count, len(self._symbols) - 1)]

    def _advance(self) -> Symbol:
        """Read a symbol; at the end, the end again."""
        symbol = self._next
        if symbol.kind != "end":
            self._go(self._at + 1)
        return symbol

    def _take(self, text: str) -> bool:
        """Whether this sign comes next; if so it is read."""
        if self._sign == text:
            self._go(self._at + 1)
            return True
        return False

    def _expect(self, text: str, opening: Symbol) -> None:
        if not self._take(text):
            if self._next.kind == "end":
                self._refuse(opening, f"{opening.text} is never closed: {text} is missing")
            raise self._unexpected(f", where {text} belongs")

    def _refuse(self, symbol: Symbol, why: str) -> NoReturn:
        raise IllegibleError(symbol.place, why)

    def _unexpected(self, where: str = "") -> IllegibleError:
        symbol = self._next
        if symbol.kind == "end":
            return IllegibleError(symbol.place, "the line ends here, and something is missing")
        self._refuse_python(symbol)
        if symbol.kind == "prime":
            return IllegibleError(symbol.place, f"{symbol.text!r} has no meaning in a claim: a claim holds no text")
        if symbol.text == "." and self._ahead().text in ("*", "/", "^") and self._ahead().gap == 0:
            sign = f".{self._ahead().text}"
            return IllegibleError(
                symbol.place, f"{sign} is MATLAB's, which is not read: write ⊙, / or ** item by item, and W.T for W'"
            )
        if symbol.kind == "strange" or symbol.text in _ADVICE:
            advice = _ADVICE.get(symbol.text, "leave it out")
            return IllegibleError(symbol.place, f"{symbol.text!r} has no meaning in a claim: {advice}")
        shown = "\\" + symbol.text if symbol.kind in ("command", "begin") else symbol.text
        return IllegibleError(symbol.place, f"{shown!r} is not expected here{where}")

    def _refuse_python(self, symbol: Symbol) -> None:
        if symbol.kind in ("name", "word") and symbol.text in PYTHON and not self._known(symbol.text):
            self._refuse(
                symbol, f"{symbol.text!r} is Python, not mathematics: a claim holds names, numbers and functions"
            )

    def _deeper(self, grammar: Callable[[], Anything]) -> Anything:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._refuse(self._next, f"nested more than {_DEEPEST} deep: break the claim into lines")
        found = grammar()
        self._depth -= 1
        return found

    def _within(self, symbols: Sequence[Symbol], end: Symbol, grammar: Callable[[], Anything]) -> Anything:
        """Read a stretch of symbols on its own, up to its end."""
        kept = self._symbols, self._at
        last = Symbol("end", "", end.place, end.start, end.start)
        self._symbols = [*symbols, last]
        self._go(0)
        found = self._deeper(grammar)
        if self._next.kind != "end":
            raise self._unexpected()
        self._symbols, at = kept
        self._go(at)
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

    def _parenthesised(self) -> tuple[Symbol, list[Symbol], Symbol]:
        if self._sign == "{":
            return self._group()
        opening = self._next
        closing = closing_of(self._symbols[self._at :]) + self._at
        if closing <= self._at:
            self._refuse(opening, f"{opening.text} is never closed: {CLOSING[opening.text]} is missing")
        inside, end = list(self._symbols[self._at + 1 : closing]), self._symbols[closing]
        self._go(closing + 1)
        return opening, inside, end


def letters_of(text: str) -> list[str]:
    """The letters of a text, each with what stands on top of it."""
    found: list[str] = []
    for c in text:
        if found and unicodedata.combining(c):
            found[-1] += c
        else:
            found.append(c)
    return found


def depth_of(symbols: Sequence[Symbol]) -> int:
    return sum(
        {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(s.text, 0) for s in symbols if s.kind == "operator"
    )


def top_level(symbols: Sequence[Symbol]) -> list[Symbol]:
    """The symbols that stand in no brackets."""
    found, depth = [], 0
    for symbol in symbols:
        change = change_of_depth(symbol)
        depth += min(change, 0)
        if depth == 0 and change == 0:
            found.append(symbol)
        depth += max(change, 0)
    return found


def change_of_depth(symbol: Symbol) -> int:
    """By how much a symbol opens or closes."""
    if symbol.kind == "operator":
        return {"(": 1, "[": 1, "{": 1, "⟨": 1, ")": -1, "]": -1, "}": -1, "⟩": -1}.get(symbol.text, 0)
    return {"begin": 1, "close": -1}.get(symbol.kind, 0)


def split_at(symbols: Sequence[Symbol], text: str) -> list[list[Symbol]]:
    """The pieces between a sign, where it stands in no brackets."""
    pieces: list[list[Symbol]] = [[]]
    depth = 0
    for symbol in symbols:
        depth += change_of_depth(symbol)
        if depth == 0 and symbol.text == text and symbol.kind in ("operator", "row"):
            pieces.append([])
        else:
            pieces[-1].append(symbol)
    return pieces


def closing_of(symbols: Sequence[Symbol]) -> int:
    """Where the bracket is closed that the first of the symbols opens; 0 if nowhere."""
    depth = 0
    for k, symbol in enumerate(symbols):
        depth += change_of_depth(symbol)
        if depth == 0:
            return k
    return 0
