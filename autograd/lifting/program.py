"""The lifted program: generated source, compiled, and called on batches."""

import ast
import itertools
import linecache
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.derivatives import values_in
from autograd.lifting.arrays import helpers
from autograd.lifting.emission import Emission
from autograd.lifting.groups import PARAMETERS, Groups
from autograd.lifting.normal_form import Expressions
from autograd.lifting.tracing import Trace
from autograd.value import Value

SHOWN = 24
"""How many numbers of an array the source shows."""

WIDTH = 100
"""How wide the generated source is, where it can be."""

_numbers = itertools.count(1)


class Program:
    """A scalar function, lifted to array code over a batch of examples. `vectorize` makes them.

    Attributes:
        source: the generated forward and backward pass, as Python.
        parameters: the leaves that the program reads at each call, in the order of the flat array.
        dtype: the type of its arrays.
        constants: the arrays that the source names: the places that are read, coefficients that differ.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        examples: Sequence[Any],
        parameters: Iterable[Value] | None,
        dtype: Any,
    ) -> None:
        self.dtype = np.dtype(dtype)
        if self.dtype.kind != "f":
            raise ValueError(f"dtype must be a floating-point type, such as float32, not {self.dtype}")
        listed = None if parameters is None else _leaves(parameters)
        trace = Trace(function, examples)
        expressions = Expressions(trace, None if listed is None else set(listed))
        groups = Groups(expressions, trace.shapes)
        emission = Emission(expressions, groups, trace.names, _name(function))
        self.shapes = trace.shapes
        self.names = trace.names
        self._structure = _output_shape(trace.structure)
        self._differentiable = len(trace.outputs) == 1
        self._batched = [expressions.batched[index] for index in expressions.outputs]
        found = expressions.leaves(groups.groups[PARAMETERS].members)
        known = set(found)
        unused = [parameter for parameter in (*expressions.parameters, *(listed or ())) if parameter not in known]
        self.parameters: list[Value] = [*found, *dict.fromkeys(unused)]
        self._used = len(found)
        self.source = _write(emission, self._argument_names(groups, emission))
        self.constants = {
            name: np.array(numbers, np.intp if integer else self.dtype)
            for name, (numbers, integer) in emission.constants.items()
        }
        self._forward, self._backward = _compile(self.source, self.constants, self.dtype)

    @staticmethod
    def _argument_names(groups: Groups, emission: Emission) -> list[str]:
        return [emission.names.of(group.index) for group in groups.groups if group.argument is not None]

    def __call__(self, *arrays: Any, at: Any = None) -> Any:
        """The output for each example: an array (batch,); (batch, n) if the function returns a list of n Values.

        Args:
            arrays: for each argument of the function, an array of shape (batch, *shape of the example).
            at: the parameters as a flat array, in the order of `parameters`; by default what they hold.

        Raises:
            TypeError, ValueError: for an array of another shape or type, or an empty batch, before anything runs.
        """
        columns, batch = self._columns(arrays)
        outputs, _ = self._forward(self._at(at), *columns)
        # The caller's own array, even where an output is one of its inputs or the same for all examples.
        if len(outputs) == 1 and np.ndim(outputs[0]) == 2:
            return np.array(outputs[0]).reshape(batch, *self._structure)
        own = np.empty((batch, len(outputs)), self.dtype)
        for place, output in enumerate(outputs):
            own[:, place] = output
        return own.reshape(batch, *self._structure)

    def value_and_gradients(self, *arrays: Any, at: Any = None) -> tuple[float, Any]:
        """The mean of the output over the batch, and its gradient as one flat array in the order of `parameters`.

        Args, Raises: as calling the program; also TypeError if the function returns more than one Value.
        """
        if not self._differentiable:
            raise TypeError("value_and_gradients needs a function that returns one Value, such as a loss")
        columns, batch = self._columns(arrays)
        theta = self._at(at)
        (output,), saved = self._forward(theta, *columns)
        # Before NumPy 2 a single float32 and a Python number made a float64.
        gradient = self._backward(theta, *columns, saved).astype(self.dtype, copy=False)
        if self._used < len(self.parameters):
            gradient = np.concatenate((gradient, np.zeros(len(self.parameters) - self._used, self.dtype)))
        elif gradient is theta or not (gradient.flags.owndata and gradient.flags.writeable):
            # The gradient of ½ Σ p² is p: the caller may write to it all the same.
            gradient = gradient.copy()
        return float(output.sum()) / batch if self._batched[0] else float(output), gradient

    def backward(self, *arrays: Any) -> float:
        """Add the gradient of the mean output to the `grad` of every parameter, as ``backward`` of a Value does.

        Returns:
            The mean output.
        """
        value, gradient = self.value_and_gradients(*arrays)
        for parameter, slope in zip(self.parameters, gradient.tolist(), strict=True):
            parameter.grad = slope if parameter.grad is None else parameter.grad + slope
        return value

    def read(self) -> Any:
        """What the parameters hold, as a flat array in the order of `parameters`."""
        return np.fromiter((parameter.data for parameter in self.parameters), self.dtype, len(self.parameters))

    def write(self, at: Any) -> None:
        """Set the parameters to the numbers of a flat array; to none of them if it is not one."""
        for parameter, number in zip(self.parameters, self._flat(at).tolist(), strict=True):
            parameter.data = number

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}: (batch{''.join(f', {n}' for n in shape)}{',' * (not shape)})"
                              for name, shape in zip(self.names, self.shapes, strict=True))  # fmt: skip
        return f"Program({arguments}; {len(self.parameters)} parameters, {self.dtype})"

    def _at(self, at: Any) -> Any:
        if at is None:
            return self.read()[: self._used]
        theta = self._flat(at)
        return theta[: self._used] if self._used < len(self.parameters) else theta

    def _flat(self, at: Any) -> Any:
        theta = self._as_array("at", at)
        if theta.shape != (len(self.parameters),):
            raise ValueError(
                f"at must be a flat array of the {len(self.parameters)} parameters, not one of shape {theta.shape}"
            )
        return theta

    def _columns(self, arrays: Sequence[Any]) -> tuple[list[Any], int]:
        """The arrays as the generated code takes them: (batch,) or (batch, numbers of an example)."""
        if len(arrays) != len(self.shapes):
            raise TypeError(f"the program takes {len(self.shapes)} arrays ({', '.join(self.names)}), not {len(arrays)}")
        columns, batch = [], None
        for name, shape, array in zip(self.names, self.shapes, arrays, strict=True):
            column = self._as_array(name, array)
            if column.ndim != 1 + len(shape) or column.shape[1:] != shape:
                wanted = f"(batch, {', '.join(map(str, shape))})" if shape else "(batch,)"
                raise ValueError(f"{name} must have the shape {wanted}, not {column.shape}")
            batch = column.shape[0] if batch is None else batch
            if column.shape[0] != batch:
                raise ValueError(f"{name} has {column.shape[0]} examples, but {self.names[0]} has {batch}")
            columns.append(column.reshape(batch, -1) if len(shape) > 1 else column)
        if batch == 0:
            raise ValueError("the batch is empty: it must hold at least one example")
        return columns, 1 if batch is None else batch

    def _as_array(self, name: str, array: Any) -> Any:
        if type(array) is np.ndarray and array.dtype == self.dtype:
            return array
        try:
            column = np.asarray(array)
        except ValueError as error:
            raise ValueError(f"{name} must be a regular array: {error}") from None
        if column.dtype.kind not in "fiub":
            raise TypeError(f"{name} must be an array of real numbers, not of {column.dtype}")
        return column.astype(self.dtype, copy=False)


def _leaves(parameters: Iterable[Value]) -> Sequence[Value]:
    listed = values_in(parameters, "parameters")
    for parameter in listed:
        if parameter.op is not None:
            raise ValueError(f"parameters must be leaves; {parameter!r} was computed ({parameter.op})")
    return listed


def _output_shape(structure: Any) -> tuple[int, ...]:
    if not isinstance(structure, list):
        return ()
    shapes = {_output_shape(part) for part in structure}
    if len(shapes) != 1:
        raise TypeError("the function must return a Value or regular nested lists of Values")
    return len(structure), *shapes.pop()


def _name(function: Callable[..., Any]) -> str:
    """What to call the output: `loss`, if the function is called so."""
    name = getattr(function, "__name__", "output")
    return name if name.isidentifier() else "output"


def _write(emission: Emission, arguments: Sequence[str]) -> str:
    """The source of the two functions."""
    forward = [*emission.views, *emission.forward]
    outputs = ", ".join(map(str, emission.outputs))
    backward = "\n".join(line for line, _ in emission.backward)
    needed = _names_in(backward)
    saved = [name for name in (line.split(" = ", 1)[0] for line in forward) if name in needed]
    count = f"batch = len({arguments[0]})" if arguments else ""
    text = [*_header(emission), f"def forward({', '.join(['parameters', *arguments])}):"]
    if "batch" in _names_in("\n".join([*forward, outputs])):
        text += _indented(count)
    for line in [*forward, f"return ({outputs},), {_tuple(saved)}"]:
        text += _indented(line)
    if backward:
        text += ["", "", f"def backward({', '.join(['parameters', *arguments, 'saved'])}):"]
        text += _indented(f"{_tuple(saved)} = saved") if saved else []
        text += _indented(count) if "batch" in needed else []
        for line, comment in emission.backward:
            text += _indented(line, comment)
        text += _indented("return gradient")
    return "\n".join(text) + "\n"


def _header(emission: Emission) -> list[str]:
    """What the lines name and do not define, as comments: short arrays in full, long ones by their shape."""
    lines = []
    for name, (numbers, _) in emission.constants.items():
        array = np.array(numbers)
        lines.append(
            f"# {name} = {numbers}" if array.size <= SHOWN else f"# {name}: an array {array.shape}, in constants"
        )
    return [*lines, "", ""] if lines else []


def _tuple(names: Sequence[str]) -> str:
    return f"({names[0]},)" if len(names) == 1 else f"({', '.join(names)})"


def _indented(line: str, comment: str = "") -> list[str]:
    """A line of a function and its comment, folded where it is too long to be read."""
    if len(line) + len(comment) + 6 <= WIDTH:
        return [f"    {line}  # {comment}" if comment else f"    {line}"]
    lines = [f"    # {comment}"] if comment else []
    if len(line) + 4 <= WIDTH:
        return [*lines, f"    {line}"]
    opening, parts, closing = _folded(line)
    filled = [""]
    for part in parts:
        if len(filled[-1]) + len(part) + 9 > WIDTH and filled[-1]:
            filled.append("")
        filled[-1] += f" {part}" if filled[-1] else part
    return [*lines, f"    {opening}", *(f"        {part}" for part in filled), f"    {closing}"]


def _folded(line: str) -> tuple[str, list[str], str]:
    """A line in three: up to where it breaks, the parts to put on lines of their own, and the rest."""
    target, _, value = line.partition(" = ")
    terms = _parts(value, " + ", keep=0)
    if len(terms) > 1 and max(map(len, terms)) + 8 <= WIDTH:
        return f"{target} = (", terms, ")"
    opening, entries, closing = _longest_list(line)
    return opening, _parts(entries, ", ", keep=1), closing


def _parts(text: str, separator: str, *, keep: int) -> list[str]:
    """The text split outside of parentheses; the first `keep` characters of a separator stay with what they end."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth == 0 and text.startswith(separator, position):
            parts.append(text[start : position + keep])
            start = position + keep + 1
    return [*parts, text[start:]]


def _longest_list(line: str) -> tuple[str, str, str]:
    """The line around the entries of its longest list in parentheses; all of it, if it has none."""
    stack: list[int] = []
    longest = 0, 0
    for position, character in enumerate(line):
        if character == "(":
            stack.append(position)
        elif character == ")":
            start = stack.pop()
            inside = line[start + 1 : position]
            # Of the parentheses of a call and those of its only argument, a tuple, the inner ones.
            if len(inside) > longest[1] - longest[0] and len(_parts(inside, ", ", keep=1)) > 1:
                longest = start + 1, position
    start, end = longest
    return line[:start], line[start:end], line[end:]


def _names_in(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def _compile(source: str, constants: dict[str, Any], dtype: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The two functions. Tracebacks and `inspect` find their source under the file name."""
    file = f"<vectorize {next(_numbers)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    for array in constants.values():
        array.flags.writeable = False
    namespace: dict[str, Any] = {"np": np, "dtype": dtype, **helpers(np), **constants}
    exec(compile(source, file, "exec"), namespace)
    return namespace["forward"], namespace.get("backward", namespace["forward"])
