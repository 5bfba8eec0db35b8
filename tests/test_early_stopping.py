"""fit with patience: when it ends, and which weights are kept."""

import pytest
from small_trainings import ENGINES, linear, numbers, sum_of, train

from autograd import Value, where
from nn import SGD, fit

# Early stopping


def counting(losses, patience, engine="numpy", epochs=50, **arguments):
    """A training in which w counts the epochs, and the validation loss after epoch k is ``losses[k - 1]``."""
    w = Value(0.0, "w")

    def loss(p, y):
        table = [9.0, *losses, *[losses[-1]] * 60]
        levels = sum_of(where((p > k - 0.5) * (p < k + 0.5), level, 0.0) for k, level in enumerate(table))
        return where(y > 0, levels, -p)

    history = fit(lambda x: w * x, [1.0], [0.0], loss=loss, optimizer=SGD([w], 1.0), epochs=epochs, engine=engine,
                  patience=patience, validation=([1.0], [1.0]), progress=False, **arguments)  # fmt: skip
    return w.data, history


@ENGINES
@pytest.mark.parametrize(
    ("losses", "patience", "ran", "best"),
    [
        ([5, 4, 3, 3.5, 3.5, 2], 2, 5, 3),
        ([5, 4, 3, 3.5, 2, 2, 2, 2], 2, 7, 5),
        ([5, 5, 5], 1, 2, 1),
        ([5, 6], 3, 4, 1),
    ],
)
def test_a_training_ends_after_as_many_epochs_without_a_lower_validation_loss(engine, losses, patience, ran, best):
    w, history = counting(losses, patience, engine)
    assert len(history.losses) == ran
    assert (history.best_epoch, w) == (best, best)
    assert min(history.validation_losses) == history.validation_losses[best - 1] == losses[best - 1]


def test_a_training_that_ends_before_its_patience_has_its_best_weights_too():
    w, history = counting([5, 2, 3, 4], 10, epochs=4)
    assert (len(history.losses), history.best_epoch, w) == (4, 2, 2.0)
    w, history = counting([5, 4, 3], 10, epochs=3)
    assert (history.best_epoch, w) == (3, 3.0)


@ENGINES
def test_without_validation_the_training_loss_decides_and_the_weights_that_had_it_are_kept(engine):
    """A step is longer than the slope allows: the loss falls, and then grows. It is that of the weights before."""
    w, losses = Value(3.0), []
    history = fit(lambda x: w * x, [1.0], [0.0], loss=lambda p, y: where(p > 1, p, 4 - p) + 0.0 * y, seed=None,
                  optimizer=SGD([w], 1.5), epochs=20, patience=2, engine=engine, progress=False)  # fmt: skip
    v = 3.0
    for _ in range(len(history.losses)):
        losses.append(v if v > 1 else 4 - v)
        v += -1.5 if v > 1 else 1.5
    assert history.losses == losses == [3.0, 1.5, 4.0, 1.5]
    assert (history.best_epoch, w.data) == (2, 1.5)


def test_of_several_batches_the_weights_after_the_best_epoch_are_kept():
    model, after = linear(), []
    optimizer = SGD(model.parameters(), 0.1)

    def callback(epoch, history):
        after.append(numbers(model).tolist())
        optimizer.lr = 0.1 if epoch < 3 else 2.0

    history = train(model, batch_size=4, patience=2, epochs=9, callback=callback, optimizer=optimizer)
    assert history.best_epoch < len(history.losses) < 9
    assert numbers(model).tolist() == after[history.best_epoch - 1]


def test_without_patience_there_is_no_best_epoch():
    assert train(linear()).best_epoch is None


@pytest.mark.parametrize("patience", [0, -1, 1.5, "3", True])
def test_a_patience_out_of_range_is_refused(patience):
    with pytest.raises((TypeError, ValueError), match="patience must be"):
        train(linear(), patience=patience)
