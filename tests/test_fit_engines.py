"""The engines of fit take the same steps: what the arrays learn is what the scalar engine learns."""

from random import Random

import numpy as np
import pytest

from autograd import Value, dot, log, relu, sigmoid, sum, tanh  # noqa: A004
from nn import MLP, SGD, Adam, Perceptron, binary_cross_entropy, cross_entropy, fit, hinge, l2, squared_error

RANDOM = Random(7)
INPUTS = [[RANDOM.gauss(0, 1) for _ in range(3)] for _ in range(11)]
NUMBERS = [RANDOM.gauss(0, 1) for _ in INPUTS]
SIGNS = [1 if x[0] > 0 else -1 for x in INPUTS]
BITS = [int(x[1] > 0) for x in INPUTS]
CLASSES = [[int(index % 3 == k) for k in range(3)] for index in range(len(INPUTS))]


def trained(engine, make_model, targets, loss, make_optimizer, **settings):
    model = make_model()
    optimizer = make_optimizer(model.parameters())
    settings = {"epochs": 4, "progress": False} | settings
    history = fit(model, INPUTS, targets, loss=loss, optimizer=optimizer, engine=engine, **settings)
    return model, optimizer, history


def assert_same(numpy, eager):
    (model, optimizer, history), (other, other_optimizer, other_history) = numpy, eager
    assert history.losses == pytest.approx(other_history.losses, rel=1e-11)
    assert history.validation_losses == pytest.approx(other_history.validation_losses, rel=1e-11)
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        assert one.data == pytest.approx(two.data, rel=1e-9, abs=1e-12)
        assert one.grad == pytest.approx(two.grad, rel=1e-9, abs=1e-12)
    assert np.array(optimizer.states).ravel() == pytest.approx(np.array(other_optimizer.states).ravel(), abs=1e-11)


@pytest.mark.parametrize("batch_size", [1, 4, 11, None])
@pytest.mark.parametrize(
    "make", [lambda p: SGD(p, 0.05), lambda p: SGD(p, 0.05, momentum=0.9), lambda p: Adam(p, 0.05)]
)
@pytest.mark.parametrize(
    ("outputs", "targets", "loss"),
    [(1, NUMBERS, squared_error), (1, SIGNS, hinge), (1, BITS, binary_cross_entropy), (3, CLASSES, cross_entropy)],
)
def test_arrays_take_the_steps_of_the_scalar_engine(outputs, targets, loss, make, batch_size):
    def make_model():
        return MLP(3, [4, outputs], tanh, seed=3)

    validation = (INPUTS[:5], targets[:5])
    settings = {"batch_size": batch_size, "validation": validation, "seed": 5}
    assert_same(
        trained("numpy", make_model, targets, loss, make, **settings),
        trained("eager", make_model, targets, loss, make, **settings),
    )


def test_weight_decay_in_the_loss_is_the_same_in_both():
    model, other = MLP(3, [4, 1], relu, seed=1), MLP(3, [4, 1], relu, seed=1)
    for engine, m in (("numpy", model), ("eager", other)):

        def loss(p, y, m=m):
            return squared_error(p, y) + l2(m.parameters(), 0.1)

        optimizer = SGD(m.parameters(), 0.05)
        fit(m, INPUTS, NUMBERS, loss=loss, optimizer=optimizer, epochs=3, engine=engine, progress=False)
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in other.parameters()], rel=1e-11)


def test_only_the_parameters_of_the_optimizer_are_trained():
    model = MLP(3, [4, 1], tanh, seed=2)
    first, rest = model.layers[0].parameters(), model.layers[1].parameters()
    before = [p.data for p in rest]
    fit(model, INPUTS, NUMBERS, loss=squared_error, optimizer=SGD(first, 0.1), epochs=2, progress=False)
    assert [p.data for p in rest] == before


