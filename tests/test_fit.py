"""fit: the steps it takes, the order of the examples, what it reports and when it stops."""

import re
import sys
from types import SimpleNamespace

import numpy
import pytest
from support import exactly

from autograd import Value, mean, relu
from nn import MLP, SGD, Adam, History, Layer, Perceptron, cross_entropy, fit, l2, squared_error

LIGHTS = [[1, 0, 1], [0, 1, 1], [0, 0, 1], [1, 1, 1], [0, 1, 1], [1, 0, 1]]
WALK = [0, 1, 0, 1, 1, 0]


def numbers(model):
    return [parameter.data for parameter in model.parameters()]


# The scalar engine takes any model and can be followed to the bit; test_fit_engines.py holds the arrays against it.
def train(model, inputs=LIGHTS, targets=WALK, **arguments):
    settings = {"loss": squared_error, "optimizer": SGD(model.parameters(), lr=0.1), "epochs": 3, "progress": False}
    settings["engine"] = "eager"
    return fit(model, inputs, targets, **settings | arguments)


def set_weights(perceptron, weights):
    for parameter, number in zip(perceptron.weights, weights, strict=True):
        parameter.data = number


# The steps


@pytest.mark.parametrize("batch_size", [1, 2, 4, 6, None])
@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.05, momentum=0.5), lambda p: Adam(p, 0.05)], ids=["SGD", "Adam"])
def test_fit_takes_the_steps_of_a_loop_written_by_hand(make, batch_size):
    fitted, looped = MLP(3, [4, 1], seed=0), MLP(3, [4, 1], seed=0)
    history = train(fitted, optimizer=make(fitted.parameters()), batch_size=batch_size, seed=None)

    optimizer, losses, size = make(looped.parameters()), [], batch_size or 6
    for _ in range(3):
        total = 0.0
        for start in range(0, 6, size):
            errors = [
                squared_error(looped(x), y)
                for x, y in zip(LIGHTS[start : start + size], WALK[start : start + size], strict=True)
            ]
            loss = mean(errors)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.data * len(errors)
        losses.append(total / 6)
    assert numbers(fitted) == numbers(looped)
    assert history.losses == exactly(losses)


def test_the_streetlights_have_the_lectures_error_in_every_epoch():
    """T5: the errors printed are sums of (p − a)², twice the ½(p − a)² that is differentiated, over six examples."""
    model = Perceptron(3, activation=None)
    set_weights(model, [0.5, 0.48, -0.7])
    history = train(model, optimizer=SGD(model.weights, lr=0.1), epochs=40, batch_size=1, seed=None)
    errors = {epoch: 2 * 6 * history.losses[epoch - 1] for epoch in (1, 2, 3, 4, 5, 10, 20, 40)}
    published = {
        1: 2.6561231104,
        2: 0.9628701776715985,
        3: 0.5509165866836797,
        4: 0.36445836852222424,
        5: 0.2516768662079895,
        10: 0.05564914990717743,
        20: 0.009117233405426495,
        40: 0.00053373677328488,
    }
    assert errors == exactly(published, relative=1e-12)
    assert [w.data for w in model.weights] == exactly(
        [0.013892275998855057, 1.0138146999001432, -0.015992771465237705], relative=1e-12
    )


