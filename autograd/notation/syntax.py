"""The tree of a formula as it is written, before it is known what its names mean.

Every notation is read into this one tree: plain text, LaTeX and code. Nothing here knows of nodes, of the lengths of
lists or of derivatives that exist; that is for `elaboration`, which turns a tree into the claims that the judge
knows. So a tree keeps what only the names can decide: whether the 2 of ``w^2`` is a power or a label, whether
``h(x)`` is a product or a call, and whether ``wx`` is one name or two.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from autograd.derivation.tokens import Place


@dataclass(frozen=True)
class Number:
    """A number as written: 0.150, 2, 2.76e-1. Its digits tell how exactly it is meant."""

    text: str
    place: Place


@dataclass(frozen=True)
class Name:
    """A name with everything that hangs on it: the base W, the subscripts i and j, the superscript (1) of
    ``W^{(1)}_{ij}``.

    A hat, a bar or a tilde is spelled as part of the base: ``\\hat y`` is ``ŷ`` (NFC). Subscripts are one tree for
    each index, so that ``W_{ij}``, ``W_{i,j}`` and ``W_{12}`` have two; `joined` holds their text as it stood, which
    may be a name instead (``W_12``, ``y_hat``). Superscripts keep their brackets, which tell a label from a power.
    """

    base: str
    place: Place
    subscripts: "tuple[Tree, ...]" = ()
    superscripts: "tuple[Superscript, ...]" = ()
    primes: int = 0
    joined: str = ""


@dataclass(frozen=True)
class Superscript:
    """What stands above a name: ``2``, ``(i)``, ``[1]``, ``l+1``; `bracket` is "(", "[" or ""."""

    tree: "Tree"
    bracket: str = ""


@dataclass(frozen=True)
class Slice:
    """``1:`` or ``:`` within brackets."""

    start: "Tree | None"
    stop: "Tree | None"
    step: "Tree | None"


@dataclass(frozen=True)
class Item:
    """``W[i][j]``, ``W[i, j]``, ``W[:, 0]``: an item, counted from 0."""

    of: "Tree"
    indices: "tuple[Tree | Slice, ...]"
    place: Place


@dataclass(frozen=True)
class Subscripted:
    """``(W^\\top δ)_j``, ``softmax(z)_i``: an item of what is no name, with the indices of a subscript."""

    of: "Tree"
    indices: "tuple[Tree, ...]"
    place: Place


@dataclass(frozen=True)
class Attribute:
    """``model.layers``: a part of a Module. A call such as ``dz.sum(0)`` is a `Call` with dz as its first argument."""

    of: "Tree"
    name: str
    place: Place


@dataclass(frozen=True)
class Addition:
    """Terms; one that is taken away is a `Negative`."""

    terms: "tuple[Tree, ...]"


@dataclass(frozen=True)
class Negative:
    """−a."""

    of: "Tree"


@dataclass(frozen=True)
class Product:
    """Factors, with a sign (``*``, ×, ·) or side by side. A whole matrix beside a vector is a matrix product, as in
    ``W x``.

    `sign` is "" for factors side by side, "*" for a star, "·" for a centred dot or cross, "@" for a matrix product,
    "⊙" for an elementwise one.
    """

    factors: "tuple[Tree, ...]"
    sign: str
    place: Place


@dataclass(frozen=True)
class Ratio:
    """a/b, as a fraction or with a stroke."""

    above: "Tree"
    below: "Tree"
    place: Place


@dataclass(frozen=True)
class Power:
    """A power that can be nothing else: ``(a - b)^2``, ``x**2``, ``e^{-z}``. That of a name may be one: see
    `Superscript`."""

    base: "Tree"
    exponent: "Tree"
    place: Place


@dataclass(frozen=True)
class Transposed:
    """``W^T``, ``W^\\top``, ``W.T``."""

    of: "Tree"
    before: Place | None = None
    """Where the subscript stands that comes behind the T, as in ``w^T_k``."""
    whole: bool = False
    """Whether parentheses say what is transposed: all of ``(AB)^T``, but of ``AB^T`` the last letter."""


@dataclass(frozen=True)
class Beside:
    """A name right before parentheses: ``h(1 - h)`` is a product if h is a node, ``f(x)`` a call if f is a function."""

    name: Name
    inside: "tuple[Tree, ...]"
    place: Place


@dataclass(frozen=True)
class Call:
    """A function that can be nothing else, by the name that autograd or NumPy has for it: ``np.exp(z)``,
    ``\\sigma(z)``, ``ln y``.

    >>> from autograd.derivation.tokens import Place
    >>> here = Place(1, 1, "np.sum(dZ, axis=1)")
    >>> Call("sum", (Name("dZ", here),), here, {"axis": Number("1", here)}).keywords["axis"].text
    '1'
    """

    function: str
    arguments: "tuple[Tree, ...]"
    place: Place
    keywords: "dict[str, Tree]" = field(default_factory=dict, hash=False)
    primes: int = 0
    """σ'(z), tanh′(z): how often the function is differentiated."""


