"""A checkpoint is gone on from by the training that wrote it: another one is refused by the name of what differs."""

import json
import random

import numpy as np
import pytest
from safetensors import safe_open
from small_trainings import BITS, ENGINES, WEIGHTS, X, Y, linear, train

from autograd import Value
from nn import MLP, SGD, Adam, absolute_error, accuracy, fit, huber, squared_error


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.safetensors"


def network(activation="tanh"):
    return MLP(3, [3, 1], activation, seed=0)


HELD_OUT = (X[:4], Y[:4])
OTHERS = {
    "seed": ({"seed": 0}, {"seed": 3}, "seed was 0, and is 3 now"),
    "generator": ({"seed": random.Random(0)}, {"seed": 0}, "seed was Random, and is 0 now"),
    "batch_size": ({"batch_size": 4}, {"batch_size": 5}, "batch_size was 4, and is 5 now"),
    "batches": ({"batch_size": 4}, {}, "batch_size was 4, and is not given now"),
    "clip": ({"clip": 1.0}, {"clip": 0.5}, "clip was 1.0, and is 0.5 now"),
    "no validation": ({"validation": HELD_OUT, "patience": 2}, {"patience": 2}, "validation was given, and is not"),
    "validation": ({"patience": 2}, {"validation": HELD_OUT, "patience": 2}, "validation was not given, and is given"),
    "other validation": (
        {"validation": HELD_OUT},
        {"validation": (X[:4], Y[1:5])},
        "the validation examples are not those",
    ),
    "patience": ({}, {"patience": 2}, "patience was not given, and is given now"),
    "no patience": ({"patience": 2}, {}, "patience was given, and is not given now"),
    "metrics": (
        {"targets": BITS},
        {"targets": BITS, "metrics": {"hits": accuracy}},
        "metrics was not given, and is hits now",
    ),
    "inputs": ({}, {"inputs": X + 1}, "the inputs are not those"),
    "one input": ({}, {"inputs": np.where(X[5, 1] == X, 0.25, X)}, "the inputs are not those"),
    "targets": ({}, {"targets": Y + 1}, "the targets are not those"),
    "targets in another order": ({}, {"targets": Y[::-1]}, "the targets are not those"),
    "rows in another order": (
        {"batch_size": 4},
        {"batch_size": 4, "inputs": X[::-1], "targets": Y[::-1]},
        "the inputs are not those",
    ),
    "weights": ({"sample_weights": WEIGHTS}, {"sample_weights": WEIGHTS[::-1]}, "the sample_weights are not those"),
    "no weights": ({"sample_weights": WEIGHTS}, {}, "sample_weights was given, and is not given now"),
    "loss": ({}, {"loss": absolute_error}, "loss was squared_error, and is absolute_error now"),
}


@ENGINES
@pytest.mark.parametrize(("first", "then", "said"), OTHERS.values(), ids=OTHERS)
def test_another_argument_is_refused_by_name_and_nothing_is_changed(engine, first, then, said, path):
    train(linear(), engine=engine, checkpoint=path, **first)
    model, content = linear(), path.read_bytes()
    before = [p.data for p in model.parameters()]
    with pytest.raises(ValueError, match=f"a checkpoint of another training:\n.*{said}"):
        train(model, engine=engine, checkpoint=path, resume=True, epochs=5, **then)
    assert [p.data for p in model.parameters()] == before
    assert path.read_bytes() == content


@ENGINES
def test_another_activation_is_refused_by_its_place(engine, path):
    train(network(), engine=engine, checkpoint=path)
    with pytest.raises(ValueError, match=r"model.layers.0.perceptrons.0.activation was tanh, and is sigmoid now"):
        train(network("sigmoid"), engine=engine, checkpoint=path, resume=True, epochs=5)


@ENGINES
def test_parameters_in_another_order_are_refused(engine, path):
    train(network(), engine=engine, checkpoint=path)
    model = network()
    with pytest.raises(ValueError, match="the optimizer holds the parameters in another order"):
        train(model, engine=engine, checkpoint=path, resume=True, optimizer=SGD(model.parameters()[::-1], 0.1))


