"""What a page says about where a claim holds: for all i, for k = 1, …, K, if i ≠ j, for y = 1."""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import NoReturn

from autograd.derivation.tokens import Place
from autograd.notation.formula_parser import FormulaParser
from autograd.notation.rows import Segment, indexed_by, short, sides_of
from autograd.notation.symbols import IllegibleError, Symbol
from autograd.notation.syntax import Logic, Name, Number, Range, Relation, Tree

CONDITIONAL = {
    "for", "forall", "if", "when", "whenever", "where", "with", "at", "assuming",
    "provided", "given", "here", "because", "since", "case",
}  # fmt: skip
"""The words that begin such a clause."""

BEFORE_CONDITIONS = (["if"], ["for"], ["when"])
OTHERWISE = (["otherwise"], ["else"])

Said = tuple[tuple[Range, ...], tuple[tuple[Tree, Tree], ...]]


def clause(
    pieces: Sequence[tuple[str, Sequence[str], Sequence[Symbol]]], parser: FormulaParser, known: Callable[[str], bool]
) -> Said:
    """The ranges and the conditions in the pieces of a clause, which stand between its commas.

    Raises:
        IllegibleError: if it says something that is not read.
    """
    return _Clause(parser, known).read(pieces)


def compares_indices(
    symbols: Sequence[Symbol], known: Callable[[str], bool], letters: Container[str], *, conditional: bool
) -> bool:
    """Whether this is "i = j" or "i ≠ j", of letters that are indices somewhere: when a claim holds, and no claim.

    A `conditional` word stands before "for the correct class, j = y", where y may be a number among the nodes.
    """
    if len(symbols) != 3 or symbols[1].text not in ("=", "!=", "<", ">", "<=", ">="):
        return False
    left, sign, right = symbols
    index = left.kind == "name" and left.text in letters and not known(left.text)
    other = right.kind == "name" and right.text in letters and (conditional or not known(right.text))
    return index and (other or (sign.text == "!=" and right.kind in ("name", "number")))


def opposite(said: Said, place: Place) -> Said | None:
    """Where a claim holds "otherwise"; None if that cannot be told, as of what is said for all i."""
    ranges = [each for each in said[0] if each.low is None and each.high is None and not each.conditions]
    conditions = [(each.letter, tree) for each in said[0] for tree in each.conditions]
    for each in said[0]:
        if each.low is not None and each.low is each.high:
            name = Name(each.letter, place, (), ())
            conditions.append((each.letter, Relation((name, each.low), ("==",), place)))
        elif each.low is not None or each.high is not None:
            return None
    conditions += [("", Relation(pair, ("==",), place)) for pair in said[1]]
    if len(conditions) != 1:
        return None
    letter, tree = conditions[0]
    return (*ranges, Range(letter, conditions=(Logic("not", (tree,), place),))), ()


def is_a_range(segment: Segment, known: Callable[[str], bool]) -> bool:
    """i = 1, …, n; i ∈ {1, …, n}; j ≠ i."""
    symbols = segment.symbols
    texts = [symbol.text for symbol in symbols]
    if len(symbols) == 5 and symbols[0].kind == "number" and symbols[2].kind == "name":  # 1 ≤ i ≤ n
        return {*texts[1::2]} <= {"<", "<="} and not known(texts[2])
    if symbols[0].kind != "name" or len(symbols[0].text) > 2:
        return False
    if "∈" in texts:
        return True
    if known(symbols[0].text) and "…" not in texts:
        return False
    if "…" in texts and "=" in texts:
        return True
    return len(symbols) >= 3 and symbols[1].text in ("!=", "<", "<=", ">", ">=") and "=" not in texts


def is_about_indices(segment: Segment, parts: Sequence[Sequence[Tree]], known: Callable[[str], bool]) -> bool:
    """Whether "i = j" behind a claim says for which of its indices it holds."""
    texts = [symbol.text for symbol in segment.symbols]
    if len(texts) != 3 or texts[1] != "=" or any(s.kind not in ("name", "number") for s in segment.symbols[::2]):
        return False
    return not known(texts[0]) and any(indexed_by(each, texts[0]) for each in parts)


