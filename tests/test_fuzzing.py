"""`python -m benchmarks.fuzzing` tells a difference from a tie and from bad conditioning."""

import sys

import numpy as np
import pytest

from autograd import Value, maximum
from benchmarks import fuzzing

X = np.array([0.3, 1.7])


class Program:
    """A function, and the parameters that it has."""

    def __init__(self, function, *parameters):
        self.function, self.parameters = function, list(parameters)

    def __call__(self, *arguments):
        return self.function(*arguments)


def off_by(monkeypatch, **errors):
    """Lifted programs are wrong by so much."""
    right = fuzzing.lifted

    def wrong(*arguments):
        found, parameters = right(*arguments)
        return {name: number + errors.get(name, 0) for name, number in found.items()}, parameters

    monkeypatch.setattr(fuzzing, "lifted", wrong)


def test_a_program_that_is_the_engines_is_the_same():
    w = Value(0.5)
    assert fuzzing.verdict(Program(lambda x: (w * x).tanh(), w), [X], slopes=True) == ("the same", {})


@pytest.mark.parametrize("wrong", ["value", "gradient", "outputs", "by_inputs", "by_example"])
def test_a_program_that_is_not_the_engines_is_a_difference(monkeypatch, wrong):
    w, wrong = Value(0.5), wrong.replace("_", " ")
    off_by(monkeypatch, **{wrong: 1e-6})
    what, off = fuzzing.verdict(Program(lambda x: (w * x).tanh(), w), [X], slopes=True)
    assert what == "a difference"
    assert off == {wrong: pytest.approx(1e-6)}


def test_two_numbers_that_are_equal_but_for_their_rounding_are_a_tie(monkeypatch):
    v, w = Value(0.5), Value(0.5)
    off_by(monkeypatch, gradient=0.5)
    program = Program(lambda x: maximum(v * x * 0.1 + v * x * 0.2, 0.3 * (w * x)), v, w)
    assert fuzzing.verdict(program, [X], slopes=False)[0] == "a tie"


def test_a_number_of_which_rounding_leaves_few_digits_is_conditioning(monkeypatch):
    w = Value(0.5)
    off_by(monkeypatch, outputs=1e-7, value=1e-7)
    program = Program(lambda x: 1e9 * ((w + x) ** 2 - w * w - 2 * w * x - x * x), w)
    assert fuzzing.verdict(program, [X], slopes=False)[0] == "conditioning"
    assert w.data == 0.5


def test_the_command_counts_and_names_what_differs(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["fuzzing", "--programs", "4", "--seed", "1"])
    assert fuzzing.main() == 0
    assert capsys.readouterr().out == ("4 programs from seed 1: 4 the same, 0 a tie, 0 conditioning; 0 differences\n")
    off_by(monkeypatch, value=1e-3)
    assert fuzzing.main() == 1
    assert "(1) differs: value by 0.001" in capsys.readouterr().out


def test_a_program_that_is_refused_is_a_difference(monkeypatch, capsys):
    def refused(*_):
        raise TypeError("not so")

    monkeypatch.setattr(sys, "argv", ["fuzzing", "--programs", "1"])
    monkeypatch.setattr(fuzzing, "lifted", refused)
    assert fuzzing.main() == 1
    assert "differs: TypeError: not so" in capsys.readouterr().out