@dataclass(frozen=True)
class Differential:
    """``∂L/∂w`` however it is written: ``\\frac{\\partial L}{\\partial w}``, ``d/dw L``, ``∇_w L``, ``dL/dw``.

    `certain` is false where it may as well be a quotient of two nodes called dL and dw. `symbol` is d, ∂ or ∂⁺.
    """

    of: "Tree"
    by: "Tree"
    place: Place
    certain: bool = True
    symbol: str = field(default="d", compare=False)


@dataclass(frozen=True)
class At:
    """``\\left. … \\right|_{w=2}``: a formula at a point."""

    of: "Tree"
    equations: "tuple[tuple[Tree | None, Tree], ...]"
    """Which node has which value; without a node in ``|_{(2, 3)}``, which names none."""
    place: Place


@dataclass(frozen=True)
class BigOperator:
    """Σ or Π over a letter: ``\\sum_{k=1}^{K}``, ``Σ_{k≠j}``, ``Σ_i``. The body is the product to its right.

    `kind` is "sum", "prod" or "mean"; `letters` are those that it binds; `low` and `high` the bounds, if there are;
    `conditions` is what else stands below the sign, such as k ≠ j.
    """

    kind: str
    letters: tuple[str, ...]
    low: "Tree | None"
    high: "Tree | None"
    conditions: "tuple[Tree, ...]"
    body: "Tree"
    place: Place
    closed: bool = field(default=False, compare=False)
    """Whether it stands in parentheses, beyond which it does not reach."""


@dataclass(frozen=True)
class Relation:
    """``a < b``, ``i ≠ j``, ``0 <= z <= 1``: signs between trees, each of ``< <= > >= == !=``."""

    trees: "tuple[Tree, ...]"
    signs: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Logic:
    """``and``, ``or``, ``not``."""

    word: str
    trees: "tuple[Tree, ...]"
    place: Place


@dataclass(frozen=True)
class Cases:
    """``\\begin{cases} … & i = j \\\\ … & \\text{otherwise} \\end{cases}``; a condition of None is "otherwise"."""

    branches: "tuple[tuple[Tree, Tree | None], ...]"
    place: Place


@dataclass(frozen=True)
class Listed:
    """``[a, b]``: a list written out; ``\\begin{bmatrix} … \\end{bmatrix}`` is a list of rows."""

    items: "tuple[Tree, ...]"
    place: Place


Tree = (
    Number | Name | Item | Subscripted | Attribute | Addition | Negative | Product | Ratio | Power | Transposed | Beside
    | Call | Differential | At | BigOperator | Relation | Logic | Cases | Listed
)  # fmt: skip


@dataclass(frozen=True)
class Range:
    """ "for i = 1..3", "for all j ≠ i", "∀ k": a letter, and what is said of it.

    The letter of "if z > 0", which is about nodes, is "".
    """

    letter: str
    low: Tree | None = None
    high: Tree | None = None
    conditions: tuple[Tree, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A line that says that things are equal, or that one becomes another.

    `sign` is "=" for a claim or a definition, which may have more than two parts; "←" for an update (``w := …``, ``w
    ← …``, and ``w = w - …``, once it is known that w is a node); "+=", "-=", "*=", "/=" in code, and "+= at" for
    `np.add.at`. `texts` are the parts as they stand on the page. `code` tells a line of a program, in which a name may
    be given another value later, and ``*`` works item by item.
    """

    place: Place
    text: str
    parts: tuple[Tree, ...]
    texts: tuple[str, ...]
    sign: str = "="
    ranges: tuple[Range, ...] = ()
    where: tuple[tuple[Tree, Tree], ...] = ()
    """"for y = 1": what is known of nodes where the claim holds."""
    code: bool = False
    function: str = ""
    """The function of a program that it stands in, whose names are its own."""
    trivial: bool = True
    """Whether today's plain notation would read it alike, so that nobody needs to be told how it was read."""
    dashed: Tree | None = None
    """Its last part without what may be words behind a dash: x of "= x - y is the target"."""
    in_a_comment: bool = False
    """Whether it stands in a comment beside other lines, and so says nothing of what the page differentiates."""


@dataclass(frozen=True)
class Unread:
    """A line that holds mathematics and was not read: where, and what to write instead."""

    number: int
    column: int
    text: str
    why: str
    gives: tuple[str, ...] = ()
    """The names that a line of a program gives a value to, or changes: nothing is known of them behind it."""
    uses: tuple[str, ...] = ()
    """The names that it works that out of."""


RETURNED = "what it is given"
"""The text of what a line of a program gets from a function of the program, as one value of several."""


@dataclass(frozen=True)
class WrittenPage:
    """All lines of a page, sorted."""

    statements: Sequence[Statement]
    unread: Sequence[Unread]
    prose: Sequence[str]
