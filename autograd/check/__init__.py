"""check_gradients: the recorded gradients of a graph, node by node, against oracles that know only the values.

The files, in the order in which to read them:

1. `local` checks each recorded local gradient;
2. `oracle` finds the slope of an operation from its value, by the complex step or in the numbers of `many_digits`;
3. `differences` estimates the slope of an operation that computes in floats alone;
4. `branches` checks the sums that `backward` made of the local gradients;
5. `end_to_end` moves the leaves and computes the whole graph anew;
6. `verdicts` is what these share.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from random import Random

from autograd.advice.advised import with_advice
from autograd.check.branches import BranchSums
from autograd.check.end_to_end import along_a_direction
from autograd.check.local import LocalGradients
from autograd.check.verdicts import GradientLine
from autograd.derivatives import recorded_order, values_in
from autograd.graph import depending_on
from autograd.report import Line, Report
from autograd.text import label
from autograd.value import Value

__all__ = ["GradientLine", "check_gradients"]


@with_advice({})
def check_gradients(output: Value, inputs: Iterable[Value] | None = None) -> Report:
    """Check every gradient behind `output`: the local ones that its nodes recorded, their sums, and the whole.

    - Each recorded local gradient is compared with the slope of the operation's *value* at the recorded operands, by
      the complex step, else by mpmath (`autograd.check.oracle`), else, where it calls `math.exp` or the like, to five
      digits by differences of floats (`autograd.check.differences`). No rule for a derivative is asked.
    - `backward` runs, and each gradient it gives is compared with the sum of upstream · local over the node's uses.
      The ``grad`` of every node is put back afterwards.
    - The leaves are moved along one random direction, the same each time, and the graph is computed anew in mpmath,
      unless an operation on the way computes in floats alone: then the last line says so.

    At a kink (relu at 0, a tie of `maximum`) the slopes on both sides are shown, with the one between that is used.

    Args:
        output: the Value to differentiate.
        inputs: check only what lies between these nodes and the output; by default the whole graph.

    Returns:
        A report, true if all of it holds. A line about a local gradient or a sum is a `GradientLine`, which has the
        node and the operand. Where nothing could be checked the report says so, and is not true.

    Raises:
        TypeError: if `output` or an input is not a Value.
        ValueError: if a leaf was written to since the graph was recorded (an optimizer's step), by its name.

    The cost grows in proportion to the graph.

    >>> from autograd import Value, Operation
    >>> x, w = Value(2.0, "x"), Value(-0.5, "w")
    >>> print(check_gradients((w * x).tanh()))
    Gradients of tanh(w * x)
    ✓  *: 2 local gradients
    ✓  tanh: 1 local gradient
    ✓  backward: 4 gradients, 0 of them sums at a branch
    ✓  end to end, along a random direction of 2 leaves

    >>> cube = Operation("cube", value=lambda m, a: a * a * a, local=lambda m, y, a: (2 * a * a,))
    >>> print(check_gradients(cube(x), [x]).failures[0].remark)
    wrong: operand 1 of cube
    """
    values_in([output], "output")
    order = recorded_order(output)
    if inputs is not None:
        inputs = list(dict.fromkeys(values_in(inputs, "inputs")))
    return _report(output, order, inputs)


def _report(output: Value, order: Sequence[Value], inputs: Sequence[Value] | None) -> Report:
    chosen: Collection[Value] = set(order) if inputs is None else depending_on(order, inputs) & set(order)
    random = Random(0)
    local = LocalGradients(order, chosen, random)
    lines, summary = [*local.lines(), *_unconnected(output, order, inputs or ())], ""
    if any(node.op is not None for node in chosen):
        sums = BranchSums(output, order, chosen)
        whole, summary = along_a_direction(sums, inputs, local.linear, random)
        lines += [*sums.lines(), *whole]
    else:
        nothing = "was recorded" if inputs is None else "lies between the inputs and the output"
        lines.append(Line(claim=f"nothing to check: no operation {nothing}", holds=None))
    return Report(
        f"Gradients of {label(output)}",
        lines,
        columns={"claim": "", "claimed": "recorded", "correct": "oracle", "remark": ""},
        summary=summary,
    )


def _unconnected(output: Value, order: Sequence[Value], inputs: Iterable[Value]) -> Iterator[Line]:
    """A line for each input that does not lead to the output."""
    known = set(order)
    for node in inputs:
        if node not in known:
            yield Line(claim=f"{label(node)} is not on the way to {label(output)}: nothing to check", holds=None)
