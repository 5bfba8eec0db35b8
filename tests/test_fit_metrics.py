"""fit: metrics, schedules of the learning rate, clipping, in every engine."""

import math

import numpy as np
import pytest
from small_trainings import BITS, ENGINES, WEIGHTS, X, Y, least_squares, linear, numbers, train
from support import exactly

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    accuracy,
    binary_cross_entropy,
    cosine_decay,
    cross_entropy,
    dropout,
    fit,
    predict,
    step_decay,
    warm_up,
)

# Metrics


@ENGINES
def test_a_metric_gets_the_outputs_and_targets_of_all_examples_after_each_epoch(engine):
    model, seen = linear(), []

    def worst(outputs, targets):
        assert outputs.shape == targets.shape == (len(X),)
        assert targets.tolist() == Y.tolist()
        return np.abs(outputs - targets).max()

    history = train(
        model,
        engine=engine,
        batch_size=5,
        seed=1,
        metrics={"worst": worst},
        callback=lambda *_: seen.append(max(abs(model(x).data - y) for x, y in zip(X, Y, strict=True))),
    )
    assert history.metrics == {"worst": exactly(seen)}


@ENGINES
def test_metrics_of_the_validation_examples_have_their_name_behind_validation(engine):
    held_out, model = (X[:4] + 1, Y[:4]), linear()
    history = train(
        model, engine=engine, metrics={"mean": lambda p, y: (p - y).mean(), "n": lambda p, y: len(p)},
        validation=held_out)  # fmt: skip
    assert list(history.metrics) == ["mean", "n", "validation_mean", "validation_n"]
    assert (history.metrics["n"], history.metrics["validation_n"]) == ([12.0] * 3, [4.0] * 3)
    assert history.metrics["validation_mean"][-1] == exactly((predict(model, held_out[0]) - held_out[1]).mean())


@ENGINES
def test_metrics_draw_no_dropout(engine):
    model = linear()
    history = train(
        lambda x: dropout(model(x), 0.5), engine=engine, optimizer=SGD(model.parameters(), 1e-300), seed=3,
        metrics={"mean": lambda p, _: p.mean()})  # fmt: skip
    assert history.metrics["mean"] == exactly([predict(model, X).mean()] * 3)


@ENGINES
def test_a_metric_of_a_model_that_asks_for_its_inputs(engine):
    model = linear()
    history = train(lambda x: model(x if x[0] < 100 else [0, 0, 0]), engine=engine, metrics={"m": lambda p, _: p[0]},
                    optimizer=SGD(model.parameters(), 0.1))  # fmt: skip
    assert history.metrics["m"][-1] == exactly(model(X[0]).data)


def test_a_metric_shows_in_the_repr_and_in_the_bar(capsys):
    history = train(linear(), metrics={"mean": lambda p, y: 0.25}, epochs=2, progress=True)
    assert "mean 0.25 -> 0.25" in repr(history)
    assert "mean=0.25" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("metrics", "error", "said"),
    [
        ([accuracy], TypeError, "metrics must be a dict"),
        ({"accuracy": 1}, TypeError, "not 1 under 'accuracy'"),
        ({1: accuracy}, TypeError, r"under 1: give them as \{"),
        ({"a": 3}, TypeError, r'not 3 under \'a\': give them as \{"accuracy": accuracy\}'),
        ({"m": lambda p, y: p}, TypeError, "the metric 'm' must give a number"),
        ({"m": accuracy, "validation_m": accuracy}, ValueError, "two entries 'validation_m'"),
    ],
)
def test_metrics_of_another_kind_are_refused(metrics, error, said):
    with pytest.raises(error, match=said):
        train(linear(), targets=BITS, metrics=metrics, validation=(X, BITS))


def test_an_error_of_a_metric_comes_through_and_what_was_learnt_stays():
    def fails(outputs, targets):
        raise RuntimeError("of the metric")

    model = linear()
    with pytest.raises(RuntimeError, match="of the metric"):
        train(model, metrics={"m": fails})
    assert numbers(model) == exactly(least_squares(1)[1].tolist(), relative=1e-12)


@ENGINES
def test_a_metric_that_writes_to_its_arrays_changes_no_data_and_no_other_metric(engine):
    def writes(outputs, targets):
        outputs[:], targets[:] = 9.0, 9.0
        return 0.0

    targets = Y.copy()
    metrics = {"writes": writes, "largest": lambda p, y: max(p.max(), y.max())}
    history = train(linear(), targets=targets, engine=engine, metrics=metrics, validation=(X, targets))
    assert targets.tolist() == Y.tolist()
    assert history.losses == exactly(least_squares(3)[0], relative=1e-12)
    assert max(history.metrics["largest"] + history.metrics["validation_largest"]) < 9


