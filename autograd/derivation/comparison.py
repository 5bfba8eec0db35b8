"""How one part of a claim compares with what is right: identically, at the points, here, or by coincidence.

A numeral is meant to its digits. And where x is 2, ``2*(p - a)`` may stand for ``x*(p - a)``: with the nodes in their
places, the formula must hold at the fresh points too. That some numeral happens to equal some leaf (many leaves are 1)
says nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import prod

from autograd import ops
from autograd.derivation.claims import (
    Apply,
    Claim,
    Expression,
    Named,
    Numeral,
    World,
    evaluate,
    lone_numeral,
    nodes_in,
    plain,
    walk,
    written_out,
)
from autograd.derivation.names import PageNames
from autograd.derivation.points import Points, values_of
from autograd.derivation.proof import Prover
from autograd.derivation.setting import Setting, condition_of, of_two_classes
from autograd.derivation.verdicts_on_lines import Elsewhere
from autograd.graph import topological_order
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.value import Value

IDENTICAL = 1e-11
SINGLE = 1e-5
"""By how much a float32 may be off, relative to the right number: some hundred roundings."""
FULL_PRECISION = 15
MOST_READINGS = 600
_MOST_IN_PRODUCTS = 30


def identical(claimed: Number, correct: Number, noise: Number = 0) -> bool:
    """Whether two numbers are equal but for the rounding of a program's constants to floats, such as that of 1/3."""
    return bool(abs(claimed - correct) <= IDENTICAL * max(abs(claimed), abs(correct)) + noise)


def identical_everywhere(pairs: Iterable[tuple[Number, Number]], noise: Number) -> bool:
    """Whether what is claimed and what is correct are identical at each point."""
    return all(identical(claimed, correct, noise) for claimed, correct in pairs)


def to_its_digits(number: Numeral, claimed: Number, correct: Number) -> bool:
    """Whether a number written down is the correct one, as far as its digits go.

    It is within half a unit of its last digit. From five digits on a whole unit will do, since people calculate on with
    rounded numbers; so will 1e-10 of the size from 15 digits on, where they are those of a float. Zero and whole
    numbers are exact. A float32 has the digits that it has room for, not those that are right.
    """
    if number.single:
        return bool(abs(claimed - correct) <= SINGLE * abs(correct))
    if number.whole:
        return identical(claimed, correct)
    unit = mp.mpf(number.unit.numerator) / number.unit.denominator
    allowed = unit * (1 if number.digits >= 5 else mp.mpf("0.5")) * (1 + mp.mpf("1e-9"))
    if number.digits >= FULL_PRECISION:
        allowed = max(allowed, abs(correct) * mp.mpf("1e-10"))
    return bool(abs(claimed - correct) <= allowed)


def shared_digits(claimed: Number, correct: Number) -> int:
    """To how many significant digits two numbers agree, 15 at most."""
    difference = abs(claimed - correct)
    if difference == 0:
        return 15
    return 0 if correct == 0 else max(0, min(15, int(mp.floor(-mp.log10(2 * difference / abs(correct))))))


def rounding_of(part: Expression, world: World) -> Number:
    """By how much the value of a formula may be off because its numerals are rounded: 0.0046 for 0.74 * 0.19.

    Beside names, numerals of four digits on count as rounded (0.5 is a half, 0.75136507 an output); in plain arithmetic
    those of two digits on. At most a twentieth of the value is allowed for.
    """
    if lone_numeral(part) is not None:
        return mp.zero
    numerals = [piece for piece in walk(part) if isinstance(piece, Numeral) and not piece.whole]
    value, total = evaluate(part, world), mp.zero
    for numeral in {n for n in numerals if n.digits >= (2 if plain(part) else 4)}:
        moved = evaluate(put_in(part, numeral, Numeral(numeral.text, numeral.number + numeral.unit)), world)
        total += abs(moved - value) * (1 if numeral.digits >= 5 else mp.mpf("0.5"))
    return min(total, abs(value) / 20)


