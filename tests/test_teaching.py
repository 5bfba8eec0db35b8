"""What the notebooks share: tables, and checks that answer any answer with a sentence."""

from fractions import Fraction
from math import inf, nan

import pytest

from autograd import Value
from nn.teaching import AnswerError, exercise_check, given_number, given_numbers, given_value, table, unanswered

np = pytest.importorskip("numpy")


@exercise_check
def check_double(answer):
    given = answer(2.0)
    if unanswered(given):
        return "not yet"
    return "✓ right" if given_number(given, "double") == 4 else "✗ twice 2 is 4"


def test_a_right_answer_is_right_in_whatever_number_it_is():
    for number in (4, 4.0, np.float64(4), np.array(4.0), Fraction(4)):
        assert check_double(lambda x, number=number: number) == "✓ right"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (np.array([1.0, 2.0]), "✗ double must be one number, not an array of shape (2,)"),
        ("", "✗ double must be one number, not '' (a str)"),
        ([1, 2], "✗ double must be one number, not [1, 2] (a list)"),
        (True, "✗ double must be one number, not True (a bool)"),
        (1j, "✗ double must be one number, not 1j (a complex)"),
        (nan, "✗ double must be a finite number, not nan"),
        (inf, "✗ double must be a finite number, not inf"),
        (Value(4.0), "✗ double must be a number, not a Value: give its .data"),
        (5, "✗ twice 2 is 4"),
        (None, "not yet"),
        (..., "not yet"),
    ],
)
def test_any_other_answer_has_a_sentence(given, sentence):
    assert check_double(lambda x: given) == sentence


def test_what_goes_wrong_in_an_answer_is_said():
    def looping(x):
        return looping(x)

    assert check_double(lambda x: x / 0) == "✗ your answer stops with ZeroDivisionError: float division by zero"
    assert check_double(lambda: 1).startswith("✗ your answer stops with TypeError: ")
    assert check_double(1000) == "✗ your answer stops with TypeError: 'int' object is not callable"
    assert check_double(looping).startswith("✗ your answer stops with RecursionError")


def test_an_interruption_is_not_an_answer():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_double(interrupted)


def test_so_many_numbers_are_read():
    assert given_numbers((1, np.float64(2.5)), "pair", 2) == [1.0, 2.5]
    for wrong in ("ab", 3, [1], [1, 2, 3], [1, "2"], {1: 2, 3: 4}, np.array(1.0)):
        with pytest.raises(AnswerError, match="pair"):
            given_numbers(wrong, "pair", 2)


def test_a_value_is_asked_for():
    v = Value(1.0)
    assert given_value(v, "loss") is v
    with pytest.raises(AnswerError, match=r"loss must give a Value, .*not 1\.0"):
        given_value(1.0, "loss")


def test_a_table_is_markdown():
    shown = table(["a", "b"], [[1 / 3, "x"]], digits=3)
    assert shown == shown._repr_markdown_() == "| a | b |\n| ---: | ---: |\n| 0.333 | x |"
