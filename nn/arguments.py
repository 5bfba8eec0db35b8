"""Checks of plain arguments: the number, or an error that names it."""

from math import inf
from numbers import Complex
from operator import index
from random import Random

from autograd import Value
from autograd.errors import is_real, quoted, whole_number
from autograd.recorder import current
from autograd.untyped import Anything


def number_in_range(
    name: str, number: Anything, *, above: float = -inf, least: float = -inf, below: float = inf
) -> float:
    """The number as a float. TypeError if it is none, ValueError if it is out of its range."""
    no_real = isinstance(number, Complex) and not is_real(number)  # NumPy drops an imaginary part with a warning alone
    try:
        found = None if isinstance(number, bool | str) or no_real or hasattr(number, "backward") else float(number)
    except OverflowError:
        found = inf
    except (TypeError, ValueError):
        found = None
    if found is None:
        raise TypeError(f"{name} must be a number, not {quoted(number)}")
    if not (above < found < below and least <= found):
        bounds = [f"above {above}"] * (above > -inf) + [f"at least {least}"] * (least > -inf)
        bounds += [f"below {below}"] * (below < inf) + ["finite"] * (below == inf)
        raise ValueError(f"{name} must be {' and '.join(bounds)}, not {quoted(number)}")
    return found


def random_numbers(seed: Anything) -> Random:
    """What initial weights and orders are drawn from: the `Random` given, or one seeded with a whole number or None."""
    if seed is None or isinstance(seed, Random):
        return seed or Random()
    # Random takes the size of a seed only: -1 would draw what 1 draws.
    return Random(whole_number("seed", seed, least=0))


def is_sequence(thing: Anything) -> bool:
    """Whether its entries are meant: not those of a text, a dict or a set, and a 0-dimensional array has none."""
    return (
        hasattr(thing, "__iter__")
        and not isinstance(thing, str | bytes | dict | set)
        and getattr(thing, "shape", 1) != ()
    )


def is_whole(thing: Anything) -> bool:
    """Whether it is an int of Python or NumPy, which a truth is not."""
    try:
        index(thing)
    except TypeError:
        return False
    return type(thing).__name__ not in ("bool", "bool_")


def number_unless_traced(thing: Value | float) -> float | None:
    """The number of a Value or a number; None of a Value while `vectorize` records for all numbers."""
    if not isinstance(thing, Value):
        return thing
    return None if current.get().traces else thing.data
