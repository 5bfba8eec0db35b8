"""A training ends with finite parameters, or with an error that says where; whatever it is given is looked at."""

import functools
import io
import itertools
import math
import random
import re
import subprocess
import sys
import time
from contextvars import ContextVar
from functools import partial

import numpy as np
import pytest
from support import exactly

import nn
from autograd import Value, clip, exp, gradients, log, softplus, sqrt, tanh, where
from nn import (
    MLP,
    SGD,
    Adam,
    Module,
    Optimizer,
    Perceptron,
    binary_cross_entropy,
    cross_entropy,
    fit,
    hinge,
    l2,
    squared_error,
)

ENGINES = pytest.mark.parametrize("engine", ["numpy", "eager"])
INF, NAN = float("inf"), float("nan")


def train(model, parameters, inputs, targets, engine, **arguments):
    settings = {"loss": squared_error, "epochs": 1, "seed": None, "progress": False}
    settings["optimizer"] = SGD(parameters, 0.1)
    return fit(model, inputs, targets, engine=engine, **settings | arguments)


def said(error):
    return "\n".join([str(error), *getattr(error, "__notes__", ())])


# Numbers that are not finite


def lost(engine, model, parameters, inputs, targets, **arguments):
    """The error of a training that loses a number; the parameters must be finite after it."""
    with pytest.raises((ValueError, ArithmeticError)) as caught:
        train(model, parameters, inputs, targets, engine, **arguments)
    assert all(math.isfinite(parameter.data) for parameter in parameters)
    return said(caught.value)


@ENGINES
def test_an_infinite_slope_is_named_with_epoch_batch_example_operation_and_operand(engine):
    """√' is infinite at w = 0, which one step of SGD takes to infinity with a loss of ½."""
    w = Value(0.0, "w")
    error = lost(engine, lambda x: sqrt(w) * x, [w], [2.0, 1.0], [0.0, 1.0], batch_size=1)
    assert "epoch 1, batch 1" in error
    assert "example 0" in error
    assert "sqrt(w) with w = 0.0" in error
    assert w.data == 0.0


@ENGINES
def test_a_zero_that_a_number_is_does_not_hide_an_infinite_slope(engine):
    w = Value(0.0, "w")
    assert "sqrt(w)" in lost(engine, lambda x: sqrt(w) * x, [w], [0.0], [1.0])


@ENGINES
def test_the_example_at_fault_is_named_by_its_place_in_the_data(engine):
    w = Value(1.0, "w")
    error = lost(engine, lambda x: log(w * x), [w], [1.0, 2.0, -3.0, 4.0], [0.0] * 4, batch_size=2, epochs=3)
    assert "epoch 1, batch 2: example 2: log(w * -3) = log(-2" in error  # −3w: the first step took w down


@ENGINES
def test_the_parameters_and_the_optimizer_are_as_they_were_before_the_step(engine):
    """The first step takes w from 1 to 1 − ½ · 1 · 1 = ½; the second example has no loss."""
    w = Value(1.0, "w")
    optimizer = SGD([w], 0.5, momentum=0.5)
    lost(engine, lambda x: where(w * x > 0, w, 0) / x, [w], [1.0, 0.0], [0.0, 0.0], optimizer=optimizer, batch_size=1)
    assert (w.data, optimizer.states) == (0.5, [1.0])


@ENGINES
@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_step_to_infinity_is_not_taken_even_as_the_last_one(engine, epochs):
    """Its loss and its gradient are finite: 1e300 · 1e20 is not."""
    w = Value(1.0, "w")
    error = lost(engine, lambda x: w * x, [w], [1e10], [0.0], optimizer=SGD([w], 1e300), epochs=epochs)
    assert "epoch 1, batch 1" in error
    assert "the parameter w, by the gradient 1e+20" in error
    assert w.data == 1.0


@ENGINES
def test_an_optimizer_whose_state_overflows_says_so(engine):
    """The square of the gradient 1e160 is infinite: from then on Adam would divide every step of w by infinity."""
    w = Value(1.0, "w")
    error = lost(engine, lambda x: w * x, [w], [1e160], [0.0], loss=lambda p, y: p + y, optimizer=Adam([w], 0.1))
    assert "state" in error
    assert w.data == 1.0


@ENGINES
def test_a_gradient_that_overflows_is_named_by_its_operation(engine):
    w, large = Value(1e-200, "w"), 1e200
    error = lost(engine, lambda x: w * x * large, [w], [large], [0.0], loss=lambda p, y: p + y)
    assert "too large for a float" in error
    assert "* 1e+200" in error


@ENGINES
def test_a_learning_rate_that_a_callback_makes_nan_destroys_nothing(engine):
    w = Value(1.0, "w")
    optimizer = SGD([w], 0.1)

    def callback(epoch, history):
        optimizer.lr = NAN

    error = lost(engine, lambda x: w * x, [w], [1.0], [0.0], optimizer=optimizer, epochs=3, callback=callback)
    assert "epoch 2, batch 1" in error
    assert "lr=nan" in error


@ENGINES
@pytest.mark.parametrize("number", [NAN, INF, -INF])
def test_a_parameter_that_is_not_finite_before_the_training_is_refused(engine, number):
    w = Value(number, "w")
    with pytest.raises(ValueError, match=r"'w'.* is not finite"):
        train(lambda x: w * x, [w], [1.0], [0.0], engine)


@ENGINES
def test_a_callback_that_writes_nan_to_a_parameter_is_told(engine):
    w = Value(1.0, "w")
    with pytest.raises(ValueError, match=r"'w'.* is not finite"):
        train(lambda x: w * x, [w], [1.0], [0.0], engine, epochs=2, callback=lambda *_: setattr(w, "data", NAN))


