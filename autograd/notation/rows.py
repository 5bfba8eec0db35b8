"""Rows of symbols, cut where one formula ends and another begins: at words, commas, arrows and line breaks."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from autograd.derivation.tokens import Place
from autograd.notation.other_words import english
from autograd.notation.regions import ENVIRONMENTS
from autograd.notation.symbols import IllegibleError, Symbol
from autograd.notation.syntax import Name

RELATIONS = ("=", ":=", "←", "+=", "-=", "*=", "/=")
BINARY = ("+", "-", "·", "*", "/", "⊙", "=", ":=", "←", "<=", ">=", "<", ">", "@", "==", "!=")
BRACKETS = {"(": 1, "[": 1, "{": 1, "⟨": 1, ")": -1, "]": -1, "}": -1, "⟩": -1}


@dataclass
class Segment:
    """Symbols between two words or commas: the words before them, and the sign that stands there."""

    words: list[str]
    sign: str
    symbols: list[Symbol]
    after: list[str] = field(default_factory=list)
    """The words behind it, if none of , ; : . stands between."""
    apart: bool = False
    """Whether the page itself says where the formula begins and ends."""

    @property
    def relation(self) -> bool:
        """Whether it says that things are equal."""
        return bool(relations(self.symbols))


def ended(symbols: Sequence[Symbol]) -> list[Symbol]:
    last = symbols[-1]
    width = last.end - last.start
    place = replace(last.place, column=last.place.column + width)
    return [*symbols, Symbol("end", "", place, last.end, last.end)]


def derivative_like(symbols: Sequence[Symbol]) -> bool:
    """Whether a derivative stands there alone."""
    texts = [symbol.text for symbol in symbols]
    halves = [s for s in symbols if s.text == "∂" or (s.kind == "name" and s.text[0] == "d" and len(s.text) > 1)]
    return ("∂" in texts or len(halves) == 2) and ("/" in texts or "frac" in texts) and not {"+", "*", "·"} & set(texts)


def doubtful_number(side: Sequence[Symbol]) -> Symbol | None:
    """The (3) or [3] of "= x (3)", which may be a factor, an item or the number of the line."""
    if len(side) < 4 or side[-3].text + side[-1].text not in ("()", "[]") or side[-2].kind != "number":
        return None
    if not side[-3].gap:
        return None
    if side[-4].kind == "operator" and side[-4].text in BINARY:
        return None
    return side[-3]


def mentions(tree: object, base: str) -> bool:
    """Whether a name occurs in a tree."""
    if isinstance(tree, Name) and tree.base == base:
        return True
    if isinstance(tree, tuple):
        return any(mentions(part, base) for part in tree)
    if hasattr(tree, "__dataclass_fields__") and not isinstance(tree, Place):
        return any(mentions(getattr(tree, name), base) for name in tree.__dataclass_fields__)
    return False


def indexed_by(tree: object, letter: str) -> bool:
    """Whether a letter stands in a subscript, or above a name, somewhere in a tree."""
    if isinstance(tree, Name):
        above = tuple(superscript.tree for superscript in tree.superscripts)
        return mentions((*tree.subscripts, *above), letter)
    if isinstance(tree, tuple | list):
        return any(indexed_by(part, letter) for part in tree)
    if hasattr(tree, "__dataclass_fields__") and not isinstance(tree, Place):
        return any(indexed_by(getattr(tree, name), letter) for name in tree.__dataclass_fields__)
    return False


def _without_lone_braces(symbols: list[Symbol]) -> list[Symbol]:
    """Without the { of "repeat {", whose } stands in another line or nowhere."""
    braces = [k for k, s in enumerate(symbols) if s.text in "()" and _is_brace(s)]
    rows = [0]
    for symbol in symbols:
        rows.append(rows[-1] + (symbol.kind == "row"))
    opened: list[int] = []
    lone: set[int] = set()
    for k in braces:
        if symbols[k].text == "(":
            opened.append(k)
        elif not opened:
            lone.add(k)
        elif rows[(start := opened.pop())] != rows[k]:
            lone |= {start, k}
    lone |= set(opened)
    return [replace(s, kind="break", text="{") if k in lone else s for k, s in enumerate(symbols)]


def _is_brace(symbol: Symbol) -> bool:
    written = symbol.place.source[symbol.place.column - 1 :]
    return written.startswith(("\\{", "\\}", "\\lbrace", "\\rbrace", "{", "}"))


def _depths(symbols: Sequence[Symbol]) -> list[int]:
    """How deep in brackets each symbol stands; a bracket itself stands inside."""
    found, depth = [], 0
    for symbol in symbols:
        change = 0
        if symbol.kind == "operator":
            change = BRACKETS.get(symbol.text, 0)
        else:
            change = {"begin": 1, "close": -1}.get(symbol.kind, 0)
        depth += max(change, 0)
        found.append(depth)
        depth = max(0, depth + min(change, 0))
    return found


def balance(symbols: Sequence[Symbol]) -> int:
    return sum(BRACKETS.get(symbol.text, 0) for symbol in symbols if symbol.kind == "operator")


def relations(symbols: Sequence[Symbol]) -> list[int]:
    return [
        k
        for k, (symbol, depth) in enumerate(zip(symbols, _depths(symbols), strict=True))
        if depth == 0 and symbol.kind == "operator" and symbol.text in RELATIONS
    ]


def sides_of(symbols: Sequence[Symbol]) -> list[tuple[str, list[Symbol]]]:
    """The sides of a claim, each with the sign before it."""
    cuts = relations(symbols)
    starts = [0, *(cut + 1 for cut in cuts)]
    ends = [*cuts, len(symbols)]
    signs = ["", *(symbols[cut].text for cut in cuts)]
    return [(sign, list(symbols[a:b])) for sign, a, b in zip(signs, starts, ends, strict=True)]


def short(symbols: Sequence[Symbol]) -> bool:
    """Whether this may be a list of indices, or a bound."""
    return len(symbols) <= 7 and all(
        symbol.kind in ("name", "number", "sub", "super")
        or symbol.text in ("…", "∈", "!=", "<", ">", "<=", ">=", "-", "+", "∀", "{", "}", "(", ")", "_", "|")
        for symbol in symbols
    )


def unwrapped(symbols: list[Symbol]) -> list[Symbol]:
    """Without the environments that only set formulas below each other."""
    symbols = _without_framing(_braced_as_cases(symbols))
    first = next((k for k, s in enumerate(symbols) if s.kind != "begin" or s.text == "cases"), 0)
    last = next(
        (k for k in reversed(range(len(symbols))) if symbols[k].kind != "close" or symbols[k].text == "cases"), 0
    )
    alone = bool(symbols) and symbols[first].kind == "begin" and symbols[last].kind == "close"
    found: list[Symbol] = []
    inner: list[bool] = []
    for symbol in symbols:
        if symbol.kind == "begin":
            laid_out = symbol.text in ENVIRONMENTS and (symbol.text != "cases" or alone)
            dropped = laid_out and all(inner) and balance(found) == 0
            inner.append(dropped)
            if dropped:
                continue
        elif symbol.kind == "close":
            dropped = inner.pop() if inner else symbol.text in ENVIRONMENTS
            if dropped:
                continue
        found.append(symbol)
    return found


def _braced_as_cases(symbols: list[Symbol]) -> list[Symbol]:
    """With cases for an array or a matrix behind a brace that nothing closes: ``\\left\\{\\begin{array}…\\right.``."""
    found = list(symbols)
    for k in range(len(symbols) - 1):
        opening, begin = symbols[k : k + 2]
        laid_out = begin.kind == "begin" and begin.text in ("array", "matrix", "aligned", "split", "gathered")
        if opening.text != "(" or not laid_out or not _is_brace(opening):
            continue
        depths = _depths(symbols[k + 1 :])
        end = next((j for j, depth in enumerate(depths) if depth == 1 and symbols[k + 1 + j].kind == "close"), None)
        if end is None or [symbol.text for symbol in symbols[k + end + 2 : k + end + 3]] == [")"]:
            continue
        found[k] = replace(opening, kind="dropped")
        found[k + 1], found[k + 1 + end] = (replace(symbols[j], text="cases") for j in (k + 1, k + 1 + end))
    return [symbol for symbol in found if symbol.kind != "dropped"]


def _without_framing(symbols: list[Symbol]) -> list[Symbol]:
    """Without the braces of a frame or a colour around a whole claim, which would hide its =."""
    opened: list[int] = []
    framing: set[int] = set()
    relations: set[int] = set()
    for k, symbol in enumerate(symbols):
        if symbol.kind != "operator":
            continue
        if symbol.text == "{":
            opened.append(k)
        elif symbol.text == "}" and opened:
            start = opened.pop()
            scripted = start and (
                symbols[start - 1].text in ("_", "^", "}", "𝟙") or symbols[start - 1].kind == "command"
            )
            if start in relations and not scripted and not opened:
                framing |= {start, k}
        elif symbol.text in RELATIONS and opened:
            relations.add(opened[-1])
    return [symbol for k, symbol in enumerate(symbols) if k not in framing] if framing else symbols


def rows_of(symbols: list[Symbol]) -> list[list[Symbol]]:
    """The lines of a display: cut at ``\\\\``, and joined where one goes on with the other."""
    symbols = _without_lone_braces(symbols)
    rows: list[list[Symbol]] = [[]]
    for symbol, depth in zip(symbols, _depths(symbols), strict=True):
        if symbol.kind == "row" and depth == 0:
            rows.append([])
        else:
            rows[-1].append(symbol)
    found: list[list[Symbol]] = []
    for row in rows:
        cells = without_alignment(row)
        first = next((s for s in cells if s.kind != "break"), None)
        if not cells or first is None:
            continue
        while [s.text for s in cells[:2]] == ["{", "}"]:  # {} + y, and \\mathrel{\\phantom{=}}
            cells = cells[2:]
        if not cells:
            continue
        first = next((s for s in cells if s.kind != "break"), cells[0])
        if found and _goes_on_without_a_sign(row, cells, found[-1]):
            found[-1] += [replace(cells[0], gap=1), *cells[1:]]
        elif found and (
            (first.kind == "operator" and first.text in ("+", "-", "·", "*", "/", "⊙"))
            or (found[-1][-1].kind == "operator" and found[-1][-1].text in BINARY)
            or balance(found[-1]) > 0
        ):
            found[-1] += cells
        else:
            found.append(cells)
    return found


def _goes_on_without_a_sign(row: list[Symbol], cells: list[Symbol], above: list[Symbol]) -> bool:
    """Whether a row that is lined up with the right side above goes on with a factor: "= (a - y) \\\\ & x"."""
    if row[0].text != "&" or not relations(above) or relations(cells) or above[-1].text in (",", ".", ";"):
        return False
    spoken = any(symbol.kind in ("word", "break") or symbol.text in (",", "⇒", "→", "&") for symbol in cells)
    return not spoken and (cells[0].kind in ("name", "number", "command", "begin") or cells[0].text in "([{|√Σ∂")


def without_alignment(row: list[Symbol]) -> list[Symbol]:
    """Drop each & that lines formulas up; one between two claims parts them."""
    cells: list[list[Symbol]] = [[]]
    marks: list[Symbol] = []
    for symbol, depth in zip(row, _depths(row), strict=True):
        if symbol.text == "&" and symbol.kind == "operator" and depth == 0:
            cells.append([])
            marks.append(symbol)
        else:
            cells[-1].append(symbol)
    found: list[Symbol] = list(cells[0])
    for k, (cell, mark) in enumerate(zip(cells[1:], marks, strict=True), start=1):
        if not cell:
            continue
        cell = _as_words(cell) if relations(found) else cell
        goes_on = (
            cell[0].text in BINARY
            or not found
            or found[-1].text in BINARY
            or cell[0].kind == "word"
            or found[-1].text == ":"
        )
        if not goes_on and relations(found) and any(relations(later) for later in cells[k:]):
            found.append(replace(mark, kind="break", text="wide"))
        elif not goes_on and cell[0].text not in (",", "(", ")"):
            found.append(mark)  # which is not read
        found += cell
    return found


def _as_words(cell: list[Symbol]) -> list[Symbol]:
    """The cell behind a claim that only says why it holds: ``&& \\text{power rule}``, ``& (\\text{sigmoid})``."""
    long = any(symbol.kind in ("word", "name") and len(symbol.text) > 2 for symbol in cell)
    bare = all(symbol.kind in ("word", "name", "number") or symbol.text in ("(", ")", ",", ".", ":") for symbol in cell)
    if not (long and bare) or any(symbol.kind == "name" and len(symbol.text) < 3 for symbol in cell):
        return cell
    words = [replace(symbol, kind="word", text=symbol.text.lower()) for symbol in cell if symbol.kind != "operator"]
    return [replace(cell[0], kind="break", text="("), *words]


def segments_of(row: list[Symbol]) -> list[Segment]:
    """Cut a row at words, commas and arrows that stand in no brackets."""
    if doubtful_number(row) and row[-3].text == "(" and row[-3].gap == 2 and relations(row):
        row = row[:-3]  # = x \quad (3): the space says that it is the number of the line
    row = _with_points_as_signs(_without_worded_brackets(_with_decimal_commas(row)))
    depths = _depths(row)
    found = [Segment([], "", [])]
    borders = any(symbol.kind == "border" for symbol in row)
    inside = False
    for k, (symbol, depth) in enumerate(zip(row, depths, strict=True)):
        current = found[-1]
        if symbol.kind == "border":
            inside = not inside
            continue
        if depth and symbol.kind == "word":
            current.symbols.append(symbol)
            continue
        if symbol.kind == "word" or (symbol.kind == "name" and symbol.text == "and" and _joins_claims(row, depths, k)):
            if (
                symbol.kind == "word"
                and symbol.text in ("and", "or", "not")
                and not _joins_claims(row, depths, k)
                and _within_logic(row, k)
            ):
                current.symbols.append(replace(symbol, kind="name"))
                continue
            if current.symbols:
                found.append(Segment([symbol.text.lower()], "", []))
                current.after.append(symbol.text.lower())
            else:
                current.words.append(symbol.text.lower())
                if len(found) > 1 and found[-2].after and not current.sign:
                    found[-2].after.append(symbol.text.lower())
            continue
        if symbol.text == "∀" and depth == 0:
            found.append(Segment(["forall"], "", []))
            continue
        sign = "%" if borders and not inside and symbol.text == "%" else _parting(row, k, depth)
        if sign is not None:
            if current.symbols or current.words:
                found.append(Segment([], sign, []))
            elif not current.sign:
                current.sign = sign
            continue
        if (
            depth == 0
            and symbol.gap == 2
            and current.symbols
            and relations(current.symbols)
            and not (symbol.kind == "operator" and symbol.text in (*BINARY, ")", "]", "}"))
            and current.symbols[-1].text not in BINARY
        ) or (depth == 0 and borders and k and current.symbols and _between_spans(row, k)):
            found.append(Segment([], "wide", []))
            current = found[-1]
        if not current.symbols:
            current.apart = borders
        current.apart = current.apart and (inside or symbol.text in BINARY)
        current.symbols.append(symbol)
    for segment in found:
        segment.words, segment.after = english(segment.words), english(segment.after)
    return [segment for segment in found if segment.symbols or segment.words]


def _with_points_as_signs(row: list[Symbol]) -> list[Symbol]:
    """The row with · for the point of "x . σ(x)": one between factors of which the second is in parentheses."""
    found = list(row)
    for k, symbol in enumerate(row[1:-2], start=1):
        after, opening = row[k + 1 : k + 3]
        if symbol.text == "." and symbol.gap and after.gap and row[k - 1].kind in ("name", "number", "operator"):
            called = after.kind == "name" and opening.text == "(" and opening.gap == 0
            if (after.text == "(" or called) and not any(s.kind == "word" for s in row[k:]):
                found[k] = replace(symbol, text="·")
    return found


def _between_spans(row: list[Symbol], k: int) -> bool:
    """Whether two formulas in dollars meet here with nothing between them."""
    return row[k - 1].kind == "border" and k >= 2 and row[k - 2].kind == "border" and row[k].text not in BINARY


def _joins_claims(row: list[Symbol], depths: list[int], k: int) -> bool:
    """Whether an "and" stands between two claims, and not within a condition."""
    for j in range(k + 1, len(row)):
        symbol = row[j]
        if depths[j] == 0 and (symbol.text in (",", ";", "and", "row") or symbol.kind == "word"):
            return False
        if depths[j] == 0 and symbol.kind == "operator" and symbol.text in RELATIONS:
            return True
    return False


def _within_logic(row: list[Symbol], k: int) -> bool:
    """Whether there is a comparison on both sides of an "and", or "not" begins one."""
    signs = ("<", "<=", ">", ">=", "==", "!=")
    before = any(symbol.text in signs for symbol in row[max(0, k - 12) : k])
    after = any(symbol.text in signs for symbol in row[k + 1 : k + 13])
    return after and (before or row[k].text == "not")


def _parting(row: list[Symbol], k: int, depth: int) -> str | None:
    """The sign by which a symbol parts two formulas, if it does."""
    symbol = row[k]
    if symbol.kind == "break":
        return symbol.text
    if symbol.kind == "row" and not depth:
        return "row"
    if depth or symbol.kind not in ("operator", "strange"):
        return None
    if symbol.kind == "strange" and unicodedata.category(symbol.text)[0] in "SC" and symbol.text not in "$`^~":
        return symbol.text
    if symbol.text in (",", ";", ":", "⇒", "⇔"):
        return symbol.text
    if symbol.text == "→" and any(other.text in RELATIONS for other in row):
        return "→"
    if symbol.text == "∈" and _behind_a_claim(row, k):
        return "∈"  # of H = … ∈ ℝ^n
    if symbol.text == ".":
        after = row[k + 1] if k + 1 < len(row) else None
        if after is None or after.gap or after.kind in ("word", "border"):
            return "."
    if symbol.text in ("—", "?", "!", '"', "|"):
        return symbol.text if symbol.text != "|" else None
    return None


def _behind_a_claim(row: list[Symbol], k: int) -> bool:
    """Whether an = stands before this, and no word or comma between."""
    for j in reversed(range(k)):
        if row[j].kind in ("word", "break") or row[j].text in (",", "∀", ";"):
            return False
        if row[j].text in RELATIONS:
            return True
    return False


def _decimal_comma(row: list[Symbol], k: int) -> bool:
    """0,75: digits on both sides, and no gap."""
    if not 0 < k < len(row) - 1:
        return False
    before, after = row[k - 1], row[k + 1]
    return before.kind == after.kind == "number" and not row[k].gap and not after.gap and "." not in before.text


def _with_decimal_commas(row: list[Symbol]) -> list[Symbol]:
    """The row with one number for the 0,75 of a page that writes so. Refused if it may as well be two numbers."""
    if not any(symbol.text in RELATIONS for symbol in row):
        return row
    found: list[Symbol] = []
    k = 0
    while k < len(row):
        symbol = row[k]
        if symbol.text != "," or not _decimal_comma(row, k) or _in_a_list(row, k) or _in_operands(row, k):
            found.append(symbol)
            k += 1
            continue
        before, after = row[k - 1], row[k + 1]
        text = f"{before.text}.{after.text}"
        if "." in after.text or not _can_only_be_decimal(before.text, after.text):
            raise IllegibleError(
                symbol.place, f"one number, {text}, or two: write a point, or a space behind the comma"
            )
        found[-1] = replace(before, text=text, end=after.end)
        k += 2
    return found


def _can_only_be_decimal(whole: str, digits: str) -> bool:
    """Whether 0,75 and 12,5678 are one number; 1,234 has thousands perhaps, and 1,2 or 0,1 may be two."""
    if whole == "0":
        return digits not in ("0", "1")
    return len(digits) > 1 and len(digits) != 3


def _in_operands(row: list[Symbol], k: int) -> bool:
    """Whether the number before a comma is the first of a list in brackets: f(2,3), [0,5]."""
    first, last = k - 1, k + 1
    while first > 0 and _listed(row, first):
        first -= 1
    while last < len(row) - 1 and _listed(row, last):
        last += 1
    script = row[first - 1].text in ("_", "^") or row[first].text in ("_", "^")
    fraction = row[k - 1].text == "0" and len(row[k + 1].text) > 1 and last - first == 4 + (row[k - 2].text == "-")
    listed = row[first].text in ("(", "[", "{") and row[last].text in (")", "]", "}")
    return script or (listed and not fraction)


def _listed(row: list[Symbol], k: int) -> bool:
    """Whether this is a number of a list, the sign before one, or a comma."""
    signed = row[k].text == "-" and row[k - 1].text in ("(", "[", "{", ",")
    return row[k].kind == "number" or row[k].text == "," or signed


def _in_a_list(row: list[Symbol], k: int) -> bool:
    """Whether this comma is one of "for i = 1,2,3", and no decimal comma."""
    first = k - 1
    while first > 1 and row[first - 1].text == "," and row[first - 2].kind == "number":
        first -= 2
    numbers = [symbol.text for symbol in row[first : k + 2 : 2]]
    counted = all(text.isdigit() for text in numbers) and [*map(int, numbers)] == [
        *range(int(numbers[0]), int(numbers[0]) + len(numbers))
    ]
    if not counted or first < 2:
        return False
    letter, before = row[first - 2], row[first - 3] if first > 2 else None
    index = row[first - 1].text == "=" and letter.kind == "name" and letter.text in "ijklmnpqrst"
    return (
        index and before is not None and (before.kind in ("word", "border", "break") or before.text in (",", "(", ";"))
    )


def _without_worded_brackets(row: list[Symbol]) -> list[Symbol]:
    """Brackets around words, or around a claim of its own, part what stands inside from what stands outside."""
    opened: list[int] = []
    parting: set[int] = set()
    dropped: set[int] = set()
    for k, symbol in enumerate(row):
        if symbol.kind != "operator":
            continue
        if symbol.text in ("(", "["):
            opened.append(k)
        elif symbol.text in (")", "]"):
            if not opened:
                continue
            start = opened.pop()
            inside = row[start + 1 : k]
            words = any(s.kind == "word" and s.text not in ("and", "or", "not") for s in inside)
            before = row[start - 1] if start else None
            script = before is not None and before.text in ("_", "^")
            called = before is not None and before.kind == "name" and row[start].gap == 0
            operand = called and any(s.kind in ("operator", "number") for s in inside)  # sum(x[i] for i in range(3))
            if words and before is not None and (before.text in BINARY or operand):
                continue  # it is not read, and must not vanish
            equation = symbol.text == ")" and bool(relations(inside)) and not script and not called
            after = row[k + 1] if k + 1 < len(row) else None
            if words and not relations(inside) and after is not None and after.text in RELATIONS:
                dropped |= set(range(start, k + 1))  # L (loss) = …
                continue
            condition = symbol.text == ")" and not script and not called and _is_a_condition(row, start, k)
            indicator = before is not None and before.kind == "name" and before.text == "𝟙"
            # "Case 2 (i ≠ j):" stands before a claim, and (z ≠ 0) beside a factor may be one itself.
            label = any(s.text == "!=" for s in inside) and (before is None or before.kind in ("word", "border"))
            if (words or equation or condition or label) and not indicator:
                parting |= {start, k}
    return [
        replace(symbol, kind="break", text="(" if symbol.text in "([" else ")") if k in parting else symbol
        for k, symbol in enumerate(row)
        if k not in dropped
    ]


def _is_a_condition(row: list[Symbol], start: int, end: int) -> bool:
    """Whether brackets behind a claim say for what it holds: "= -s_k s_i (k ≠ i)"; (z > 0) may be a factor."""
    inside, before, after = row[start + 1 : end], row[:start], row[end + 1 : end + 2]
    labels = bool(after) and after[0].text == ":" and any(symbol.kind == "word" for symbol in before)  # Case 2 (i ≠ j):
    if not (relations(before) or labels) or before[-1].text in BINARY or not short(inside):
        return False
    after = [] if labels else after
    if after and after[0].kind not in ("word", "border", "row", "break") and after[0].text not in (",", ".", ";", "&"):
        return False
    return any(symbol.text in ("!=", "∈") for symbol in inside)


def line_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    while start < end:
        newline = text.find("\n", start, end)
        stop = end if newline < 0 else newline
        found.append((start, stop))
        start = stop + 1
    return found
