"""What fit refuses, by name and before the first step."""

import numpy
import pytest

from autograd import Value
from nn import SGD, Perceptron, fit, squared_error

NAN, INF = float("nan"), float("inf")
INPUTS, TARGETS = [[1.0, 2.0], [3.0, 4.0]], [0.5, 1.0]


@pytest.fixture
def refused():
    """fit with some arguments changed; the model must be as it was after the error."""
    model = Perceptron(2, activation=None, seed=0)
    before = [(parameter.data, parameter.grad) for parameter in model.parameters()]

    def call(error, match, inputs=INPUTS, targets=TARGETS, **arguments):
        settings = {
            "model": model,
            "loss": squared_error,
            "optimizer": SGD(model.parameters(), lr=0.1),
            "epochs": 2,
            "progress": False,
        }
        settings |= arguments
        with pytest.raises(error, match=match):
            fit(settings.pop("model"), inputs, targets, **settings)

    yield call
    assert [(parameter.data, parameter.grad) for parameter in model.parameters()] == before


@pytest.mark.parametrize("engine", ["torch", "", None])
def test_an_engine_that_is_not_there_is_refused_by_name(refused, engine):
    refused(ValueError, f"unknown engine {engine!r}; there is 'numpy', 'eager', 'jax'", engine=engine)


@pytest.mark.parametrize("empty", [[], (), numpy.empty((0, 2))])
def test_no_examples_are_refused(refused, empty):
    refused(ValueError, "inputs must hold at least one example", inputs=empty, targets=[])
    refused(ValueError, "targets must hold at least one example", targets=empty)


def test_examples_without_numbers_are_refused(refused):
    refused(ValueError, r"inputs\[0\] is empty", inputs=[[], []])
    refused(ValueError, r"targets\[0\] is empty", targets=numpy.empty((2, 0)))


def test_another_number_of_targets_is_refused(refused):
    refused(ValueError, "not 3 targets for 2 inputs", targets=[1, 2, 3])
    refused(ValueError, "not 1 targets for 2 inputs", targets=[1])


def test_ragged_data_are_refused_with_the_place(refused):
    refused(ValueError, r"inputs\[0\] has 2 numbers, inputs\[1\] has 3 numbers", inputs=[[1, 2], [1, 2, 3]])
    refused(ValueError, r"targets\[0\] has 1 numbers, targets\[1\] has a single number", targets=[[1], 1])


@pytest.mark.parametrize("number", [NAN, INF, -INF, numpy.float32("nan")])
def test_data_that_are_not_finite_are_refused_with_the_place(refused, number):
    refused(ValueError, rf"inputs\[1\]\[0\] must be finite, not {number}", inputs=[[1, 2], [number, 4]])
    refused(ValueError, rf"targets\[1\] must be finite, not {number}", targets=[1, number])


@pytest.mark.parametrize("wrong", ["1", b"1", None, 1j, numpy.complex64(1), object(), {1}, {1: 1}, numpy.str_("1")])
def test_data_that_are_no_numbers_are_refused_with_the_place(refused, wrong):
    refused(TypeError, r"inputs\[1\]\[1\] must be a real number", inputs=[[1, 2], [3, wrong]])
    refused(TypeError, r"targets\[0\] must be a real number", targets=[wrong, 1])


def test_values_as_data_are_refused(refused):
    refused(
        TypeError, r"inputs\[0\]\[0\] must be a plain number.*fit makes the Values itself", inputs=[[Value(1.0), 2]]
    )


def test_matrices_are_refused_by_a_model_that_takes_rows(refused):
    refused(TypeError, "an input of a perceptron must be a real number", inputs=numpy.ones((2, 2, 2)))


def test_a_number_too_large_for_a_float_is_refused_with_the_place(refused):
    refused(OverflowError, r"targets\[0\] must fit a float", targets=[10**400, 1])


@pytest.mark.parametrize("data", [None, 3, "12", {0: 1, 1: 2}, {1, 2}, Value(1.0), numpy.array(1.0)])
def test_data_that_are_no_list_are_refused(refused, data):
    refused(TypeError, "inputs must be a list", inputs=data)
    if data is not None:
        refused(TypeError, "targets must be a list", targets=data)


def test_inputs_that_do_not_fit_the_model_are_refused(refused):
    refused(ValueError, "takes 2 inputs, not 3", inputs=[[1, 2, 3], [4, 5, 6]])


def test_targets_that_do_not_fit_the_outputs_are_refused(refused):
    refused(ValueError, "not 2 targets for 1 outputs", targets=[[1, 2], [3, 4]])


@pytest.mark.parametrize("name", ["epochs", "batch_size"])
@pytest.mark.parametrize("wrong", [1.0, "2", True, [1], Value(1.0)])
def test_a_count_that_is_not_whole_is_refused_by_name(refused, name, wrong):
    refused(TypeError, f"{name} must be a whole number", **{name: wrong})


def test_a_count_below_its_least_is_refused_by_name(refused):
    refused(ValueError, "epochs must be at least 0, not -1", epochs=-1)
    refused(ValueError, "batch_size must be at least 1, not 0", batch_size=0)


def test_no_number_of_epochs_is_refused(refused):
    refused(TypeError, "epochs must be a whole number, not None", epochs=None)


@pytest.mark.parametrize("wrong", ["seed", 1.5, [0], False])
def test_a_seed_that_is_no_whole_number_is_refused(refused, wrong):
    refused(TypeError, "seed must be a whole number", seed=wrong)


@pytest.mark.parametrize("wrong", [None, SGD, "adam", 0.1])
def test_an_optimizer_of_another_kind_is_refused(refused, wrong):
    refused(TypeError, "optimizer must be one of nn's", optimizer=wrong)


@pytest.mark.parametrize("name", ["model", "loss"])
def test_a_model_or_loss_that_cannot_be_called_is_refused(refused, name):
    refused(TypeError, "model and loss must be functions", **{name: 3})


def test_a_callback_that_cannot_be_called_is_refused(refused):
    refused(TypeError, "callback must be a function", callback=3)


def test_a_loss_that_gives_plain_numbers_is_refused(refused):
    refused(TypeError, "loss must give a Value", loss=lambda p, y: (p.data - y) ** 2)


def test_a_loss_that_gives_nothing_is_refused(refused):
    refused(TypeError, "loss must give a Value, not None", loss=lambda p, y: None)


def test_the_optimizer_of_another_model_is_refused(refused):
    other = SGD(Perceptron(2).parameters(), lr=0.1)
    refused(ValueError, "depends on no parameter of the optimizer", optimizer=other)


@pytest.mark.parametrize("wrong", [INPUTS, (INPUTS,), (INPUTS, TARGETS, TARGETS), "ab", 3])
def test_validation_that_is_no_pair_is_refused(refused, wrong):
    if wrong is INPUTS:
        wrong = iter(wrong)
    refused(TypeError, r"validation must be a pair \(inputs, targets\)", validation=wrong)


def test_validation_is_checked_as_the_data_are(refused):
    refused(ValueError, "validation inputs must hold at least one", validation=([], []))
    refused(ValueError, "not 1 targets for 2 inputs", validation=(INPUTS, [1]))
    refused(ValueError, r"validation targets\[0\] must be finite", validation=(INPUTS, [NAN, 1]))


def test_validation_of_another_shape_is_refused(refused):
    refused(ValueError, "validation inputs .* 2 numbers each, not 3 numbers", validation=([[1, 2, 3]], [1]))
    refused(ValueError, "validation targets .* a single number each, not 1 numbers", validation=([[1, 2]], [[1]]))
