"""Optimizers, losses, schedules, activations and accuracy against PyTorch, in double precision."""

import numpy as np
import pytest
from support import exactly

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    Perceptron,
    RMSprop,
    absolute_error,
    accuracy,
    binary_cross_entropy,
    cosine_decay,
    cross_entropy,  # fmt: skip
    fit,
    huber,
    predict,
    squared_error,
    step_decay,
    warm_up,
)

torch = pytest.importorskip("torch")
F = torch.nn.functional
RNG = np.random.default_rng(3)


def tensor(numbers, **arguments):
    return torch.tensor(np.asarray(numbers, float), dtype=torch.float64, **arguments)


OPTIMIZERS = {
    "SGD": (lambda p: SGD(p, 0.1), lambda p: torch.optim.SGD(p, 0.1)),
    "momentum": (lambda p: SGD(p, 0.1, momentum=0.9), lambda p: torch.optim.SGD(p, 0.1, momentum=0.9)),
    "Adam": (lambda p: Adam(p, 0.05), lambda p: torch.optim.Adam(p, 0.05)),
    "AdamW": (lambda p: AdamW(p, 0.05), lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.01)),
    "AdamW, strong": (
        lambda p: AdamW(p, 0.05, weight_decay=0.5, beta1=0.8),
        lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.5, betas=(0.8, 0.999)),
    ),
    "RMSprop": (lambda p: RMSprop(p, 0.01), lambda p: torch.optim.RMSprop(p, 0.01)),
    "RMSprop, short": (
        lambda p: RMSprop(p, 0.01, decay=0.8, epsilon=1e-3),
        lambda p: torch.optim.RMSprop(p, 0.01, alpha=0.8, eps=1e-3),
    ),
}


@pytest.mark.parametrize(("ours", "theirs"), OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_an_optimizer_takes_the_steps_of_torch(ours, theirs):
    start, gradients = RNG.standard_normal(5), RNG.standard_normal((50, 5))
    values, there = [Value(x) for x in start], tensor(start, requires_grad=True)
    optimizer, other = ours(values), theirs([there])
    for gradient in gradients:
        for value, slope in zip(values, gradient.tolist(), strict=True):
            value.grad = slope
        there.grad = tensor(gradient)
        optimizer.step()
        other.step()
        assert [v.data for v in values] == exactly(there.tolist(), relative=1e-12, absolute=1e-12)


@pytest.mark.parametrize("engine", ["numpy", "eager"])
@pytest.mark.parametrize(("ours", "theirs"), OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_fit_takes_the_steps_of_a_loop_in_torch(ours, theirs, engine):
    X, Y = RNG.standard_normal((7, 3)), RNG.standard_normal(7)
    model = MLP(3, [4, 1], "tanh", seed=0)
    net = like(model).double()
    other = theirs(net.parameters())
    losses = []
    for _ in range(8):
        loss = ((net(tensor(X))[:, 0] - tensor(Y)) ** 2).mean() / 2
        other.zero_grad()
        loss.backward()
        other.step()
        losses.append(loss.item())
    history = fit(model, X, Y, loss=squared_error, optimizer=ours(model.parameters()), epochs=8, engine=engine,
                  progress=False)  # fmt: skip
    assert history.losses == exactly(losses, relative=1e-12)
    assert predict(model, X) == exactly(net(tensor(X))[:, 0].tolist(), relative=1e-11)


def like(model):
    layers = []
    for layer in model.layers:
        linear = torch.nn.Linear(len(layer.perceptrons[0].weights), len(layer.perceptrons)).double()
        with torch.no_grad():
            linear.weight[:] = tensor([[w.data for w in p.weights] for p in layer.perceptrons])
            linear.bias[:] = tensor([p.bias.data for p in layer.perceptrons])
        layers += [linear, torch.nn.Tanh()]
    return torch.nn.Sequential(*layers[:-1])


LOSSES = {
    "squared_error": (squared_error, lambda p, y: F.mse_loss(p, y, reduction="sum") / 2),
    "absolute_error": (absolute_error, lambda p, y: F.l1_loss(p, y, reduction="sum")),
    "huber": (huber, lambda p, y: F.huber_loss(p, y, reduction="sum")),
    "huber, delta 0.3": (
        lambda p, y: huber(p, y, delta=0.3),
        lambda p, y: F.huber_loss(p, y, reduction="sum", delta=0.3),
    ),
}


@pytest.mark.parametrize(("ours", "theirs"), LOSSES.values(), ids=LOSSES)
def test_a_loss_and_its_slopes_are_those_of_torch(ours, theirs):
    targets = RNG.standard_normal(6)
    distances = [0.0, 0.3, -0.3, 1.0, -2.5, 40.0]
    predictions = [Value(y + d) for y, d in zip(targets, distances, strict=True)]
    predictions[0].data = float(targets[0])
    there = tensor([p.data for p in predictions], requires_grad=True)
    loss, other = ours(predictions, targets.tolist()), theirs(there, tensor(targets))
    loss.backward()
    other.backward()
    assert loss.data == exactly(other.item(), relative=1e-12)
    assert [p.grad for p in predictions] == exactly(there.grad.tolist(), relative=1e-9, absolute=1e-12)


def test_the_losses_of_logits_are_those_of_torch():
    logits = RNG.standard_normal(4).tolist()
    assert cross_entropy(logits, 2) == exactly(F.cross_entropy(tensor([logits]), torch.tensor([2])).item())
    expected = F.binary_cross_entropy_with_logits(tensor(logits[:1]), tensor([1.0]))
    assert binary_cross_entropy(logits[0], 1) == exactly(expected.item())


ACTIVATIONS = {
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "silu": F.silu,
    "gelu": F.gelu,
    "softplus": F.softplus,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "identity": lambda x: x,
}


@pytest.mark.parametrize(("name", "theirs"), ACTIVATIONS.items())
def test_an_activation_and_its_slope_are_those_of_torch(name, theirs):
    neuron = Perceptron(1, name)
    neuron.weights[0].data = 1.0
    for number in (-3.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0):
        x, there = Value(number), tensor(number, requires_grad=True)
        y, expected = neuron([x]), theirs(there)
        y.backward()
        expected.backward()
        assert y.data == exactly(expected.item(), relative=1e-12)
        assert x.grad == exactly(there.grad.item(), relative=1e-12)


def rates(make, epochs):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 1.0)
    scheduler, found = make(optimizer), []
    for _ in range(epochs):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


SCHEDULES = {
    "cosine": (cosine_decay(10), lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10)),
    "cosine to 0.2": (cosine_decay(10, 0.2), lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10, 0.2)),
    "step": (step_decay(3, 0.5), lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5)),
    "warm-up": (warm_up(5), lambda o: torch.optim.lr_scheduler.LinearLR(o, 1 / 5, total_iters=4)),
    "one's own": (lambda epoch: 0.9 ** (epoch - 1), lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9)),
}


