"""What a training draws at random: the order of its examples, and the numbers behind `dropout` and `noise`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain
from random import Random

from autograd import Value, where
from autograd.errors import quoted, whole_number
from autograd.nodes import constant
from autograd.untyped import AnyArray, Anything
from nn.arguments import is_sequence, number_in_range


class Draws:
    """The draws of one example in a training step, each kind in the order in which the model asks for it.

    Args:
        uniform, normal: numbers between 0 and 1, and standard normal ones; or what stands for any, for a trace. Where
            they end, 0 is drawn.

    Attributes:
        asked: how many of either kind were asked for.
    """

    def __init__(self, uniform: Iterator[AnyArray], normal: Iterator[AnyArray]) -> None:
        self._streams = [uniform, normal]
        self._drawn: list[list[AnyArray]] = [[], []]
        self.asked = [0, 0]

    def uniform(self) -> AnyArray:
        return self._next(0)

    def normal(self) -> AnyArray:
        return self._next(1)

    def begin(self) -> None:
        """Note that an example begins."""
        self._drawn = [[], []]

    def begin_again(self) -> None:
        """Give the draws of the example once more, to a model that is called a second time for it."""
        for kind, drawn in enumerate(self._drawn):
            self._streams[kind] = chain(drawn, self._streams[kind])
            self.asked[kind] -= len(drawn)
        self.begin()

    def _next(self, kind: int) -> AnyArray:
        self.asked[kind] += 1
        number = next(self._streams[kind], 0.0)
        self._drawn[kind].append(number)
        return number


_current: ContextVar[Draws | None] = ContextVar("draws", default=None)


def current_draws() -> Draws | None:
    """What `dropout` and `noise` draw from now; None where they do not draw."""
    return _current.get()


@contextmanager
def drawing(draws: Draws) -> Iterator[Draws]:
    """Let `dropout` and `noise` take these draws inside."""
    token = _current.set(draws)
    try:
        yield draws
    finally:
        _current.reset(token)


def dropout(x: AnyArray, rate: float) -> AnyArray:
    """In the training steps of `fit`, each value becomes 0 with probability `rate`, else is divided by 1 − rate.

    So its mean stays what it is, and no unit can lean on another (Srivastava et al. 2014). Elsewhere, as in a call of
    the model, in `vectorize` and for validation, it is x. The draws come from the seed of `fit`, in all engines alike.

    Args:
        x: a Value or a number, or a list of them; then each is drawn for by itself.
        rate: at least 0 and below 1.

    Raises:
        TypeError, ValueError: for a rate out of its range.

    >>> dropout([1.0, 2.0], 0.5)
    [1.0, 2.0]
    """
    rate = number_in_range("rate", rate, least=0, below=1)
    draws = _current.get()
    if draws is None or rate == 0:
        return x
    return [_kept_or_0(value, rate, draws) for value in x] if is_sequence(x) else _kept_or_0(x, rate, draws)


def _kept_or_0(value: AnyArray, rate: float, draws: Draws) -> AnyArray:
    chance = draws.uniform()
    if isinstance(chance, Value):
        return where(chance >= rate, value / (1 - rate), 0.0)
    return value / (1 - rate) if chance >= rate else constant(0.0)


def noise(scale: Value | float) -> Value:
    """In the training steps of `fit`, a normal number with mean 0 and deviation `scale`, a new one at each call.

    Elsewhere, as in a call of the model, in `vectorize` and for validation, it is 0. The draws come from the seed of
    `fit`, in all engines alike.

    Args:
        scale: a number of at least 0, or a Value.

    Raises:
        TypeError, ValueError: for a number out of its range.

    >>> noise(0.1).data
    0.0
    """
    if not isinstance(scale, Value):
        scale = number_in_range("scale", scale, least=0)
    draws = _current.get()
    if draws is None:
        return constant(0.0)
    number = draws.normal()
    product = scale * number
    return product if isinstance(product, Value) else constant(product)


class Chance:
    """What `fit` makes of its seed: an order of the examples for each epoch, and the draws of the epoch's steps.

    The draws are seeded by the source of the orders once the first is asked for in an epoch. So a source that goes on
    from one `fit` to the next draws what one longer `fit` would have drawn, and a model without draws changes nothing.
    """

    def __init__(self, seed: Anything) -> None:
        self._shuffled = seed is not None
        self._source = _source(seed)
        self._streams: tuple[AnyArray, AnyArray] | None = None

    def begin_epoch(self) -> None:
        """Let the draws of the next epoch be others. `order` does it, too."""
        self._streams = None

    def order(self, count: int, *, matters: bool = True) -> AnyArray:
        """The examples of the next epoch, in order: as an array; in their own where the order does not matter."""
        import numpy as np

        self.begin_epoch()
        if not (self._shuffled and matters):
            return np.arange(count)
        if isinstance(self._source, Random):
            # In arrays: `shuffle` of Python would take as long for a million examples as some thousand steps.
            return np.random.default_rng(self._source.getrandbits(63)).permutation(count)
        return self._source.permutation(count)

    @property
    def state(self) -> Anything:
        """Where the source is at the end of an epoch, as what a file of JSON can hold.

        Raises:
            TypeError: for a source that has no state, as the entropy of the system.
        """
        if isinstance(self._source, Random):
            try:
                return ["Random" if self._shuffled else "None", self._source.getstate()]
            except NotImplementedError:
                raise TypeError(f"{type(self._source).__name__} has no state that a checkpoint could hold") from None
        state = self._source.bit_generator.state
        return [state["bit_generator"], state]

    @state.setter
    def state(self, state: Anything) -> None:
        kind, inner = state
        if kind != (own := self.state[0]):
            raise ValueError(f"the order of its examples is by seed={kind}, and seed is {own} now")
        if isinstance(self._source, Random):
            version, numbers, gauss = inner
            self._source.setstate((version, tuple(numbers), gauss))
        else:
            self._source.bit_generator.state = inner

    def arrays(self, batch: int, uniform: int, normal: int) -> list[AnyArray]:
        """The next draws for the examples of a batch, a row each, of either kind that there is."""
        drawn = []
        if uniform:
            drawn.append(self._generators()[0].random((batch, uniform)))
        if normal:
            drawn.append(self._generators()[1].standard_normal((batch, normal)))
        return drawn

    def one_by_one(self) -> Draws:
        """The same draws, as they are asked for."""

        def uniform() -> Iterator[float]:
            while True:
                yield self._generators()[0].random()

        def normal() -> Iterator[float]:
            while True:
                yield self._generators()[1].standard_normal()

        return Draws(uniform(), normal())

    def _generators(self) -> tuple[AnyArray, AnyArray]:
        if self._streams is None:
            import numpy as np

            bits = self._source.getrandbits(63) if isinstance(self._source, Random) else self._source.integers(2**63)
            self._streams = np.random.default_rng([int(bits), 0]), np.random.default_rng([int(bits), 1])
        return self._streams


def _source(seed: Anything) -> AnyArray:
    if isinstance(seed, Random) or (
        type(seed).__module__.partition(".")[0] == "numpy"
        and hasattr(seed, "standard_normal")
        and callable(seed.shuffle)
        and hasattr(seed, "integers")
    ):
        return seed
    if seed is not None and (isinstance(seed, bool) or not hasattr(seed, "__index__")):
        raise TypeError(
            f"seed must be a whole number, a random.Random, a numpy.random.Generator or None, not {quoted(seed)}"
        )
    # Random takes the size of a seed only: -1 would draw what 1 draws.
    return Random(whole_number("seed", 0 if seed is None else seed, least=0))
