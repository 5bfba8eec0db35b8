"""Activations: functions of one Value beside those of `autograd`, their names, and the weights they begin with."""

from math import sqrt

from autograd import Operation, Value, erfc, expm1, relu, sigmoid, softplus, tanh, where
from autograd.untyped import Anything
from nn.arguments import number_in_range

SLOPE = 0.01
"""Of `leaky_relu` below 0, where none is given."""


def leaky_relu(x: Anything, slope: float = SLOPE) -> Anything:
    """x above 0, else slope · x: no unit stops learning (Maas et al. 2013). The derivative at 0 is the slope.

    For another slope give a function: ``activation=lambda x: leaky_relu(x, 0.2)``.

    >>> leaky_relu(Value(-2.0)).data
    -0.02
    """
    slope = number_in_range("slope", slope)
    return _by_sign(x, x, slope * x)


def elu(x: Anything, alpha: float = 1.0) -> Anything:
    """x above 0, else alpha · (eˣ − 1): its mean is nearer to 0 (Clevert et al. 2016, arXiv:1511.07289).

    >>> f"{elu(Value(-1.0)).data:.6f}"
    '-0.632121'
    """
    alpha = number_in_range("alpha", alpha)
    # The branch that is not taken has a value, too: exp(800) has none.
    return _by_sign(x, x, alpha * expm1(_by_sign(x, 0.0, x)))


def silu(x: Anything) -> Anything:
    """x · σ(x), also called swish (Hendrycks and Gimpel 2016, arXiv:1606.08415).

    >>> f"{silu(Value(1.0)).data:.6f}"
    '0.731059'
    """
    return x * sigmoid(x)


def gelu(x: Anything) -> Anything:
    """x · Φ(x) with the normal distribution's Φ, exact and not by tanh (Hendrycks and Gimpel 2016, arXiv:1606.08415).

    >>> f"{gelu(Value(1.0)).data:.6f}"
    '0.841345'
    """
    return 0.5 * x * erfc(x * -sqrt(0.5))


def _by_sign(x: Anything, above: Anything, below: Anything) -> Anything:
    """One for x above 0, the other elsewhere."""
    if isinstance(x, Value):
        return where(x > 0, above, below)
    return above if x > 0 else below


NAMED: dict[str, Anything] = {
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "silu": silu,
    "gelu": gelu,
    "softplus": softplus,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "identity": None,
}
"""The activations that a layer knows by name; the identity is None."""

HALVING = (relu, Value.relu, leaky_relu, elu, silu, gelu, softplus, Value.softplus)
"""Those that let about half of a signal through, so that its variance is halved."""


def activation_named(activation: Anything) -> Anything:
    """The function of a name, or the one given; None for the identity.

    Raises:
        ValueError, TypeError: for a name that is not known, or what cannot be called.
    """
    if isinstance(activation, str):
        if activation not in NAMED:
            raise ValueError(f"unknown activation {activation!r}; there is {', '.join(map(repr, NAMED))}")
        return NAMED[activation]
    if activation is not None and not callable(activation):
        raise TypeError(f"activation must be a function such as autograd.relu, its name, or None, not {activation!r}")
    return activation


def initial_deviation(activation: Anything, n_inputs: int) -> float:
    """The deviation of initial weights that keeps the size of a signal from layer to layer.

    √(2/n) before what halves a signal's variance (He et al. 2015, arXiv:1502.01852, equation 10; equation 15 for a
    leaky one), √(1/n) before others (LeCun et al. 1998, "Efficient BackProp").
    """
    halving = activation in HALVING
    return sqrt((2 / (1 + SLOPE**2) if activation is leaky_relu else 2 if halving else 1) / n_inputs)


def name_of(activation: Anything) -> str:
    """What to call an activation."""
    if activation is None:
        return "linear"
    known = activation.name if isinstance(activation, Operation) else getattr(activation, "__name__", None)
    return known or repr(activation)