@ENGINES
def test_an_elu_beyond_the_floats_is_named_or_trained_on(engine):
    """One input of 800 in the branch not taken. Its own gradient is 800 · (800 w − 800) = 0, as w is 1."""
    w, lost = Value(1.0, "w"), None
    try:
        history = train(lambda x: where(w * x > 0, w * x, exp(w * x) - 1), [w], [800.0, -1.0], [800.0, 0.0], engine)
    except OverflowError as error:
        lost = said(error)
    if lost is not None or engine == "eager":
        assert "exp(800" in lost
        assert w.data == 1.0
    else:
        at_minus_1 = math.exp(-1) - 1
        assert history.losses == exactly([at_minus_1**2 / 4])
        assert w.data == exactly(1 + 0.1 * at_minus_1 * math.exp(-1) / 2)


def test_what_arrays_lose_on_the_way_the_scalar_engine_may_have():
    """The sum 1e308 + 1e308 − 1e308 is 1e308; arrays add from the left, and meet infinity."""
    from autograd import sum as sum_of

    w = Value(1.0, "w")
    history = train(lambda x: sum_of([w * x, w * x, -w * x]) * 1e-308, [w], [1e308], [0.0], "numpy")
    assert history.losses == exactly([0.5])
    assert w.data == exactly(0.9)


@ENGINES
@pytest.mark.parametrize(
    ("function", "held_out", "written"), [(log, -1.0, "log"), (lambda v: 1 / v, 0.0, "/"), (sqrt, -4.0, "sqrt")]
)
def test_a_validation_example_outside_the_domain_is_an_error_in_every_engine(engine, function, held_out, written):
    w = Value(1.0, "w")
    with pytest.raises((ValueError, ArithmeticError)) as caught:
        train(lambda x: function(w * x), [w], [1.0, 1.0], [0.0, 0.0], engine, validation=([1.0, held_out], [0.0, 0.0]))
    assert "epoch 1" in said(caught.value)
    assert "validation example 1" in said(caught.value)
    assert written in said(caught.value)
    assert math.isfinite(w.data)


@ENGINES
def test_a_validation_loss_that_overflows_is_an_error_too(engine):
    w = Value(1.0, "w")
    with pytest.raises(OverflowError, match="validation example 0"):
        train(lambda x: w * x, [w], [1.0], [0.0], engine, validation=([1e200], [0.0]))


def test_a_node_computed_before_the_training_is_refused_by_the_scalar_engine():
    """Its number would stay that of the first step."""
    w = Value(1.0, "w")
    twice = w * 2
    with pytest.raises(ValueError, match=r"w \* 2 was computed before w changed"):
        train(lambda x: twice * x, [w], [1.0], [0.0], "eager", epochs=2)


def test_an_optimizer_with_a_step_of_its_own_is_not_run_by_its_rule_alone():
    class Halving(SGD):
        def step(self):
            super().step()
            self.lr /= 2

    w = Value(1.0)
    with pytest.raises(TypeError, match="Halving has a step of its own"):
        train(lambda x: w * x, [w], [1.0], [0.0], "numpy", optimizer=Halving([w], 0.1))
    train(lambda x: w * x, [w], [1.0], [0.0], "eager", optimizer=Halving([w], 0.1))
    assert w.data == exactly(0.9)


@ENGINES
def test_a_state_that_begins_infinite_may_stay_it(engine):
    class FromInfinity(Optimizer):
        def start(self, zero):
            return zero + INF

        def rule(self, parameter, gradient, state):
            return parameter - self.lr * gradient, state + gradient

    w = Value(1.0)
    train(lambda x: w * x, [w], [1.0], [0.0], engine, optimizer=FromInfinity([w], 0.1))
    assert w.data == exactly(0.9)


# Targets


@ENGINES
@pytest.mark.parametrize("batch_size", [1, None])
@pytest.mark.parametrize(
    ("loss", "targets", "wrong"),
    [
        (hinge, [1, -1, 0], "0"),
        (binary_cross_entropy, [1, 0, -1], "-1"),
        (binary_cross_entropy, [1, 0, 2], "2"),
        (lambda p, y: hinge(p, y) + 0.0, [1, -1, 0], "0"),
        (lambda p, y: hinge(p, 2 * y - 1), [1, 0, -1], "-3"),
        (lambda p, y: binary_cross_entropy(p, y), [1, 0, -1], "-1"),
    ],
)
def test_a_wrong_target_is_refused_before_the_first_step(engine, batch_size, loss, targets, wrong):
    model = Perceptron(1, None, seed=0)
    before = [p.data for p in model.parameters()]
    arguments = {"loss": loss, "batch_size": batch_size, "epochs": 3}
    with pytest.raises(ValueError, match=f"not {wrong}"):
        train(model, model.parameters(), [1.0, 2.0, 3.0], targets, engine, **arguments)
    assert [p.data for p in model.parameters()] == before
    with pytest.raises(ValueError, match=rf"validation targets\[1\].*not {wrong}"):
        train(
            model, model.parameters(), [1.0, 2.0], targets[:2], engine, **arguments, validation=([1, 2], targets[::2])
        )
    assert [p.data for p in model.parameters()] == before


@ENGINES
def test_a_loss_of_the_users_is_asked_about_each_distinct_target(engine):
    asked = []

    def loss(p, y):
        if not isinstance(y, Value):
            asked.append(y)
            if y < 0:
                raise RuntimeError("no mass below 0")
        return squared_error(p, y)

    w = Value(1.0)
    data = [1.0] * 5, [3.5, 0.5, 3.5, 0.5, -1.5]
    with pytest.raises(RuntimeError, match="no mass below 0") as caught:
        train(lambda x: w * x, [w], *data, engine, loss=loss, batch_size=1)
    assert "targets[4]" in said(caught.value)
    assert w.data == 1.0
    assert sorted(set(asked)) == [-1.5, 0.5, 3.5]