def test_a_parameter_that_the_loss_does_not_reach_stays_where_it_is():
    model, stray = Perceptron(3, sigmoid, seed=0), Value(2.0)
    optimizer = Adam([*model.parameters(), stray], 0.1)
    fit(model, INPUTS, BITS, loss=squared_error, optimizer=optimizer, epochs=2, progress=False)
    assert stray.data == 2.0


def test_training_goes_on_where_the_last_fit_left_the_optimizer():
    def twice(engine):
        model = MLP(3, [4, 1], tanh, seed=4)
        optimizer = Adam(model.parameters(), 0.05)
        for _ in range(2):
            fit(
                model, INPUTS, NUMBERS, loss=squared_error, optimizer=optimizer, epochs=2, engine=engine, progress=False
            )
        return [p.data for p in model.parameters()]

    assert twice("numpy") == pytest.approx(twice("eager"), rel=1e-9)


def test_a_callback_may_change_the_learning_rate_and_the_parameters():
    def changed(engine):
        model = MLP(3, [4, 1], tanh, seed=4)
        optimizer = SGD(model.parameters(), 0.1, momentum=0.5)

        def callback(epoch, history):
            optimizer.lr *= 0.5
            model.layers[0].perceptrons[0].bias.data = float(epoch)

        settings = {"loss": squared_error, "optimizer": optimizer, "epochs": 3, "callback": callback}
        fit(model, INPUTS, NUMBERS, **settings, engine=engine, progress=False)
        return [p.data for p in model.parameters()]

    assert changed("numpy") == pytest.approx(changed("eager"), rel=1e-9)


def test_an_interrupt_keeps_what_the_arrays_learnt(monkeypatch):
    model = Perceptron(3, None, seed=0)
    optimizer = SGD(model.parameters(), 0.1)
    rule, calls, before = SGD.rule, [], [p.data for p in model.parameters()]

    def interrupted(self, *arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return rule(self, *arguments)

    monkeypatch.setattr(SGD, "rule", interrupted)
    settings = {"loss": squared_error, "optimizer": optimizer, "epochs": 9, "batch_size": 4, "progress": False}
    history = fit(model, INPUTS, NUMBERS, **settings)
    assert history.interrupted
    assert [p.data for p in model.parameters()] != before


def test_a_model_that_asks_for_numbers_is_refused_and_told_of_the_scalar_engine():
    weights = [Value(0.1), Value(0.2), Value(0.3)]

    def model(x):
        return dot(weights, x) if x[0] > 0 else sum(weights)

    with pytest.raises(TypeError, match="where") as refusal:
        fit(model, INPUTS, NUMBERS, loss=squared_error, optimizer=SGD(weights, 0.1), epochs=1, progress=False)
    assert refusal.value.__notes__ == ["fit(..., engine='eager') runs any code, example by example."]


@pytest.mark.parametrize("engine", ["numpy", "eager"])
def test_a_training_that_diverges_is_an_error_that_names_the_epoch(engine):
    model = MLP(3, [4, 1], seed=0)
    optimizer = SGD(model.parameters(), 1e6)
    with pytest.raises(OverflowError) as divergence:
        fit(model, INPUTS, NUMBERS, loss=squared_error, optimizer=optimizer, epochs=50, engine=engine, progress=False)
    assert "epoch" in divergence.value.__notes__[0]
    assert all(abs(p.data) < float("inf") for p in model.parameters())


def test_a_log_of_a_sigmoid_far_out_trains_on_arrays_as_on_scalars():
    def loss(z, y):
        return -(y * log(sigmoid(z)) + (1 - y) * log(sigmoid(-z)))

    def trained_weight(engine):
        model = Perceptron(1, None, seed=0)
        model.weights[0].data = 20.0
        optimizer = SGD(model.parameters(), lr=0.1)
        fit(model, [[1.0], [2.0]], [0, 0], loss=loss, optimizer=optimizer, epochs=3, engine=engine, progress=False)
        return model.weights[0].data

    assert trained_weight("numpy") == pytest.approx(trained_weight("eager"), rel=1e-12)
