"""Tape: a function that was recorded once, and is replayed as straight-line Python on floats."""

from collections.abc import Iterable, Mapping, Sequence
from math import isnan

import numpy as np

from autograd.graph import topological_order
from autograd.lifting.program import leaves_in, output_shape
from autograd.lifting.tracing import Trace
from autograd.numbers.python_lines import text_of
from autograd.taping.eager_replay import EagerReplay
from autograd.taping.given_numbers import GivenNumbers, as_array
from autograd.taping.graph_lines import GraphLines
from autograd.taping.line_names import imports_of, names_of_leaves
from autograd.taping.second_order import SecondOrder
from autograd.taping.straight_line import StraightLine
from autograd.untyped import AnyArray, AnyFunction, Anything
from autograd.value import Value


class Tape:
    """A scalar function, recorded once and replayed on floats. `tape` makes them.

    Its numbers are those of the engine, to the last bit, and so are its errors.

    Attributes:
        parameters: the leaves that it differentiates by, read at each call.
    """

    def __init__(
        self,
        function: AnyFunction,
        examples: Sequence[Anything],
        parameters: Iterable[Value] | None,
        named: Mapping[str, Anything],
    ) -> None:
        listed = None if parameters is None else leaves_in(parameters)
        trace = Trace(function, examples, named)
        order: list[Value] = topological_order(*trace.outputs)
        inputs = list(trace.positions)
        others = [
            leaf
            for leaf in order
            if leaf.op is None and leaf not in trace.positions and not (leaf.constant or trace.born_inside(leaf))
        ]
        listed = listed if listed is not None else others
        known, wanted = {*order}, {*listed}
        self.parameters: list[Value] = list(dict.fromkeys(listed))
        self._read = [leaf for leaf in self.parameters if leaf in known]
        self._outside = [*self._read, *(leaf for leaf in others if leaf not in wanted)]
        self._structure = output_shape(trace.structure)
        self._given = GivenNumbers(trace)
        self._order, self._outputs, self._inputs = order, trace.outputs, inputs
        self._leaves = [*inputs, *self._outside]
        self._names = names_of_leaves(self._leaves)
        self._eager = EagerReplay(order, trace.outputs, self._leaves)
        self._programs: dict[str, StraightLine] = {}
        places = range(len(inputs))
        self._by_inputs = places
        self._by_parameters = range(len(inputs), len(inputs) + len(self._read))
        self._second_order = SecondOrder(self._eager, self._names, places)

    def __call__(self, *arguments: Anything, at: AnyArray = None, **named: Anything) -> Anything:
        """The output: a float; an array (n,) if the function returns a list of n Values.

        Args:
            arguments, named: an example like the one that was recorded.
            at: the parameters as a flat array, in the order of `parameters`; by default what they hold.

        Raises:
            TypeError, ValueError: for an example of another shape or type.
            ValueError, ArithmeticError: where the engine has no value, as log 0.
        """
        numbers = self._numbers(arguments, named, at)
        try:
            found = self._program("outputs").run(numbers)
        except (ValueError, ArithmeticError):
            outputs = self._eager.outputs(numbers)
            found = outputs if self._structure else outputs[0]
        return np.reshape(found, self._structure) if self._structure else found

    def value_and_gradients(
        self, *arguments: Anything, at: AnyArray = None, **named: Anything
    ) -> tuple[float, AnyArray]:
        """The output, and its gradient as one flat array in the order of `parameters`.

        Args, Raises: as calling the tape; also TypeError if the function returns more than one Value.

        >>> from autograd import Value, tape
        >>> w, b = Value(2.0), Value(1.0)
        >>> line = tape(lambda x, y: (w * x + b - y) ** 2, 0.0, 0.0)
        >>> value, gradient = line.value_and_gradients(3.0, 5.0)
        >>> value, gradient.tolist()
        (4.0, [12.0, 4.0])
        """
        self._need_one_output("value_and_gradients")
        value, slopes = self._value_and_slopes("by_parameters", self._by_parameters, arguments, named, at)
        if len(slopes) < len(self.parameters):
            found = dict(zip(self._read, slopes, strict=True))
            slopes = [found.get(parameter, 0.0) for parameter in self.parameters]
        return value, as_array(slopes)

    def value_and_gradients_by_inputs(
        self, *arguments: Anything, at: AnyArray = None, **named: Anything
    ) -> tuple[float, Anything]:
        """The output, and its gradient by the inputs, shaped like them: a flat array for a flat example.

        Of several arguments it is a tuple with an entry for each; of a number it is a float.

        Args, Raises: as calling the tape; also TypeError if the function returns more than one Value.

        >>> from autograd import tape
        >>> value, gradient = tape(lambda x: x[0] ** 2 * x[1], [0.0, 0.0]).value_and_gradients_by_inputs([3.0, 5.0])
        >>> value, gradient.tolist()
        (45.0, [30.0, 9.0])
        """
        self._need_one_output("value_and_gradients_by_inputs")
        value, slopes = self._value_and_slopes("by_inputs", self._by_inputs, arguments, named, at)
        return value, self._given.shaped(slopes)

    def gradients_by_inputs(self, *arguments: Anything, at: AnyArray = None, **named: Anything) -> Anything:
        """The gradient by the inputs, as in `value_and_gradients_by_inputs`.

        >>> from autograd import tape
        >>> tape(lambda x, y: x**2 * y, 0.0, 0.0).gradients_by_inputs(3.0, 5.0)
        (30.0, 9.0)
        """
        self._need_one_output("gradients_by_inputs")
        _, slopes = self._value_and_slopes("by_inputs", self._by_inputs, arguments, named, at)
        return self._given.shaped(slopes)

    def hessian(self, *arguments: Anything, at: AnyArray = None, **named: Anything) -> Anything:
        """The second derivatives by the inputs: an array (n, n) for a flat example of n.

        In general each entry of the gradient has in its place what is shaped like the gradient; for an array of shape s
        that is an array (*s, *s). The first call at a side of each kink records the graph of `hessian`, and is slow.

        Args, Raises: as calling the tape; also TypeError if the function returns more than one Value.

        >>> from autograd import tape
        >>> tape(lambda x: x[0] ** 2 * x[1], [0.0, 0.0]).hessian([3.0, 5.0]).tolist()
        [[10.0, 6.0], [6.0, 0.0]]
        """
        self._need_one_output("hessian")
        return self._given.shaped_twice(self._second_order.at(self._numbers(arguments, named, at)))

    @property
    def source(self) -> str:
        """The generated code, as Python that runs by itself: the value with the gradient by the parameters, and by the
        inputs; or the outputs, if there are several. For the value alone a tape runs the forward lines of it.
        """
        kinds = ["by_parameters"] * bool(self._read) + ["by_inputs"] * bool(self._inputs)
        programs = [self._program(kind) for kind in (kinds if len(self._outputs) == 1 and kinds else ["outputs"])]
        return "\n\n\n".join(filter(None, [imports_of(programs), *(program.text for program in programs)])) + "\n"

    def read(self) -> AnyArray:
        """What the parameters hold, as a flat array in the order of `parameters`."""
        return np.array([parameter.data for parameter in self.parameters])

    def write(self, at: AnyArray) -> None:
        """Set the parameters to the numbers of a flat array, all of them or, if it does not fit, none."""
        for parameter, number in zip(self.parameters, self._flat(at), strict=True):
            parameter.data = number

    def __repr__(self) -> str:
        counts = f"{len(self._inputs)} inputs, {len(self.parameters)} parameters, {len(self._order)} nodes"
        return f"Tape({counts})"

    def _need_one_output(self, what: str) -> None:
        if len(self._outputs) != 1:
            raise TypeError(f"{what} needs a function that returns one Value, such as a loss")

    def _numbers(self, arguments: Sequence[Anything], named: Mapping[str, Anything], at: AnyArray) -> list[float]:
        """What the lines take: the inputs, the parameters that are read, and the other leaves."""
        numbers = self._given.numbers(arguments, named)
        if at is None:
            return numbers + [leaf._scalar for leaf in self._outside]
        read = self._flat(at)
        if len(self._read) < len(self.parameters):
            found = dict(zip(self.parameters, read, strict=True))
            read = [found[parameter] for parameter in self._read]
        return [*numbers, *read, *[leaf._scalar for leaf in self._outside[len(read) :]]]

    def _flat(self, at: AnyArray) -> list[float]:
        return self._given.flat("at", at, len(self.parameters), "parameters")

    def _value_and_slopes(
        self,
        kind: str,
        places: range,
        arguments: Sequence[Anything],
        named: Mapping[str, Anything],
        at: AnyArray,
    ) -> tuple[float, list[float]]:
        numbers = self._numbers(arguments, named, at)
        program = self._program(kind)
        try:
            value, slopes = program.run(numbers)
        except (ValueError, ArithmeticError):
            return self._eager.value_and_gradient(numbers, places)
        if program.leaves_out and isnan(sum(slopes)):
            return self._eager.value_and_gradient(numbers, places)
        return value, slopes

    def _program(self, kind: str) -> StraightLine:
        if kind not in self._programs:
            self._programs[kind] = self._written(kind)
        return self._programs[kind]

    def _written(self, kind: str) -> StraightLine:
        lines = GraphLines(self._order, dict(zip(self._leaves, self._names, strict=True)))
        outputs = [text_of(lines.numbers[output]) for output in self._outputs]
        if kind == "outputs":
            value, listed = ("", outputs) if self._structure else (outputs[0], None)
            return StraightLine(kind, self._names, lines.m.statements, value, listed, lines.functions)
        places = self._by_parameters if kind == "by_parameters" else self._by_inputs
        slopes = lines.gradients(self._outputs[0], [self._leaves[place] for place in places])
        name = f"value_and_gradient_{kind}"
        return StraightLine(
            name, self._names, lines.m.statements, outputs[0], slopes, lines.functions, leaves_out=lines.m.leaves_out
        )