@ENGINES
def test_a_loss_may_carry_its_own_test_of_targets(engine):
    def loss(p, y):
        return exp(p) - y * p

    def see_a_count(outputs, target):
        if target < 0 or target != int(target):
            raise ValueError(f"a count is expected, not {target}")

    loss.check_target = see_a_count
    w = Value(1.0)
    with pytest.raises(ValueError, match=r"targets\[2\]: a count is expected, not 1.5"):
        train(lambda x: w * x, [w], [0.1, 0.2, 0.3], [0, 2, 1.5], engine, loss=loss, batch_size=1)
    assert w.data == 1.0
    train(lambda x: w * x, [w], [0.1, 0.2, 0.3], [0, 2, 1], engine, loss=loss)
    assert w.data != 1.0


def a_sign(p, y):
    if y not in (-1, 1):
        raise ValueError(f"not a sign: {y}")
    return hinge(p, y)


def asserted_sign(p, y):
    assert -1 <= y <= 1, "not a sign"
    return hinge(p, y)


def a_count(p, y):
    if y < 0 or y != int(y):
        raise LookupError(f"not a count: {y}")
    return exp(p) - y * p


@ENGINES
@pytest.mark.parametrize(
    ("loss", "targets", "wrong"), [(a_sign, [1, -1], 0), (asserted_sign, [1, -1], 2), (a_count, [3, 0], 1.5)]
)
@pytest.mark.parametrize("place", [0, 1, 2, "validation"])
@pytest.mark.parametrize("batch_size", [1, None])
def test_a_loss_may_begin_with_a_test_of_its_target(engine, loss, targets, wrong, place, batch_size):
    w = Value(1.0)

    def model(x):
        if x <= 0:
            raise ValueError("not positive")
        return w * x

    good = [0.5, 0.25, 0.125], [*targets, targets[0]]
    history = train(model, [w], *good, engine, loss=loss, batch_size=batch_size, validation=good)
    first, second, third = [loss(Value(x), y).data for x, y in zip(*good, strict=True)]
    if batch_size is None:
        assert history.losses == exactly([(first + second + third) / 3])
    before = w.data
    bad = list(good[1])
    bad[2 if place == "validation" else place] = wrong
    data = good if place == "validation" else (good[0], bad)
    held_out = (good[0], bad) if place == "validation" else None
    with pytest.raises((ValueError, AssertionError, LookupError), match="not a") as caught:
        train(model, [w], *data, engine, loss=loss, batch_size=batch_size, validation=held_out)
    named = "validation targets[2]" if place == "validation" else f"targets[{place}]"
    assert named in said(caught.value)
    assert w.data == before
    with pytest.raises(ValueError, match="example 1: not positive"):
        train(model, [w], [0.5, -0.25, 0.125], good[1], engine, loss=loss)


@ENGINES
def test_an_operation_without_a_value_is_no_fault_of_the_target(engine):
    w = Value(-1.0)
    with pytest.raises(ValueError, match="epoch 1, batch 1: example 0: log"):
        train(lambda x: w * x, [w], [1.0, 2.0], [1, 2], engine, loss=lambda p, y: y - log(p))
    with pytest.raises(ValueError, match=r"^targets\[1\]: log"):
        train(lambda x: w * x, [w], [1.0, 2.0], [1, -2], engine, loss=lambda p, y: log(y) - p)


def test_a_loss_that_needs_no_more_than_it_does_in_arrays_is_not_asked_for_more():
    """The exp(800) that a `where` does not take is an error in the scalar engine alone, in the loss too."""
    w = Value(1.0)
    history = train(lambda x: w * x, [w], [800.0], [1], "numpy", loss=lambda p, y: y * where(p > 0, p, exp(p) - 1))
    assert history.losses == [800.0]


@pytest.mark.parametrize("decide", [lambda y: y > 0, lambda y: y == int(y) and y > 0])
def test_a_decision_by_the_data_that_computes_something_else_is_refused_by_arrays(decide):
    """Recorded once, the branch of the first example would be that of all."""
    w = Value(1.0)

    def loss(p, y):
        return softplus(-p) if decide(y) else softplus(p)

    alike = [1.0, 2.0], [1, 2]
    losses = train(lambda x: w * x, [w], *alike, "numpy", loss=loss, epochs=2).losses
    w.data = 1.0
    assert losses == exactly(train(lambda x: w * x, [w], *alike, "eager", loss=loss, epochs=2).losses)
    for targets, held_out in [([1, -1], None), ([1, 1], ([1.0], [-1]))]:
        with pytest.raises(TypeError, match="runs on placeholders"):
            train(lambda x: w * x, [w], [1.0, 2.0], targets, "numpy", loss=loss, validation=held_out)


def test_a_decision_that_a_callback_turns_for_some_examples_is_refused_by_arrays():
    w, margin = Value(1.0), [0.0]

    def loss(p, y):
        return softplus(-p) if y > margin[0] else softplus(p)

    def callback(epoch, history):
        margin[0] = 1.5

    data = [1.0, 2.0, 3.0], [2, 3, 1]
    with pytest.raises(TypeError, match="a decision"):
        train(lambda x: w * x, [w], *data, "numpy", loss=loss, epochs=2, callback=callback)


@pytest.mark.parametrize("asked", [lambda w, x: w * x > 0, lambda w, x: nn.noise(1.0) + x > 0])
def test_a_decision_by_what_is_learnt_or_drawn_is_refused_by_arrays(asked):
    w = Value(1.0)
    with pytest.raises(TypeError, match="a decision"):
        train(lambda x: w * x if asked(w, x) else -w * x, [w], [1.0], [1.0], "numpy")


