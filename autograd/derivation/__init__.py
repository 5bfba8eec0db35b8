"""Checking hand derivations: each line of one is read, evaluated, proved, and if wrong, explained.

>>> from autograd import Value, check_derivation, sigmoid
>>> x, w1, w2, v1, v2, a = map(Value, (1.5, 0.8, -0.4, 0.5, 1.2, 1.0))
>>> h1, h2 = sigmoid(w1 * x), sigmoid(w2 * x)                # one input, two hidden neurons, one output
>>> p = v1 * h1 + v2 * h2
>>> J = (p - a) ** 2 / 2
>>> print(check_derivation('''
... dJ/dp = p - a = -0.191                                 # numbers pass to the digits given
... ∂p/∂h1 = v1
... ∂h1/∂w1 = h1*(1 - h1)*x
... dJ/dw1 = dJ/dp * dp/dh1 * dh1/dw1
... dp/dx = v1*h1*(1 - h1)*w1
... eta = 0.5
... w1_new = w1 - eta*dJ/dw1 = 0.8127
... ''', locals()))
✓ 2  dJ/dp = p - a = -0.191             proved; the number to 3 digits
✓ 3  ∂p/∂h1 = v1                        proved
✓ 4  ∂h1/∂w1 = h1*(1 - h1)*x            proved
✓ 5  dJ/dw1 = dJ/dp * dp/dh1 * dh1/dw1  proved
✗ 6  dp/dx = v1*h1*(1 - h1)*w1          one path of two; the path via h2 is left out
     it says 0.0711577763; right is -0.0386586592
     right: dp/dx = h1*v1*w1*(1 - h1) + h2*v2*w2*(1 - h2)
     branch missing, or overwritten: of the two branches at x only the path via h1 is kept
· 7  eta = 0.5                          defined: 0.5
✓ 8  w1_new = w1 - eta*dJ/dw1 = 0.8127  here, to 4 digits
line 6 is the first wrong one: dp/dx = v1*h1*(1 - h1)*w1

The judge takes four steps from what a page claims to a verdict:

1. **read**: `claims` has what a claim is made of, `names` what it may name, `tokens` where it stands. Whatever a page
   is written in, `autograd.notation` makes claims of it: the judge knows nothing of notation.
2. **evaluate**: at the `points`, which are part of the `setting` that all judging shares; `comparison` tells how a
   claim compares with what is right.
3. **prove**: `proof`, by what claims and the graph are as formulas, in `formula_worlds`.
4. **diagnose**: `mistakes`, why a wrong line is wrong, by the names in `kinds_of_mistake`; `right_formulas`, what is
   right there, in few letters.

`four_steps` takes them for each claim and each entry of one; `idle_claims` has those with which nothing can be
compared, and says why a line is not checked. Around it `judge` tells the kinds of line apart: `readings_of_partials`
where ∂u/∂v may be meant with the other named nodes held, `other_cases` what is said "for y = 0", judged where y is 0.
`tensors`: gradients that are claimed as whole arrays.

`verdicts_on_lines`, `derivation_report`: what was found out, as data and in words. `autograd.feedback` makes a page
of it.
"""

from collections.abc import Callable, Mapping

from autograd.advice.advised import with_advice
from autograd.derivation.derivation_report import DerivationLine, DerivationReport
from autograd.derivation.kinds_of_mistake import MISTAKES, Mistake
from autograd.derivation.verdicts_on_lines import Verdict, line_of, unread_line
from autograd.errors import quoted, real_number
from autograd.numbers import Number
from autograd.value import Value

__all__ = ["MISTAKES", "DerivationLine", "DerivationReport", "Mistake", "check_derivation"]