def test_a_hidden_layer_learns_the_streetlights_that_do_not_correlate():
    """T6: the biases stay 0, because the optimizer holds the weights only."""
    into_hidden = [
        [-0.165955990594852, 0.4406489868843162, -0.9997712503653102, -0.39533485473632046],
        [-0.7064882183657739, -0.8153228104624044, -0.6274795772446582, -0.3088785459139045],
        [-0.20646505153866013, 0.07763346800671389, -0.1616109711934104, 0.370439000793519],
    ]
    hidden, output = Layer(3, 4, relu), Perceptron(4, activation=None)
    for perceptron, column in zip(hidden.perceptrons, zip(*into_hidden, strict=True), strict=True):
        set_weights(perceptron, column)
    set_weights(output, [-0.5910955005369651, 0.7562348727818908, -0.9452248136041477, 0.34093502035680645])
    weights = [weight for perceptron in [*hidden.perceptrons, output] for weight in perceptron.weights]

    assert [y.data for y in hidden([1, 0, 1])] == exactly([0, 0.5182824548910301, 0, 0])
    assert output(hidden([1, 0, 1])).data == exactly(0.3919432663396042)
    history = fit(
        lambda x: output(hidden(x)),
        LIGHTS[:4],
        [1, 1, 0, 0],
        loss=squared_error,
        optimizer=SGD(weights, lr=0.2),
        epochs=60,
        engine="eager",
        batch_size=1,
        seed=None,
        progress=False,
    )
    expected = [
        0.6342311598444467,
        0.35838407676317513,
        0.0830183113303298,
        0.006467054957103705,
        0.0003292669000750734,
        1.5055622665134859e-05,
    ]
    assert [2 * 4 * loss for loss in history.losses[9::10]] == exactly(expected, relative=1e-9)
    assert {perceptron.bias.data for perceptron in [*hidden.perceptrons, output]} == {0.0}


def test_a_model_of_several_outputs_learns_several_targets():
    model = MLP(3, [6, 2], seed=0)
    one_hot = [[1 - walk, walk] for walk in WALK]
    train(model, targets=one_hot, loss=cross_entropy, optimizer=Adam(model.parameters(), 0.1), epochs=60)
    for lights, walk in zip(LIGHTS, WALK, strict=True):
        stop, go = model(lights)
        assert (go.data > stop.data) == bool(walk)


def test_inputs_may_be_single_numbers():
    model = Perceptron(1, activation=None, seed=0)
    history = train(model, [0, 1, 2, 3], [1, 3, 5, 7], epochs=300)
    assert history.losses[-1] < 1e-3
    assert [model.weights[0].data, model.bias.data] == pytest.approx([2, 1], abs=0.1)


def test_data_may_be_numpy_arrays():
    plain, arrays = MLP(3, [2, 1], seed=0), MLP(3, [2, 1], seed=0)
    train(plain)
    train(arrays, numpy.array(LIGHTS), numpy.array(WALK, dtype=numpy.float32))
    assert numbers(plain) == numbers(arrays)


def test_data_may_come_from_generators():
    plain, generated = MLP(3, [2, 1], seed=0), MLP(3, [2, 1], seed=0)
    train(plain)
    train(generated, (iter(row) for row in LIGHTS), (y for y in WALK))
    assert numbers(plain) == numbers(generated)


def test_the_model_may_be_any_function():
    slope = Value(0.0)
    fit(
        lambda x: slope * x,
        [1.0, 2.0],
        [3.0, 6.0],
        loss=squared_error,
        optimizer=SGD([slope], 0.2),
        epochs=50,
        engine="eager",
        progress=False,
    )
    assert slope.data == pytest.approx(3.0)


def test_the_loss_may_hold_a_penalty():
    free, held = (Perceptron(3, None, seed=0) for _ in range(2))
    train(free, epochs=50)
    train(held, epochs=50, loss=lambda p, y: squared_error(p, y) + l2(held.weights, 1.0))
    assert sum(w.data**2 for w in held.weights) < sum(w.data**2 for w in free.weights)


def test_gradients_from_before_do_not_count():
    clean, used = Perceptron(3, seed=0), Perceptron(3, seed=0)
    squared_error(used([1, 1, 1]), 5).backward()
    train(clean)
    train(used)
    assert numbers(clean) == numbers(used)


# The order of the examples


def orders(seed, epochs=3):
    seen, weight = [], Value(0.0)

    def note(x):
        seen.append(x)
        return weight * x

    fit(
        note,
        range(8),
        range(8),
        loss=squared_error,
        optimizer=SGD([weight], 0.01),
        epochs=epochs,
        engine="eager",
        batch_size=1,
        seed=seed,
        progress=False,
    )
    return [seen[start : start + 8] for start in range(0, 8 * epochs, 8)]