def test_a_test_of_targets_by_a_set_is_told_of_the_placeholders():
    def loss(p, y):
        if y not in {-1, 1}:
            raise ValueError(f"not a sign: {y}")
        return hinge(p, y)

    w = Value(1.0)
    with pytest.raises(ValueError, match="not a sign") as caught:
        train(lambda x: w * x, [w], [1.0], [1], "numpy", loss=loss)
    assert "in no set" in said(caught.value)
    assert len(train(lambda x: w * x, [w], [1.0], [1], "eager", loss=loss).losses) == 1


@ENGINES
@pytest.mark.parametrize("whole", [int, float, np.int64])
def test_a_column_of_class_numbers_trains_as_one_hot_rows(engine, whole):
    classes = [0, 2, 1, 2]
    numbers = []
    for targets in ([whole(k) for k in classes], np.eye(3)[classes]):
        model = MLP(2, [3, 3], tanh, seed=0)
        data = [[1.0, 2.0], [0.5, -1.0], [-2.0, 0.3], [0.0, 1.0]], targets
        history = train(model, model.parameters(), *data, engine, loss=cross_entropy, epochs=3, validation=data)
        numbers.append([*history.losses, *history.validation_losses, *(p.data for p in model.parameters())])
    assert numbers[0] == exactly(numbers[1], relative=1e-12)


@ENGINES
def test_classes_may_weigh_differently(engine):
    """A class number is compared in the same loss that looks it up."""
    w = [Value(0.5), Value(-0.25)]

    def weighted(z, y):
        return cross_entropy(z, y) * where(y == 1, 5.0, 1.0)

    history = train(lambda x: [p * x for p in w], w, [1.0, 2.0], [0, 1], engine, loss=weighted)
    assert history.losses == exactly([(math.log1p(math.exp(-0.75)) + 5 * math.log1p(math.exp(1.5))) / 2])


@ENGINES
@pytest.mark.parametrize("wrong", [3, -1, -100])
def test_a_class_that_is_not_there_is_refused_before_the_first_step(engine, wrong):
    model = MLP(1, [3], seed=0)
    before = [p.data for p in model.parameters()]
    with pytest.raises(ValueError, match=f"from 0 to 2, not {wrong}"):
        train(model, model.parameters(), [1.0, 2.0], [0, wrong], engine, loss=cross_entropy, batch_size=1)
    assert [p.data for p in model.parameters()] == before


@ENGINES
def test_swapped_arguments_of_a_loss_are_refused(engine):
    model = Perceptron(1, None, seed=0)
    with pytest.raises(ValueError, match="takes the model's output first"):
        train(model, model.parameters(), [1.0], [1], engine, loss=lambda p, y: binary_cross_entropy(y, p))


@ENGINES
@pytest.mark.parametrize("targets", [[[0, 1, 0], [0, 0, 1]], [1, 2]], ids=["one-hot", "class numbers"])
def test_a_masked_class_trains_as_if_it_were_not_there(engine, targets):
    """Two classes alone: the logit z of the second against z' of the third."""
    numbers = []
    for mask in (True, False):
        w = [Value(0.3), Value(-0.2), Value(0.7)]

        def model(x, w=w, mask=mask):
            logits = [p * x for p in w]
            return [logits[0] - INF, *logits[1:]] if mask else logits[1:]

        given = targets if mask else [[1, 0], [0, 1]]
        history = train(model, w, [1.0, 2.0], given, engine, loss=cross_entropy, epochs=3)
        numbers.append([*history.losses, *(p.data for p in w)])
    assert numbers[0] == exactly(numbers[1], relative=1e-12)


# What changes during training


@ENGINES
def test_a_leaf_that_a_callback_writes_is_read(engine):
    """w ← w − lr · (w t x) t x for the temperatures t = 1, 2, 4, by hand."""
    w, t = Value(1.0), Value(1.0, "t")

    def callback(epoch, history):
        t.data *= 2

    history = train(lambda x: w * t * x, [w], [0.5], [0.0], engine, epochs=3, callback=callback)
    number, losses = 1.0, []
    for temperature in (1.0, 2.0, 4.0):
        losses.append((number * temperature * 0.5) ** 2 / 2)
        number -= 0.1 * number * (temperature * 0.5) ** 2
    assert history.losses == exactly(losses)
    assert w.data == exactly(number)
    assert t.data == 8.0


@ENGINES
def test_a_number_that_a_callback_changes_is_read(engine):
    w, strength = Value(1.0), [0.0]

    def callback(epoch, history):
        strength[0] += 1.0

    history = train(lambda x: w * x, [w], [0.0], [0.0], engine, epochs=3, callback=callback,
                    loss=lambda p, y: squared_error(p, y) + l2([w], strength[0]))  # fmt: skip
    assert history.losses == exactly([0.0, 1.0, 2 * 0.8**2])
    assert w.data == exactly(1.0 * 0.8 * (1 - 0.1 * 4))


@ENGINES
def test_a_model_that_a_callback_changes_is_recorded_anew(engine):
    w, functions = Value(1.0), [lambda v: v, lambda v: v * v]

    def callback(epoch, history):
        functions.pop(0)

    history = train(lambda x: functions[0](w * x), [w], [2.0], [0.0], engine, epochs=2, callback=callback)
    assert history.losses == exactly([2.0, (0.6 * 2) ** 4 / 2])