def put_in(part: Expression, numeral: Numeral, other: Numeral) -> Expression:
    """The expression with another number wherever a numeral stands."""
    if part == numeral:
        return other
    if isinstance(part, Apply) and part.operation is not ops.where:
        return Apply(part.operation, tuple(put_in(operand, numeral, other) for operand in part.operands))
    return part


@dataclass(frozen=True)
class Reading:
    """A formula with some of its numerals read as nodes, and for each of those what it stands for, as written."""

    formula: Expression
    stands_for: list[tuple[str, str]]


class Readings:
    """The ways to read the numerals of a formula as the values of some nodes."""

    def __init__(self, part: Expression, nodes: Sequence[Value], names: PageNames) -> None:
        self._part, self._nodes, self._names = part, nodes, names
        numerals = [piece for piece in walk(part) if isinstance(piece, Numeral)]
        simple = [[] if numeral.exact else self._single(numeral) for numeral in numerals]
        self._numerals = numerals
        self._choices = [
            found if found or numeral.exact else self._composed(numeral)
            for numeral, found in zip(numerals, simple, strict=True)
        ]
        self.calculated = any(
            not found and not numeral.whole and numeral.digits >= 3
            for numeral, found in zip(numerals, simple, strict=True)
        )
        """Whether some long numeral is the value of none of the nodes: it may be anything worked out before."""

    @property
    def many(self) -> bool:
        """Whether there are more readings than are tried."""
        return prod(1 + len(choices) for choices in self._choices) > MOST_READINGS

    def all(self) -> Iterator[Reading]:
        """Each way to read some of the numerals, those that read the fewest first; no more than `MOST_READINGS`."""
        open_to_reading = [k for k, choices in enumerate(self._choices) if choices]
        tried = 0
        for size in range(1, len(open_to_reading) + 1):
            for places in combinations(open_to_reading, size):
                for chosen in product(*(self._choices[k] for k in places)):
                    if tried == MOST_READINGS:
                        return
                    tried += 1
                    reading = dict(zip(places, chosen, strict=True))
                    yield Reading(self._read(reading), self._meanings(reading))

    def leaf_by_leaf(self, holds: Callable[[Expression, Collection[Value]], bool]) -> Reading | None:
        """A reading found leaf by leaf, where there are very many: it must hold with the first leaf varied, then two, …

        Raises:
            OverflowError: if that takes too many trials.
        """
        leaves = [node for node in self._nodes if node.op is None]
        places = {
            leaf: [
                (k, choice) for k, choices in enumerate(self._choices) for choice in choices if leaf in _nodes(choice)
            ]
            for leaf in leaves
        }
        leaves = [leaf for leaf in leaves if places[leaf]]
        trials = 0

        def read_on(varied: int, reading: dict[int, Expression]) -> dict[int, Expression] | None:
            nonlocal trials
            if varied == len(leaves):
                return reading if holds(self._read(reading), ()) else None
            free = [(k, choice) for k, choice in places[leaves[varied]] if k not in reading]
            for size in range(len(free) + 1):
                for chosen in combinations(free, size):
                    trials += 1
                    if trials > MOST_READINGS:
                        raise OverflowError
                    tried = reading | dict(chosen)
                    if holds(self._read(tried), leaves[: varied + 1]) and (found := read_on(varied + 1, tried)):
                        return found
            return None

        found = read_on(0, {})
        return Reading(self._read(found), self._meanings(found)) if found else None

    def _single(self, numeral: Numeral) -> list[Expression]:
        """The nodes that have this value, or the same with the other sign."""
        number = mp.mpf(float(numeral.number))
        found: list[Expression] = []
        for node in self._nodes:
            if node.data == 0 or number == 0:
                if node.data == number:
                    found.append(self._node(node))
            elif to_its_digits(numeral, number, abs(node.data)):
                found.append(self._signed(self._node(node), node.data))
        return found

    def _composed(self, numeral: Numeral) -> list[Expression]:
        """The small multiples of nodes, and products of two, that have this value; 0 and 1 have too many to count."""
        number = mp.mpf(float(numeral.number))
        nodes = [node for node in self._nodes if abs(node.data) not in (0, 1)]
        if number in (0, 1) or len(nodes) > _MOST_IN_PRODUCTS:
            return []
        products: list[tuple[float, tuple[Expression, ...]]] = []
        for factor in (Numeral(text, Fraction(text)) for text in ("2", "3", "4", "0.5")):
            products += [(float(factor.number) * node.data, (factor, self._node(node))) for node in nodes]
        products += [(a.data * b.data, (self._node(a), self._node(b))) for i, a in enumerate(nodes) for b in nodes[i:]]
        return [
            self._signed(Apply(ops.prod, operands), value)
            for value, operands in products
            if value and to_its_digits(numeral, number, abs(mp.mpf(value)))
        ]

    def _node(self, node: Value) -> Named:
        return Named(node, str(self._names.paths.get(node)))

    def _signed(self, formula: Expression, value: float) -> Expression:
        return Apply(ops.negate, (formula,)) if value < 0 else formula

    def _read(self, reading: Mapping[int, Expression]) -> Expression:
        position = -1

        def read(piece: Expression) -> Expression:
            nonlocal position
            if isinstance(piece, Numeral):
                position += 1
                return reading.get(position, piece)
            if isinstance(piece, Apply):
                return Apply(piece.operation, tuple(map(read, piece.operands)))
            return piece

        return read(self._part)

    def _meanings(self, reading: Mapping[int, Expression]) -> list[tuple[str, str]]:
        return [(self._numerals[k].text, _text(formula)) for k, formula in reading.items()]


