"""Perceptrons, layers of them, and stacks of layers."""

from collections.abc import Callable, Iterable
from random import Random
from typing import TYPE_CHECKING, Never, NoReturn, TypeAlias

from autograd import Value, ops, relu, tanh  # noqa: F401  (tanh for an example)
from autograd.advice.advised import hide_what_is_refused, lacks
from autograd.errors import whole_number
from autograd.nodes import constant
from autograd.text import printable
from autograd.untyped import AnyFunction, Anything, Real
from nn.activations import activation_named, initial_deviation, name_of
from nn.arguments import is_sequence, random_numbers
from nn.habits import OF_A_LAYER, OF_A_PERCEPTRON, OF_AN_MLP, OF_OUTPUTS, OPERATORS_OF_OUTPUTS
from nn.module import Module

Function = Callable[[Value], Value] | None
"""A function of one Value, such as `autograd.relu`; None for the identity."""
Activation = Function | str
"""The same, or a name: "relu", "leaky_relu", "elu", "silu", "gelu", "softplus", "tanh", "sigmoid", "identity"."""
Inputs = Iterable[Value | Real] | Value | Real
"""The inputs of one example; a single one may come without a list."""

if TYPE_CHECKING:
    OneOrMore: TypeAlias = Anything
elif True:  # Jedi, which completes names in Jupyter, would pass over an ``else``
    OneOrMore = Value | list[Value]
"""What a layer gives. To a type checker it is anything: which of the two depends on a size, and to refuse
``model(x).sigmoid()`` or ``model(x)[0]`` would be wrong in half of all programs."""


class Perceptron(Module):
    """One neuron, φ(w·x + b): a weighted sum as one `dot` node, and an activation.

    Args:
        n_inputs: how many inputs it takes, at least 1.
        activation: φ, a function of one Value, or its name, as "tanh" or "gelu"; None for a linear neuron.
        seed: of the initial weights, a whole number, or a `random.Random` to draw from; None for new ones each time.

    The weights start normally distributed about 0 with the deviation that keeps the signal's size from layer to layer:
    √(2/n) before relu, leaky_relu, elu, silu, gelu and softplus (He et al. 2015, arXiv:1502.01852), √(1/n) before
    others (LeCun et al. 1998, "Efficient BackProp"). The bias starts at 0.

    Raises:
        TypeError, ValueError: if `n_inputs` is not a whole number above 0, or `activation` cannot be called.

    >>> neuron = Perceptron(2, tanh)
    >>> neuron.weights[0].data, neuron.weights[1].data, neuron.bias.data = 0.5, -1.0, 0.25
    >>> f"{neuron([3.0, 1.0]):.4f}"
    '0.6351'
    """

    weights: list[Value]
    """w, one for each input. ``neuron.weights[0].data = 0.5`` sets a number."""
    bias: Value
    """b. A plain ``0.0`` in its place makes a perceptron without a bias."""
    activation: Function
    """φ, or None."""

    def __init__(self, n_inputs: int, activation: Activation = relu, *, seed: int | Random | None = None) -> None:
        n_inputs = whole_number("n_inputs", n_inputs, least=1)
        self.activation = activation_named(activation)
        random = random_numbers(seed)
        deviation = initial_deviation(self.activation, n_inputs)
        self.weights = [Value(random.gauss(0.0, deviation)) for _ in range(n_inputs)]
        self.bias = Value(0.0)

    @hide_what_is_refused
    def __call__(self, inputs: Inputs, *more: Never) -> Value:
        """φ(w·x + b), one Value, for the inputs of one example.

        Args:
            inputs: a sequence of as many numbers or Values as there are weights; one alone, also without a sequence.

        Raises:
            ValueError: if there are more or fewer inputs than weights.
            TypeError: if an input is no number, as in a batch of examples, or the inputs are not one sequence.

        >>> Perceptron(2, tanh, seed=0)([3.0, 1.0])
        Value(data=0.765824134071809, grad=None)
        """
        if more:
            _refuse_several(self, inputs, *more)
        if type(inputs) is not _Values or len(inputs) != len(self.weights):
            inputs = _inputs(inputs, len(self.weights), "perceptron")
        weighted_sum: Value = ops.dot.record(*self.weights, *inputs, self.bias)
        return weighted_sum if self.activation is None else self.activation(weighted_sum)

    def __repr__(self) -> str:
        return f"Perceptron({len(self.weights)} -> 1, {_name(self.activation)})"