def test_no_seed_keeps_the_order_given():
    assert orders(None) == [[float(x) for x in range(8)]] * 3


def test_the_examples_are_shuffled_anew_each_epoch():
    first, second, third = orders(0)
    assert sorted(first) == sorted(second) == sorted(third) == [float(x) for x in range(8)]
    assert len({tuple(first), tuple(second), tuple(third)}) == 3


def test_one_seed_gives_the_same_orders_and_another_others():
    assert orders(1) == orders(1) != orders(2)


def test_inputs_and_targets_stay_together():
    def loss(p, y):
        assert y == 2 * p.data
        return squared_error(p, y)

    weight = Value(1.0)
    model = lambda x: weight * x  # noqa: E731  (a model is any function)
    optimizer = SGD([weight], lr=1e-300)
    fit(
        model,
        range(9),
        range(0, 18, 2),
        loss=loss,
        optimizer=optimizer,
        epochs=2,
        batch_size=2,
        engine="eager",
        progress=False,
    )


def test_the_data_themselves_are_left_alone():
    inputs, targets = [row[:] for row in LIGHTS], WALK[:]
    train(Perceptron(3), inputs, targets)
    assert (inputs, targets) == (LIGHTS, WALK)


# What it reports


def test_the_loss_of_an_epoch_weighs_a_short_last_batch_by_its_size():
    """With a learning rate of next to nothing, the mean over batches of 4 and 2 is the mean over all 6."""
    model = Perceptron(3, seed=0)
    history = train(model, optimizer=SGD(model.parameters(), lr=1e-300), batch_size=4, epochs=1)
    expected = sum(squared_error(model(x), y).data for x, y in zip(LIGHTS, WALK, strict=True)) / 6
    assert history.losses == exactly([expected])


def test_a_batch_larger_than_the_data_is_all_of_them():
    all_of_them, larger = Perceptron(3, seed=0), Perceptron(3, seed=0)
    train(all_of_them)
    train(larger, batch_size=100)
    assert numbers(all_of_them) == numbers(larger)


def test_no_epochs_change_nothing():
    model = Perceptron(3, seed=0)
    before = numbers(model)
    assert train(model, epochs=0) == History()
    assert numbers(model) == before


def test_validation_takes_the_loss_after_each_epoch():
    model, seen = Perceptron(3, seed=0), []
    history = train(
        model,
        validation=([[1, 1, 0], [0, 0, 0]], [1, 0]),
        callback=lambda epoch, history: seen.append(
            mean([squared_error(model([1, 1, 0]), 1), squared_error(model([0, 0, 0]), 0)]).data
        ),
    )
    assert history.validation_losses == exactly(seen)
    assert len(seen) == len(history.losses) == 3


def test_validation_records_no_graph():
    recorded = []

    def loss(p, y):
        recorded.append(bool(p.parents))
        return squared_error(p, y)

    train(Perceptron(3, None), loss=loss, epochs=1, validation=(LIGHTS[:2], WALK[:2]))
    assert recorded == [True] * 6 + [False] * 2


def test_validation_does_not_change_the_training():
    plain, validated = MLP(3, [2, 1], seed=0), MLP(3, [2, 1], seed=0)
    train(plain)
    train(validated, validation=(numpy.array(LIGHTS) * 5.0, WALK))
    assert numbers(plain) == numbers(validated)


def test_without_validation_there_are_no_validation_losses():
    assert train(Perceptron(3)).validation_losses == []


def test_the_callback_gets_each_epoch_and_the_history_so_far():
    calls = []
    history = train(Perceptron(3), callback=lambda epoch, history: calls.append((epoch, len(history.losses), history)))
    assert [call[:2] for call in calls] == [(1, 1), (2, 2), (3, 3)]
    assert all(call[2] is history for call in calls)


