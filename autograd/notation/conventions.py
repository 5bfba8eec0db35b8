"""What of a program can be told only once it is known which of its lines are right.

A backward pass may leave 1/m, the mean over m examples, to its last steps: ``dZ2 = A2 - Y`` is m·∂J/∂Z2, and ``dW2 =
dZ2 @ A1.T / m`` makes up for it. Such a line is right if some use of it makes up for the m; then the uses that do not
are wrong. If none does, it is wrong itself.

A name may get a value, and later another. If the first is the gradient already, it is claimed there; else it is a step,
unless no line uses it in between: then it is claimed as well, and wrong.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from autograd.derivation.claims import Apply, Claim, Defined, Derivative, Expression, Numeral, walk
from autograd.notation.matrices import product, ratio
from autograd.notation.page_lines import LostGradient, PageLine
from autograd.value import Value

_LARGEST_STEP = 20_000
"""How many pieces a step may have to be written out."""
Pair = tuple[Value, Value]
"""What is differentiated, and by what."""


def settle(
    lines: Sequence[PageLine],
    holds: Callable[[Claim], bool],
    definitions: dict[str, Expression],
    unread: Sequence[int] = (),
    lost: Sequence[LostGradient] = (),
) -> None:
    """Decide about the lines of programs; `holds` says whether a claim is right. `definitions` are the page's.

    The lines with the numbers in `unread` are not read: these may make up for what others leave out. `lost` are the
    gradients that some of them give.
    """
    known: dict[str, Expression] = {}
    defining = any(line.step or (line.claims and line.claims[0].defines is not None) for line in lines)
    used = {name for line in lines for claim in line.every_claim for name in _defined_in(claim)} if defining else set()
    for line in lines:
        for claim in line.claims if line.step else ():  # in order, so that none leads through all those before it
            holds(replace(claim, parts=(claim.subject,)))
        if known and line.claims:
            line.claims = tuple(_with(claim, {}, defined=known) for claim in line.claims)
            definitions.update({claim.defines: claim.parts[0] for claim in line.claims if claim.defines is not None})
        if line.step or (line.claims and line.claims[0].defines not in {None, *used}):
            known.update(_as_a_gradient(line, holds))
        if line.idle and line.step:
            line.idle = not any(claim.defines in used for claim in line.claims)
        if line.if_right is not None and all(map(holds, line.if_right.claims)):
            line.also, line.claims, line.step = line.claims, line.if_right.claims, ""
            line.read_as = line.if_right.read_as
    gradients = [line for line in lines if line.sizes and not line.step and not line.misfit and line.claims]
    if not all(holds(claim) for line in gradients for claim in line.claims):
        steps = {
            claim.subject.name: claim.parts[0]
            for line in lines
            for claim in (*line.also, *line.claims)
            if isinstance(claim.subject, Defined)
        }
        convention = _Convention(gradients, holds, steps, lost)
        convention.settle([line for line in lines if line.misfit], max(unread, default=0))
        for line in lines:
            line.descent_as_written = tuple(map(convention.as_written, line.descent))
            line.descent = tuple(map(convention.taken_on, line.descent))


def _as_a_gradient(line: PageLine, holds: Callable[[Claim], bool]) -> Mapping[str, Expression]:
    """What a definition is by another name, if it is a gradient, as delta may be: the derivative for each entry."""
    for gradients in line.may_be():
        pairs = list(zip(line.claims, gradients, strict=True))
        about = [replace(claim, subject=each, parts=(claim.subject,), defines=None) for claim, each in pairs]
        try:
            right = all(map(holds, about))
        except KeyError:  # The page does not speak of that node.
            continue
        if right:
            name = line.claims[0].texts[0].partition("[")[0]
            shown = gradients[0].text.partition("[")[0] if isinstance(gradients[0], Derivative) else ""
            line.also, line.step, line.read_as = line.claims, "", f"{name} is {shown}"
            line.claims = tuple(replace(claim, subject=each, defines=None) for claim, each in pairs)
            return {
                claim.subject.name: each
                for claim, each in zip(line.also, gradients, strict=True)
                if isinstance(claim.subject, Defined)
            }
    return {}


class _Convention:
    """The lines of a program that leave 1/m to those after them, and the lines that make up for it."""

    def __init__(
        self,
        lines: Sequence[PageLine],
        holds: Callable[[Claim], bool],
        steps: Mapping[str, Expression],
        lost: Sequence[LostGradient] = (),
    ) -> None:
        self._lost = lost
        self._lines, self._holds, self._steps = lines, holds, steps
        self._reached: dict[str, set[Pair]] = {}
        self._sizes: dict[str, int] = {}
        """How many pieces a step has when it is written out."""
        self._factors: dict[Pair, Fraction] = {}
        self._behind: dict[Pair, Expression] = {}
        """What the page has for gradients that it takes on through an activation."""
        self._wrong: dict[Pair, Expression] = {}
        """What the page has for gradients that are wrong."""
        self._source: dict[Pair, int] = {}
        self._of_line: dict[int, Fraction] = {}
        self._uses: dict[int, set[int]] = {}
        self._made_up_in: dict[int, PageLine] = {}

    def settle(self, misfits: Sequence[PageLine], last_unread: int) -> None:
        """Find the lines that are m times what they claim, and give each line the claims by which it is judged.

        A line among the `misfits` whose rows and columns are exchanged makes up for the m as well.
        """
        for k, line in enumerate(self._lines):
            self._take_the_reading_that_holds(line)
            self._uses[k] = {
                self._source[pair] for claim in line.claims for pair in self._pairs(claim) if pair in self._source
            }
            if all(self._holds(self._in_terms(claim)) for claim in line.claims):
                if self._uses[k] and not all(map(self._holds, line.claims)):  # A gradient of 0 makes up for nothing.
                    for used in self._uses[k]:
                        self._makes_up(used, line)
                continue
            if (
                self._right_for_what_it_uses(line)
                or self._goes_through_an_activation(line)
                or self._right_for_what_is_not_read(k, line)
            ):
                continue
            if (factor := self._factor(line) or self._factor_taken_on(k)) is not None:
                self._of_line[k] = factor
                for claim in line.claims:
                    self._factors[_pair(claim)] = factor
                    self._source[_pair(claim)] = k
            else:
                self._wrong.update({_pair(claim): claim.parts[0] for claim in line.claims})
        for line in misfits if self._factors else ():
            self._turn(line)
        known = {pair: factor for pair, factor in self._factors.items() if self._source[pair] in self._made_up_in}
        for k, line in enumerate(self._lines):
            claims = tuple(self._with(claim, known) for claim in line.claims)
            if k in self._made_up_in:
                claims = tuple(_divided(claim, self._of_line[k]) for claim in claims)
                name, factor = line.claims[0].subject, self._of_line[k]
                there = self._made_up_in[k].number
                shown = name.text.partition("[")[0] if isinstance(name, Derivative) else "it"
                line.read_as = f"{factor} times {shown}; line {there} makes up for the {factor}"
            elif k in self._of_line and line.number < last_unread:
                factor = self._of_line[k]
                line.doubt = f"it is {factor} times the gradient, and a line below that is not read may make up for it"
            line.claims = claims

    def _factor(self, line: PageLine) -> Fraction | None:
        """How many times the gradient a line has; None if that is no number of examples."""
        for factor in _candidates(line.sizes):
            if all(self._holds(_divided(self._in_terms(claim), factor)) for claim in line.claims):
                return factor
        return None

    def _factor_taken_on(self, k: int) -> Fraction | None:
        """How many times the gradient a wrong line would have, were it right: as many as all those that it uses.

        So has ``dZ1 = dZ2 @ W2.T * A1*(1 - A1)`` with another slope, and ``dW1 = X.T @ dZ1 / m`` makes up for it.
        """
        factors = {self._of_line[used] for used in self._uses[k]}
        return factors.pop() if len(factors) == 1 else None

    def _take_the_reading_that_holds(self, line: PageLine) -> None:
        """Where * may be a product of matrices or one item by item: the one by which the line is right, or m times."""
        if line.otherwise is None or self._fits(line):
            return
        for before, other in line.other_readings:
            if not before.unclear and self._fits(replace(other, sizes=line.sizes)):
                line.claims, line.read_as, line.otherwise = other.claims, other.read_as, None
                return

    def _fits(self, line: PageLine) -> bool:
        """Whether a line has the gradient, or so many times that as there are examples."""
        return all(self._holds(self._in_terms(claim)) for claim in line.claims) or self._factor(line) is not None

    def _in_terms(self, claim: Claim) -> Claim:
        return self._with(claim, self._factors)

    def _pairs(self, claim: Claim) -> set[Pair]:
        """The gradients that a claim uses, by its steps as well: ``dZ = dA.copy()``, ``dZ[Z <= 0] = 0`` use dA."""
        return _pairs(claim).union(*(self._pairs_of_step(name) for name in _defined_in(claim)))

    def _pairs_of_step(self, name: str) -> set[Pair]:
        if name not in self._reached:
            self._reached[name] = set()
            if name in self._steps:
                pieces = [*walk(self._steps[name])]
                found = {(piece.of, piece.by) for piece in pieces if isinstance(piece, Derivative)}
                inner = {piece.name for piece in pieces if isinstance(piece, Defined)}
                reached = found.union(*map(self._pairs_of_step, inner))
                self._sizes[name] = sum(self._sizes.get(getattr(piece, "name", ""), 1) for piece in pieces)
                self._reached[name] = reached if self._sizes[name] <= _LARGEST_STEP else set()
        return self._reached[name]

    def _with(self, claim: Claim, factors: Mapping[Pair, Fraction], wrong: Mapping[Pair, Expression] = {}) -> Claim:
        """As `_with`; a step that uses one of these gradients is written out."""
        changed = {*factors, *wrong}
        steps = {name for name in _defined_in(claim) if not changed.isdisjoint(self._pairs_of_step(name))}
        written_out: dict[str, Expression] = {}

        def write_out(name: str) -> Expression:
            if name not in written_out:
                step = Claim(claim.line, claim.text, Defined(name), (self._steps[name],), ())
                inner = {each for each in _defined_in(step) if not changed.isdisjoint(self._pairs_of_step(each))}
                written_out[name] = _with(step, factors, wrong, {each: write_out(each) for each in inner}).parts[0]
            return written_out[name]

        return _with(claim, factors, wrong, {name: write_out(name) for name in steps})

    def _right_for_what_it_uses(self, line: PageLine) -> bool:
        """Whether a line is right as it uses wrong gradients, and would not be with the right ones.

        So is ``dx = dxmu - dmu/N`` where dmu has the other sign.
        """
        if not any(pair in self._wrong for claim in line.claims for pair in self._pairs(claim)):
            return False
        claims = tuple(self._with(self._in_terms(claim), {}, self._wrong) for claim in line.claims)
        if not all(map(self._holds, claims)):
            return False
        line.claims = claims
        line.read_as += "; with what the lines above have"
        return True

    def _right_for_what_is_not_read(self, k: int, line: PageLine) -> bool:
        """Whether a line makes up for the m of a gradient that a line gives which is not read.

        So does ``dW1 = dZ1 @ X.T / m`` after ``dZ1 = relu_backward(dA1, cache)``, if dA1 is m times the gradient.
        """
        used = {pair for claim in line.claims for pair in self._pairs(claim)}
        for place, lost in enumerate(self._lost):
            given = {(each.of, each.by) for each in lost.gradients}
            if given.isdisjoint(used) or not given.isdisjoint(self._factors) or lost.number > line.number:
                continue
            sources = self._sources_of(lost) - given
            before = {self._factors.get(pair, Fraction(1)) for pair in sources}
            for factor in _candidates(lost.sizes):
                factors = self._factors | dict.fromkeys(given, factor)
                if not all(self._holds(self._with(claim, factors)) for claim in line.claims):
                    continue
                if not before:
                    shown = lost.gradients[0].text.partition("[")[0]
                    line.doubt = f"it is right if line {lost.number}, which is not read, gives {factor} times {shown}"
                if factor not in before:
                    break
                source = -1 - place
                self._factors, self._of_line[source] = factors, factor
                self._source |= dict.fromkeys(given, source)
                self._uses[source] = {self._source[pair] for pair in sources if pair in self._source}
                self._uses[k] |= {source}
                for each in self._uses[k]:
                    self._makes_up(each, line)
                return True
        return False

    def _sources_of(self, lost: LostGradient) -> set[Pair]:
        """The gradients that a line which is not read works with, by other such lines as well."""
        found = {(each.of, each.by) for each in lost.uses}
        for other in self._lost:
            if other.number < lost.number and not (given := {(each.of, each.by) for each in other.gradients}) - found:
                found = (found - given) | self._sources_of(other)
        return found

    def _goes_through_an_activation(self, line: PageLine) -> bool:
        """Whether a line takes a gradient on to the input of an activation, under the name that it has.

        So does ``dh[h <= 0] = 0`` after ``dh = dz2 @ W2.T``: dh is ∂J/∂h before, and ∂J/∂z1 behind it.
        """
        through = line.through
        if through is None or through.misfit or through.if_right is None:
            return False
        if not all(self._holds(self._in_terms(claim)) for part in (through, through.if_right) for claim in part.claims):
            return False
        behind = {_pair(claim): claim.parts[0] for claim in line.claims}
        self._wrong.update(behind)
        self._behind.update(behind)
        line.claims = tuple(map(self._in_terms, through.claims))
        line.read_as = f"the gradient by the input of what it was the gradient by: {through.read_as}"
        return True

    def taken_on(self, claim: Claim) -> Claim:
        """A claim, with what a gradient has become behind an activation."""
        return self._with(claim, {}, self._behind)

    def as_written(self, claim: Claim) -> Claim:
        """A claim, with what the page has for each gradient that is wrong."""
        return self._with(claim, {}, self._wrong)

    def _makes_up(self, used: int, line: PageLine) -> None:
        """A line makes up for the factor of one that it uses, and for those that this one took it from."""
        if used in self._of_line and used not in self._made_up_in:
            self._made_up_in[used] = line
            for before in self._uses[used]:
                self._makes_up(before, line)

    def _turn(self, line: PageLine) -> None:
        """See whether a line is right with rows and columns exchanged, in terms of what is m times the gradient."""
        for told, claims in line.swapped():
            put = tuple(map(self._in_terms, claims))
            try:
                right = bool(put) and all(map(self._holds, put))
            except KeyError:  # a node that the page does not speak of otherwise
                continue
            if right:
                for used in {
                    self._source[pair] for claim in claims for pair in self._pairs(claim) if pair in self._source
                }:
                    self._makes_up(used, line)
                line.swapped = lambda told=told, put=put: iter([(told, put)])  # type: ignore[misc]
                return


def _defined_in(claim: Claim) -> set[str]:
    """The names of the page's own that a claim uses."""
    return {piece.name for part in claim.parts for piece in walk(part) if isinstance(piece, Defined)}


