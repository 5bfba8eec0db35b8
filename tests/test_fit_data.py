"""fit: weights of examples, matrices, no targets, very many examples; and predict."""

import math

import numpy as np
import pytest
from small_trainings import ENGINES, RNG, WEIGHTS, X, Y, least_squares, linear, numbers, sum_of, train
from support import exactly

from autograd import Value, where
from nn import (
    MLP,
    SGD,
    Perceptron,
    dropout,
    fit,
    predict,
    squared_error,
)

# Weights of examples


@ENGINES
def test_weighted_means_are_the_weighted_losses_over_the_weights(engine):
    model = linear()
    history = train(model, engine=engine, sample_weights=WEIGHTS)
    losses, theta = least_squares(3, weights=WEIGHTS)
    assert history.losses == exactly(losses, relative=1e-12)
    assert numbers(model) == exactly(theta.tolist(), relative=1e-12)


@ENGINES
def test_a_batch_is_weighted_by_its_own_weights_and_the_epoch_by_all(engine):
    """With a learning rate of next to nothing, the epoch's loss is that of all examples, whatever the batches."""
    model = linear()
    history = train(
        model, engine=engine, sample_weights=WEIGHTS, batch_size=5, seed=2, optimizer=SGD(model.parameters(), 1e-300)
    )
    assert history.losses == exactly([least_squares(1, weights=WEIGHTS)[0][0]] * 3, relative=1e-12)
    model = linear()
    train(model, engine=engine, sample_weights=WEIGHTS, batch_size=6, epochs=1)
    theta, columns = numbers(linear()), np.column_stack([X, np.ones(len(X))])
    for rows in (slice(0, 6), slice(6, 12)):
        weights = np.array(WEIGHTS[rows])
        theta = theta - 0.1 * columns[rows].T @ (weights * (columns[rows] @ theta - Y[rows])) / weights.sum()
    assert numbers(model) == exactly(theta.tolist(), relative=1e-12)


@ENGINES
@pytest.mark.parametrize("scale", [1e-300, 7.0, 1e300])
def test_weights_count_by_their_ratios(engine, scale):
    model = linear()
    train(model, engine=engine, sample_weights=np.array(WEIGHTS) * scale, batch_size=5)
    other = linear()
    train(other, engine=engine, sample_weights=WEIGHTS, batch_size=5)
    assert numbers(model) == exactly(numbers(other).tolist(), relative=1e-12)


@ENGINES
@pytest.mark.parametrize("batch_size", [1, 2, None])
def test_an_example_without_weight_is_as_one_that_is_not_there(engine, batch_size):
    """Even one whose loss is infinite; and a batch of such ones is no step."""
    w = Value(1.0)
    history = fit(
        lambda x: where(x > 0, w, 0) / x, [1.0, 0.0, 2.0, 0.0], [0.0] * 4, loss=squared_error, engine=engine,
        optimizer=SGD([w], 0.1), epochs=2, sample_weights=[1, 0, 1, 0], batch_size=batch_size, seed=None,
        progress=False)  # fmt: skip
    v, losses = 1.0, []
    for _ in range(2):
        if batch_size is None:
            losses.append((v**2 / 2 + v**2 / 8) / 2)
            v -= 0.1 * (v + v / 4) / 2
        else:
            first, v = v**2 / 2, v - 0.1 * v
            losses.append((first + v**2 / 8) / 2)
            v -= 0.1 * v / 4
    assert (w.data, history.losses) == (exactly(v), exactly(losses))


@ENGINES
def test_weights_and_dropout_go_together(engine):
    model = linear()
    train(lambda x: dropout(model(x), 0.5), engine=engine, optimizer=SGD(model.parameters(), 0.1), seed=3,
          sample_weights=WEIGHTS, batch_size=5, validation=(X, Y))  # fmt: skip
    other = linear()
    train(lambda x: dropout(other(x), 0.5), engine="eager", optimizer=SGD(other.parameters(), 0.1), seed=3,
          sample_weights=WEIGHTS, batch_size=5)  # fmt: skip
    assert numbers(model) == exactly(numbers(other).tolist(), relative=1e-11)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([1.0] * 11, "a number for each of the 12 examples, not 11 of them"),
        ([[1.0]] * 12, "a number for each of the 12 examples, not 12 of them, 1 numbers each"),
        ([-1.0] + [1.0] * 11, r"sample_weights\[0\] must be at least 0"),
        ([0.0] * 12, "must not be 0 throughout"),
        ([math.nan] + [1.0] * 11, r"sample_weights\[0\] must be finite"),
        ("no", "sample_weights must be a list"),
    ],
)
def test_weights_of_another_kind_are_refused(weights, said):
    with pytest.raises((TypeError, ValueError), match=said):
        train(linear(), sample_weights=weights)


