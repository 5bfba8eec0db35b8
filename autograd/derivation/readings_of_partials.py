"""Which ∂ of a line may be meant as direct partials: the readings in which a line that fails is asked again.

``∂y/∂x`` stands for the total derivative, and a line that holds so is right. In ``dy/dx = ∂y/∂x + ∂y/∂u·du/dx`` it
cannot: there ∂y/∂x is y's own formula differentiated, with u held. Such a reading is offered where the page may mean
it, since otherwise each forgotten path would be right as "the direct partial":

- On the right side ∂u/∂v may be direct if its sum has another term for what it leaves out: one with a derivative of, or
  by, a node between v and u. Beside a d, which is total then, any other term will do that has not the same ∂ again.
- The left side may be direct where d says so of the same derivative (``∂y/∂x = dy/dx - …``), another line of the page
  holds only with the same ∂ direct, or another right line says what the same derivative is with d.
- A line that stands for itself, as ``∂p/∂e = 1/S`` for p = e/S, may have a direct left side, too: there all named nodes
  are held, and the page must not use the same ∂ as the total one. ∂L/∂w of a loss L is its gradient, and total.
- It stays total where some line gives the total derivative with the same ∂ on its left side.
- A ∂ is read for itself on each side, so that in ``∂h2/∂W = ∂h2/∂W + ∂h2/∂h1·∂h1/∂W`` the first is total and the second
  direct; on one side a derivative means one thing. What is written ∂⁺ is direct everywhere.

What is held fixed are the named nodes of u's own formula; if the line does not hold so, those that it speaks of: with
h3 = tanh(a3), ``dh3/dw = ∂h3/∂w + ∂h3/∂h2·dh2/dw`` holds h2 fixed, and not a3. ∂⁺ is read in both ways, too.

At most `MOST_READINGS` are tried, first those that take all such ∂ alike, or all of a family (``∂h2/∂W``, ``∂h3/∂W``).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Derivative, Expression, Named, Numeral, walk
from autograd.derivation.formula_worlds import direct_partial, held, held_by_a_line
from autograd.derivation.setting import Setting
from autograd.derivation.tokens import Place
from autograd.notation.page_lines import PageLine
from autograd.value import Value

MOST_READINGS = 64
_MOST_TERMS = 100
_MOST_ENTRIES = 50
"""How many terms of a sum, and entries of a claim, tell which ∂ of it may be direct."""
_LOSS = re.compile("[JLECℒℓ]|[Ll]oss|[Cc]ost|[Ee]rror")
"""What a loss is called, but for its numbers."""
_SUMS = (ops.add, ops.subtract, ops.sum, ops.mean)

Ends = tuple[Value, Value]
"""The two nodes of a derivative: u and v of ∂u/∂v."""

Spoken = frozenset[Value] | None
"""The nodes that a line speaks of, where it holds these alone fixed; None where all named nodes are held."""


@dataclass
class _Partial:
    """A derivative that is written with ∂: the places where it stands, and whether it may be direct there."""

    family: tuple[str, str]
    places: dict[Place, None] = field(default_factory=dict)
    direct: bool = False

    def add(self, other: "_Partial") -> None:
        """Take in another that turns out to be the same."""
        self.places |= other.places
        self.direct = self.direct or other.direct


class ReadingsOfPartials:
    """The readings of the lines of one page.

    Args:
        setting: that of the page.
        lines: all lines of the page.
        matches: whether a claim holds at every point.
    """

    def __init__(self, setting: Setting, lines: Sequence[PageLine], matches: Callable[[Claim], bool]) -> None:
        self._setting, self._lines, self._matches = setting, lines, matches
        self._named = setting.names.paths
        self._ends_of: dict[tuple[Ends, Spoken], Container[Value]] = {}
        self._formulas: dict[tuple[Ends, Spoken], Expression | None] = {}
        self._inner: dict[Ends, frozenset[Value]] = {}
        self._shown: dict[int, frozenset[Ends]] = {}

    def right(self, line: PageLine) -> Iterator[tuple[PageLine, tuple[str, ...]]]:
        """The readings of a line in which it holds at every point, each with what is held fixed in it."""
        for spoken, others in self._ways(line):
            yield from sorted(self._holding(line, spoken, others), key=lambda reading: self._inconsistent(reading[0]))
            if (place := _left(line)) is not None:
                left = frozenset([place])
                readings = [*self._holding(line, spoken, [left, *(left | places for places in others)])]
                if readings and self._left_may_be_direct(line):
                    yield from readings
                elif readings and spoken is None and self._may_stand_for_itself(line):
                    yield readings[0]

    def left_alone(self, line: PageLine) -> tuple[str, ...]:
        """What is held fixed if a line holds with its left side, and that alone, direct; nothing if it does not."""
        place = _left(line)
        if place is None:
            return ()
        readings = (
            each for spoken, _ in self._ways(line) for each in self._holding(line, spoken, [frozenset([place])])
        )
        return next((words for _, words in readings), ())

    # Which readings there are

    def _ways(self, line: PageLine) -> Iterator[tuple[Spoken, list[frozenset[Place]]]]:
        """What is held fixed in a line, and the sets of ∂ on its right side that may then be direct together."""
        readings = self._of_the_right_side(line, None)
        pieces = [piece for claim in line.claims[:_MOST_ENTRIES] for piece in claim.pieces]
        partials = [piece for piece in pieces if isinstance(piece, Derivative) and (piece.place or piece.direct)]
        pairs = {(partial.of, partial.by) for partial in partials}
        ways = [spoken for spoken in _spoken(line) if any(self._opens(pair, spoken) for pair in pairs)]
        readings = readings[: MOST_READINGS - MOST_READINGS // 4] if ways else readings
        yield None, readings
        with_plus: list[frozenset[Place]] = [frozenset()] if any(partial.direct for partial in partials) else []
        for spoken in ways:
            most = (MOST_READINGS - len(readings)) // len(ways) - 1  # 1: each way asks for the left side alone, too.
            yield spoken, [*with_plus, *self._of_the_right_side(line, spoken)][:most]

    def _opens(self, pair: Ends, spoken: frozenset[Value]) -> bool:
        """Whether a line that speaks of some nodes holds fewer of them fixed than have names."""
        inner = self._between(pair)
        return bool(inner) and any(node not in self._fixed(pair, spoken) for node in held(*pair, self._named, inner))

    def _of_the_right_side(self, line: PageLine, spoken: Spoken) -> list[frozenset[Place]]:
        """The sets of ∂ on the right side that may be direct together, the likeliest first."""
        partials = [partial for partial in self._partials(line, spoken) if partial.direct]
        families: dict[tuple[str, str], list[_Partial]] = {}
        for partial in partials:
            families.setdefault(partial.family, []).append(partial)
        found: dict[frozenset[Place], None] = {}
        for groups in (list(families.values()), [[partial] for partial in partials]):
            for size in range(len(groups), 0, -1):
                for chosen in combinations(groups, size):
                    if len(found) >= MOST_READINGS:
                        break
                    found[frozenset(place for group in chosen for partial in group for place in partial.places)] = None
        return list(found)

    def _partials(self, line: PageLine, spoken: Spoken) -> list[_Partial]:
        """The derivatives that are written with ∂ on the right side of a line, those of the node on the left last."""
        claims = line.claims[:_MOST_ENTRIES]
        with_d = any(map(_with_d, claims))
        found: dict[Place, _Partial] = {}
        for claim in claims:
            of_this: dict[Ends, _Partial] = {}
            for derivative, beside in (each for part in claim.parts for each in _with_other_terms(part, ())):
                if derivative.place is None:
                    continue
                pair, place = (derivative.of, derivative.by), derivative.place
                partial = of_this.get(pair) or found.get(place) or _Partial(self._family(pair))
                if (other := found.get(place, partial)) is not partial:
                    partial.add(other)
                    found |= dict.fromkeys(other.places, partial)
                of_this[pair] = found[place] = partial
                partial.places[place] = None
                partial.direct = partial.direct or self._may_be_direct(claim, pair, spoken, beside, with_d)
        subject = claims[0].subject
        about = str(self._named.get(subject.of)) if isinstance(subject, Derivative) else ""
        different = {id(partial): partial for partial in found.values()}
        return sorted(different.values(), key=lambda partial: partial.family[0] == _letters(about))

    def _family(self, pair: Ends) -> tuple[str, str]:
        of, by = (_letters(str(self._named.get(node))) for node in pair)
        return of, by

    def _may_be_direct(
        self, claim: Claim, pair: Ends, spoken: Spoken, beside: Sequence[frozenset[Ends]], with_d: bool
    ) -> bool:
        """Whether a ∂ on the right side may be direct, by the derivatives in each other term of its sum."""
        inner = self._between(pair)
        if not inner:
            return False
        try:
            formula = self._formula(pair, spoken)
        except OverflowError:
            return False
        if formula is None:  # It is 0, as in dy/dx = ∂y/∂x + ∂y/∂u du/dx for a y that is made of u alone.
            return with_d and isinstance(claim.subject, Derivative) and pair == (claim.subject.of, claim.subject.by)
        if with_d:
            return any(pair not in term for term in beside)
        return any(not inner.isdisjoint(ends) for term in beside for ends in term)

    def _left_may_be_direct(self, line: PageLine) -> bool:
        """Whether the page shows that the ∂ on the left side of a line is direct."""
        if all(map(_has_its_d, line.claims)):
            return True
        pairs = {pair for pair in _left_pairs(line) if self._between(pair)}
        shown: set[Ends] = set()
        for other in self._lines:
            if other is not line and not shown >= pairs:
                shown |= self._shown_by(other)
        return bool(pairs) and shown - self._lefts[False] >= pairs

    def _may_stand_for_itself(self, line: PageLine) -> bool:
        """Whether nothing on the page says that the ∂ on the left side of a line is total."""
        pairs = _left_pairs(line)
        if any(_LOSS.fullmatch(_letters(str(self._named.get(of)))) for of, _ in pairs):
            return False
        if any(self._formula(pair, None) is None for pair in pairs):  # ∂y/∂u = 0 holds for all that y has no u beside.
            return False
        return pairs.isdisjoint(self._lefts[False]) and not any(
            self._used_as_total(pairs, other) for other in self._lines if other is not line
        )

    def _used_as_total(self, pairs: frozenset[Ends], line: PageLine) -> bool:
        """Whether a line is right, and would not be if some of these ∂ on its right side were direct."""
        pieces = (piece for claim in line.claims for part in claim.parts for piece in walk(part))
        partials = (each for each in pieces if isinstance(each, Derivative) and (each.of, each.by) in pairs)
        places = {each.place for each in partials if each.place is not None}
        if not places or not all(map(self._matches, line.claims)):
            return False
        return next(self._holding(line, None, [places]), None) is None

    def _shown_by(self, line: PageLine) -> frozenset[Ends]:
        """The derivatives that a right line shows to be direct where they are written with ∂."""
        if id(line) not in self._shown:
            found: set[Ends] = set()
            holding = [line] if line.claims and all(map(self._matches, line.claims)) else []
            holding = holding or [reading for reading, _ in self._holding_on_the_right(line)]
            if holding:
                found |= _direct_pairs(min(holding, key=self._inconsistent) if len(holding) > 1 else holding[0])
                # With d it says what the total derivative is, beside which ∂ is another one; with ∂, that ∂ is total.
                found = found | _left_pairs(line) if _left(line) is None else found - _left_pairs(line)
            self._shown[id(line)] = frozenset(found)
        return self._shown[id(line)]

    def _inconsistent(self, reading: PageLine) -> bool:
        """Whether a reading takes some ∂ otherwise than a line of the page that has it on its left side."""
        direct = _direct_pairs(reading)
        pieces = (piece for claim in reading.claims for part in claim.parts for piece in walk(part))
        right = {(piece.of, piece.by) for piece in pieces if isinstance(piece, Derivative) and piece.place}
        own = _left_pairs(reading)
        return any((pair in self._lefts[True]) != (pair in direct) for pair in right - own if pair in self._claimed)

    @cached_property
    def _lefts(self) -> dict[bool, set[Ends]]:
        """The derivatives that lines have on their left side with ∂, and say the direct ones of, or the total ones."""
        found: dict[bool, set[Ends]] = {True: set(), False: set()}
        for line in self._lines:
            place = _left(line)
            if place is None:
                continue
            if all(map(self._matches, line.claims)) or next(self._holding_on_the_right(line), None) is not None:
                found[False] |= _left_pairs(line)
            elif self.left_alone(line):
                found[True] |= _left_pairs(line)
        found[True] -= found[False]
        return found

    @cached_property
    def _claimed(self) -> set[Ends]:
        return self._lefts[True] | self._lefts[False]

    # One reading

    def _holding_on_the_right(self, line: PageLine) -> Iterator[tuple[PageLine, tuple[str, ...]]]:
        """The readings in which a line holds with a left side that is total; each with what is held fixed."""
        return (each for spoken, others in self._ways(line) for each in self._holding(line, spoken, others))

    def _holding(
        self, line: PageLine, spoken: Spoken, readings: Iterable[Collection[Place]]
    ) -> Iterator[tuple[PageLine, tuple[str, ...]]]:
        """The readings, given by the places of what is direct, in which a line holds; each with what is held fixed."""
        for places in readings:
            try:
                claims = tuple(self._taken(claim, places, spoken) for claim in line.claims)
            except OverflowError:
                continue
            if claims and all(map(self._matches, claims)):
                yield replace(line, claims=claims, otherwise=None), tuple(self._words(claims, spoken))

    def _taken(self, claim: Claim, places: Collection[Place], spoken: Spoken) -> Claim:
        """A claim with the ∂ at some places direct."""
        known: dict[int, Expression] = {}
        subject, *parts = (self._directly(part, places, spoken, known) for part in (claim.subject, *claim.parts))
        return replace(claim, subject=subject, parts=tuple(parts))

    def _directly(
        self, part: Expression, places: Collection[Place], spoken: Spoken, known: dict[int, Expression]
    ) -> Expression:
        with_plus = isinstance(part, Derivative) and part.direct is not None and spoken is not None
        if isinstance(part, Derivative) and (part.place in places or with_plus):
            formula = self._formula((part.of, part.by), spoken)
            return replace(part, direct=Numeral("0", 0) if formula is None else formula)  # type: ignore[arg-type]
        if not isinstance(part, Apply):
            return part
        if id(part) not in known:
            operands = tuple(self._directly(operand, places, spoken, known) for operand in part.operands)
            changed = any(new is not old for new, old in zip(operands, part.operands, strict=True))
            known[id(part)] = Apply(part.operation, operands) if changed else part
        return known[id(part)]

    def _words(self, claims: Sequence[Claim], spoken: Spoken) -> Iterator[str]:
        """What is held fixed, one for each ∂ on the page: "∂y/∂x holds u fixed"."""
        told: dict[Place | None, list[str]] = {}
        for claim in claims[:_MOST_ENTRIES]:
            pieces = [piece for piece in claim.pieces if isinstance(piece, Derivative)]
            total = {(piece.of, piece.by) for piece in pieces if piece.direct is None and piece.place}
            for piece in pieces:
                pair = piece.of, piece.by
                if piece.direct is None or not (piece.place or spoken) or not (inner := self._between(pair)):
                    continue
                fixed = [str(self._named[node]) for node in held(*pair, self._fixed(pair, spoken), inner)]
                if not fixed and spoken:  # It is the total derivative, as that of the first of several steps.
                    continue
                fixed = fixed or ["all else"]
                where = " on the right" if pair in total and piece is not claim.subject else ""
                both = " and ".join([", ".join(fixed[:-1]), fixed[-1]] if len(fixed) > 1 else fixed)
                plus = "" if piece.place else "⁺"
                text = f"∂{plus}{self._named[piece.of]}/∂{self._named[piece.by]}{where} holds {both} fixed"
                told.setdefault(piece.place, []).append(text)
        for texts in told.values():
            yield texts[0] + (", and so on" if any(text != texts[0] for text in texts) else "")

    def _formula(self, pair: Ends, spoken: Spoken) -> Expression | None:
        if (pair, spoken) not in self._formulas:
            self._formulas[pair, spoken] = direct_partial(*pair, self._fixed(pair, spoken))
        return self._formulas[pair, spoken]

    def _fixed(self, pair: Ends, spoken: Spoken) -> Container[Value]:
        """The named nodes at which u's formula ends."""
        if spoken is None:
            return self._named
        if (pair, spoken) not in self._ends_of:
            # The steps of u itself are held, be they on the line or not: a sum over h2 and h3 that forgets h1 is wrong.
            said = spoken | self._families[_letters(str(self._named.get(pair[0])))]
            self._ends_of[pair, spoken] = held_by_a_line(*pair, self._named, said, self._setting.graph.between)
        return self._ends_of[pair, spoken]

    @cached_property
    def _families(self) -> dict[str, set[Value]]:
        """The named nodes by their names without numbers."""
        found: dict[str, set[Value]] = defaultdict(set)
        for node, name in self._named.items():
            found[_letters(str(name))].add(node)
        return found

    def _between(self, pair: Ends) -> frozenset[Value]:
        """The named nodes on the paths between the two of a derivative."""
        if pair not in self._inner:
            inner = self._setting.graph.between(*pair)
            self._inner[pair] = frozenset(node for node in inner if node in self._named and node not in pair)
        return self._inner[pair]


