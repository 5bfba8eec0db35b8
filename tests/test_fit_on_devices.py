"""fit(engine="jax") takes the steps of engine="numpy", on one device.

It is skipped without JAX, which is in the extra `jax`. With a GPU all of it runs there.
"""

import re
import sys

import numpy as np
import pytest

from autograd import Value, log, relu, sigmoid, tanh
from nn import MLP, SGD, Adam, AdamW, Module, RMSprop, cross_entropy, dropout, fit, hinge, l2, noise, squared_error
from nn.device_loop import DeviceLoop
from nn.optimizers import Optimizer

jax = pytest.importorskip("jax", reason="needs jax, in the extra `jax`")

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(11, 3))
Y = RANDOM.normal(size=11)
SIGNS = np.where(X[:, 0] > 0, 1, -1)
CLASSES = np.eye(3)[RANDOM.integers(0, 3, 11)]


class Noisy(Module):
    def __init__(self):
        self.first, self.last = MLP(3, [6], seed=1), MLP(6, [1], seed=2)

    def __call__(self, x):
        return self.last(dropout([tanh(h + noise(0.1)) for h in self.first(x)], 0.3))


def network():
    return MLP(3, [4, 1], tanh, seed=3)


def trained(engine, make_model=network, make=lambda p: Adam(p, 0.05), targets=Y, loss=squared_error, **settings):
    model = make_model()
    optimizer = make(model.parameters())
    settings = {"epochs": 4, "progress": False, "seed": 5} | settings
    history = fit(model, X, targets, loss=loss, optimizer=optimizer, engine=engine, **settings)
    return model, optimizer, history


def assert_same_training(**settings):
    (model, optimizer, history), (other, other_optimizer, other_history) = (
        trained(engine, **settings) for engine in ("jax", "numpy")
    )
    assert history.losses == pytest.approx(other_history.losses, rel=1e-12)
    assert history.validation_losses == pytest.approx(other_history.validation_losses, rel=1e-12)
    assert history.metrics == other_history.metrics
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        assert one.data == pytest.approx(two.data, rel=1e-10, abs=1e-13)
        assert one.grad == pytest.approx(two.grad, rel=1e-10, abs=1e-13)
    assert np.array(optimizer.states).ravel() == pytest.approx(np.array(other_optimizer.states).ravel(), rel=1e-10)
    assert type(optimizer.states[0]) is type(other_optimizer.states[0])
    return history


@pytest.mark.parametrize("batch_size", [1, 4, None])
@pytest.mark.parametrize(
    "make", [lambda p: SGD(p, 0.05, momentum=0.9), lambda p: Adam(p, 0.05)],
    ids=["SGD", "Adam"],
)  # fmt: skip
def test_devices_take_the_steps_of_arrays(make, batch_size):
    assert_same_training(make=make, batch_size=batch_size)


@pytest.mark.parametrize("make", [lambda p: RMSprop(p, 0.01), lambda p: AdamW(p, 0.05)], ids=["RMSprop", "AdamW"])
def test_the_rules_of_other_optimizers_are_compiled_too(make):
    assert_same_training(make=make)


@pytest.mark.parametrize(
    ("make_model", "targets", "loss"),
    [
        (lambda: MLP(3, [4, 1], relu, seed=3), SIGNS, hinge),
        (lambda: MLP(3, [4, 3], sigmoid, seed=3), CLASSES, cross_entropy),
    ],
    ids=["hinge", "cross entropy"],
)
def test_other_losses_are_the_same_too(make_model, targets, loss):
    assert_same_training(make_model=make_model, targets=targets, loss=loss, batch_size=4)


@pytest.mark.parametrize("batch_size", [4, None])
def test_draws_of_dropout_and_noise_are_the_same(batch_size):
    assert_same_training(make_model=Noisy, batch_size=batch_size)


def test_weights_clipping_a_schedule_validation_and_metrics_are_the_same():
    history = assert_same_training(
        batch_size=4,
        sample_weights=[0, *range(10)],
        clip=0.1,
        schedule=lambda epoch: 1 / epoch,
        validation=(X[:5], Y[:5]),
        metrics={"positive": lambda outputs, targets: float((outputs > 0).mean())},
    )
    assert list(history.metrics) == ["positive", "validation_positive"]