# Data of other forms


@ENGINES
def test_without_targets_the_loss_takes_the_outputs_alone(engine):
    """The mean of ½ (w x − 1)² is an autoencoder's loss without a target."""
    w = Value(0.0)
    history = fit(lambda x: w * x, [1.0, 2.0], None, loss=lambda p: (p - 1) ** 2 / 2, optimizer=SGD([w], 0.1), epochs=1,
                  engine=engine, validation=[2.0], metrics={"n": lambda p, y: len(p) if y is None else -1},
                  progress=False)  # fmt: skip
    assert history.losses == [0.5]
    assert w.data == exactly(0.1 * (1 + 2) / 2)
    assert history.validation_losses == exactly([(0.3 - 1) ** 2 / 2])
    assert history.metrics == {"n": [2.0], "validation_n": [1.0]}


@ENGINES
def test_without_targets_there_may_be_weights_and_a_pair_for_validation(engine):
    w = Value(0.0)
    fit(lambda x: w * x, [1.0, 2.0], loss=lambda p: (p - 1) ** 2 / 2, optimizer=SGD([w], 0.1), epochs=1,
        engine=engine, sample_weights=[1, 3], validation=([2.0], None), progress=False)  # fmt: skip
    assert w.data == exactly(0.1 * (1 + 3 * 2) / 4)


def test_a_loss_of_targets_without_targets_is_refused_and_the_other_way_round():
    with pytest.raises(TypeError, match=r"squared_error takes \(outputs, targets\), and there are no targets"):
        train(linear(), targets=None)
    with pytest.raises(TypeError, match="takes the outputs alone, and there are targets: leave them out"):
        train(linear(), loss=lambda p: p * p)
    with pytest.raises(ValueError, match="validation must have targets where the training has"):
        train(linear(), validation=(X, None))


@ENGINES
def test_an_example_may_be_a_matrix(engine):
    w = [[Value(0.1 * (i + j)) for j in range(3)] for i in range(2)]
    flat = [p for row in w for p in row]

    def model(x):
        return [sum_of(w[i][j] * x[i][j] for j in range(3)) for i in range(2)]

    matrices, targets = RNG.standard_normal((5, 2, 3)), RNG.standard_normal((5, 2))
    before = np.array([p.data for p in flat]).reshape(2, 3)
    history = fit(model, matrices, targets, loss=squared_error, optimizer=SGD(flat, 0.1), epochs=1, engine=engine,
                  metrics={"shape": lambda p, y: p.shape == y.shape == (5, 2)}, progress=False)  # fmt: skip
    errors = np.einsum("nij,ij->ni", matrices, before) - targets
    assert history.losses == exactly([(errors**2).sum() / 2 / 5])
    assert history.metrics["shape"] == [1.0]
    expected = before - 0.1 * np.einsum("ni,nij->ij", errors, matrices) / 5
    assert [p.data for p in flat] == exactly(expected.ravel().tolist(), relative=1e-12)


@ENGINES
def test_a_target_may_be_a_matrix(engine):
    w = Value(1.0)

    def loss(p, y):
        return sum_of((p - entry) ** 2 for row in y for entry in row)

    targets = RNG.standard_normal((4, 2, 2))
    history = fit(lambda x: w * x, [1.0, 2.0, 3.0, 4.0], targets.tolist(), loss=loss, optimizer=SGD([w], 0.01),
                  epochs=1, engine=engine, progress=False)  # fmt: skip
    assert history.losses == exactly([((np.arange(1, 5)[:, None, None] - targets) ** 2).sum() / 4])


