"""Claims with which nothing can be compared: definitions, and what would hold whatever its subject were."""

from collections.abc import Callable, Sequence
from functools import cached_property

from autograd.derivation.claims import Claim, Defined, Derivative, Expression, Named, Numeral, evaluate, plain, walk
from autograd.derivation.comparison import identical
from autograd.derivation.mistakes.sums_over_paths import ChangedPoint
from autograd.derivation.names import output_of
from autograd.derivation.setting import Setting
from autograd.derivation.verdicts_on_lines import Verdict
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.value import Value


class IdleClaims:
    """Those of one page; `matches` tells whether a claim holds at every point."""

    def __init__(self, setting: Setting, claims: Sequence[Claim], matches: Callable[[Claim], bool]) -> None:
        self._setting, self._claims, self._matches = setting, claims, matches

    def checks_nothing(self, claim: Claim, correct: Number) -> Verdict | None:
        """The verdict on a mere definition, on what has no value, and on what would hold whatever its subject were."""
        if claim.defines is not None and len(claim.parts) == 1:
            return self._definition(claim, claim.defines, correct)
        if correct is None:
            what = claim.subject.text if isinstance(claim.subject, Derivative | Named) else "it"
            if all(self._setting.points.values(part)[0] is None for part in claim.parts):
                about = f"{what} has no finite value at the recorded point, nor has what it is said to be"
                return Verdict(claim=claim, kind="not here", about=about)
            return Verdict(claim=claim, kind="no finite value", about=what)
        of_nodes = any(isinstance(piece, Numeral) and piece.exact for piece in claim.pieces)
        if not of_nodes and all(map(plain, (claim.subject, *claim.parts))):
            # m = 3 tells how far the index of a later line runs, in which the number stands for m already.
            size = isinstance(claim.subject, Numeral) and claim.texts[0].isidentifier() and self._matches(claim)
            return Verdict(claim=claim, kind="defined" if size else "nameless", correct=correct)
        if self._says_itself(claim, correct):
            return Verdict(claim=claim, kind="circular", about=claim.texts[0], correct=correct)
        return None

    def says_nothing(self, claim: Claim) -> bool:
        """Whether a claim would hold whatever its subject were."""
        correct = self._setting.points.values(claim.subject)[0]
        return correct is not None and self._says_itself(claim, correct)

    def _says_itself(self, claim: Claim, correct: Number) -> bool:
        """Whether a part is the subject again, whatever that is."""
        parts = claim.parts[1:] if claim.defines else claim.parts
        parts = tuple(part for part in parts if claim.subject in walk(part))
        return bool(parts) and self._is_circular(claim.subject, parts, correct)

    def _definition(self, claim: Claim, name: str, correct: Number) -> Verdict:
        """The verdict on a mere definition."""
        names = self._setting.names
        if correct is None:
            return Verdict(claim=claim, kind="no value", about="it")
        if claim.update:
            return Verdict(claim=claim, kind="defined", correct=correct)
        if meant := self.unchecked(claim, name):
            return Verdict(claim=claim, kind="unchecked", correct=correct, meant=meant)
        if name not in self._used:
            near = names.near(name, closeness=0.6)
            return Verdict(claim=claim, kind="unused", correct=correct, similar=near)
        return Verdict(claim=claim, kind="defined", correct=correct)

    def unchecked(self, claim: Claim, name: str) -> str | None:
        """The derivative that a definition is called as, if nobody can tell of what, so that nothing checks it.

        Without this, ``dw = (y - a)*x`` may say anything.
        """
        names = self._setting.names
        by, formula = names.as_gradient(name), claim.parts[0]
        if by is None or (isinstance(formula, Derivative) and formula.by is by):
            return None  # dw = dJ/dw is the derivative itself.
        try:
            output = output_of(names, [by])
        except ValueError:  # There are several, or none.
            return f"a derivative by {names.paths.get(by)}"
        return f"a derivative of {names.paths.get(by)}" if output is by else self._written(output, by)

    @cached_property
    def _used(self) -> set[str]:
        """The defined names that some line uses."""
        pieces = [piece for claim in self._claims for piece in claim.pieces[claim.defines is not None :]]
        return {piece.name for piece in pieces if isinstance(piece, Defined)}

    def _is_circular(self, subject: Expression, parts: Sequence[Expression], correct: Number) -> bool:
        """Whether some part in which the subject stands is it again, whatever it is."""
        point, other = self._setting.points.each[0], correct * mp.mpf("1.37") + mp.mpf("0.11")
        match subject:
            case Named(node=node):
                world = ChangedPoint(point, nodes={node: other})
            case Derivative(of=of, by=by, direct=None):
                world = ChangedPoint(point, derivatives={(of, by): other})
            case Defined(name=name):
                world = ChangedPoint(point, definitions={name: other})
            case _:
                return subject in parts
        for part in parts:
            try:
                if identical(evaluate(part, world), other):
                    return True
            except ArithmeticError:
                continue
        return False

    def _written(self, of: Value, by: Value) -> str:
        return f"d{self._setting.names.paths.get(of)}/d{self._setting.names.paths.get(by)}"