class Layer(Module):
    """Perceptrons side by side, each seeing all inputs.

    Args:
        n_inputs: how many inputs each perceptron takes.
        n_outputs: how many perceptrons.
        activation, seed: as for `Perceptron`.

    Called, it gives a list of Values; a layer of one perceptron gives its Value.

    >>> Layer(3, 2, seed=0)
    Layer(3 -> 2, relu)
    """

    perceptrons: list[Perceptron]
    """One for each output."""

    def __init__(
        self, n_inputs: int, n_outputs: int, activation: Activation = relu, *, seed: int | Random | None = None
    ) -> None:
        random = random_numbers(seed)
        size = whole_number("n_outputs", n_outputs, least=1)
        self.perceptrons = [Perceptron(n_inputs, activation, seed=random) for _ in range(size)]

    @hide_what_is_refused
    def __call__(self, inputs: Inputs, *more: Never) -> OneOrMore:
        """The outputs of one example: of one perceptron its Value, of several a list of their Values.

        Args:
            inputs: a sequence of as many numbers or Values as each perceptron has weights; one alone, also without a
                sequence.

        Raises:
            TypeError, ValueError: as a `Perceptron` does. A list of outputs has no arithmetic and no ``backward``: each
                of its Values has.

        >>> first, second = Layer(3, 2, tanh, seed=0)([1.0, -2.0, 0.5])
        >>> f"{first:.4f}, {second:.4f}"
        '0.9611, 0.8779'
        """
        if more:
            _refuse_several(self, inputs, *more)
        first = self.perceptrons[0]
        # Numbers become leaves once for the layer, so that its perceptrons share their inputs in the graph too.
        inputs = _inputs(inputs, len(first.weights), "layer")
        outputs = [perceptron(inputs) for perceptron in self.perceptrons]
        return outputs[0] if len(outputs) == 1 else Outputs(outputs)

    def __repr__(self) -> str:
        first = self.perceptrons[0]
        return f"Layer({len(first.weights)} -> {len(self.perceptrons)}, {_name(first.activation)})"


class MLP(Module):
    """A multilayer perceptron: layers one after the other, the last one linear unless told otherwise.

    Args:
        n_inputs: how many inputs the first layer takes.
        sizes: the number of perceptrons of each layer, the outputs last.
        activation: of every layer but the last.
        output_activation: of the last layer; None for a linear one.
        seed: as for `Perceptron`.

    Raises:
        TypeError, ValueError: if a size is not a whole number above 0, or there is none.

    >>> model = MLP(2, [16, 16, 1], seed=0)
    >>> model
    MLP(2 -> 16 relu -> 16 relu -> 1 linear, 337 parameters)
    >>> model.layers[0].perceptrons[3].weights[1].name
    'layers.0.perceptrons.3.weights.1'
    """

    layers: list[Layer]
    """One for each of `sizes`, from the inputs to the outputs."""

    def __init__(
        self,
        n_inputs: int,
        sizes: Iterable[int],
        activation: Activation = relu,
        output_activation: Activation = None,
        *,
        seed: int | Random | None = None,
    ) -> None:
        if not is_sequence(sizes):
            raise TypeError(f"sizes must be a list with the size of each layer, as [16, 1], not {sizes!r}")
        sizes = [whole_number(f"sizes[{index}]", size, least=1) for index, size in enumerate(sizes)]
        if not sizes:
            raise ValueError("sizes must hold the size of at least one layer")
        random = random_numbers(seed)
        self.layers = [
            Layer(n, size, activation if index < len(sizes) - 1 else output_activation, seed=random)
            for index, (n, size) in enumerate(zip([n_inputs, *sizes[:-1]], sizes, strict=True))
        ]

    @hide_what_is_refused
    def __call__(self, inputs: Inputs, *more: Never) -> OneOrMore:
        """The outputs of one example: of one output its Value, of several a list of Values.

        Args:
            inputs: a sequence of `n_inputs` numbers or Values; one alone, also without a sequence.

        Raises:
            TypeError, ValueError: as a `Perceptron` does. A list of outputs has no arithmetic and no ``backward``: each
                of its Values has.

        >>> MLP(2, [4, 1], seed=0)([1.0, -2.0])
        Value(data=-3.040217590352129, grad=None)
        >>> outputs = MLP(2, [4, 3], seed=0)([1.0, -2.0])
        >>> len(outputs), outputs[0].data
        (3, -3.040217590352129)
        """
        if more:
            _refuse_several(self, inputs, *more)
        outputs: Anything = inputs
        for layer in self.layers:
            outputs = layer(outputs)
        return outputs

    def __repr__(self) -> str:
        first = self.layers[0].perceptrons[0]
        sizes = [str(len(first.weights))]
        sizes += [f"{len(layer.perceptrons)} {_name(layer.perceptrons[0].activation)}" for layer in self.layers]
        return f"MLP({' -> '.join(sizes)}, {len(self.parameters())} parameters)"


