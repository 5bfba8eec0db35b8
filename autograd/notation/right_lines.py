r"""The right line in the notation of the wrong one: LaTeX for LaTeX, letters for letters, whole arrays for arrays.

The right formula of one entry, ``-p[0]*p[1]``, is made one of letters, ``-p_i*p_j``, by the values that these have
there, and a sum of alike terms a ``Σ_k``. That is a guess: it is shown if the judge proves it for each wrong entry.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import sympy

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Derivative, Expression, Named
from autograd.derivation.formula_worlds import NoExpressionError, expression_of
from autograd.derivation.names import SHORT, PageNames
from autograd.latex import name_in_latex
from autograd.notation.lettered_formulas import Generalizing, Item, ItemSlope, Meaning, SumOver, meaning_of
from autograd.notation.page_lines import PageLine
from autograd.notation.spelling import plain_name
from autograd.numbers.short_formulas import latex_of, text_of
from autograd.untyped import Anything
from autograd.value import Value

_LATEX = re.compile(r"\\[A-Za-z]{2,}")
_BRACKETED = re.compile(r"\[\s*[a-z]\s*[\],]")
_SPELLED = re.compile(
    r"(?:\\(?:hat|bar|tilde|vec|dot|widehat|overline)\s*(?:\{[^{}]*\}|\\?[A-Za-z])|\\?[A-Za-z]+\d*)"
    r"(?:\s*[_^]\s*(?:\{[^{}]*\}|[A-Za-z0-9]))*"
)
_BOUND = re.compile(r"(?:[Σ∑]|\\sum)\s*_?\s*\{?\s*([a-z])")
_ARRAY_LETTERS = "ijk"
_SUMMED_LETTERS = "klmnrst"
_MOST_ENTRIES = 200


def entry_line(line: PageLine, formula: Anything, symbols: Mapping[Anything, Expression], first: int) -> str | None:
    """The right line of a claim without letters, in LaTeX if it is written in LaTeX; None for the plain notation."""
    if not _LATEX.search(line.text) or line.indexed:
        return None
    meanings = {symbol: meaning_of(what) for symbol, what in symbols.items()}
    return _joined(line, _Writer(line.text, "latex", first).written(formula, meanings))


class IndexedLine:
    """The right line of a claim with letters, or about whole arrays.

    Args:
        line: as it was read.
        wrong: its wrong claims.
        names: those of the page.
        first: the index of a list's first item on the page.
    """

    def __init__(self, line: PageLine, wrong: Sequence[Claim], names: PageNames, first: int) -> None:
        self._line, self._first = line, first
        self._nodes = {path: node for node, path in names.paths.items()}
        self._names = names
        self._places = self._places_of(line)
        self._wrong = [claim for claim in line.claims if claim in set(wrong)]

    def _places_of(self, line: PageLine) -> dict[Claim, Mapping[str, int]]:
        """The values of the letters for each claim; of an array, its subscripts have letters of their own."""
        if line.places:
            return dict(zip(line.claims, line.places, strict=True)) if len(line.places) == len(line.claims) else {}
        found: dict[Claim, Mapping[str, int]] = {}
        for claim in line.claims:
            subject = meaning_of(claim.subject) if isinstance(claim.subject, Named | Derivative) else None
            if subject is None:
                return {}
            at = (subject.by if isinstance(subject, ItemSlope) else subject).subscripts
            found[claim] = {letter: k for letter, k in zip(_ARRAY_LETTERS, at, strict=False) if isinstance(k, int)}
        return found

    def entry(self) -> Claim | None:
        """The wrong entry in which the letters are told apart best; None if no line of letters can be made."""
        if not self._places or not self._wrong or len(self._wrong) > _MOST_ENTRIES:
            return None
        return max(self._wrong, key=lambda claim: len(set(self._places[claim].values())))

    def text(
        self,
        claim: Claim,
        formula: Anything,
        symbols: Mapping[Anything, Expression],
        proved: Callable[[Claim, Expression], bool],
    ) -> str | None:
        """The line with letters, made of the formula of one entry; None if there is none that is right for all."""
        values = self._places[claim]
        if len(set(values.values())) < len(values) and len(self._wrong) > 1:
            return None
        meanings: dict[Anything, Meaning] = {symbol: meaning_of(what) for symbol, what in symbols.items()}
        if None in meanings.values():
            return None
        maker = Generalizing(values, [*_BOUND.findall(self._line.text), *_unused(self._line.text)])
        formula, meanings = maker.generalized(formula, meanings)
        every = self._line.claims
        places = self._places

        def holds(claim: Claim) -> bool:
            try:
                return proved(claim, self._expression(formula, meanings, places[claim]))
            except (NoExpressionError, KeyError):
                return False

        if not all(map(holds, self._wrong)):
            return None
        # An entry that is right as it is may be so because a label is 0 there: then the line is right for that as well.
        others = [] if len(every) > _MOST_ENTRIES else [claim for claim in every if claim not in set(self._wrong)]
        where = self._where(
            every if len(every) == len(self._wrong) or (others and all(map(holds, others))) else self._wrong
        )
        if where is None:
            return None
        latex = bool(_LATEX.search(self._line.text))
        if self._line.places:
            kind = "latex" if latex else "brackets" if _BRACKETED.search(self._line.text) else "letters"
        else:
            kind = "arrays"
        written = _Writer(self._line.text, kind, self._first, len(values)).written(formula, meanings)
        return None if written is None else _joined(self._line, written + where)

    def _where(self, right: Sequence[Claim]) -> str | None:
        """For which values of its letters the new line is right: all, or where two differ, or are equal; else None."""
        for a, b in combinations(next(iter(self._places.values())), 2):
            pairs = {claim: (at[a], at[b]) for claim, at in self._places.items()}
            meeting = {x for x, _ in pairs.values()} & {y for _, y in pairs.values()}
            different = {claim for claim, (x, y) in pairs.items() if x != y}
            for sign, there in (("≠", different), ("=", pairs.keys() - different)):
                if meeting and set(right) == there and self._line.places:
                    return f", for {a} {sign} {b}"
        return "" if len(right) == len(self._line.claims) else None

    def _expression(
        self, formula: Anything, meanings: Mapping[Anything, Meaning], values: Mapping[str, int]
    ) -> Expression:
        def of(symbol: Anything) -> Expression:
            match meanings[symbol]:
                case Item() as item:
                    item = item.at(values)
                    return Named(self._node(item), item.path)
                case ItemSlope(of=above, by=below):
                    above, below = above.at(values), below.at(values)
                    return Derivative(self._node(above), self._node(below), f"d{above.path}/d{below.path}")
                case SumOver(letter=letter, size=size, formula=inner):
                    terms = [self._expression(inner, meanings, {**values, letter: k}) for k in range(size)]
                    return Apply(ops.sum, tuple(terms))
            raise AssertionError(symbol)

        return expression_of(formula, of)

    def _node(self, item: Item) -> Value:
        tree = self._names.trees.get(item.base)
        for k in item.subscripts:
            tree = tree[k] if isinstance(tree, list) and isinstance(k, int) and 0 <= k < len(tree) else None
        return tree if isinstance(tree, Value) else self._nodes[item.path]


def _joined(line: PageLine, right: str | None) -> str | None:
    """The left side as it was written, and what is right."""
    left, sign, _ = _before_equals(line.text)
    return None if right is None or not sign else f"{left.strip()} = {right}"


def _before_equals(text: str) -> tuple[str, str, str]:
    """The text before the first = outside of brackets, and what is after it."""
    depth = 0
    for k, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "=" and depth == 0:
            return text[:k].rstrip(" :&"), "=", text[k + 1 :]
    return text, "", ""


class _Writer:
    """Writes formulas as a page does: in "latex", with "letters" (p_i), in "brackets" (p[i]), or of whole "arrays"."""

    def __init__(self, text: str, kind: str, first: int, dimensions: int = 0) -> None:
        self._kind, self._first, self._dimensions = kind, first, dimensions
        self._left = _before_equals(text)[0].strip()
        self._spelled: dict[str, str] = {}
        for match in _SPELLED.finditer(text) if kind == "latex" else ():
            for found in (match[0].strip(), re.split(r"\s*[_^]", match[0].strip())[0]):
                self._spelled.setdefault(plain_name(found), found)

    def written(self, formula: Anything, meanings: Mapping[Anything, Meaning]) -> str | None:
        """The formula; None if this notation has no name for something in it."""
        self._meanings = meanings
        names: dict[Anything, str] = {}
        for symbol in formula.free_symbols & set(meanings):
            name = self._name(meanings[symbol])
            if name is None or name in names.values():
                return None
            names[symbol] = name
        if self._kind == "latex":
            return latex_of(formula, names)
        formula = formula.xreplace({symbol: sympy.Symbol(name, real=True) for symbol, name in names.items()})
        return min((text_of(form) for form in (sympy.factor_terms(formula), formula)), key=len)

    def _name(self, meaning: Meaning) -> str | None:
        match meaning:
            case Item():
                return self._item(meaning)
            case ItemSlope(of=above, by=below):
                if self._kind == "arrays":
                    named = self._item(below)
                    return f"d{named}" if named is not None and re.fullmatch(r"d[A-Za-z]\w*", self._left) else None
                names = [self._item(above), self._item(below)]
                if None in names:
                    return None
                if self._kind == "latex":
                    return f"\\frac{{\\partial {names[0]}}}{{\\partial {names[1]}}}"
                return f"d{names[0]}/d{names[1]}"
            case SumOver(letter=letter, formula=inner):
                return self._sum(letter, inner)
        return None

    def _item(self, item: Item) -> str | None:
        at = item.subscripts
        match self._kind:
            case "brackets":
                return item.path
            case "arrays":
                return item.base if at in ((), tuple(_ARRAY_LETTERS[: len(at)])) else None
            case "letters":
                if not at:
                    return item.base
                return f"{item.base}_{''.join(map(str, at))}" if all(isinstance(each, str) for each in at) else None
        plain = plain_name(item.base)
        spelled = self._spelled.get(plain) or self._spelled.get(SHORT.get(plain, ""))
        name = spelled or name_in_latex(_with_accents(item.base))
        if plain_name(name) not in (plain, SHORT.get(plain)):
            return None
        if not at:
            return name
        places = [str(each + self._first) if isinstance(each, int) else each for each in at]
        subscripts = ("" if all(len(place) == 1 for place in places) else ",").join(places)
        base, _, below = name.partition("_")
        return f"{base}^{{({below.strip(' {}')})}}_{{{subscripts}}}" if below else f"{name}_{{{subscripts}}}"

    def _sum(self, letter: str, inner: Anything) -> str | None:
        if self._kind == "arrays":
            return self._matrix_product(letter, inner)
        writer = _Writer("", self._kind, self._first)
        writer._spelled, writer._left = self._spelled, self._left
        text = writer.written(inner, self._meanings)
        if text is None:
            return None
        return f"\\sum_{{{letter}}} {text}" if self._kind == "latex" else f"Σ_{letter}({text})"

    def _matrix_product(self, letter: str, inner: Anything) -> str | None:
        """``X.T @ dZ`` for Σ_k X[k][i] dZ[k][j], and ``dZ.sum(axis=0)`` for Σ_k dZ[k][i]."""
        factors = [self._array(symbol) for symbol in sympy.Mul.make_args(inner)]
        if None in factors:
            return None
        i, j = tuple(_ARRAY_LETTERS[:2])
        known = [factor for factor in factors if factor is not None]
        product = known[0][0] if len(known) == 1 else f"({' * '.join(sorted(name for name, _ in known))})"
        shapes = {at for _, at in known}
        if self._dimensions == 2 and shapes == {(i, letter)}:
            return f"{product}.sum(axis=1, keepdims=True)"
        if self._dimensions == 1 and shapes in ({(i, letter)}, {(letter, i)}):
            return f"{product}.sum(axis={int(shapes == {(i, letter)})})"
        for a, b in (known, known[::-1]) if len(known) == 2 else ():
            left = {(i, letter): a[0], (letter, i): f"{a[0]}.T", (letter,): a[0]}.get(a[1])
            right = {(letter, j): b[0], (j, letter): f"{b[0]}.T", (letter,): b[0]}.get(b[1])
            if left is not None and right is not None:
                return f"{left} @ {right}"
        return None

    def _array(self, factor: Anything) -> tuple[str, tuple[Anything, ...]] | None:
        """The text of an array, of the derivatives by one, or of a sum of such; with the subscripts of its item."""
        if factor.is_Add:
            arrays = {symbol: self._array(symbol) for symbol in factor.free_symbols}
            found = [each for each in arrays.values() if each is not None]
            if len(found) < len(arrays) or len({at for _, at in found}) != 1:
                return None
            named = {s: sympy.Symbol(each[0], real=True) for s, each in arrays.items() if each is not None}
            return f"({text_of(factor.xreplace(named))})", found[0][1]
        match self._meanings.get(factor):
            case Item(base=base, subscripts=at):
                return base, at
            case ItemSlope(of=Item(subscripts=()), by=Item(base=base, subscripts=at)) if self._left.startswith("d"):
                return f"d{base}", at
        return None


def _unused(text: str) -> list[str]:
    """Letters that the line leaves for a sum."""
    return [letter for letter in _SUMMED_LETTERS if letter not in text]


def _with_accents(base: str) -> str:
    return re.sub(r"_(hat|bar|tilde|vec|dot)(?=_|\d|$)", r"\1", base)