@with_advice({})
def check_derivation(
    derivation: str | Mapping[Number, Number],
    nodes: Mapping[str, Number],
    *,
    output: Value | None = None,
    first: int = 1,
    strict: bool = False,
    tolerance: float | None = None,
    reveal: bool = True,
) -> DerivationReport:
    """Say of each line of a hand derivation whether it is right, and if not, what is, and which mistake explains it.

    A derivation may be pasted as it stands: plain text, Markdown, LaTeX, index notation, matrices, or a backward pass
    in NumPy or PyTorch, which is read and never run. A claim says that things are equal: ``dJ/dp = p - a``,
    ``∂p/∂n = p(1 - p) = 0.19``, ``\\frac{\\partial J}{\\partial W_{ij}} = \\delta_j x_i``, ``dW2 = dZ2 @ A1.T``. Words
    are passed over; a line that holds mathematics and cannot be read is told in `report.unread`, and makes the report
    false. A name that is not in `nodes` is defined by its first line: ``eta = 0.5``; one that is spelled as a gradient
    claims to be it. Of a claim for all i and j, or about whole lists, each entry is judged; `line.entries` counts them.

    ``du/dv``, with d or ∂, is the total derivative of u by v through the recorded graph, and always the true one: a
    line that fits only a wrong earlier line is said to follow from it. A line that fails so and holds where some ∂ is
    the direct partial, as in ``dy/dx = ∂y/∂x + ∂y/∂u·du/dx``, is right "if ∂y/∂x holds u fixed": where the line writes
    the other paths too, or the page tells d from ∂. A line by itself, as ``∂p/∂e = 1/S`` for p = e/S, is right so where
    the page does not go on with ∂p/∂e as the total one; ∂J/∂w of a loss, called J, L or the like, is its gradient, and
    never direct by itself. ``∂⁺y/∂x`` is always direct. What is said "for y = 0", on the
    line or in a heading over it, is judged where the leaf y is 0; where y is no leaf, it is "not checked", unless y is
    0 here.

    Each formula is evaluated where the graph was recorded and at several other points, on the same side of every kink
    (relu, abs, maximum, where, comparisons), and then proved, if that takes no more terms than a person would write.
    Numbers pass to the digits given; a float32 in a mapping, such as a gradient of PyTorch's, to 1e-5 of its size, and
    farther only where float32 itself loses more.

    Args:
        derivation: text; or a mapping from nodes (or their names, or text such as "dJ/dw") to numbers or formulas. A
            node stands for the derivative of the output by it, and the name of a list of nodes (W1, dW1 or dJ/dW1) for
            an array of derivatives of its shape, given as a NumPy array, a tensor or nested lists. An array is one
            line: its entries are right to 1e-9 of the largest right one, in float32 to 1e-5, in float16 to 1e-2.
        nodes: names for Values, and for nested lists of Values (``W1[1][0]``, ``W^{(1)}_{21}``) and Modules
            (``model.layers[0].perceptrons[3].bias``). A name may be written in the page's notation (``"\\hat y"``).
            Whole numbers and lists of them serve as sizes, indices and classes (these count from 0); floats and lists
            of them, as a learning rate or data, stand for themselves, save with `strict`. ``locals()`` will do: other
            entries are ignored.
        output: what gradients such as dW, and a mapping of nodes, differentiate, unless the page or the nodes tell.
        first: the number of a list's first item in subscripts and superscripts; in brackets it is always 0.
        strict: whether a line that is not read is an error.
        tolerance: how far a number may be off, relative to the size of the right one: with 1e-3, 0.2503 is right for
            0.2501. Numbers written with few digits go on to pass to these; a float32 passes within it alone.
        reveal: whether the report says what is right. Without, it tells which lines are wrong and the kind of each
            mistake, as "sign"; no number, formula or path from which the answer could be read is in its text, its
            pages, its data or its pickles. (A drawing of the graph has gradients of its own.)

    Raises:
        TypeError: if the derivation is neither text nor mapping, `nodes` not a mapping, or the tolerance not a number.
        ValueError: if the derivation is too long, a leaf was written to since the graph was recorded (by its name), or
            the tolerance is not from 0 to below 1; with `strict`, if a line is not read (by line and column), or none
            is a claim.

    >>> from autograd import Value, sigmoid
    >>> x, w, a = Value(1.5), Value(0.8), Value(1.0)
    >>> n = w * x
    >>> p = sigmoid(n)
    >>> J = (p - a) ** 2 / 2
    >>> report = check_derivation('''
    ... dJ/dp = p - a
    ... dp/dn = n*(1 - n)
    ... dJ/dw = dJ/dp * dp/dn * x = -0.0618
    ... ''', locals())
    >>> print(report)
    ✓ 2  dJ/dp = p - a                        proved
    ✗ 3  dp/dn = n*(1 - n)                    wrong
         it says -0.240000000; right is 0.177894441
         right: dp/dn = p*(1 - p)
         activation's derivative at the input: the derivative of sigmoid at p takes the input where the output belongs
    ✓ 4  dJ/dw = dJ/dp * dp/dn * x = -0.0618  proved; the number to 3 digits
    line 3 is the first wrong one: dp/dn = n*(1 - n)
    >>> bool(report), report.first_wrong.number
    (False, 3)
    >>> print(check_derivation("dJ/dw = -(p - a) * p*(1 - p) * x", locals(), reveal=False))
    ✗ 1  dJ/dw = -(p - a) * p*(1 - p) * x  wrong
         sign
    line 1 is the first wrong one: dJ/dw = -(p - a) * p*(1 - p) * x
    """
    # Imported here: `import autograd` loads neither sympy nor mpmath.
    from autograd.derivation.judge import verdicts_on
    from autograd.derivation.names import JUDGED_APART, is_array

    if isinstance(nodes, str):
        raise TypeError(f"the page comes first, and then the names: check_derivation({nodes[:40]!r}, locals())")
    if tolerance is not None:
        if isinstance(tolerance, bool):
            raise TypeError(f"tolerance must be a number, such as 1e-3, not {tolerance}")
        tolerance = real_number(tolerance, "tolerance")
        if not 0 <= tolerance < 1:
            raise ValueError(f"tolerance is relative to the right number: at least 0 and below 1, not {tolerance}")
    if not isinstance(first, int) or isinstance(first, bool):
        raise TypeError(f"first must be a whole number, that of a list's first item, not {quoted(first)}")
    if not isinstance(reveal, bool):  # "no" would count as yes
        raise TypeError(f"reveal must be True or False, not {quoted(reveal)}")
    lines: list[DerivationLine] = []
    as_line: Callable[[Verdict], DerivationLine] = line_of
    if not reveal:
        from autograd.derivation.verdicts_on_lines import unrevealed_arrays, unrevealed_line

        as_line = unrevealed_line
    if isinstance(derivation, Mapping):
        arrays = {key: claimed for key, claimed in derivation.items() if is_array(claimed)}
        if arrays:
            from autograd.derivation.tensors import judged_arrays

            numbers = {key: number for number, key in enumerate(derivation, 1)}
            lines = judged_arrays(arrays, numbers, nodes, output, tolerance)
            if not reveal:
                lines = unrevealed_arrays(lines)
            derivation = {key: JUDGED_APART if key in arrays else claimed for key, claimed in derivation.items()}
        if lines and len(lines) == len(derivation):
            return DerivationReport(lines)
    verdicts, page = verdicts_on(derivation, nodes, output, tolerance, first=first, strict=strict)
    unread = [unread_line(each.number, each.column, each.text, each.why) for each in page.unread]
    found = sorted([*lines, *map(as_line, verdicts)], key=lambda line: line.number)
    return DerivationReport(found, unread, page.prose, page.names if reveal else None)
