"""Optimizers: update rules written once, as functions of a parameter and its gradient — numbers or arrays alike."""

from collections.abc import Iterable

from autograd import Value
from autograd.advice.advised import lacks, with_advice
from autograd.errors import quoted
from autograd.text import printable
from autograd.untyped import AnyArray
from nn.arguments import number_in_range
from nn.habits import OF_A_STEP, OF_AN_OPTIMIZER, OF_AN_OPTIMIZER_THERE_IS, OF_ZERO_GRAD


class Optimizer:
    """What optimizers share: the parameters, the learning rate and the loop over them.

    A subclass writes its `rule`, and the `start` of the state that the rule carries from step to step.
    """

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        try:
            self.parameters = list(parameters)
        except (TypeError, AttributeError):  # of a Value
            wrong = f"an optimizer takes a list of Values, as model.parameters(), not {quoted(parameters)}"
            raise TypeError(wrong) from None
        for parameter in self.parameters:
            if not isinstance(parameter, Value):
                raise TypeError(
                    f"an optimizer takes Values, not {quoted(parameter)} of type {type(parameter).__name__}"
                )
            if parameter.op is not None:
                raise ValueError(f"an optimizer changes leaves; {parameter!r} was computed ({parameter.op})")
        if not self.parameters:
            raise ValueError("an optimizer needs at least one parameter")
        if len(set(self.parameters)) < len(self.parameters):
            twice = next(p for index, p in enumerate(self.parameters) if p in self.parameters[:index])
            raise ValueError(f"{twice!r} is among the parameters twice: it would move twice in a step")
        self.lr = number_in_range("lr", lr, above=0)
        self.states = [self.start(0.0) for _ in self.parameters]

    def see_to_states(self) -> None:
        """Raise ValueError if there is not one state for each parameter, as after an ``append`` to the parameters."""
        if len(self.states) != len(self.parameters):
            raise ValueError(
                f"{self!r} has {len(self.states)} states, one for each of the parameters that it was made with: "
                "make a new optimizer for other parameters"
            )

    def start(self, zero: AnyArray) -> AnyArray:
        """The state before the first step, in the form of `zero`: a number, or an array of zeros."""
        raise NotImplementedError

    def rule(self, parameter: AnyArray, gradient: AnyArray, state: AnyArray) -> tuple[AnyArray, AnyArray]:
        """The parameter after a step and the new state: a pure function of numbers or of arrays of any one shape."""
        raise NotImplementedError

    @with_advice(OF_A_STEP)
    def step(self) -> None:
        """Move every parameter by the rule. One that no backward has reached (its grad is None) stays where it is.

        Raises:
            ValueError: if no parameter has a gradient, or if parameters were added to the optimizer or taken from it.
        """
        self.see_to_states()
        if all(parameter.grad is None for parameter in self.parameters):
            raise ValueError("no parameter has a gradient yet: call loss.backward() before step()")
        for index, parameter in enumerate(self.parameters):
            if parameter.grad is not None:
                parameter.data, self.states[index] = self.rule(parameter.data, parameter.grad, self.states[index])

    @with_advice(OF_ZERO_GRAD)
    def zero_grad(self) -> None:
        """Set every gradient to 0.0, for the next `backward` to add to."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def __repr__(self) -> str:
        return printable(f"{type(self).__name__}({len(self.parameters)} parameters, lr={self.lr})")


lacks(Optimizer, OF_AN_OPTIMIZER_THERE_IS)


def settings_of(optimizer: Optimizer) -> dict[str, float]:
    """The numbers that an optimizer is set to: its learning rate and the like."""
    return {name: part for name, part in vars(optimizer).items() if isinstance(part, float | int)}


class SGD(Optimizer):
    """Gradient descent: v ← momentum · v + ∂J/∂w, then w ← w − lr · v.

    Args:
        parameters: the leaves to change.
        lr: the learning rate (the lecture's α), above 0. It may be set between steps.
        momentum: how much of the last step is kept, in [0, 1).

    Raises:
        ValueError: for no parameters, one given twice, or a number out of its range.

    >>> w = Value(0.5)
    >>> optimizer = SGD([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w.data
    0.4
    """

    @with_advice(OF_AN_OPTIMIZER)
    def __init__(self, parameters: Iterable[Value], lr: float, momentum: float = 0.0) -> None:
        super().__init__(parameters, lr)
        self.momentum = number_in_range("momentum", momentum, least=0, below=1)

    def start(self, zero: AnyArray) -> AnyArray:
        return zero

    def rule(self, parameter: AnyArray, gradient: AnyArray, state: AnyArray) -> tuple[AnyArray, AnyArray]:
        velocity = self.momentum * state + gradient if self.momentum else gradient
        return parameter - self.lr * velocity, velocity


class Adam(Optimizer):
    """Adam: steps of about lr, along the running mean of the gradients over the root of that of their squares.

    D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization" (2015), arXiv:1412.6980, algorithm 1.

    Args:
        parameters: the leaves to change.
        lr: the learning rate, above 0. It may be set between steps.
        beta1, beta2: the decay of the two running means, in [0, 1).
        epsilon: keeps the quotient finite, above 0.

    Raises:
        ValueError: for no parameters, one given twice, or a number out of its range.

    >>> w = Value(0.5)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> f"{w:.6f}"
    '0.400000'
    """

    @with_advice(OF_AN_OPTIMIZER)
    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        self.beta1 = number_in_range("beta1", beta1, least=0, below=1)
        self.beta2 = number_in_range("beta2", beta2, least=0, below=1)
        self.epsilon = number_in_range("epsilon", epsilon, above=0)

    def start(self, zero: AnyArray) -> AnyArray:
        return zero, zero, 0

    def rule(self, parameter: AnyArray, gradient: AnyArray, state: AnyArray) -> tuple[AnyArray, AnyArray]:
        mean, square, steps = state
        steps += 1
        mean = self.beta1 * mean + (1 - self.beta1) * gradient
        square = self.beta2 * square + (1 - self.beta2) * gradient * gradient
        # Both means start at 0 and are too small by these factors at first.
        unbiased_mean = mean / (1 - self.beta1**steps)
        unbiased_square = square / (1 - self.beta2**steps)
        return parameter - self.lr * unbiased_mean / (unbiased_square**0.5 + self.epsilon), (mean, square, steps)


class AdamW(Adam):
    """Adam with decoupled weight decay: w ← w − lr · weight_decay · w, beside the step of `Adam`.

    I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization" (2019), arXiv:1711.05101, algorithm 2. Unlike
    `l2` in the loss, the decay is not divided by the size of the gradients.

    Args:
        parameters: the leaves to change.
        lr: the learning rate, above 0. It may be set between steps.
        weight_decay: at least 0.
        beta1, beta2, epsilon: as for `Adam`.

    Raises:
        ValueError: for no parameters, one given twice, or a number out of its range.

    >>> w = Value(0.5)
    >>> optimizer = AdamW([w], lr=0.1, weight_decay=0.2)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> f"{w:.6f}"
    '0.390000'
    """

    @with_advice(OF_AN_OPTIMIZER)
    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        weight_decay: float = 0.01,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr, beta1, beta2, epsilon)
        self.weight_decay = number_in_range("weight_decay", weight_decay, least=0)

    def rule(self, parameter: AnyArray, gradient: AnyArray, state: AnyArray) -> tuple[AnyArray, AnyArray]:
        decayed = parameter - self.lr * self.weight_decay * parameter
        return super().rule(decayed, gradient, state)


class RMSprop(Optimizer):
    """RMSprop: the gradient over the root of the running mean of its squares.

    G. Hinton, "Neural Networks for Machine Learning" (2012), lecture 6e; epsilon is added to the root.

    Args:
        parameters: the leaves to change.
        lr: the learning rate, above 0. It may be set between steps.
        decay: of the running mean, in [0, 1).
        epsilon: keeps the quotient finite, above 0.

    Raises:
        ValueError: for no parameters, one given twice, or a number out of its range.

    >>> w = Value(0.5)
    >>> optimizer = RMSprop([w], lr=0.01)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> f"{w:.6f}"
    '0.400000'
    """

    @with_advice(OF_AN_OPTIMIZER)
    def __init__(
        self, parameters: Iterable[Value], lr: float = 0.01, decay: float = 0.99, epsilon: float = 1e-8
    ) -> None:
        super().__init__(parameters, lr)
        self.decay = number_in_range("decay", decay, least=0, below=1)
        self.epsilon = number_in_range("epsilon", epsilon, above=0)

    def start(self, zero: AnyArray) -> AnyArray:
        return zero

    def rule(self, parameter: AnyArray, gradient: AnyArray, state: AnyArray) -> tuple[AnyArray, AnyArray]:
        square = self.decay * state + (1 - self.decay) * gradient * gradient
        return parameter - self.lr * gradient / (square**0.5 + self.epsilon), square