def _nodes(formula: Expression) -> set[Value]:
    return {piece.node for piece in walk(formula) if isinstance(piece, Named)}


def _text(formula: Expression) -> str:
    match formula:
        case Named(text=text) | Numeral(text=text):
            return text
        case Apply(operation=ops.negate, operands=(operand,)):
            return f"-{_text(operand)}"
        case Apply(operands=operands):
            return "*".join(map(_text, operands))
    return "it"


_MOST_CONDITIONS = 10
_BITS = (24, 23, 22, 21)
"""Those of a float32, and a few less: worked out once alone, a number may be near by chance."""
ROUNDING = 1e-30
"""By how much numbers of fifty digits may be off, where what cancels leaves 0."""


@dataclass(frozen=True)
class Judged:
    """How a part compares: "proved", "points", "here", "coincidence" or "wrong"; and at how many points or digits."""

    kind: str
    amount: int
    stands_for: Sequence[tuple[str, str]] = ()
    """The numerals that stand for nodes, for it to hold elsewhere too."""
    sums: Sequence[str] = ()
    """Which labels must add up to 1, for it to hold."""
    labels: Sequence[str] = ()
    """What the labels are that it leaves out, for it to hold elsewhere too."""
    allowance: str = ""
    """What makes a number right that is not so to its digits: "as float32", "within the tolerance"."""


