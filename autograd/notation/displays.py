"""Formulas that a page sets in lines of their own: ``$$ … $$``, ``\\[ … \\]`` and the environments of LaTeX."""

import re
from collections.abc import Iterator

from autograd.notation.claim_reader import ClaimReader
from autograd.notation.rows import BRACKETS, balance, derivative_like, rows_of, unwrapped
from autograd.notation.symbols import IllegibleError, Symbol

_FRAME = re.compile(r"\\(?:under|over)(?:brace|line)\s*\{")
_MOST_SYMBOLS = 20_000
_CUT = re.compile(r"\\(?:\\|(?P<way>begin|end)\s*\{(?P<name>\w+)\*?\}|.)|[{}]", re.DOTALL)
_INNER = ("cases", "dcases", "rcases", "matrix", "pmatrix", "bmatrix", "vmatrix", "substack")


class DisplayReader(ClaimReader):
    """Reads formulas that stand by themselves, row by row."""

    def _display(self, start: int, end: int) -> None:
        """A formula in lines of its own."""
        try:
            symbols = self._symbols_of_display(start, end)
        except IllegibleError:
            self._rows_one_by_one(start, end)
            return
        self._read_display(symbols, start, end)

    def _symbols_of_display(self, start: int, end: int) -> list[Symbol]:
        self._refuse_frames(start, end)
        return self._lexer.symbols(start, end, True)[:-1]

    def _read_display(self, symbols: list[Symbol], start: int, end: int) -> None:
        if len(symbols) > _MOST_SYMBOLS:
            self._not_read(self._page.place(start), f"the formula has {len(symbols)} symbols, over {_MOST_SYMBOLS}")
            return
        symbols = unwrapped(symbols)
        claims_before, claim = len(self._found) + len(self._unread), self._last
        for row in rows_of(symbols):
            self._row(row, plain=False)
        if self._left is not None and len(self._found) + len(self._unread) > claims_before:
            self._not_read(self._left[0].place, "this row claims nothing, and may go on with the one above: join them")
            self._left = None
        first = next((symbol for symbol in symbols if symbol.kind != "break"), None)
        if len(self._found) + len(self._unread) == claims_before and first is not None and first.text in "+-·⊙/":
            self._not_read(first.place, "this may go on with the formula above: put the claim into one")
        silent = len(self._found) + len(self._unread) == claims_before and not self._last_row_went_on
        if silent and not self._hides_a_claim(symbols):
            if first is not None and claim is not None and not self._between and self._is_a_formula(symbols):
                self._not_read(first.place, "this claims nothing, and may go on with the one above: join them")
                return
            self._say_prose(start, end)

    def _is_a_formula(self, symbols: list[Symbol]) -> bool:
        """Whether known names stand there, and no words."""
        names = [symbol for symbol in symbols if symbol.kind == "name"]
        return any(self._known(symbol.text) for symbol in names) and not any(s.kind == "word" for s in symbols)

    def _rows_one_by_one(self, start: int, end: int) -> None:
        """Read the rows around one that cannot be cut into symbols, as that of an unknown command; that one is said."""
        kept: list[Symbol] = []
        begins = start
        for first, last in _rows(self._page.text, start, end):
            try:
                kept += self._symbols_of_display(first, last)
            except IllegibleError as refusal:
                if kept:
                    self._read_display(kept, begins, first)
                self._refused(refusal)
                kept, begins = [], last
                self._last = self._left = None  # what the next row goes on with is not read
        if kept:
            self._read_display(kept, begins, end)

    def _hides_a_claim(self, symbols: list[Symbol]) -> bool:
        """Say that formulas are not read if they are broken, or claim what has no = that is read."""
        for symbol in symbols:
            if symbol.text == "∝":
                self._not_read(symbol.place, "proportional is no claim that can be checked: write = and the factor")
                return True
        if balance([symbol for symbol in symbols if symbol.text in ("{", "}")]):
            brace = next(symbol for symbol in symbols if symbol.text in ("{", "}"))
            self._not_read(brace.place, "a brace is never closed, or closed twice")
            return True
        if any(symbol.text == "=" for symbol in symbols) and balance(symbols):
            bracket = next(symbol for symbol in symbols if symbol.text in BRACKETS)
            self._not_read(bracket.place, "a bracket is never closed, or closed twice")
            return True
        for k, symbol in enumerate(symbols):
            if symbol.text == "!=" and derivative_like(symbols[:k]):
                self._not_read(symbol.place, "that two things differ is no claim that is checked: write =")
                return True
        for symbol in symbols:
            if symbol.text in ("stackrel", "overset", "underset"):
                self._not_read(symbol.place, "what stands above = is not read: leave it out")
                return True
        return False

    def _say_prose(self, start: int, end: int) -> None:
        self._prose += [line.strip() for line in self._original[start:end].split("\n") if line.strip()]

    def _refuse_frames(self, start: int, end: int) -> None:
        """Refuse a claim that stands within ``\\underbrace{…}``: what is below it is no formula."""
        for frame in _FRAME.finditer(self._page.text, start, end):
            if _claims_within(self._page.text, frame.end(), end):
                why = "a claim with a brace or a line around it is not read: leave them out"
                raise self._page.refusal(frame.start(), why)


def _rows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the rows of a display stand, each with the \\\\ that ends it: those of cases and matrices are none."""
    depth = inner = 0
    begins = start
    for match in _CUT.finditer(text, start, end):
        sign = match.group()
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if match["name"] in _INNER:
            inner += 1 if match["way"] == "begin" else -1
        if sign == "\\\\" and depth <= 0 and inner <= 0:
            yield begins, match.end()
            begins, depth, inner = match.end(), 0, 0
    yield begins, end


def _claims_within(text: str, start: int, end: int) -> bool:
    """Whether an = stands in the braces that begin here, and not in others within them, as in ``\\sum_{i=1}``."""
    depth = 1
    for place in range(start, end):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return False
        if depth == 1 and text[place] == "=":
            return True
    return False