def test_a_callback_that_gives_true_ends_the_training():
    history = train(Perceptron(3), epochs=100, callback=lambda epoch, history: epoch == 2)
    assert len(history.losses) == 2
    assert not history.interrupted


def test_an_error_of_the_callback_comes_through():
    def fail(epoch, history):
        raise RuntimeError("from the callback")

    with pytest.raises(RuntimeError, match="from the callback"):
        train(Perceptron(3), callback=fail)


def test_an_interrupt_keeps_what_was_learnt():
    model, twin = Perceptron(3, seed=0), Perceptron(3, seed=0)

    def interrupt(epoch, history):
        if epoch == 2:
            raise KeyboardInterrupt

    history = train(model, epochs=100, callback=interrupt)
    train(twin, epochs=2)
    assert history.interrupted
    assert len(history.losses) == 2
    assert numbers(model) == numbers(twin)


def test_an_interrupt_within_an_epoch_keeps_its_steps():
    model, calls = Perceptron(3, seed=0), []

    def loss(p, y):
        calls.append(y)
        if len(calls) == 9:
            raise KeyboardInterrupt
        return squared_error(p, y)

    before = numbers(model)
    history = train(model, loss=loss, batch_size=1)
    assert history.interrupted
    assert len(history.losses) == 1
    assert numbers(model) != before


def test_an_interrupt_while_validating_leaves_recording_on():
    model, calls = Perceptron(3, None, seed=0), []

    def loss(p, y):
        calls.append(y)
        if len(calls) == 7:
            raise KeyboardInterrupt
        return squared_error(p, y)

    history = train(model, loss=loss, validation=(LIGHTS, WALK))
    assert (history.interrupted, len(history.losses), history.validation_losses) == (True, 1, [])
    assert model([1, 1, 1]).parents


def test_the_progress_bar_goes_to_the_error_stream(capsys):
    train(Perceptron(3), progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "epochs: 100%" in err
    assert "3/3" in err
    assert "loss=" in err


def test_no_progress_bar_is_shown_unless_wanted(capsys):
    train(Perceptron(3), progress=False)
    assert capsys.readouterr() == ("", "")


def test_a_training_that_diverges_ends_with_the_epoch_and_an_advice():
    model = Perceptron(3, None, seed=0)
    with pytest.raises(OverflowError) as caught:
        train(model, optimizer=SGD(model.parameters(), lr=1e10), epochs=100)
    [note] = caught.value.__notes__
    assert re.search(r"epoch \d+ of fit; the parameters are as they were before it. With a smaller learning rate", note)


# Plots


@pytest.fixture
def pyplot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def lines(axes):
    return [(line.get_label(), [*map(float, line.get_xdata())], [*line.get_ydata()]) for line in axes.get_lines()]


def test_plot_draws_the_loss_of_each_epoch(pyplot):
    axes = History(losses=[3.0, 2.0, 1.5]).plot()
    assert lines(axes) == [("training", [1, 2, 3], [3.0, 2.0, 1.5])]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "mean loss")
    axes.figure.canvas.draw()


def test_plot_draws_validation_losses_beside_them_with_a_legend(pyplot):
    axes = History(losses=[3.0, 2.0, 1.5], validation_losses=[4.0, 3.0]).plot()
    assert lines(axes)[1] == ("validation", [1, 2], [4.0, 3.0])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["training", "validation"]


def test_plot_takes_axes(pyplot):
    _, axes = pyplot.subplots()
    assert History(losses=[1.0]).plot(axes) is axes
    assert len(pyplot.get_fignums()) == 1


def test_an_empty_history_can_be_plotted(pyplot):
    History().plot().figure.canvas.draw()


def test_plot_without_matplotlib_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match="pip install"):
        History(losses=[1.0]).plot()


def test_plot_on_given_axes_needs_no_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    drawn = []
    axes = SimpleNamespace(plot=lambda x, y, label: drawn.append(y), set=lambda **texts: None)
    History(losses=[1.0, 0.5]).plot(axes)
    assert drawn == [[1.0, 0.5]]