def test_early_stopping_keeps_the_same_weights():
    assert_same_training(
        make=lambda p: SGD(p, 0.9), epochs=30, patience=2, validation=(X[:5], Y[:5]), make_model=network
    )


def test_a_loss_without_targets_is_the_same():
    center = [Value(0.1), Value(-0.2), Value(0.3)]

    def run(engine):
        values = [Value(c.data) for c in center]
        settings = {"loss": lambda d: d, "epochs": 3, "progress": False, "engine": engine}
        fit(
            lambda x: (values[0] - x[0]) ** 2 + (values[1] - x[1]) ** 2 + values[2] ** 2,
            X,
            optimizer=SGD(values, 0.1),
            **settings,
        )
        return [value.data for value in values]

    assert run("jax") == pytest.approx(run("numpy"), rel=1e-13)


def test_a_callback_may_change_the_settings_of_the_optimizer_the_parameters_and_what_the_loss_reads():
    def run(engine):
        strength = Value(0.1)
        model = network()
        optimizer = SGD(model.parameters(), 0.1, momentum=0.5)
        seen = []

        def callback(epoch, history):
            seen.append(history.losses[-1])
            optimizer.lr *= 0.5
            if epoch == 2:
                optimizer.momentum = 0.9
                model.layers[0].perceptrons[0].bias.data = 0.25
                strength.data = 0.2

        def loss(outputs, target):
            return squared_error(outputs, target) + strength * l2(model.parameters(), 1.0)

        settings = {"loss": loss, "optimizer": optimizer, "epochs": 5, "callback": callback, "batch_size": 6}
        fit(model, X, Y, engine=engine, progress=False, **settings)
        return seen + [p.data for p in model.parameters()]

    assert run("jax") == pytest.approx(run("numpy"), rel=1e-11)


def test_training_goes_on_where_the_last_fit_left_the_optimizer():
    def twice(engine):
        model = network()
        optimizer = Adam(model.parameters(), 0.05)
        for _ in range(2):
            fit(model, X, Y, loss=squared_error, optimizer=optimizer, epochs=2, engine=engine, progress=False)
        return [p.data for p in model.parameters()]

    assert twice("jax") == pytest.approx(twice("numpy"), rel=1e-11)


def test_a_training_that_was_ended_goes_on_from_its_checkpoint_as_if_it_had_not(tmp_path):
    settings = {"batch_size": 4, "validation": (X[:5], Y[:5])}
    checkpoint = {"checkpoint": tmp_path / "training", "resume": True}
    trained("jax", epochs=2, **settings, **checkpoint)
    model, optimizer, history = trained("jax", epochs=5, **settings, **checkpoint)
    other, other_optimizer, expected = trained("jax", epochs=5, **settings)
    assert history.losses == expected.losses
    assert [p.data for p in model.parameters()] == [p.data for p in other.parameters()]
    assert optimizer.states == other_optimizer.states


def error_of(engine, make, **settings):
    weight = Value(0.5, "w")

    def model(x):
        return make(weight, x)

    settings = {"loss": squared_error, "optimizer": SGD([weight], 4.0), "epochs": 900} | settings
    with pytest.raises((ValueError, ArithmeticError)) as raised:
        fit(model, X[:, 0], Y, engine=engine, progress=False, seed=1, **settings)
    message = re.sub(r"\d+\.\d{7,}", lambda found: f"{float(found[0]):.9g}", str(raised.value))
    return type(raised.value), message, raised.value.__notes__, weight.data


