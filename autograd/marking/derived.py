"""Which derivatives a page derives: what its right lines claim, and from which other derivatives."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from math import isfinite

from autograd.derivation import check_derivation
from autograd.derivation.claims import Claim, Defined, Derivative, Expression, walk
from autograd.derivation.derivation_report import DerivationLine, DerivationReport
from autograd.derivation.names import PageNames
from autograd.errors import quoted, real_number
from autograd.marking.class_table import MarkedPage
from autograd.notation.reading import read_derivation
from autograd.untyped import Anything
from autograd.value import Value

Slope = tuple[Value, Value]
"""∂of/∂by, whatever a page calls it."""


class Marker:
    """Marks pages against one graph: see `autograd.mark`.

    Attributes:
        targets: the derivatives to be derived, as they were given.
    """

    def __init__(
        self,
        nodes: Mapping[str, Anything],
        targets: Collection[str],
        *,
        output: Value | None = None,
        forbid: Iterable[str] = (),
        points: Mapping[str, float] | None = None,
        reveal: bool = True,
    ) -> None:
        names = PageNames(nodes)
        self._nodes, self._output, self._paths = nodes, output, names.paths
        self._reveal = reveal
        if not isinstance(reveal, bool):
            raise TypeError(f"reveal must be True or False, not {quoted(reveal)}")
        if not _is_list(targets) or not len(targets):
            raise ValueError(f"targets must be a list of derivatives, as ['dJ/dw'], not {quoted(targets)}")
        if not _is_list(forbid):
            raise ValueError(f"forbid must be a list of derivatives, as ['dJ/dw'], not {quoted(forbid)}")
        if points is not None and not isinstance(points, Mapping):
            raise TypeError(f"points must map targets to numbers, as {{'dJ/dw': 2}}, not {quoted(points)}")
        self._pairs = {target: _pairs_of(target, names, output, "the target") for target in targets}
        self._forbidden = {pair for each in forbid for pair in _pairs_of(each, names, output, "the forbidden")}
        self._points = dict.fromkeys(self._pairs, 1.0) | dict(_worth(points or {}, self._pairs))

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(self._pairs)

    def row(self, name: str, page: str) -> MarkedPage:
        """The marks of one page. One that cannot be read at all has none, and says why."""
        try:
            report = check_derivation(page, self._nodes, output=self._output, reveal=self._reveal)
        except ValueError as error:
            return self._unmarked(name, str(error), None)
        except Exception as error:  # a fault of ours with one page leaves the others their marks
            return self._unmarked(name, f"checking it failed with {type(error).__name__}: {error}", None)
        if not report.lines:
            first = next(iter(report.unread), None)
            why = "it claims nothing" if first is None else f"no line is read; line {first.number}: {first.why}"
            return self._unmarked(name, why, report)
        derived = _Derived(report, self._forbidden)
        found = [target for target, pairs in self._pairs.items() if pairs <= derived.pairs]
        earned = sum(self._points[target] for target in found)
        errors = [(wrong, target) for target in self._pairs if (wrong := derived.error_in(self._pairs[target]))]
        marked: set[int] = set()
        for (_, root), target in sorted(errors):
            if target not in found and root in marked:
                earned += self._points[target]
            marked.add(root)
        missing = [] if report.first_wrong else [target for target in self._pairs if target not in found]
        return MarkedPage(
            claim=name,
            underived="; ".join(derived.why_not(self._pairs[target], target, self._paths) for target in missing),
            holds=len(found) == len(self._pairs) and report.first_wrong is None,
            points=earned,
            out_of=self.out_of,
            derived=tuple(found),
            report=report,
        )

    @property
    def out_of(self) -> float:
        """What all targets are worth together."""
        return sum(self._points.values())

    def _unmarked(self, name: str, why: str, report: DerivationReport | None) -> MarkedPage:
        return MarkedPage(
            claim=name, holds=None, points=None, out_of=self.out_of, remark=f"not marked: {why}", report=report
        )


def _is_list(thing: Anything) -> bool:
    return isinstance(thing, Collection) and getattr(thing, "shape", 1) != () and not isinstance(thing, str | bytes)


def _pairs_of(text: str, names: PageNames, output: Value | None, what: str) -> frozenset[Slope]:
    """The derivatives that a text such as ``dJ/dW1`` stands for: by each entry, if W1 is a list."""
    if not isinstance(text, str):
        raise TypeError(f"{what} derivative is given as text, as 'dJ/dw', not {quoted(text)}")
    for right in (text, "0"):  # "dW1 = dW1" would be a line of a program that says nothing, and is passed over
        page = read_derivation(f"{text} = {right}", names, output)
        subjects = [claim.subject for line in page.lines for claim in line.claims]
        if subjects and all(isinstance(subject, Derivative) for subject in subjects):
            return frozenset((each.of, each.by) for each in subjects if isinstance(each, Derivative))
    why = f": {page.unread[0].why}" if page.unread else ", as 'dJ/dw' is"
    raise ValueError(f"{what} {text!r} is no derivative of nodes{why}")


def _worth(points: Mapping[str, float], targets: Collection[str]) -> Iterator[tuple[str, float]]:
    for target, worth in points.items():
        if target not in targets:
            raise ValueError(f"points are given for {target!r}, which is no target: there are {', '.join(targets)}")
        worth = real_number(worth, f"the points for {target}")
        if not (isfinite(worth) and worth >= 0):
            raise ValueError(f"the points for {target} must be 0 or more, not {worth}")
        yield target, worth


class _Derived:
    """What the lines of one page derive.

    Attributes:
        pairs: the derivatives that a right line claims, from others that are derived or that no right line claims.
    """

    def __init__(self, report: DerivationReport, forbidden: Collection[Slope]) -> None:
        self._lines = {line.number: line for line in report.lines}
        self._report = report
        claims = [claim for line in report.lines for claim in line.claims]
        self._definitions = {claim.defines: claim.parts[0] for claim in claims if claim.defines is not None}
        right = [claim for line in report.lines if line.holds for claim in line.claims]
        self._all_ways = ways = [way for claim in right for way in self._ways(claim)]
        self._to_derive = claimed = {pair for pair, _ in ways} | set(forbidden)
        self.pairs: set[Slope] = set()
        # dJ/dw = dJ/dh · x and dJ/dh = dJ/dw / x derive nothing together: what is derived grows from what is not.
        while grown := {pair for pair, uses in ways if pair not in self.pairs and (uses & claimed) <= self.pairs}:
            self.pairs |= grown

    def _ways(self, claim: Claim) -> Iterator[tuple[Slope, frozenset[Slope]]]:
        """Each derivative that a claim says something of, with those that it is derived from."""
        for pair in _claimed(claim):
            others = [{*self._uses(part)} for part in (claim.subject, *claim.parts)]
            others = [uses for uses in others if pair not in uses]
            if others:
                yield pair, frozenset().union(*others)

    def _uses(self, expression: Expression) -> Iterator[Slope]:
        """The derivatives in an expression, and in the definitions that it uses."""
        seen: set[str] = set()
        stack = [expression]
        while stack:
            for piece in walk(stack.pop()):
                match piece:
                    case Derivative(of=of, by=by, direct=None):
                        yield of, by
                    case Defined(name=name) if name in self._definitions and name not in seen:
                        seen.add(name)
                        stack.append(self._definitions[name])

    def why_not(self, pairs: Collection[Slope], target: str, paths: Mapping[Value, str]) -> str:
        """Why the page does not derive a target, in words; `paths` are the names of nodes."""
        left = {pair for pair in pairs if pair not in self.pairs}
        ways = [(pair, uses) for pair, uses in self._all_ways if pair in left]
        lines = [
            line for line in self._report.lines if line.verdict == "no effect" and not left.isdisjoint(_about(line))
        ]
        if len(left) < len(pairs):
            return f"{target}: {len(left)} of its {len(pairs)} entries are not derived"
        if not ways and lines:
            return f"{target}: line {lines[0].number}: {lines[0].remark.partition(':')[0]}"
        if not ways:
            return f"{target}: no right line derives it"
        used = {use for _, uses in ways for use in (uses & self._to_derive) - self.pairs}
        underived = [use for use in used if all(use != pair for pair, _ in self._all_ways)]
        if underived:
            names = ", ".join(sorted(f"d{paths.get(of)}/d{paths.get(by)}" for of, by in underived))
            return f"{target}: it uses {names}, which no right line derives"
        return f"{target}: it is derived only from what is derived from it"

    def error_in(self, pairs: Collection[Slope]) -> tuple[int, int] | None:
        """The first wrong line that claims one of these, and the line whose error made it wrong; None if none does."""
        for line in self._report.lines:
            if line.checks and not line.holds and not _claimed_by(line).isdisjoint(pairs):
                root = line
                while root.follows is not None:
                    root = self._lines[root.follows]
                return line.number, root.number
        return None


def _about(line: DerivationLine) -> set[Slope]:
    """What stands on the left of a line, whether or not that says anything."""
    subjects = [claim.subject for claim in line.claims]
    return {(subject.of, subject.by) for subject in subjects if isinstance(subject, Derivative)}


def _claimed_by(line: DerivationLine) -> set[Slope]:
    return {pair for claim in line.claims for pair in _claimed(claim)}


def _claimed(claim: Claim) -> Iterator[Slope]:
    """The derivative on the left of a claim; of ``delta = dJ/dz = p - a`` that on the right, too."""
    left = (claim.subject,) if isinstance(claim.subject, Derivative) else claim.parts
    for part in left:
        if isinstance(part, Derivative) and part.direct is None:
            yield part.of, part.by