@ENGINES
def test_a_parameter_that_a_callback_takes_from_the_optimizer_stays_where_it_is(engine):
    a, b = Value(1.0), Value(1.0)
    optimizer = SGD([a, b], 0.1)

    def callback(epoch, history):
        if epoch == 1:
            del optimizer.parameters[1], optimizer.states[1]

    train(lambda x: a * x + b, [a, b], [1.0], [0.0], engine, optimizer=optimizer, epochs=2, callback=callback)
    assert b.data == exactly(0.8)
    assert a.data == exactly(0.8 - 0.1 * 1.6)


@ENGINES
def test_a_parameter_added_to_the_optimizer_by_a_callback_is_refused(engine):
    a, b = Value(1.0), Value(1.0)
    optimizer = SGD([a], 0.1)
    with pytest.raises(ValueError, match="make a new optimizer"):
        train(lambda x: a * x + b, [a], [1.0], [0.0], engine, optimizer=optimizer, epochs=2,
              callback=lambda epoch, history: optimizer.parameters.append(b))  # fmt: skip
    assert a.data == exactly(1 - 0.1 * 2)


@ENGINES
def test_a_layer_replaced_by_a_callback_is_not_left_untrained(engine):
    model = MLP(1, [2, 1], seed=0)

    def callback(epoch, history):
        model.layers[0] = nn.Layer(1, 2, seed=1)

    with pytest.raises(ValueError, match=r"layers\.0\.perceptrons\.0\.weights\.0 that the optimizer does not hold"):
        train(model, model.parameters(), [[1.0]], [0.0], engine, epochs=2, callback=callback)


def test_an_operation_first_used_in_a_training_is_no_change_of_the_loss():
    program = """if True:
        from autograd import Value, clip, exp, where
        from nn import SGD, fit, squared_error

        w = Value(1.0)
        loss = lambda x: where(w * x > 0, w * x, exp(w * x) - 1)
        data = [800.0, 1.0]
        print(fit(loss, data, data, loss=squared_error, optimizer=SGD([w], 0.1), epochs=1, progress=False).losses)
    """
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("[0.0]\n", "")


def test_what_a_model_makes_when_it_is_first_asked_for_may_be_cached():
    class Scaled:
        w = Value(1.0)

        @functools.cached_property
        def factor(self):
            return 2.0

        def __call__(self, x):
            return self.factor * self.w * x

    train(Scaled(), [Scaled.w], [1.0], [0.0], "numpy")
    assert Scaled.w.data == exactly(1.0 - 0.1 * 2 * 2)


@ENGINES
def test_a_step_out_of_the_domain_is_told_with_its_place_by_the_next_step_alone(engine):
    def taken(epochs):
        w = Value(0.1)
        train(lambda x: log(w) * x, [w], [1.0, 1.0], [-10.0, -10.0], engine, epochs=epochs)
        return w.data

    assert taken(1) < 0
    with pytest.raises(ValueError, match="epoch 2, batch 1: example 0: log"):
        taken(2)


@ENGINES
def test_a_clip_between_ends_in_the_wrong_order_is_refused_in_validation_too(engine):
    w = Value(0.3)
    with pytest.raises(ValueError, match=r"validation example 0: clip.* low of at most high"):
        train(lambda x: clip(w * x, x, 2.0), [w], [1.0], [1.0], engine, validation=([3.0], [1.0]))


@pytest.mark.parametrize("seed", range(6))
def test_a_batch_of_which_dropout_leaves_nothing_is_a_step_like_any_other(seed):
    def trained(engine):
        w = Value(1.0)
        history = train(lambda x: nn.dropout(w * x, 0.5), [w], [1.0, 2.0], [1.0, 2.0], engine, epochs=3, batch_size=1,
                        seed=seed)  # fmt: skip
        return [w.data, *history.losses]

    assert trained("eager") == exactly(trained("numpy"))


def test_a_training_that_has_nothing_left_to_learn_goes_on():
    w = Value(0.0)

    def loss(p, t):
        return 1 - p * t if p.data * t < 1 else Value(0.0)

    for _ in range(2):
        train(lambda x: w * x, [w], [1.0], [1.0], "eager", loss=loss, epochs=15, callback=lambda epoch, history: None)
    assert 1.0 <= w.data < 1.2


def test_a_first_batch_without_a_slope_trains():
    w = Value(1.0)
    train(lambda x: w * x, [w], [2.0, 0.5], [1.0, 1.0], "eager", batch_size=1,
          loss=lambda p, t: Value(0.0) if p.data * t >= 1 else 1 - p * t)  # fmt: skip
    assert w.data == exactly(1.0 + 0.1 * 0.5)


own = random.Random(0)
calls = []


@pytest.mark.parametrize(
    "factor",
    [
        random.random,
        lambda: float(random.random() < 2),
        lambda: float(np.random.rand()),
        lambda: float(own.random() < 0.5),
        lambda: float(calls.append(0) or len(calls)),
    ],
    ids=["random", "a choice that comes out alike", "NumPy's", "a generator of its own", "a counter"],
)
def test_what_a_loss_draws_or_counts_is_not_frozen_in_arrays(factor):
    w = Value(1.0)
    with pytest.raises(TypeError, match=r"nn\.dropout or nn\.noise"):
        train(lambda x: w * x * factor(), [w], [1.0], [0.0], "numpy")
    assert w.data == 1.0
    train(lambda x: w * x * factor(), [w], [1.0], [0.0], "eager")


def test_what_a_model_keeps_from_call_to_call_is_not_frozen_in_arrays():
    w, running = Value(1.0), [0.0]

    def model(x):
        running[0] = 0.9 * running[0] + 0.1 * x
        return w * (x - running[0])

    with pytest.raises(TypeError, match="not the same when it is called again"):
        train(model, [w], [1.0], [0.0], "numpy")


# Draws