@pytest.mark.parametrize(("ours", "theirs"), SCHEDULES.values(), ids=SCHEDULES)
def test_a_schedule_gives_the_rates_of_torch(ours, theirs):
    assert [ours(epoch) for epoch in range(1, 11)] == exactly(rates(theirs, 10), relative=1e-12, absolute=1e-15)


def test_accuracy_is_that_of_a_line_of_torch():
    logits, classes = RNG.standard_normal((50, 4)), RNG.integers(4, size=50)
    expected = (tensor(logits).argmax(1) == torch.tensor(classes)).double().mean().item()
    assert accuracy(logits, classes) == exactly(expected)


@pytest.mark.parametrize("engine", ["numpy", "eager"])
def test_weights_clipping_and_a_schedule_are_those_of_a_loop_in_torch(engine):
    """The norm is shortened to 0.2 by hand, for torch divides by the norm + 1e-6."""
    X, Y, weights = RNG.standard_normal((6, 3)), RNG.standard_normal(6), RNG.random(6)
    model = MLP(3, [4, 1], "tanh", seed=0)
    net, schedule = like(model), cosine_decay(6)
    other = torch.optim.SGD(net.parameters(), 0.5)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(other, 6)
    for _ in range(6):
        losses = (net(tensor(X))[:, 0] - tensor(Y)) ** 2 / 2
        other.zero_grad()
        ((losses * tensor(weights)).sum() / weights.sum()).backward()
        norm = torch.sqrt(sum((p.grad**2).sum() for p in net.parameters()))
        for parameter in net.parameters():
            parameter.grad *= min(1.0, 0.2 / norm.item())
        other.step()
        scheduler.step()
    fit(model, X, Y, loss=squared_error, optimizer=SGD(model.parameters(), 0.5), epochs=6, engine=engine,
        sample_weights=weights, clip=0.2, schedule=schedule, progress=False)  # fmt: skip
    assert predict(model, X) == exactly(net(tensor(X))[:, 0].tolist(), relative=1e-9)


def test_data_may_be_tensors_and_those_with_gradients():
    X, Y = tensor(RNG.standard_normal((6, 3)), requires_grad=True), tensor(RNG.standard_normal(6))
    losses = []
    for inputs, targets in ((X, Y), (X.detach().numpy(), Y.tolist())):
        model = MLP(3, [4, 1], "tanh", seed=0)
        history = fit(model, inputs, targets, loss=squared_error, optimizer=SGD(model.parameters(), 0.1), epochs=2,
                      metrics={"accuracy": lambda p, y: (p > y).mean()}, progress=False)  # fmt: skip
        losses.append((history.losses, predict(model, inputs).tolist()))
    assert losses[0] == losses[1]