def test_ragged_matrices_are_refused_with_the_place():
    with pytest.raises(
        ValueError, match=r"inputs\[1\] must be of one length throughout: inputs\[1\]\[0\] has 2 numbers"
    ):
        train(linear(), inputs=[[[1, 2], [3, 4]], [[1, 2], [3]]], targets=[1, 2])
    with pytest.raises(ValueError, match=r"inputs\[0\] has 2 × 2 numbers, inputs\[1\] has 1 × 2 numbers"):
        train(linear(), inputs=[[[1, 2], [3, 4]], [[1, 2]]], targets=[1, 2])


def test_masked_arrays_are_refused():
    with pytest.raises((TypeError, ValueError), match="mask"):
        train(linear(), inputs=np.ma.masked_less(X, 0))


# predict


def test_predict_has_the_shape_that_vectorize_gives():
    rows = X.tolist()
    assert predict(MLP(3, [4, 1], seed=0), rows).shape == (12,)
    assert predict(MLP(3, [4, 2], seed=0), X).shape == (12, 2)
    assert predict(lambda x: [[x[0]], [x[1]]], X.astype("float32")).shape == (12, 2, 1)
    assert predict(lambda x: Value(2.0) * x, [1, 2, 3]).tolist() == [2.0, 4.0, 6.0]


def test_predict_gives_the_numbers_of_the_model():
    model = MLP(3, [4, 1], "gelu", seed=0)
    assert predict(model, X) == exactly([model(x).data for x in X], relative=1e-12)
    many = np.tile(X, (2000, 1))
    assert predict(model, many) == exactly(np.tile(predict(model, X), 2000).tolist(), relative=1e-12)


def test_predict_calls_a_model_that_asks_for_each_example():
    w = Value(2.0)
    assert predict(lambda x: w * x if x > 0 else -x, [1.0, -3.0]).tolist() == [2.0, 3.0]
    assert predict(lambda x: where(x > 0, w * x, -x), [1.0, -3.0]).tolist() == [2.0, 3.0]
    assert w.grad is None


def test_predict_draws_no_dropout():
    model = linear()
    assert predict(lambda x: dropout(model(x), 0.5), X).tolist() == predict(model, X).tolist()


def test_predict_takes_numbers_that_are_not_finite():
    assert math.isnan(predict(linear(), [[math.nan, 0, 0]])[0])


@pytest.mark.parametrize(
    ("model", "inputs", "said"),
    [(3, X, "predict takes a model"), (linear(), [], "X must hold at least one"), (linear(), 3, "X must be a list"),
     (linear(), [["a"] * 3], r"X\[0\]\[0\] must be a real number"), (linear(), [[1, 2]], "takes 3 inputs, not 2")],
)  # fmt: skip
def test_predict_refuses_what_is_no_model_or_no_inputs(model, inputs, said):
    with pytest.raises((TypeError, ValueError), match=said):
        predict(model, inputs)


# Many examples


@pytest.mark.parametrize("loss", [squared_error, lambda p, y: (p - y) ** 2], ids=["nn's", "the user's"])
def test_a_loss_is_not_asked_about_each_of_very_many_targets(loss, tmp_path):
    with (tmp_path / "log").open("w") as log:  # what is written to a log is nothing that the loss keeps

        def logged(p, y):
            log.write(".")
            return loss(p, y)

        logged.takes_numbers = getattr(loss, "takes_numbers", False)
        if hasattr(loss, "check_target"):
            logged.check_target = lambda p, y: log.write(".")
        many = RNG.standard_normal(30_000)
        model = Perceptron(1, None, seed=0)
        fit(model, many, many, loss=logged, optimizer=SGD(model.parameters(), 0.1), epochs=1, progress=False)
    assert (tmp_path / "log").stat().st_size < (100 if hasattr(loss, "check_target") else 10_100)


def test_the_extremes_of_very_many_targets_are_looked_at():
    def loss(p, y):
        if not isinstance(y, Value) and y > 5:
            raise ValueError("too large")
        return squared_error(p, y)

    many = np.linspace(0, 1, 30_000)
    many[-1] = 6
    model = Perceptron(1, None, seed=0)
    with pytest.raises(ValueError, match=r"targets\[29999\]: too large"):
        fit(model, many, many, loss=loss, optimizer=SGD(model.parameters(), 0.1), epochs=1, progress=False)


def test_arrays_of_float64_are_not_copied():
    from nn.data import Data

    data = Data(X, Y)
    assert data.inputs is X
    assert data.targets is Y