def test_dropout_zeroes_with_its_rate_and_divides_the_rest():
    """Of 4,000 draws at a rate of ¼, 1,000 ± 5 · 27 are zero."""
    w, seen = Value(1.0), []

    def model(x):
        dropped = nn.dropout([w * x, 3.0], 0.25)
        seen.extend(getattr(value, "data", value) for value in dropped)
        return dropped[0]

    train(model, [w], [3.0] * 20, [0.0] * 20, "eager", optimizer=SGD([w], 1e-300), epochs=100, seed=1)
    assert set(seen) == {0.0, 4.0}
    assert 865 < seen.count(0.0) < 1135


def test_noise_is_normal_with_its_scale():
    w, seen = Value(1.0), []

    def model(x):
        seen.append(nn.noise(0.5).data)
        return w * x

    train(model, [w], [0.0] * 40, [0.0] * 40, "eager", epochs=100)
    assert len(set(seen)) == 4000
    assert abs(np.mean(seen)) < 5 * 0.5 / 4000**0.5
    assert np.std(seen) == pytest.approx(0.5, rel=0.06)


def test_noise_takes_a_scale_that_is_learnt():
    scale = Value(0.5)
    train(lambda x: x + nn.noise(scale), [scale], [0.0] * 8, [0.0] * 8, "numpy", epochs=300)
    assert abs(scale.data) < 0.01


def test_elsewhere_dropout_is_x_and_noise_is_0():
    x = [Value(1.0), Value(2.0)]
    assert nn.dropout(x, 0.9) == x
    assert nn.dropout(x[0], 0.9) is x[0]
    assert nn.noise(1.0).data == 0.0


@pytest.mark.parametrize("rate", [-0.1, 1.0, 2, NAN])
def test_a_rate_out_of_its_range_is_refused(rate):
    with pytest.raises(ValueError, match="rate must be"):
        nn.dropout(Value(1.0), rate)


@pytest.mark.parametrize("scale", [-1, NAN, INF])
def test_a_scale_out_of_its_range_is_refused(scale):
    with pytest.raises(ValueError, match="scale must be"):
        nn.noise(scale)


def noisy(engine, seed, batch_size=2, epochs=4):
    hidden, output = MLP(2, [6], tanh, tanh, seed=0), Perceptron(6, None, seed=1)

    def model(x):
        return output(nn.dropout(hidden([value + nn.noise(0.1) for value in x]), 0.3)) + nn.noise(0.2)

    optimizer = Adam([*hidden.parameters(), *output.parameters()], 0.05)
    inputs, targets = [[1.0, 2.0], [0.5, -1.0], [2.0, 2.0], [0.0, 1.0], [3.0, 1.0]], [1.0, 0.0, 2.0, 1.0, 0.5]
    history = fit(model, inputs, targets, loss=squared_error, optimizer=optimizer, epochs=epochs, engine=engine,
                  batch_size=batch_size, validation=(inputs, targets), seed=seed, progress=False)  # fmt: skip
    expected = sum(squared_error(model(x), y).data for x, y in zip(inputs, targets, strict=True)) / 5
    assert history.validation_losses[-1] == exactly(expected)
    return [*history.losses, *history.validation_losses, *(p.data for p in optimizer.parameters)]


SEEDS = {
    "a whole number": lambda: 3,
    "None": lambda: None,
    "a Random": lambda: random.Random(3),
    "a Generator": lambda: np.random.default_rng(3),
}


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
@pytest.mark.parametrize("batch_size", [1, 2, None])
def test_all_engines_take_the_same_draws_and_validation_none(seed, batch_size):
    assert noisy("numpy", seed(), batch_size) == exactly(noisy("eager", seed(), batch_size), relative=1e-10)


def test_a_loss_that_compares_its_target_costs_no_draw():
    """The first example is tried with a plain target, which no `where` compares, and is then computed again."""
    w = [Value(1.0) for _ in range(4)]
    losses = [squared_error, lambda p, y: where(y > 0, (p - y) ** 2 / 2, (p - y) ** 2 / 2)]
    for one, (engine, loss) in zip(w, itertools.product(["numpy", "eager"], losses), strict=True):
        data = [1.0, 2.0, 3.0], [1.0, -1.0, 0.5]
        train(lambda x, one=one: nn.dropout(one * x, 0.5) + nn.noise(1.0), [one], *data, engine, loss=loss, seed=1)
    assert [one.data for one in w[1:]] == exactly([w[0].data] * 3, relative=1e-12)


@ENGINES
def test_another_seed_takes_other_draws(engine):
    w = [Value(1.0) for _ in range(3)]
    for one, seed in zip(w, (1, 1, 2), strict=True):
        train(lambda x, one=one: one * x + nn.noise(1.0), [one], [1.0], [0.0], engine, seed=seed)
    assert w[0].data == w[1].data != w[2].data


@ENGINES
def test_each_epoch_has_draws_of_its_own_with_one_example_too(engine):
    w = Value(0.0)
    history = train(lambda x: w * x + nn.noise(1.0), [w], [0.0], [0.0], engine, epochs=5)
    assert len(set(history.losses)) == 5


@ENGINES
def test_a_rate_that_a_callback_changes_is_read(engine):
    """At a rate of 0 nothing is dropped, and nothing drawn."""
    w, rate = Value(1.0), [0.5]
    history = train(
        lambda x: nn.dropout(w * x, rate[0]), [w], [1.0] * 3, [0.0] * 3, engine, optimizer=SGD([w], 1e-300), epochs=3,
        callback=lambda *_: rate.__setitem__(0, 0.0))  # fmt: skip
    assert history.losses[1:] == exactly([0.5, 0.5])
    assert any(history.losses[0] == exactly(dropped * 4 * 0.5 / 3, absolute=1e-15) for dropped in range(4))


# Seeds


