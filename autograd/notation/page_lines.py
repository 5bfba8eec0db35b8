"""What was read of a page: each line as the judge takes it, what was not read, and what was passed over."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograd.derivation.claims import (
    Claim,
    Derivative,
    Expression,
)
from autograd.notation.syntax import (
    Unread,
)
from autograd.value import Value


@dataclass(frozen=True)
class Case:
    """What a page says of one name for a claim to hold, as in "for y = 1"."""

    name: str
    value: float
    node: Value | None
    """The node of this name; None if it is no Value."""
    here: float | None
    """What it is at the recorded point; None if there is nothing of this name."""

    @property
    def text(self) -> str:
        """As a page writes it."""
        return f"{self.name} = {self.value:g}"


@dataclass
class PageLine:
    """A statement of the page, as the judge takes it.

    `claims` has one for each entry, and none if the shapes do not fit: then `misfit` says why.
    """

    number: int
    text: str
    claims: tuple[Claim, ...]
    indexed: bool = False
    places: tuple[Mapping[str, int], ...] = ()
    """The values of its letters for each claim, if it has letters."""
    read_as: str = ""
    misfit: str = ""
    has_pairs: bool = False
    """Whether, with a misfit, a derivative of a matrix by a list is in it: pages differ in how they lay that out."""
    layout: str = ""
    otherwise: "PageLine | None" = None
    """Another reading of it, whose shapes fit as well."""
    unclear: str = ""
    """Why the other reading must not be taken in silence; empty if it may."""
    cases: tuple[Case, ...] = ()
    """For what it is said to hold: it is judged where the leaves have these values."""
    doubt: str = ""
    """Why it may be no claim: if it is wrong as one, it is not read."""
    in_a_comment: bool = False
    """Whether a comment of a program says it: it is listed as passed over if it is right."""
    hangs_on: tuple[int, ...] = ()
    """The lines that it uses a name of, and that may turn out not to be read: then it is not read, either."""
    swapped: Callable[[], Iterator[tuple[str, Sequence[Claim]]]] = lambda: iter(())
    """The claims with the indices of a list, or with rows and columns, the other way round; each with what to say."""

    # Of a program
    descent: tuple[Claim, ...] = ()
    """Of an update: for each weight the derivative of the output by it, and its new value."""
    descent_as_written: tuple[Claim, ...] = ()
    """The same, with what the page has for the gradients that are wrong."""
    step: str = ""
    """What to say of a line that only works something out for later ones."""
    unchecked: Value | None = None
    """The node, or the first of them, by which it is called the gradient, of nobody knows what."""
    idle: bool = False
    """Whether it defines what looks like a gradient and is none, so that nothing checks it if no line uses it."""
    may_be: Callable[[], Iterator[Sequence[Expression]]] = lambda: iter(())
    """The gradients that a definition may be under another name, such as delta: those of its shape."""
    through: "PageLine | None" = None
    """What it claims if it goes on through an activation: about the input of the nodes that its name speaks of."""
    if_right: "PageLine | None" = None
    """What a step claims if it is right already: the name gets another value later."""
    replaced: "PageLine | None" = None
    """What a step claims if it is wrong, too: nothing uses the value before the name gets another."""
    also: tuple[Claim, ...] = ()
    """The definitions that later lines use."""
    sizes: tuple[int, ...] = ()
    """The shape of a gradient that it claims."""

    @property
    def every_claim(self) -> Iterator[Claim]:
        """Its claims in each layout."""
        yield from self.claims
        yield from self.also
        yield from self.descent
        for other in filter(None, (self.if_right, self.through)):
            yield from other.claims
        for _, other in self.other_readings:
            yield from other.claims

    @property
    def other_readings(self) -> "Iterator[tuple[PageLine, PageLine]]":
        """The other readings of it, each behind the one that says why it must not be taken in silence."""
        line = self
        while line.otherwise is not None:
            yield line, line.otherwise
            line = line.otherwise


@dataclass(frozen=True)
class LostGradient:
    """A gradient of a program whose line is not read: the lines after it use it all the same."""

    number: int
    """The line."""
    gradients: Sequence[Derivative]
    """What its name stands for, an entry each."""
    sizes: tuple[int, ...]
    uses: Sequence[Derivative]
    """The gradients that the line names."""


@dataclass
class ReadPage:
    """All that was read of a page, and what was not."""

    lines: list[PageLine] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    lost: Sequence[LostGradient] = ()
    prose: tuple[str, ...] = ()
    names: Mapping[Value, str] = field(default_factory=dict)
    """What the page calls each node."""

    @property
    def every_claim(self) -> list[Claim]:
        """The claims of its lines, in each layout."""
        return [claim for line in self.lines for claim in line.every_claim]