def belongs_to_a_clause(segment: Segment, known: Callable[[str], bool]) -> bool:
    """Whether what comes after a comma still says for what a claim holds."""
    if segment.words and segment.words != ["and"] and segment.words != ["to"]:
        return False
    if segment.after[:1] in OTHERWISE:
        return False
    if not segment.symbols:
        return True
    if segment.sign in (":", ".", "⇒", "row", ";", "wide") or segment.after[:1] in (
        *BEFORE_CONDITIONS,
        ["otherwise"],
    ):
        return False
    if segment.relation:
        sides = sides_of(segment.symbols)
        if len(sides) != 2 or len(sides[0][1]) != 1 or sides[0][1][0].kind != "name":
            return False
        bounds = [symbol for symbol in sides[1][1] if symbol.text != "-"]
        numbers = bool(bounds) and all(symbol.kind == "number" for symbol in bounds)
        letter = sides[0][1][0].text
        return numbers if known(letter) else len(letter) <= 2
    return short(segment.symbols)


def apart_at_and(segments: list[Segment]) -> list[Segment]:
    """The segments with "z > 0 and α" before "for z < 0" in two, as if there were a comma: 1 for z > 0, α for z < 0."""
    found = []
    for segment in segments:
        k = next((k for k, symbol in enumerate(segment.symbols) if symbol.text == "and"), 0)
        before, behind = segment.symbols[:k], segment.symbols[k + 1 :]
        led = not segment.relation and segment.after[:1] in (*BEFORE_CONDITIONS, *OTHERWISE)
        if k and led and behind and _compares(before) and not _compares(behind):
            found += [replace(segment, symbols=before, after=[]), Segment([], ",", behind, segment.after)]
        else:
            found.append(segment)
    return found


def _compares(symbols: list[Symbol]) -> bool:
    return any(symbol.text in ("<", "<=", ">", ">=", "=", "==", "!=") for symbol in symbols)


def says_otherwise(segment: Segment) -> bool:
    """Whether a claim is said to hold where the one before does not."""
    return any([word] in OTHERWISE for word in segment.words) or segment.after[:1] in OTHERWISE