def of_two(swapped, path, loss=squared_error, **settings):
    a, b = Value(0.5), Value(2.0)
    return fit(lambda x: a * x[0] + b, X, Y, loss=loss, optimizer=Adam([b, a] if swapped else [a, b], 0.1), epochs=4,
               checkpoint=path, progress=False, **settings)  # fmt: skip


def test_parameters_of_a_function_in_another_order_are_refused_by_what_is_computed(path):
    of_two(False, path)
    with pytest.raises(ValueError, match="the model or the loss computes something else"):
        of_two(True, path, resume=True)


def test_a_function_of_the_same_name_that_computes_something_else_is_refused(path):
    of_two(False, path, loss=lambda p, y: huber(p, y, 1))
    with pytest.raises(ValueError, match="the model or the loss computes with other numbers"):
        of_two(False, path, loss=lambda p, y: huber(p, y, 2), resume=True)
    with pytest.raises(ValueError, match="the model or the loss computes something else"):
        of_two(False, path, loss=lambda p, y: (p - y) ** 4, resume=True)


def test_a_number_of_the_loss_that_a_callback_changes_is_no_other_training(path):
    strength = [1.0]

    def callback(epoch, history):
        strength[0] = 1 / epoch

    def annealed(p, y):
        return strength[0] * (p - y) ** 2

    for _ in range(2):
        history = of_two(False, path, loss=annealed, callback=callback, resume=True)
    assert len(history.losses) == 4


def test_what_may_change_does(path):
    settings = {"checkpoint": path, "resume": True, "patience": 3}
    train(linear(), epochs=2, **settings)
    settings |= {"patience": 9, "engine": "eager", "schedule": lambda epoch: 0.5}
    model = linear()
    optimizer = SGD(model.parameters(), 0.2)
    assert len(train(model, epochs=6, optimizer=optimizer, **settings).losses) == 6
    assert optimizer.lr == 0.2
    assert len(train(model, epochs=3, optimizer=optimizer, **settings).losses) == 6


def test_rows_in_another_order_are_the_same_training_where_all_make_one_step(path):
    train(linear(), checkpoint=path)
    assert len(train(linear(), X[::-1], Y[::-1], checkpoint=path, resume=True, epochs=5).losses) == 5


def test_a_seed_of_many_digits_is_known_again(path):
    for epochs in (2, 3):
        train(linear(), checkpoint=path, resume=True, seed=10**6000, batch_size=4, epochs=epochs)
    with pytest.raises(ValueError, match="seed was 0x"):
        train(linear(), checkpoint=path, resume=True, seed=1, batch_size=4)


@pytest.mark.parametrize("resume", ["no", 1, None])
def test_resume_is_a_truth(resume, path):
    with pytest.raises(TypeError, match="resume must be True or False, not"):
        train(linear(), checkpoint=path, resume=resume)


@pytest.mark.parametrize("order", range(1, 16))
def test_labels_of_two_signs_are_told_from_others(order, path):
    """The table of XOR has 16 labelings by ±1."""
    inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    labels = [[1.0 if order >> row & 1 else -1.0 for row in range(4)] for order in (0, order)]

    def training(targets, epochs, **settings):
        model = MLP(2, [2, 1], "tanh", seed=0)
        optimizer = SGD(model.parameters(), 0.1)
        given = {"loss": squared_error, "optimizer": optimizer, "progress": False, "checkpoint": path}
        return fit(model, inputs, targets, epochs=epochs, **given, **settings)

    training(labels[0], 1)
    with pytest.raises(ValueError, match="the targets are not those"):
        training(labels[1], 2, resume=True)


def test_what_an_engine_does_not_know_is_kept_for_the_one_that_does(path):
    """The scalar engine runs any code; the numbers of the loss are told by arrays alone."""
    train(linear(), engine="numpy", loss=huber, epochs=1, checkpoint=path)
    train(linear(), engine="eager", loss=huber, epochs=2, checkpoint=path, resume=True)
    facts = json.loads(safe_open(path, "numpy").metadata()["training"])["facts"]
    assert facts["digests"]["operations"] is not None
