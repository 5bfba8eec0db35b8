"""Marking a class: many derivations are checked against one graph, and what each of them derives is told.

The modules in the order in which to read them: `derived` (which derivatives a page derives, and from which),
`class_table` (the table, and its files), `submissions` (pages from files), `command` (``python -m autograd mark``).
"""

from collections.abc import Collection, Iterable, Mapping

from autograd.advice.advised import with_advice
from autograd.marking.class_table import MarkedPage, Marks
from autograd.untyped import Anything
from autograd.value import Value

__all__ = ["MarkedPage", "Marks", "mark"]


@with_advice({})
def mark(
    pages: Mapping[str, str],
    nodes: Mapping[str, Anything],
    *,
    targets: Collection[str],
    output: Value | None = None,
    forbid: Iterable[str] = (),
    points: Mapping[str, float] | None = None,
    reveal: bool = True,
) -> Marks:
    """Check the derivations of a class, and say what each derives: a row a page.

    A target is derived by a right line that claims it and does not have it on its right side again; a number alone
    counts. A line that claims a whole list, or its entries by index letters, derives each of them. Two lines that only
    turn one derivative into the other and back derive neither. A target earns its points if it is derived. So does one
    whose line is wrong only because it follows from a wrong line that has cost a target further up the page: an error
    is marked once.

    Args:
        pages: the text of each derivation, by the name of who wrote it: see `check_derivation`.
        nodes: names for the Values that the pages are about.
        targets: the derivatives to be derived, such as ``"dJ/dw5"``, or ``"dJ/dW1"`` for all entries of a list.
        output: what a name such as dW1 differentiates, unless the page tells.
        forbid: derivatives that a line may not use to derive a target, unless a right line of the page derives them.
        points: what a target is worth, where that is not 1.
        reveal: whether feedback and data say what is right, or only the lines that are wrong, and the kinds of mistake.

    Raises:
        TypeError: if `pages` or `nodes` are no mappings, a page is no text, or a target is worth no number.
        ValueError: if there are no targets; if a target, or a derivative in `forbid`, is no derivative of nodes, by
            name; or if `points` names what is no target, or is negative.

    >>> from autograd import Value, mark, sigmoid
    >>> x, w, a = Value(1.5), Value(0.8), Value(1.0)
    >>> n = w * x
    >>> p = sigmoid(n)
    >>> J = (p - a) ** 2 / 2
    >>> pages = {
    ...     "Ada": "dJ/dp = p - a" + chr(10) + "dJ/dw = dJ/dp * p*(1 - p) * x",
    ...     "Ben": "dJ/dp = a - p" + chr(10) + "dp/dw = p*(1 - p)*x",
    ... }
    >>> print(mark(pages, locals(), targets=["dJ/dp", "dJ/dw"]))
       name  points  derived       first wrong  mistake
    ✓  Ada   2 of 2  dJ/dp, dJ/dw
    ✗  Ben   0 of 2                line 1       sign
    2 pages, 1 of 2 on average; sign: on 1 page
    """
    # Imported here: `import autograd` loads neither sympy nor mpmath.
    from autograd.marking.derived import Marker

    marker = Marker(nodes, targets, output=output, forbid=forbid, points=points, reveal=reveal)
    if not isinstance(pages, Mapping):
        raise TypeError(f"pages must map names to derivations, not {type(pages).__name__}")
    for name, page in pages.items():
        if not isinstance(page, str):
            raise TypeError(f"the page of {name!r} must be text, not {type(page).__name__}")
    return Marks([marker.row(str(name), page) for name, page in pages.items()], marker.targets)