def _candidates(sizes: Sequence[int]) -> list[Fraction]:
    """How many examples there may be: the lengths of the array; and half of it, which the 2 of a square leaves."""
    lengths = [Fraction(n) for n in dict.fromkeys(sizes) if n > 1]
    return [*lengths, *(n / 2 for n in lengths if n > 2)]


def _pair(claim: Claim) -> Pair:
    assert isinstance(claim.subject, Derivative)
    return claim.subject.of, claim.subject.by


def _pairs(claim: Claim) -> set[Pair]:
    found = set()
    for part in claim.parts:
        stack: list[Expression] = [part]
        while stack:
            piece = stack.pop()
            if isinstance(piece, Derivative):
                found.add((piece.of, piece.by))
            elif isinstance(piece, Apply):
                stack += piece.operands
    return found


def _number(factor: Fraction) -> Expression:
    numeral: Expression = Numeral(str(factor.numerator), Fraction(factor.numerator))
    return (
        numeral
        if factor.denominator == 1
        else ratio(numeral, Numeral(str(factor.denominator), Fraction(factor.denominator)))
    )


def _divided(claim: Claim, factor: Fraction) -> Claim:
    return replace(claim, parts=tuple(ratio(part, _number(factor)) for part in claim.parts))


def _with(
    claim: Claim,
    factors: Mapping[Pair, Fraction],
    wrong: Mapping[Pair, Expression] = {},
    defined: Mapping[str, Expression] = {},
) -> Claim:
    """The claim, with the names of the program in it for what they are: some times the gradient, or something else."""
    if not defined and not any(pair in factors or pair in wrong for pair in _pairs(claim)):
        return claim

    def put_in(piece: Expression) -> Expression:
        match piece:
            case Defined(name=name) if name in defined:
                return defined[name]
            case Derivative(of=of, by=by) if (of, by) in wrong:
                return wrong[of, by]
            case Derivative(of=of, by=by) if (of, by) in factors:
                return product(_number(factors[of, by]), piece)
            case Apply(operation=operation, operands=operands):
                return Apply(operation, tuple(map(put_in, operands)))
        return piece

    return replace(claim, parts=tuple(map(put_in, claim.parts)))