def _letters(name: str) -> str:
    """The name without its numbers: h of h2 and h[2]."""
    return re.sub(r"[\d\[\]]+", "", name)


def _spoken(line: PageLine) -> list[frozenset[Value]]:
    """The nodes that a line speaks of: all of them, and those of its derivatives alone.

    In ``dc3/dw = ∂c3/∂w + f3*dc2/dw + ∂c3/∂h2*dh2/dw`` the gate f3 is a factor, which ∂c3/∂w may hold fixed or not.
    """
    pieces = [piece for claim in line.claims for piece in claim.pieces]
    ends = {end for piece in pieces if isinstance(piece, Derivative) for end in (piece.of, piece.by)}
    factors = {piece.node for piece in pieces if isinstance(piece, Named)}
    return list(dict.fromkeys((frozenset(ends | factors), frozenset(ends))))


def _left(line: PageLine) -> Place | None:
    """Where the ∂ stands that is the left side of all entries of a line; None if it is anything else."""
    subjects = (claim.subject for claim in line.claims)
    places = {subject.place if isinstance(subject, Derivative) else None for subject in subjects}
    return places.pop() if len(places) == 1 else None


def _left_pairs(line: PageLine) -> frozenset[Ends]:
    """The derivatives on the left side of a line."""
    subjects = (claim.subject for claim in line.claims)
    return frozenset((each.of, each.by) for each in subjects if isinstance(each, Derivative))