@ENGINES
@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.1, momentum=0.5), lambda p: Adam(p, 0.05)], ids=["SGD", "Adam"])
@pytest.mark.parametrize("seed", [SEEDS["a Random"], SEEDS["a Generator"]], ids=["Random", "Generator"])
@pytest.mark.parametrize("draws", [False, True])
def test_three_epochs_and_two_are_five_to_the_bit(engine, make, seed, draws):
    def trained(plan):
        model, goes_on = MLP(2, [4, 1], tanh, seed=0), seed()
        optimizer, losses = make(model.parameters()), []
        for epochs in plan:
            history = fit(lambda x: model([nn.dropout(x[0], 0.5), x[1]] if draws else x),
                          [[1, 2], [3, 4], [5, 6], [0, 1]], [0.0, 1.0, 0.5, 1.0], loss=squared_error, engine=engine,
                          optimizer=optimizer, epochs=epochs, batch_size=3, seed=goes_on, progress=False)  # fmt: skip
            losses += history.losses
        return losses, [p.data for p in model.parameters()], optimizer.states

    assert trained([3, 2]) == trained([5]) == trained([1] * 5)


@ENGINES
def test_a_generator_goes_on_where_the_last_fit_left_it(engine):
    orders = []
    for seed in (0, random.Random(0)):
        for _ in range(2):
            w = Value(0.0)
            history = train(
                lambda x, w=w: w * x, [w], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0] * 6, engine, batch_size=1, seed=seed
            )
            orders.append(history.losses)
    assert orders[0] == orders[1] == orders[2] != orders[3]


@ENGINES
def test_a_model_and_a_loss_may_choose_by_the_data(engine):
    w, v = Value(1.0, "w"), Value(2.0, "v")

    def loss(p, y):
        return where(y > 0, softplus(-p), softplus(p))

    fit(
        lambda x: where(x > 1.5, w * x, v),
        [1.0, 2.0],
        [1.0, -1.0],
        loss=loss,
        optimizer=SGD([w, v], lr=1.0),
        epochs=1,
        engine=engine,
        progress=False,
    )
    # The mean of −σ(−v) and 2σ(2w), each over the two examples.
    assert v.data == pytest.approx(2 + 0.5 / (1 + exp(2.0)))
    assert w.data == pytest.approx(1 - 0.5 * 2 / (1 + exp(-2.0)))


# What a call of the loss changes


def counts_in_a_list():
    count = [0]

    def loss(p, y):
        count[0] += 1
        return squared_error(p, y) * (1 if count[0] < 1000 else 5)

    return loss, "changes count, of type list"


def counts_in_a_variable():
    count = 0

    def loss(p, y):
        nonlocal count
        count += 1
        return squared_error(p, y) * (1 if count < 1000 else 5)

    return loss, "changes the variable count"


def grows_a_list():
    calls = []

    def loss(p, y):
        calls.append(None)
        return squared_error(p, y) * (1 if len(calls) < 1000 else 5)

    return loss, "changes calls, of type list"


def counts_by(numbers):
    def loss(p, y):
        return squared_error(p, y) * (1 if next(numbers) < 1000 else 5)

    return loss, f"changes numbers, of type {type(numbers).__name__}"


def draws_from(generator):
    def loss(p, y):
        return squared_error(p, y) * (1 if generator.uniform(0, 1) > 1e-9 else 5)

    return loss, "draws from generator, a generator of random numbers"


def draws_by_a_default():
    generator = random.Random(1)

    def loss(p, y, draw=generator.random):
        return squared_error(p, y) * (1 if draw() > 1e-9 else 5)

    return loss, "a generator of random numbers"


def counts_in_a_context():
    count = ContextVar("count", default=0)

    def loss(p, y):
        count.set(count.get() + 1)
        return squared_error(p, y) * (1 if count.get() < 1000 else 5)

    return loss, "changes count, of type ContextVar"


def reads_a_file():
    file = io.StringIO("1" * 1000 + "5" * 10**6)

    def loss(p, y):
        return squared_error(p, y) * float(file.read(1))

    return loss, "changes file, of type StringIO"


HAS_A_PLACE = pytest.mark.skipif(sys.version_info >= (3, 14), reason="an iterator of itertools does not tell its place")


class CountingInASlot:
    __slots__ = ("calls",)

    def __init__(self):
        self.calls = 0

    def __call__(self, p, y):
        self.calls += 1
        return squared_error(p, y) * (self.calls < 1000)


def counts_by_a_function(count):
    return (lambda p, y: squared_error(p, y) * (count() < 1000)), "changes count"


@pytest.mark.parametrize(
    "unused", [np.random.default_rng(1).normal, np.random.RandomState(1).rand, random.SystemRandom()]
)
def test_a_generator_that_the_loss_only_names_is_no_hindrance(unused):
    def loss(p, y):
        return squared_error(p, y) if y < 2 else unused

    model = Perceptron(1, activation=None, seed=0)
    history = fit(model, [[1.0], [2.0]], [0.0, 1.0], loss=loss, optimizer=SGD(model.parameters(), lr=0.1), epochs=2)
    assert history.losses[1] < history.losses[0]


class Scaled:
    """A loss with a count of its own."""

    def __init__(self):
        self.count = 0

    def __call__(self, p, y):
        self.count += 1
        return squared_error(p, y)


