"""Why a line is wrong: it follows from an earlier wrong one, classic mistakes explain it, or nothing known does."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from autograd.derivation.claims import (
    Claim,
    Defined,
    Derivative,
    Expression,
    Named,
    Numeral,
    evaluate,
    lone_numeral,
    walk,
)
from autograd.derivation.comparison import identical, put_in, rounding_of, to_its_digits
from autograd.derivation.kinds_of_mistake import (
    DIAGONAL,
    FACTOR_HALF,
    FACTOR_TWO,
    MISSING,
    SIGN,
    UPDATED,
    Mistake,
    told,
)
from autograd.derivation.mistakes.classic_mistakes import MOST_EDGES, Lookalikes, Suspects, scalings
from autograd.derivation.mistakes.quantities import has_number
from autograd.derivation.mistakes.repairs import Repairs
from autograd.derivation.mistakes.sums_over_paths import UNNAMED, Candidate, ChangedPoint, Contributions, normalisers
from autograd.derivation.mistakes.updates import Updates
from autograd.derivation.mistakes.wrong_lines import Wrong, WrongLines, about
from autograd.derivation.points import Point
from autograd.derivation.setting import Setting
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.value import Value

_MOST_IN_PAIRS = 12
_MANY_ENTRIES = 50
_PLAIN = (SIGN, FACTOR_TWO, FACTOR_HALF, MISSING)
"""The slips that are looked for in an update that is given as a short number: others have it by chance."""

Hypothesis = tuple[str, Callable[[], str], Callable[[int], Number]]
"""The name of a mistake, what it would be here, and what it would make of the claim at each point."""


class Diagnosis:
    """Finds out why the lines of one page are wrong, and remembers them: later ones may follow from them."""

    def __init__(self, setting: Setting, claims: Sequence[Claim]) -> None:
        self._setting, self._points = setting, setting.points.each
        self._suspects: dict[tuple[Value, Value], Suspects] = {}
        self._earlier = WrongLines(setting)
        self._updates = Updates(setting, claims)
        self._lookalikes = Lookalikes(setting)

    def flow(self, of: Value, by: Value, point: Point) -> Contributions:
        """The contributions between two nodes at a point."""
        return self._suspect(of, by).flow(point)

    def source(self, wrong: Wrong) -> int | None:
        """The earlier wrong line that this one follows from, if what it says is right but for that."""
        return self._from_names(wrong) or self._from_a_number(wrong)

    def _from_a_number(self, wrong: Wrong) -> int | None:
        """The line whose wrong number this one goes on with: with the right number in its place it would be right."""
        before = self._earlier.all()
        if not before or lone_numeral(wrong.part) is not None or wrong.correct[0] is None:
            return None
        numerals = [piece for piece in walk(wrong.part) if isinstance(piece, Numeral) and not piece.whole]
        for numeral in dict.fromkeys(numerals):
            number = mp.mpf(numeral.number.numerator) / numeral.number.denominator
            for earlier in before if numeral.digits > 1 else ():
                claimed, right = earlier.claimed[0], earlier.correct[0]
                if claimed is None or right is None or not to_its_digits(numeral, number, claimed):
                    continue
                mended = put_in(wrong.part, numeral, Numeral(numeral.text, Fraction(float(right)), exact=True))
                try:
                    value, rounding = evaluate(mended, self._points[0]), rounding_of(mended, self._points[0])
                except (ArithmeticError, TypeError):
                    continue
                if abs(value - wrong.correct[0]) <= rounding + abs(wrong.correct[0]) * mp.mpf("1e-9"):
                    return earlier.claim.line
        return None

    def _from_names(self, wrong: Wrong) -> int | None:
        """The line of which this one uses what it is about.

        Of several that are needed for it, such as a wrong dJ/dp and a wrong dp/dn, it is the last.
        """
        claim = wrong.claim
        expressions = [part for part in (claim.subject, *claim.parts) if lone_numeral(part) is None]
        lines = [self._used(entries, expressions) for entries in self._earlier.others(claim.subject, expressions)]
        earlier = [entries for entries in lines if entries]

        def explain(*lines: Sequence[Wrong]) -> bool:
            group = [entry for entries in lines for entry in entries]
            return any(self._follows(wrong, group, expression) for expression in expressions)

        def number(line: Sequence[Wrong]) -> int:
            return line[0].claim.line

        for line in earlier:
            if explain(line):
                return number(line)
        moving = [line for line in earlier if any(self._moves(line, expression) for expression in expressions)]
        for pair in combinations(moving[:_MOST_IN_PAIRS], 2):
            if explain(*pair):
                return max(map(number, pair))
        if len(moving) < 3 or not explain(*moving):
            return None
        for line in [*reversed(moving)]:
            if explain(*(fewer := [other for other in moving if other is not line])):
                moving = fewer
        return max(map(number, moving))

    def _used(self, entries: Sequence[Wrong], expressions: Sequence[Expression]) -> Sequence[Wrong]:
        """The wrong entries of an earlier line; of very many, those that are used by name."""
        if len(entries) > _MANY_ENTRIES:
            used = {about(piece) for expression in expressions for piece in walk(expression)}
            entries = [entry for entry in entries if about(entry.claim.subject) in used]
        return entries

    def repeated(self, wrong: Wrong) -> int | None:
        """The earlier wrong line about the same subject that says the same, in a formula or in numbers."""
        for earlier in self._earlier.like(wrong):
            said = set(wrong.asked) <= set(earlier.asked)
            if said and all(wrong.fits(k, earlier.claimed[k], 1) for k in wrong.asked):
                return earlier.claim.line
        return None

    def remember(self, entries: list[Wrong]) -> None:
        """Note a wrong line, by its wrong entries, for those after it."""
        self._earlier.add(entries)

    def forget(self) -> None:
        """Take back what was noted last."""
        self._earlier.take_back()

    def mistakes(self, wrong: Wrong) -> list[Mistake]:
        """The mistakes whose numbers are the claimed ones, at every point that the line speaks of."""
        if wrong.zero:
            return self._nothing(wrong)
        match wrong.claim.subject:
            case Derivative(of=of, by=by, direct=None):
                suspect = self._suspect(of, by)
                if not suspect.between.edges:
                    return []  # It is 0, for no path leads there: that says more than which term is too many.
                slips = self._slips(wrong, suspect, suspect.candidates(wrong.claimed[0]))
                closer = self._slips(wrong, suspect, suspect.closer({slip.name for slip in slips}))
                slips = [*slips, *closer]
                if not slips and not wrong.short:  # a number such as 1.0 is that of many a slip, by chance
                    slips = self._slips(wrong, suspect, suspect.further())
                found = told([Mistake(slip.name, slip.detail()) for slip in slips])
                if any(UNNAMED in mistake.detail for mistake in found):  # the page's own terms say more
                    found = self._repairs(wrong).of_terms() or found
            case _:
                hypotheses = [each for each in self._hypotheses(wrong) if not wrong.short or each[0] in _PLAIN]
                tried = len(hypotheses)
                found = [
                    Mistake(name, detail()) for name, detail, value in hypotheses if self._explains(wrong, value, tried)
                ]
        return list(dict.fromkeys(found)) or self._by_factor_or_term(wrong)

    def _by_factor_or_term(self, wrong: Wrong) -> list[Mistake]:
        """By which factor, or which term, the line is off, where no known mistake explains it."""
        return self._repairs(wrong).answers()

    def _repairs(self, wrong: Wrong) -> Repairs:
        def fits(values: Sequence[Number], tried: int) -> bool:
            return all(wrong.fits(k, value, tried) for k, value in zip(wrong.asked, values, strict=True))

        edges, flows = [], []
        if isinstance(subject := wrong.claim.subject, Derivative) and subject.direct is None:
            suspect = self._suspect(subject.of, subject.by)
            if len(suspect.between.edges) <= MOST_EDGES:
                edges, flows = suspect.between.edges, [suspect.flow(self._points[k]) for k in wrong.asked]
        claimed, right = ([values[k] for k in wrong.asked] for values in (wrong.claimed, wrong.correct))
        return Repairs(self._setting, subject, wrong.part, claimed, right, edges, flows, fits)

    def _slips(self, wrong: Wrong, suspect: Suspects, candidates: list[Candidate]) -> list[Candidate]:
        """The mistakes in a derivative that give what is claimed."""
        candidates = [
            each for each in candidates if each.written is None or has_number(wrong.part, each.written, self._setting)
        ]
        tried = len(candidates)
        for k in wrong.asked if candidates else ():
            values = suspect.values(candidates, self._points[k]) if candidates else []
            candidates = wrong.fitting(k, candidates, values, tried)
        return candidates

    def _nothing(self, wrong: Wrong) -> list[Mistake]:
        """Why it is not 0, of a derivative that is said to be: many a slip has that value where something else is 0."""
        subject = wrong.claim.subject
        if not isinstance(subject, Derivative) or subject.direct is not None:
            return []
        of, by = (self._setting.names.paths.get(node) for node in (subject.of, subject.by))
        suspect = self._suspect(subject.of, subject.by)
        if not normalisers(suspect.between.nodes):
            sides = self._slips(wrong, suspect, suspect.other_sides())
            return [Mistake(side.name, side.detail()) for side in sides[-1:]]  # the nearest to what it is about
        return [Mistake(DIAGONAL, f"{of} depends on {by} too, which is in the sum that it is divided by")]

    def _explains(self, wrong: Wrong, value: Callable[[int], Number], tried: int) -> bool:
        try:
            return all(wrong.fits(k, value(k), tried) for k in wrong.asked)
        except (ArithmeticError, IndexError):
            return False

    # What follows from an earlier line

    def _moves(self, line: Sequence[Wrong], source: Expression) -> bool:
        """Whether an expression changes, if one takes what a wrong line says."""
        try:
            return not identical(self._after(line, source, 0), evaluate(source, self._points[0]))
        except (ArithmeticError, TypeError):
            return False

    def _follows(self, wrong: Wrong, group: Sequence[Wrong], source: Expression) -> bool:
        try:
            values = [self._after(group, source, k) for k in wrong.asked]
            changed = [not identical(values[k], evaluate(source, self._points[k])) for k in wrong.asked]
        except (ArithmeticError, TypeError):
            return False
        return any(changed) and all(wrong.fits(k, values[k], 1) for k in wrong.asked)

    def _after(self, group: Sequence[Wrong], source: Expression, k: int) -> Number:
        """What an expression comes to at point k, if one takes what some wrong lines say."""
        nodes, derivatives, definitions = {}, {}, {}
        for wrong in group:
            if k not in wrong.asked:
                raise ArithmeticError("a number says nothing about other points")
            match wrong.claim.subject:
                case Named(node=node):
                    nodes[node] = wrong.claimed[k]
                case Derivative(of=of, by=by):
                    derivatives[of, by] = wrong.claimed[k]
                case Defined(name=name):
                    definitions[name] = wrong.claimed[k]
        point = self._points[k]
        world = ChangedPoint(
            point,
            nodes=nodes,
            derivatives=derivatives,
            definitions=definitions,
            flow=lambda of, by: self.flow(of, by, point),
        )
        return evaluate(source, world)

    # Hypotheses

    def _hypotheses(self, wrong: Wrong) -> Iterator[Hypothesis]:
        claim = wrong.claim
        match claim.subject:
            case Named(node=node):
                for way in self._ways:
                    yield self._forward(node, way)
            case Defined(name=name):
                yield from self._in_definition(self._setting.definitions[name])
        for name, detail, scaled in scalings(claim.texts[0]):
            yield self._scaled(name, detail, scaled, wrong.correct)

    def _scaled(
        self, name: str, detail: Callable[[], str], scaled: Callable[[Number], Number], correct: Sequence[Number]
    ) -> Hypothesis:
        return name, detail, lambda k: mp.nan if correct[k] is None else scaled(correct[k])

    def _forward(self, node: Value, way: int) -> Hypothesis:
        """The value of a node, worked out from updated weights."""

        def value(k: int) -> Number:
            point = self._points[k]
            return self._setting.points.moved(point, self._updates.at(point)[way]).values[node]

        return UPDATED, lambda: "it is worked out from weights that were already updated", value

    @property
    def _ways(self) -> range:
        return range(len(self._updates.at(self._points[0])))

    def _in_definition(self, formula: Expression) -> Iterator[Hypothesis]:
        """What a definition would come to if a derivative in it suffered a mistake."""
        inside: dict[tuple[Value, Value], None] = {}
        stack = [formula]
        while stack:
            for piece in walk(stack.pop()):
                if isinstance(piece, Defined) and piece.name in self._setting.definitions:
                    stack.append(self._setting.definitions[piece.name])
                if isinstance(piece, Derivative) and piece.direct is None:
                    inside[piece.of, piece.by] = None
        if inside:
            for way in self._ways:
                yield self._outdated(formula, way)
        if len(inside) == 1:
            [(of, by)] = inside
            for candidate in self._suspect(of, by).candidates():
                yield self._with_wrong_derivative(formula, candidate, of, by)

    def _outdated(self, formula: Expression, way: int) -> Hypothesis:
        def value(k: int) -> Number:
            point = self._points[k]
            moved = self._updates.at(point)[way]

            def every(of: Value, by: Value) -> Number:
                return self.flow(of, by, point).with_operands(moved)

            return evaluate(formula, ChangedPoint(point, every=every))

        return UPDATED, lambda: "a gradient in it is taken with weights that were already updated", value

    def _with_wrong_derivative(self, formula: Expression, candidate: Candidate, of: Value, by: Value) -> Hypothesis:
        def value(k: int) -> Number:
            point = self._points[k]
            wrong = candidate.value(self.flow(of, by, point))
            return evaluate(formula, ChangedPoint(point, derivatives={(of, by): wrong}))

        return candidate.name, lambda: f"in it, {candidate.detail()}", value

    def _suspect(self, of: Value, by: Value) -> Suspects:
        if (of, by) not in self._suspects:
            self._suspects[of, by] = Suspects(self._setting, self._lookalikes, self._updates, of, by)
        return self._suspects[of, by]
