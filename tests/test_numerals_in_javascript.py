"""The page writes the numbers that it computes as Python writes those that it recorded."""

from importlib.resources import files
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from node import literal, result_of
from support import examples

from autograd.text import number

NUMERALS = files("autograd.drawing").joinpath("numerals.js").read_text(encoding="utf-8")
NUMBERS = [
    *(0.0, -0.0, 1.0, 100000.0, 123456.0, 12345.0, 12355.0, 9.5, 95.0, 999.96, 9.9996, 99995.0, 0.1 + 0.2, 1 / 3),
    *(1e15, 1e16, 123456789012345680.0, 1e22, 1e-4, 1e-5, 1.5e-5, 0.00012345, 0.00390625, 0.0001220703125, 5e-324),
    *(1.7976931348623157e308, inf, -inf, nan),
]


def written(function, numbers):
    """What a function of the page writes for numbers; with a sign before it, for no number stays itself in JSON."""
    texts = result_of(f"{NUMERALS} const run = () => {literal(numbers)}.map((x) => `:${{{function}}}`);")
    return [text[1:] for text in texts]


@pytest.mark.parametrize("digits", [1, 2, 4, 6, 9, 17])
def test_the_numbers_on_the_borders_of_notation_are_written_alike(digits):
    numbers = [*NUMBERS, *(-x for x in NUMBERS)]
    assert written(f"shortened(x, {digits})", numbers) == [number(x, digits) for x in numbers]


def test_all_digits_are_those_of_repr():
    numbers = [*NUMBERS, *(-x for x in NUMBERS)]
    assert written("repr(x)", numbers) == list(map(repr, numbers))


halves = st.integers(-(10**7), 10**7).map(lambda n: n / 64)
"""Of these many lie in the middle of two numbers of four digits."""


@settings(max_examples=examples(5))
@given(st.lists(st.floats() | halves, min_size=300, max_size=300))
def test_any_number_is_written_alike(numbers):
    assert written("shortened(x, 4)", numbers) == [number(x, 4) for x in numbers]
    assert written("repr(x)", numbers) == list(map(repr, numbers))