class _Clause:
    def __init__(self, parser: FormulaParser, known: Callable[[str], bool]) -> None:
        self._parser, self._known = parser, known
        self._ranges: list[Range] = []
        self._where: list[tuple[Tree, Tree]] = []
        self._open: list[int] = []
        """The ranges that the next bounds belong to: i and j of "i, j = 1, …, n"."""

    def read(self, pieces: Sequence[tuple[str, Sequence[str], Sequence[Symbol]]]) -> Said:
        """Read it all."""
        k = 0
        stretches = [self._bare(symbols) for _, _, symbols in pieces]
        words = [list(said) for _, said, _ in pieces]
        while k < len(stretches):
            symbols = stretches[k]
            if not symbols:
                k += 1
                continue
            texts = [symbol.text for symbol in symbols]
            following = stretches[k + 1 : k + 5]
            if "=" in texts:
                k += self._equation(symbols, following, words[k + 1 : k + 5])
            elif "∈" in texts:
                k += self._membership(symbols)
            elif any(sign in texts for sign in ("!=", "<", "<=", ">", ">=")):
                self._comparison(symbols)
                k += 1
            elif all(symbol.kind == "name" for symbol in symbols) and "if" not in words[0] and "when" not in words[0]:
                for symbol in symbols:
                    letters = [symbol.text] if len(symbol.text) == 1 or self._known(symbol.text) else list(symbol.text)
                    if len(letters) > 3:
                        self._refuse(symbol, f"what {symbol.text} ranges over is not read")
                    for letter in letters:
                        self._open.append(len(self._ranges))
                        self._ranges.append(Range(letter))
                k += 1
            else:
                self._refuse(symbols[0], "for what the claim holds is not read: write for i = 1, …, n, or if i = j")
        return tuple(self._ranges), tuple(self._where)

    def _bare(self, symbols: Sequence[Symbol]) -> list[Symbol]:
        """Without ∀ and without braces around it all."""
        return [symbol for symbol in symbols if symbol.text != "∀" and symbol.kind not in ("word", "border")]

    def _refuse(self, symbol: Symbol, why: str) -> NoReturn:
        raise IllegibleError(symbol.place, why)

    def _tree(self, symbols: Sequence[Symbol], equals: bool = False) -> Tree:
        last = symbols[-1]
        place = replace(last.place, column=last.place.column + last.end - last.start)
        return self._parser.formula([*symbols, Symbol("end", "", place, last.end, last.end)], equals=equals)

    def _equation(self, symbols: list[Symbol], following: list[list[Symbol]], words: list[list[str]]) -> int:
        """i = 1, …, n, or i = j, or y = 1; how many pieces were read."""
        at = [symbol.text for symbol in symbols].index("=")
        left, right = symbols[:at], symbols[at + 1 :]
        if not left or not right:
            self._refuse(symbols[at], "something is missing beside =")
        letter = left[0].text
        known = self._known(letter) or self._known(letter.partition("_")[0])  # y_1, of a list y
        index = len(left) == 1 and left[0].kind == "name" and not known
        dots = next((k for k, symbol in enumerate(right) if symbol.text == "…"), None)
        if dots is not None and len(left) == 1:  # 1..n
            if 0 < dots < len(right) - 1:
                self._bound(letter, self._tree(right[:dots]), self._tree(right[dots + 1 :]))
                return 1
            if dots > 0 and following:  # 1…, n
                self._bound(letter, self._tree(right[:dots]), self._tree(following[0]))
                return 2
        for k, piece in enumerate(following):  # 1, 2, …, n
            if [symbol.text for symbol in piece] == ["…"]:
                if k + 1 >= len(following) or len(left) != 1:
                    self._refuse(piece[0], "where the range ends is missing")
                self._bound(letter, self._tree(right), self._tree(following[k + 1]))
                return k + 3
            if piece and piece[0].text == "…" and len(left) == 1:
                self._bound(letter, self._tree(right), self._tree(piece[1:]))
                return k + 2
            if len(piece) != 1 or piece[0].kind != "number":
                break
        if index and words and words[0] == ["to"] and following:
            self._bound(letter, self._tree(right), self._tree(following[0]))
            return 2
        listed = [*takewhile(lambda piece: len(piece) == 1 and piece[0].kind == "number", following)]
        after = following[len(listed)] if len(listed) < len(following) else None
        complete = after is None or any(symbol.text in ("=", "∈") for symbol in after)
        if index and listed and complete and right[0].kind == "number":
            values = [int(piece[0].text) for piece in [right, *listed] if piece[0].text.isdigit()]
            if values == list(range(values[0], values[0] + len(values))) and len(values) == len(listed) + 1:
                self._bound(letter, self._tree(right), self._tree(listed[-1]))
                return 1 + len(listed)
            self._refuse(right[0], "of several values only those from one number to another are read")
        value = self._tree(right)
        if index and isinstance(value, Number):
            self._bound(letter, value, value)
        elif index and isinstance(value, Name) and not self._known(value.base):
            self._ranges.append(Range(letter, conditions=(self._tree(symbols, equals=True),)))
        elif index:
            self._bound(letter, value, value)
        else:
            self._where.append((self._tree(left), value))
        return 1

    def _bound(self, letter: str, low: Tree, high: Tree) -> None:
        """Give a letter its bounds, and those before it that wait for theirs."""
        for k in self._open:
            self._ranges[k] = replace(self._ranges[k], low=low, high=high)
        self._open = []
        self._ranges.append(Range(letter, low, high))

    def _membership(self, symbols: list[Symbol]) -> int:
        """i ∈ {1, …, n}."""
        texts = [symbol.text for symbol in symbols]
        at = texts.index("∈")
        left = [symbol for symbol in symbols[:at] if symbol.kind == "name"]
        inside = [symbol for symbol in symbols[at + 1 :] if symbol.text not in ("(", ")", "{", "}", "[", "]", ",")]
        dots = next((k for k, symbol in enumerate(inside) if symbol.text == "…"), None)
        numbers = [int(symbol.text) for symbol in inside if symbol.kind == "number" and symbol.text.isdigit()]
        listed = dots is None and len(numbers) == len(inside) > 0
        if listed and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            dots, inside = 1, [inside[0], inside[0], inside[-1]]  # {1, 2, 3}
        if not left or dots is None or not 0 < dots < len(inside) - 1:
            self._refuse(symbols[at], "a range is written i = 1, …, n or i ∈ {1, …, n}")
        for symbol in left[:-1]:
            self._open.append(len(self._ranges))
            self._ranges.append(Range(symbol.text))
        self._bound(left[-1].text, self._tree(inside[:1]), self._tree(inside[dots + 1 :]))
        return 1

    def _comparison(self, symbols: list[Symbol]) -> None:
        tree = self._tree(symbols)
        letter = ""
        if isinstance(tree, Relation) and isinstance(tree.trees[0], Name) and not self._known(tree.trees[0].base):
            letter = tree.trees[0].base
        self._ranges.append(Range(letter, conditions=(tree,)))