def _direct_pairs(reading: PageLine) -> frozenset[Ends]:
    """The ∂ that a reading takes as direct."""
    pieces = (piece for claim in reading.claims for piece in claim.pieces if isinstance(piece, Derivative))
    return frozenset((piece.of, piece.by) for piece in pieces if piece.direct is not None and piece.place)


def _with_d(claim: Claim) -> bool:
    """Whether some derivative in a claim is written with d."""
    return any(isinstance(piece, Derivative) and not piece.place and not piece.direct for piece in claim.pieces)


def _has_its_d(claim: Claim) -> bool:
    """Whether the right side of a claim about ∂u/∂v has du/dv."""
    pieces = (piece for part in claim.parts for piece in walk(part) if isinstance(piece, Derivative))
    return any(not piece.place and not piece.direct and piece == claim.subject for piece in pieces)


def _with_other_terms(
    part: Expression, beside: tuple[frozenset[Ends], ...]
) -> Iterator[tuple[Derivative, tuple[frozenset[Ends], ...]]]:
    """Each derivative in a formula, with the derivatives in each other term of the sums that it stands in."""
    if isinstance(part, Derivative):
        yield part, beside
    if not isinstance(part, Apply):
        return
    terms = _terms(part)
    each = [frozenset(ends for operand in term for ends in _ends_in(operand)) for term in terms[:_MOST_TERMS]]
    for k, term in enumerate(terms):
        for operand in term:
            yield from _with_other_terms(operand, (*beside, *each[:k], *each[k + 1 :]))


def _terms(part: Apply) -> Sequence[Sequence[Expression]]:
    """The operands of each term of a sum; of what is no sum, all operands as one term."""
    operands = part.operands
    if part.operation is ops.dot:
        n = len(operands) // 2
        return [*zip(operands[:n], operands[n : 2 * n], strict=True), *((bias,) for bias in operands[2 * n :])]
    return [(operand,) for operand in operands] if part.operation in _SUMS else [operands]


def _ends_in(expression: Expression) -> Iterator[Ends]:
    return ((piece.of, piece.by) for piece in walk(expression) if isinstance(piece, Derivative))