class Comparison:
    """Compares the parts of a page's claims with the right values."""

    def __init__(self, setting: Setting, prover: Prover, tolerance: float | None) -> None:
        self._setting, self._prover, self._tolerance = setting, prover, tolerance
        self._rounded: dict[int, Points] = {}

    def judge(
        self,
        claim: Claim,
        part: Expression,
        claimed: list[Number],
        correct: list[Number],
        noise: Callable[[], Number],
        before: Judged | None = None,
    ) -> Judged:
        """One part of a claim against the right values.

        Of many claims that differ in their indices, `before` is what was found of the one before this.
        """
        both = [(c, r) for c, r in zip(claimed, correct, strict=True) if c is not None and r is not None]
        c, r = both[0]
        numeral = lone_numeral(part)
        shared = shared_digits(c, r)
        off = noise() if not identical_everywhere(both, 0) else mp.zero
        if identical_everywhere(both, off):
            unproved = before is not None and before.kind == "points"  # and one entry tells for all of them
            proof = None if unproved else self._prover.proof(claim, part)
            if proof is not None:
                return Judged("proved", shared, sums=proof)
            if len(both) == 1:
                return Judged("here", shared)
            sums = before.sums if before and before.kind == "points" else self._needed_sums(claim, part)
            return Judged("points", len(both), sums=sums)
        if numeral is not None and not numeral.single and to_its_digits(numeral, c, r):
            # A float passes with its last digits wrong, of which nothing is said.
            rough = numeral.digits >= FULL_PRECISION > shared + 1
            return Judged("here", shared if numeral.whole or rough else numeral.digits)
        if allowance := self._allowance(claim.subject, part, c, r):
            return Judged("here", shared, allowance=allowance)
        if identical(c, r, off) or self.rounds(part, c, r):
            if before and before.kind in ("here", "coincidence"):
                return Judged(before.kind, shared, before.stands_for, labels=before.labels)
            return self._elsewhere(claim, part, shared)
        return Judged("wrong", shared)

    def rounds(self, part: Expression, claimed: Number, right: Number) -> bool:
        """Whether a formula or number is right at the recorded point, as far as its digits go."""
        numeral = lone_numeral(part)
        if identical(claimed, right) or (numeral and not numeral.single and to_its_digits(numeral, claimed, right)):
            return True
        formula = written_out(part, self._setting.definitions)
        return bool(abs(claimed - right) <= rounding_of(formula, self._setting.points.each[0]))

    def _allowance(self, subject: Expression, part: Expression, claimed: Number, right: Number) -> str:
        """What allows a number to be as far off as it is, other than its digits; empty if nothing does."""
        off, numeral = abs(claimed - right), lone_numeral(part)
        if self._tolerance is not None:
            return "within the tolerance" if plain(part) and off <= self._tolerance * abs(right) else ""
        if numeral is None or not numeral.single:
            return ""
        near = to_its_digits(numeral, claimed, right) or off <= self._lost_in_single(subject, right)
        return "as float32" if near else ""

    def _lost_in_single(self, subject: Expression, right: Number) -> Number:
        """By how much the value of an expression may be off if all is worked out in float32, as where terms cancel."""
        off = [mp.zero]
        for bits in _BITS:
            with mp.workprec(bits):
                if bits not in self._rounded:
                    self._rounded[bits] = self._setting.roughly_recorded(bits)
                values = self._rounded[bits].values(subject)
            off += [abs(value - right) for value in values if value is not None]
        return 2 * max(off)

    def _elsewhere(self, claim: Claim, part: Expression, shared: int) -> Judged:
        """What is equal at the recorded point alone is right here if its numbers stand for what some nodes are here."""
        formula = written_out(part, self._setting.definitions)
        if plain(formula):
            return Judged("here", shared)
        readings = Readings(formula, self._may_be_meant(claim), self._setting.names)
        try:
            reading = self._reading(claim, readings, self._setting.points.each[1:])
            if reading is None and (labels := self._labels_left_out(claim)):
                fixed = self._setting.varied(labels).each
                if self._holds(claim, formula, fixed):
                    return Judged("here", shared, labels=self._told(claim, formula, labels))
                reading = self._reading(claim, readings, fixed)
        except OverflowError:
            return Judged("here", shared)
        if reading is not None:
            return Judged("here", shared, stands_for=reading.stands_for)
        return Judged("here" if readings.calculated else "coincidence", shared)

    def _reading(self, claim: Claim, readings: Readings, worlds: Sequence[World]) -> Reading | None:
        """What the numerals stand for, so that a claim holds in these worlds."""
        if not readings.many:
            return next((r for r in readings.all() if self._holds(claim, r.formula, worlds)), None)
        where: dict[int, Sequence[World]] = {0: worlds}

        def holds(formula: Expression, varied: Collection[Value]) -> bool:
            if len(varied) not in where:
                kept = {leaf for leaf in self._setting.graph.order if leaf.op is None and leaf not in varied}
                where[len(varied)] = self._setting.varied(kept).each
            return self._holds(claim, formula, where[len(varied)])

        return readings.leaf_by_leaf(holds)

    def _may_be_meant(self, claim: Claim) -> list[Value]:
        """The named nodes whose values a numeral in a claim can be: those that the subject is computed from."""
        match claim.subject:
            case Named(node=node):
                found = topological_order(*node.parents)
            case _:
                found = topological_order(*nodes_in(claim, self._setting.definitions))
        return [node for node in found if node in self._setting.names.paths and not node.constant]

    def _labels_left_out(self, claim: Claim) -> set[Value]:
        """The labels that are 0 or 1, if the claim names none: p[0] is right for p[0] - y[0] at y[0] = 0."""
        one_hot = [leaves for leaves in self._setting.labels if {leaf.data for leaf in leaves} == {0, 1}]
        mine = topological_order(*nodes_in(claim, self._setting.definitions))
        labels = {leaf for leaves in one_hot for leaf in leaves} | {*of_two_classes(mine)}
        return labels if labels.isdisjoint(nodes_in(claim, self._setting.definitions)) else set()

    def _told(self, claim: Claim, formula: Expression, labels: set[Value]) -> list[str]:
        """What the labels are for which alone a claim holds, each as "y = 1"; of many, all that it depends on."""
        mine = topological_order(*nodes_in(claim, self._setting.definitions))
        needed = [leaf for leaf in mine if leaf in labels]
        for leaf in list(needed) if len(needed) <= _MOST_CONDITIONS else ():
            others = labels.intersection(needed) - {leaf}
            if self._holds(claim, formula, self._setting.varied(others).each):
                needed.remove(leaf)
        return [f"{self._setting.names.paths.get(leaf) or leaf.name or 'a label'} = {leaf.data:g}" for leaf in needed]

    def _needed_sums(self, claim: Claim, part: Expression) -> list[str]:
        """The sums of labels without which a claim would not hold."""
        mine = set(topological_order(*nodes_in(claim, self._setting.definitions)))
        needed = [leaves for leaves in self._setting.labels if not mine.isdisjoint(leaves)]
        if not needed or self._holds_with(claim, part, ()):
            return []
        for leaves in needed[:_MOST_CONDITIONS] if len(needed) > 1 else ():
            others = [group for group in needed if group is not leaves]
            if self._holds_with(claim, part, others):
                needed = others
        return [condition_of(leaves, self._setting.names) for leaves in needed]

    def _holds_with(self, claim: Claim, part: Expression, sums: Collection[Sequence[Value]]) -> bool:
        """Whether a claim holds where only these groups of labels add up to 1."""
        return self._holds(claim, part, self._setting.varied((), sums).each)

    def _holds(self, claim: Claim, formula: Expression, worlds: Sequence[World]) -> bool:
        """Whether a formula has the value of the claim's subject in each of these worlds (and there is one)."""
        found = False
        for world in worlds:
            c, r = (values_of(expression, [world])[0] for expression in (formula, claim.subject))
            if c is None or r is None:
                continue
            if not identical(c, r, ROUNDING):
                return False
            found = True
        return found

    def elsewhere(self, claim: Claim, claimed: Sequence[Number], correct: Sequence[Number]) -> Elsewhere | None:
        """Where a claim fails that is equal at the recorded point: the first such point."""
        for point, c, r in zip(self._setting.points.each, claimed, correct, strict=True):
            if c is None or r is None or identical(c, r, ROUNDING):
                continue
            mine = topological_order(*nodes_in(claim, self._setting.definitions))
            moved = [
                (self._setting.names.paths.get(leaf) or str(leaf.name), float(point.values[leaf]))
                for leaf in mine
                if leaf.op is None and point.values[leaf] != leaf.data
            ]
            return Elsewhere(moved, float(c), float(r)) if moved else None
        return None
