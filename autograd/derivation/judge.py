"""A page: each line of a hand derivation against the recorded graph."""

from collections.abc import Mapping
from typing import Any

from mpmath import mp

from autograd.derivation import digits
from autograd.derivation.altered import Altered
from autograd.derivation.claims import (
    Claim,
    Defined,
    Derivative,
    Expression,
    Node,
    chooses,
    evaluate,
    plain,
    walk,
)
from autograd.derivation.comparison import Comparison, Judged, values
from autograd.derivation.diagnosis import Diagnosis, Wrong
from autograd.derivation.labels_that_sum_to_one import probabilities
from autograd.derivation.mapping import as_text
from autograd.derivation.names import Names
from autograd.derivation.points import DIGITS, Graph, points
from autograd.derivation.proof import Prover, nodes_in
from autograd.derivation.reader import read
from autograd.derivation.report import MISSING, DerivationLine, Mistake
from autograd.derivation.updates import RATES
from autograd.derivatives import recorded_order
from autograd.value import Value


def judge(
    derivation: str | Mapping[Any, Any], nodes: Mapping[str, Any], output: Value | None
) -> tuple[DerivationLine, ...]:
    """The verdict on each line of a derivation: see `autograd.check_derivation`."""
    names = Names(nodes)
    if isinstance(derivation, Mapping):
        derivation = as_text(derivation, names, output)
    claims = read(derivation, names)
    with mp.workdps(DIGITS):
        page = _Page(claims, names)
        return tuple(page.judge(claim) for claim in claims)