class Outputs(list[Value]):
    """What a layer of several perceptrons gives: a list, which is told from a Value where it is used as one."""


def _refusal(written: str, inherited: AnyFunction | None) -> AnyFunction:
    """An operator that outputs do not have; with another list, what a list does, and with an array what that does."""

    def refused(self: Outputs, *others: Anything) -> Anything:
        other = others[0] if others else None
        if isinstance(other, list) and inherited is not None:
            return inherited(self, other)
        if hasattr(other, "__array__"):
            return NotImplemented
        raise TypeError(f"outputs of a layer have no {written}: {OPERATORS_OF_OUTPUTS}")

    return refused


lacks(Perceptron, OF_A_PERCEPTRON)
lacks(Layer, OF_A_LAYER)
lacks(MLP, OF_AN_MLP)
lacks(Outputs, OF_OUTPUTS)
_ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**", "matmul": "@"}
_OPERATORS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "neg": "-", "pos": "+", "abs": "abs()", "float": "float()"}
for _operator, _written in (
    _ARITHMETIC | {f"r{name}": sign for name, sign in _ARITHMETIC.items()} | _OPERATORS
).items():
    setattr(Outputs, f"__{_operator}__", _refusal(_written, getattr(list, f"__{_operator}__", None)))


class _Values(list[Value]):
    """Inputs that a layer has seen to be Values: each of its perceptrons takes them without looking again."""


def _inputs(inputs: Anything, expected: int, of: str) -> _Values:
    """The inputs as a list of Values; a number alone, or a Value as a layer of one gives, counts as a list of one."""
    if type(inputs) is not _Values:
        role = f"an input of a {of}"
        inputs = list(inputs) if is_sequence(inputs) else [inputs]
        try:
            inputs = _Values(x if isinstance(x, Value) else constant(x, role) for x in inputs)
        except TypeError as error:
            if not any(map(is_sequence, inputs)):
                raise
            batch = "as in [model(x) for x in X], or for all at once vectorize(model, X[0])(X); fit takes the whole X"
            raise TypeError(f"{error}. For a batch call the model for each example, {batch}") from None
    if len(inputs) != expected:
        raise ValueError(f"this {of} takes {expected} inputs, not {len(inputs)}")
    return inputs


def _refuse_several(module: Module, *inputs: Anything) -> NoReturn:
    raise TypeError(
        f"{type(module).__name__} takes its inputs as one list, not as {len(inputs)} arguments: "
        f"model([{', '.join('x' + str(index) for index in range(1, min(len(inputs), 3) + 1))}])"
    )


def _name(activation: Function) -> str:
    return printable(name_of(activation))