@pytest.mark.parametrize(
    ("outputs", "targets", "right"),
    [
        ([[1, 2, 0], [5, 4, 3], [0, 0, 1]], [1, 0, 0], 2 / 3),
        ([[1, 2, 0], [5, 4, 3], [0, 0, 1]], [[1], [0], [2]], 1),
        ([[1, 2, 0], [5, 4, 3]], [[0, 1, 0], [0, 0, 1]], 1 / 2),
        ([[1, 2], [5, 4]], [[0.1, 0.9], [0.3, 0.7]], 1 / 2),
        ([0.5, -0.5, 2.0, 0.0], [1, 0, 0, 0], 3 / 4),
        ([0.5, -0.5, 2.0, 0.0], [1, -1, -1, 1], 1 / 2),
        ([[0.5], [-0.5]], [1, 0], 1),
        ([[0.5], [-0.5]], [[1], [-1]], 1),
        ([0.5], [True], 1),
        ([math.nan, math.nan, 1.0], [0, 1, 1], 1 / 3),
        ([[math.nan, 0.0], [1.0, math.nan], [1.0, 0.0]], [0, 0, 0], 1 / 3),
        ([[math.nan, 0.0], [1.0, 0.0]], [[1, 0], [1, 0]], 1 / 2),
        ([[-math.inf, 0.0], [math.inf, 0.0]], [1, 0], 1),
    ],
)
def test_accuracy_counts_the_answers_that_are_right(outputs, targets, right):
    assert accuracy(np.array(outputs, float), np.array(targets)) == exactly(right)


@pytest.mark.parametrize(
    ("outputs", "targets", "said"),
    [
        ([1.0, 2.0], [1], "a target for each output"),
        ([], [], "a target for each output"),
        (1.0, 1.0, "a target for each output"),
        ([[1.0, 2.0, 3.0]], [[1, 0]], "one target, or one for each of 3 outputs, not 2"),
        ([1.0, 2.0], [1, 0.5], "targets of 0 and 1, or of -1 and 1"),
        ([1.0, 2.0, 3.0], [1, 0, -1], "targets of 0 and 1, or of -1 and 1"),
        ([[1.0, 2.0]], [2], "from 0 to 1: 2.0 is none"),
        ([[1.0, 2.0]], [0.5], "0.5 is none"),
        ([[1.0, 2.0], [2.0, 1.0]], [[0, 1], [1, 1]], r"one class for each example, and targets\[1\] has not one"),
        ([[1.0, 2.0]], [[0, 0]], r"targets\[0\] has not one that is the largest: \[0.0, 0.0\]"),
        ([[1.0, 2.0]], [[math.nan, 0]], "has not one that is the largest"),
    ],
)
def test_accuracy_refuses_targets_that_do_not_fit(outputs, targets, said):
    with pytest.raises(ValueError, match=said):
        accuracy(outputs, targets)


@ENGINES
def test_accuracy_of_class_numbers_and_one_hot_rows_is_one(engine):
    classes = X.argmax(axis=1)
    histories = []
    for targets in (classes, np.eye(3)[classes]):
        model = MLP(3, [4, 3], "tanh", seed=1)
        histories.append(
            train(model, targets=targets, engine=engine, loss=cross_entropy, metrics={"accuracy": accuracy}, epochs=9)
        )
    assert histories[0].metrics == histories[1].metrics
    assert histories[0].metrics["accuracy"][-1] == accuracy(predict(model, X), classes)


# The learning rate


@ENGINES
def test_a_schedule_gives_the_factor_on_the_learning_rate_of_each_epoch_from_1(engine):
    model, asked = linear(), []

    def schedule(epoch):
        asked.append(epoch)
        return 1 / epoch

    optimizer = SGD(model.parameters(), 0.1)
    history = train(model, engine=engine, epochs=5, schedule=schedule, optimizer=optimizer)
    losses, theta = least_squares(5, lr=lambda epoch: 0.1 / epoch)
    assert history.losses == exactly(losses, relative=1e-12)
    assert numbers(model) == exactly(theta.tolist(), relative=1e-12)
    assert (asked, optimizer.lr) == ([1, 2, 3, 4, 5], 0.1)


@ENGINES
def test_a_schedule_and_a_callback_that_sets_the_rate_multiply(engine):
    model = linear()
    optimizer = SGD(model.parameters(), 0.1)

    def callback(epoch, history):
        assert optimizer.lr == 0.1 / 2 ** (epoch - 1)
        optimizer.lr /= 2

    train(model, engine=engine, schedule=lambda epoch: 1 / epoch, optimizer=optimizer, callback=callback)
    theta = least_squares(3, lr=lambda epoch: 0.1 / 2 ** (epoch - 1) / epoch)[1]
    assert numbers(model) == exactly(theta.tolist(), relative=1e-12)