@pytest.mark.parametrize("batch_size", [4, None])
@pytest.mark.parametrize(
    "make",
    [
        lambda w, x: log(w - 0.2) * (1 + x * x),  # there is no logarithm of a negative number
        lambda w, x: w * (1 + x * x),  # the steps grow until a float does not hold them
    ],
    ids=["log", "steps"],
)
def test_a_number_that_is_not_finite_is_the_error_of_the_other_engines(make, batch_size):
    kind, message, notes, weight = error_of("jax", make, batch_size=batch_size)
    assert (kind, message, notes) == error_of("numpy", make, batch_size=batch_size)[:3]
    assert re.match(r"epoch \d+, batch \d+: ", message)
    assert weight == pytest.approx(error_of("numpy", make, batch_size=batch_size)[3], rel=1e-9)


def test_a_step_that_arrays_do_not_reach_is_taken_by_the_scalar_engine_and_the_rest_goes_on():
    def run(engine):
        a, b = Value(1e-200), Value(0.5)

        def model(x):  # a · 1e200 in one step; in the order of arrays, a² may be 0 first
            return (a * 1e200) * b * x

        history = fit(
            model, X[:, 0], Y, loss=squared_error, optimizer=SGD([b], 0.1), epochs=3, engine=engine, progress=False
        )
        return [*history.losses, b.data]

    assert run("jax") == pytest.approx(run("eager"), rel=1e-10)


def test_an_interrupt_keeps_what_was_learnt(monkeypatch):
    calls, taken = [], DeviceLoop.__call__

    def interrupted(self, *arguments):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return taken(self, *arguments)

    monkeypatch.setattr(DeviceLoop, "__call__", interrupted)
    told = []
    model, _, history = trained("jax", callback=lambda epoch, history: told.append(epoch), epochs=9)
    assert history.interrupted
    assert told == [1, 2]
    expected, _, _ = trained("numpy", epochs=2)
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in expected.parameters()], rel=1e-12)


def test_a_training_is_compiled_once_however_many_epochs_lie_between_two_looks(monkeypatch):
    loops, made = [], DeviceLoop.__init__

    def noted(self, *arguments, **named):
        loops.append(self)
        made(self, *arguments, **named)

    monkeypatch.setattr(DeviceLoop, "__init__", noted)
    monkeypatch.setattr("nn.device_engine.WORK", 50_000 * 8)
    _, _, history = trained("jax", epochs=37, schedule=lambda epoch: 1 / epoch)
    assert len(history.losses) == 37
    [loop] = loops
    assert loop._compiled._cache_size() == 1


def test_the_bar_counts_the_epochs(capsys):
    trained("jax", progress=True, epochs=12)
    assert "12/12" in capsys.readouterr().err


@pytest.mark.parametrize("switched", [False, True])
def test_float64_is_switched_on_for_the_training_alone(switched):
    with jax.enable_x64(switched):
        assert_same_training(epochs=2)
        assert jax.config.jax_enable_x64 is switched


class Branching(Optimizer):
    def start(self, zero):
        return zero

    def rule(self, parameter, gradient, state):
        return (parameter - self.lr if gradient.sum() > 0 else parameter + self.lr), state


def test_a_rule_that_asks_for_numbers_is_refused_with_the_way_out():
    with pytest.raises(TypeError) as refusal:
        trained("jax", make=lambda p: Branching(p, 0.1))
    assert re.search("rule of Branching.*engine='numpy'", "".join(refusal.value.__notes__))


def test_without_jax_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(ImportError, match=re.escape("pip install 'scalar-autograd[jax]'")):
        trained("jax")


def test_a_gpu_takes_the_same_steps(record_property):
    if jax.default_backend() == "cpu":
        pytest.skip("there is no GPU here, or JAX does not see it")
    record_property("device", str(jax.devices()[0]))
    assert_same_training(batch_size=4)


def test_a_training_goes_on_with_another_engine_where_the_rows_do_not_divide(tmp_path):
    """What is left for the last batch is filled up here, by weights that arrays of NumPy have not."""
    settings = {"batch_size": 4, "checkpoint": tmp_path / "training"}
    assert len(X) % 4
    trained("numpy", epochs=2, **settings)
    trained("jax", epochs=4, resume=True, **settings)
    model, *_ = trained("numpy", epochs=5, resume=True, **settings)
    whole, *_ = trained("numpy", epochs=5, batch_size=4)
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in whole.parameters()], rel=1e-12)