@pytest.mark.parametrize(
    "made",
    [
        counts_in_a_list,
        counts_in_a_variable,
        grows_a_list,
        lambda: counts_by(itertools.count()),
        lambda: counts_by(iter(range(10**6))),
        lambda: counts_by(i for i in range(10**6)),
        pytest.param(lambda: counts_by(itertools.cycle([1] * 999 + [1000])), marks=HAS_A_PLACE),
        pytest.param(lambda: counts_by(itertools.chain([1] * 999, [1000])), marks=HAS_A_PLACE),
        counts_in_a_context,
        reads_a_file,
        lambda: draws_from(random.Random(1)),
        lambda: draws_from(np.random.default_rng(1)),
        lambda: draws_from(np.random.RandomState(1)),
        draws_by_a_default,
        lambda: (Scaled(), "changes the loss, of type Scaled"),
        lambda: (Scaled().__call__, "of type Scaled"),
        lambda: (CountingInASlot(), "changes the loss, of type CountingInASlot"),
        lambda: counts_by_a_function(itertools.count().__next__),
        lambda: (partial(lambda count, p, y: squared_error(p, y) * (next(count) < 1000), itertools.count()), "count"),
    ],
)
def test_what_changes_from_call_to_call_is_refused_though_it_records_the_same_for_long(made):
    loss, words = made()
    model = Perceptron(1, activation=None, seed=0)
    before = [parameter.data for parameter in model.parameters()]
    with pytest.raises(TypeError, match=re.escape(words)) as error:
        fit(model, [[1.0], [2.0]], [0.0, 1.0], loss=loss, optimizer=SGD(model.parameters(), lr=0.1), epochs=1)
    assert "recorded once" in str(error.value)
    assert "engine='eager'" in error.value.__notes__[-1]
    assert [parameter.data for parameter in model.parameters()] == before


class Drawing(Module):
    def __init__(self):
        self.neuron, self.chance = Perceptron(1, activation=None, seed=0), random.Random(1)

    def __call__(self, x):
        return self.neuron(x) * (1 if self.chance.random() > 1e-9 else 0)


def test_a_generator_on_the_model_is_found():
    model = Drawing()
    with pytest.raises(TypeError, match=re.escape("draws from the model.chance, a generator")):
        fit(model, [[1.0]], [1.0], loss=squared_error, optimizer=SGD(model.parameters(), lr=0.1), epochs=1)


class Remembering(Drawing):
    def __call__(self, x):
        self.last = self.neuron(x)
        return self.last


def test_a_model_may_keep_its_last_output_and_read_numbers_that_stay():
    model, scale, unused = Remembering(), [2.0], iter([1, 2])
    history = fit(
        model,
        [[1.0], [2.0]],
        [0.0, 1.0],
        loss=lambda p, y: squared_error(p, y) * scale[0] + 0 * len([unused]),
        optimizer=SGD(model.parameters(), lr=0.1),
        epochs=2,
        progress=False,
    )
    assert len(history.losses) == 2


# Words of errors


@pytest.mark.parametrize("engine", ["numpy", "eager"])
def test_an_assertion_of_the_loss_names_the_target(engine):
    def loss(p, y):
        assert y in (0, 1)
        return squared_error(p, y)

    model = Perceptron(1, activation=None, seed=0)
    with pytest.raises(AssertionError, match=r"^targets\[2\]"):
        fit(
            model,
            [[1.0]] * 3,
            [0, 1, 2],
            loss=loss,
            optimizer=SGD(model.parameters(), lr=0.1),
            epochs=1,
            engine=engine,
        )


def test_a_target_as_a_key_of_a_dict_is_refused_with_what_to_do():
    model = Perceptron(1, activation=None, seed=0)
    with pytest.raises(TypeError, match=r"looks up Placeholder\(y\) in a dict.*engine='eager'"):
        fit(
            model,
            [[1.0]] * 2,
            [0, 1],
            loss=lambda p, y: {0: p, 1: -p}[y],
            optimizer=SGD(model.parameters(), lr=0.1),
            epochs=1,
        )


def test_swapped_arguments_of_hinge_are_refused():
    with pytest.raises(ValueError, match="output first"):
        hinge(1.0, Value(1.0))
    assert hinge(Value(0.25), Value(-1.0)).data == 1.25


# What changes from outside while a training goes on


class Ticking(SGD):
    """A second of the clock for each step."""

    now = 0.0

    def rule(self, *arguments):
        Ticking.now += 1
        return super().rule(*arguments)


def rises_with_the_clock(p, y):
    return squared_error(p, y) * (1 if time.monotonic() < 5 else 3)


@pytest.mark.parametrize(("epochs", "seen"), [(4, None), (6, 6), (7, 7), (8, 8), (50, 8)])
def test_what_the_loss_reads_from_a_clock_is_seen_to_change_within_some_epochs(monkeypatch, epochs, seen):
    monkeypatch.setattr(time, "monotonic", lambda: Ticking.now)
    monkeypatch.setattr(Ticking, "now", 0.0)
    model = Perceptron(1, activation=None, seed=0)
    optimizer = Ticking(model.parameters(), lr=0.1)
    arguments = {"loss": rises_with_the_clock, "optimizer": optimizer, "epochs": epochs, "progress": False}
    if seen is None:
        assert len(fit(model, [[1.0], [2.0]], [0.0, 1.0], **arguments).losses) == epochs
        return
    with pytest.raises(
        TypeError, match=rf"the loss is not the same after epoch {seen} \(the number 1.0 in it became 3"
    ):
        fit(model, [[1.0], [2.0]], [0.0, 1.0], **arguments)
    assert all(math.isfinite(parameter.data) for parameter in model.parameters())


# Gradients in a loss


@ENGINES
def test_a_penalty_on_gradients_counts_in_validation_too(engine):
    w = Value(3.0, "w")

    def loss(p, y):
        [slope] = gradients(p, [w])
        return squared_error(p, y) + slope * slope

    history = train(
        lambda x: w * x, [w], [2.0], [6.0], engine, loss=loss, validation=([2.0], [6.0]), optimizer=SGD([w], 1e-9)
    )
    assert history.losses == [4.0]
    assert history.validation_losses == pytest.approx([4.0])