def test_a_rate_of_0_takes_steps_that_stay():
    model = linear()
    before = numbers(model)
    train(model, schedule=lambda epoch: 0)
    assert numbers(model).tolist() == before.tolist()


@pytest.mark.parametrize(
    ("schedule", "error", "said"),
    [
        (0.5, TypeError, "schedule must be a function"),
        (lambda epoch: "half", TypeError, r"schedule\(1\) must give a number.*'half'"),
        (cosine_decay, TypeError, r"as in schedule=cosine_decay\(100\)"),
        (lambda epoch: 2 - epoch if epoch < 3 else -1, ValueError, r"schedule\(3\) must give a finite factor.*-1"),
        (lambda epoch: 10**400, ValueError, r"schedule\(1\) must give a finite factor on lr of at least 0, not 1000"),
        (lambda epoch: math.nan, ValueError, "must give a finite factor.*nan"),
        (lambda epoch: math.nan, ValueError, "nan"),
    ],
)
def test_a_schedule_of_another_kind_is_refused(schedule, error, said):
    with pytest.raises(error, match=said):
        train(linear(), schedule=schedule)


@pytest.mark.parametrize(
    ("make", "arguments"), [(cosine_decay, (0,)), (cosine_decay, (5, 1)), (step_decay, (0,)), (step_decay, (2, 1.0)),
                            (step_decay, (2, 0)), (warm_up, (0,)), (cosine_decay, (2.5,)), (warm_up, (2, 3))]
)  # fmt: skip
def test_a_schedule_of_numbers_out_of_range_is_refused(make, arguments):
    with pytest.raises((TypeError, ValueError), match="must be"):
        make(*arguments)


# Clipping


@ENGINES
@pytest.mark.parametrize("clip", [1e-3, 0.5, 1e6])
def test_a_gradient_is_shortened_to_the_norm_it_may_have(engine, clip):
    model = linear()
    history = train(model, engine=engine, clip=clip)
    losses, theta = least_squares(3, clip=clip)
    assert history.losses == exactly(losses, relative=1e-12)
    assert numbers(model) == exactly(theta.tolist(), relative=1e-12)
    assert math.hypot(*(p.grad for p in model.parameters())) <= clip * (1 + 1e-12)


@ENGINES
def test_a_gradient_whose_square_overflows_is_shortened_too(engine):
    w = [Value(1.0), Value(1.0)]
    fit(lambda x: w[0] * x + w[1] * x, [1e200], [0.0], loss=lambda p, y: p - y, optimizer=SGD(w, 1.0), epochs=1,
        clip=1.0, engine=engine, progress=False)  # fmt: skip
    assert [p.data for p in w] == exactly([1 - math.sqrt(0.5)] * 2)


@ENGINES
def test_no_gradient_is_clipped_to_none(engine):
    model = linear()
    train(model, inputs=[[0.0] * 3], targets=[0.0], engine=engine, clip=1.0)
    assert [p.grad for p in model.parameters()] == [0.0] * 4


@pytest.mark.parametrize("clip", [0, -1, math.nan, math.inf, "1"])
def test_a_clip_out_of_range_is_refused(clip):
    with pytest.raises((TypeError, ValueError), match="clip must be"):
        train(linear(), clip=clip)


# Together


@ENGINES
@pytest.mark.parametrize("make", [lambda p: Adam(p, 0.05), lambda p: SGD(p, 0.05, momentum=0.5)], ids=["Adam", "SGD"])
def test_all_of_it_together_is_the_same_in_every_engine(engine, make):
    model = MLP(3, [4, 1], "silu", seed=1)
    history = fit(model, X, BITS, loss=binary_cross_entropy, optimizer=make(model.parameters()), epochs=6, batch_size=5,
                  engine=engine, sample_weights=WEIGHTS, validation=(X[:4], BITS[:4]), metrics={"accuracy": accuracy},
                  schedule=warm_up(2, cosine_decay(4)), clip=0.1, patience=5, seed=3, progress=False)  # fmt: skip
    other = MLP(3, [4, 1], "silu", seed=1)
    same = fit(other, X, BITS, loss=binary_cross_entropy, optimizer=make(other.parameters()), epochs=6, batch_size=5,
               engine="eager", sample_weights=WEIGHTS, validation=(X[:4], BITS[:4]), metrics={"accuracy": accuracy},
               schedule=warm_up(2, cosine_decay(4)), clip=0.1, patience=5, seed=3, progress=False)  # fmt: skip
    assert history.losses == exactly(same.losses, relative=1e-10)
    assert history.validation_losses == exactly(same.validation_losses, relative=1e-10)
    assert history.metrics == same.metrics
    assert numbers(model) == exactly(numbers(other).tolist(), relative=1e-9)