class _Page:
    """The state of checking one page: the points, the definitions so far, and the lines found wrong."""

    def __init__(self, claims: list[Claim], names: Names) -> None:
        self._names = names
        self._definitions: dict[str, Expression] = {
            claim.defines: claim.parts[0] for claim in claims if claim.defines is not None
        }
        self._used = {
            piece.name
            for claim in claims
            for part in ((claim.subject,) if claim.defines is None else ()) + claim.parts
            for piece in walk(part)
            if isinstance(piece, Defined)
        }
        mentioned = dict.fromkeys(node for claim in claims for node in nodes_in(claim, {}))
        mentioned |= dict.fromkeys(node for name in RATES if isinstance(node := names.trees.get(name), Value))
        order = recorded_order(*mentioned)
        self._labels = probabilities(order, names)
        self._points, self._kinks = points(order, names, sums=self._labels)
        self._graph: Graph = self._points[0].graph
        self._prover = Prover(self._graph, names, self._definitions, self._labels)
        self._comparison = Comparison(self._points, names, self._definitions, self._prover, self._labels)
        self._sweep(claims)
        self._diagnosis = Diagnosis(self._points, names, self._definitions, claims)

    def _sweep(self, claims: list[Claim]) -> None:
        """Work out all derivatives of one node at once, so that 200 lines about J cost one sweep."""
        wanted: dict[Value, dict[Value, None]] = {}
        for claim in claims:
            for part in (claim.subject, *claim.parts):
                for piece in walk(part):
                    if isinstance(piece, Derivative):
                        wanted.setdefault(piece.of, {})[piece.by] = None
        for point in self._points:
            for of, by in wanted.items():
                try:
                    point.derivatives(of, list(by))
                except ArithmeticError:
                    continue  # An infinite derivative: each claim is asked on its own.

    # One line

    def judge(self, claim: Claim) -> DerivationLine:
        """The verdict on one line."""
        if claim.defines is not None:
            self._define(claim.defines, claim.parts[0])
        parts = list(zip(claim.parts, claim.texts[1:], strict=True))
        if claim.defines is not None:
            del parts[0]
        correct = values(claim.subject, self._points)
        noise = self._noise(claim.subject, correct)
        if claim.defines is not None and not parts:
            return self._definition(claim, correct[0])
        if correct[0] is None:
            return self._line(claim, "no value", self._no_value(claim.subject))
        if idle := self._without_effect(claim, correct):
            return self._line(claim, "no effect", idle, correct=correct[0])
        found: list[tuple[Expression, Judged]] = []
        for part, text in parts:
            claimed = values(part, self._points)
            if claimed[0] is None:
                return self._line(claim, "no value", f"{text} has no real value here", correct=correct[0])
            judged = self._comparison.judge(claim, part, claimed, correct, noise)
            if judged.kind in ("wrong", "coincidence"):
                elsewhere = ""
                words = f"{text} is wrong" if len(parts) > 1 else "wrong"
                if judged.kind == "coincidence":
                    words += ": equal at this point by coincidence, and nowhere else"
                    elsewhere = self._comparison.difference(claim, claimed, correct)
                return self._wrong_line(claim, part, claimed, correct, words, elsewhere)
            found.append((part, judged))
        return self._right_line(claim, found, claimed[0], correct[0])

    def _define(self, name: str, part: Expression) -> None:
        for point, value in zip(self._points, values(part, self._points), strict=True):
            point.definitions[name] = value

    def _definition(self, claim: Claim, correct: Any) -> DerivationLine:
        name = claim.defines or ""
        if correct is None:
            return self._line(claim, "no value", "it has no real value here")
        if name not in self._used:
            near = self._names.near(name, closeness=0.6)
            return self._line(
                claim,
                "no effect",
                f"defines {name}, which no line uses: nothing is checked"
                + (f"; did you mean {', '.join(near)}?" if near else ""),
                correct=correct,
            )
        words = f"defined: {float(correct):.9g}"
        if meant := self._names.as_derivative(name):
            words += f", not checked; did you mean {self._written(*meant)}?"
        return self._line(claim, "defined", words, correct=correct)

    def _written(self, of: Value, by: Value) -> str:
        return f"d{self._names.of(of)}/d{self._names.of(by)}"

    def _off_definitions(self, claim: Claim) -> list[str]:
        """Notes on the definitions that a claim uses, named as derivatives, whose values are not those.

        Of those that use each other, such as dJ_dn = dJ_dp*dp/dn, the first one is told.
        """
        used: set[str] = set()
        stack = [*claim.parts]
        while stack:
            new = {piece.name for piece in walk(stack.pop()) if isinstance(piece, Defined)} - used
            used |= new
            stack += [self._definitions[name] for name in new if name in self._definitions]
        off: set[str] = set()
        notes = []
        for name, formula in self._definitions.items():
            if name not in used:
                continue
            if not off.isdisjoint(piece.name for piece in walk(formula) if isinstance(piece, Defined)):
                off.add(name)
            elif note := self._off_definition(name, formula):
                off.add(name)
                notes.append(note)
        return notes

    def _off_definition(self, name: str, formula: Expression) -> str | None:
        if (meant := self._names.as_derivative(name)) is None:
            return None
        [right], said = values(Derivative(*meant, ""), self._points[:1]), self._points[0].definitions.get(name)
        if said is None or right is None or self._comparison.rounds(formula, said, right):
            return None
        return f"it uses {name}, defined as {float(said):.9g}; {self._written(*meant)} is {float(right):.9g}"

    def _right_line(
        self, claim: Claim, found: list[tuple[Expression, Judged]], claimed: Any, correct: Any
    ) -> DerivationLine:
        formulas = [judged for part, judged in found if not plain(part)]
        numbers = [judged for part, judged in found if plain(part)]
        worst = max(formulas or numbers, key=lambda judged: ("proved", "points", "here").index(judged.kind))
        verdict = words = f"at {worst.amount} points" if worst.kind == "points" else worst.kind
        if worst.kind == "here":
            where = ["at this point only" if formulas else "here", *filter(None, [worst.words])]
            words = f"{', '.join(where)}, to {_digits(worst.amount)}"
        elif (self._kinks or any(map(chooses, claim.parts))) and (sides := self._prover.conditions(claim)):
            more = f" and {len(sides) - 3} more sides of kinks" if len(sides) > 3 else ""
            words += f", for {', '.join(sides[:3])}{more}"
        if worst.kind == "points" and worst.words:
            words += f", {worst.words}"
        rounded = [judged.amount for judged in numbers if judged.kind == "here"]
        if formulas and rounded:
            words += f"; the number to {_digits(min(rounded))}"
        return self._line(
            claim, verdict, words, claimed=claimed, correct=correct, notes=tuple(self._off_the_way(claim))
        )

    def _without_effect(self, claim: Claim, correct: list[Any]) -> str | None:
        """Why a claim checks nothing: it would hold whatever its subject were."""
        if all(plain(part) for part in (claim.subject, *claim.parts)):
            return "it names no node: nothing is checked"
        subject, point = claim.subject, self._points[0]
        other = correct[0] * mp.mpf("1.37") + mp.mpf("0.11")
        match subject:
            case Node(node=node):
                world = Altered(point, self._definitions, nodes={node: other})
            case Derivative(of=of, by=by):
                world = Altered(point, self._definitions, derivatives={(of, by): other})
            case Defined(name=name):
                world = Altered(point, self._definitions, definitions={name: other})
            case _:
                return None
        for part in claim.parts[1:] if claim.defines else claim.parts:
            try:
                if subject in walk(part) and digits.identical(evaluate(part, world), other):
                    return f"both sides are {claim.texts[0]}: it holds whatever that is, and checks nothing"
            except ArithmeticError:
                continue
        return None

    def _off_the_way(self, claim: Claim) -> list[str]:
        """Notes on derivatives that are 0 because no path leads from the one node to the other."""
        found: dict[str, None] = {}
        for part in (claim.subject, *claim.parts):
            for piece in walk(part):
                if isinstance(piece, Derivative) and piece.of not in self._graph.between(piece.of, piece.by):
                    of, by = self._names.of(piece.of), self._names.of(piece.by)
                    found[f"{of} does not depend on {by}: no path leads from {by} to {of}, and {piece.text} is 0"] = (
                        None
                    )
                    if piece.by in self._graph.between(piece.by, piece.of):
                        found[f"it is {by} that depends on {of}: is d{by}/d{of} meant?"] = None
        return list(found)

    def _no_value(self, subject: Expression) -> str:
        what = subject.text if isinstance(subject, Derivative | Node) else "it"
        return f"{what} has no finite value at the recorded point: nothing can be checked"

    def _noise(self, subject: Expression, correct: list[Any]) -> Any:
        """How far from 0 a right value may be whose contributions cancel, since constants are rounded to floats."""
        found = [mp.zero]
        for point, value in zip(self._points, correct, strict=True):
            if value is None or abs(value) > mp.mpf("1e-12"):
                continue
            match subject:
                case Derivative(of=of, by=by):
                    flow = self._diagnosis.flow(of, by, point)
                    found += [abs(flow.through(k)) for k in range(len(flow.local))]
                case Node(node=node):
                    found += [abs(point.values[parent]) for parent in node.parents]
        return mp.mpf("1e-14") * max(found)

    def _line(
        self,
        claim: Claim,
        verdict: str,
        evidence: str,
        *,
        claimed: Any = None,
        correct: Any = None,
        **more: Any,
    ) -> DerivationLine:
        numbers = [None if number is None else float(number) for number in (claimed, correct)]
        return DerivationLine(
            number=claim.line,
            claim=claim.text,
            verdict=verdict,
            remark=evidence,
            node=_node(claim.subject),
            claimed=numbers[0],
            correct=numbers[1],
            **more,
        )

    # A wrong line

    def _wrong_line(
        self, claim: Claim, part: Expression, claimed: list[Any], correct: list[Any], words: str, elsewhere: str
    ) -> DerivationLine:
        verdict = "wrong"
        mistakes: list[Mistake] = []
        wrong = Wrong(claim, part, claimed)
        source = self._diagnosis.source(wrong)
        if source is not None:
            verdict = f"follows from line {source}"
            words = f"wrong: it follows from line {source}"
        else:
            mistakes = self._diagnosis.mistakes(wrong, correct)
            missing = [mistake for mistake in mistakes if mistake.name == MISSING]
            if missing and isinstance(claim.subject, Derivative):
                verdict, words = "paths left out", missing[0].detail
                mistakes.sort(key=lambda mistake: mistake is not missing[0])
        notes = self._off_definitions(claim) + self._off_the_way(claim)
        repeated = self._diagnosis.repeated(wrong)
        if repeated is not None and source is None:
            notes.append(f"line {repeated} says the same")
        self._diagnosis.remember(wrong)
        formula = self._prover.right_formula(claim)
        return self._line(
            claim,
            verdict,
            words,
            claimed=claimed[0],
            correct=correct[0],
            correct_formula=None if formula is None else f"{claim.texts[0]} = {formula}",
            mistakes=tuple(mistakes),
            elsewhere=elsewhere,
            notes=tuple(notes),
        )


def _node(subject: Expression) -> Value | None:
    """The node whose derivative or value is claimed."""
    match subject:
        case Derivative(by=node) | Node(node=node):
            return node
    return None


def _digits(count: int) -> str:
    return f"{count} digit{'s' * (count != 1)}"
