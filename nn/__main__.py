"""``python -m nn [FOLDER] [--open]``: the lecture on feed-forward networks, run on the engine in a few seconds.

Its pictures go into a folder: a new one, unless one is named. No file is overwritten that it did not make itself.

Every derivative below is a `backward`. The lecture prints the error (prediction − goal)² but steps by
input · (prediction − goal), which is the derivative of ½ (prediction − goal)²: so that is what is differentiated,
while the column "error" shows the lecture's number.
"""

import sys
import webbrowser
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from autograd import Value, check_derivation, dot, draw, relu, sigmoid
from autograd.commands.standard_output import run
from autograd.drawing import RenderingError
from autograd.text import number
from nn import MLP, SGD, Adam, Perceptron, __version__, fit, squared_error

LIGHTS = [[1, 0, 1], [0, 1, 1], [0, 0, 1], [1, 1, 1], [0, 1, 1], [1, 0, 1]]
WALK = [0, 1, 0, 1, 1, 0]
UNCORRELATED_LIGHTS = [[1, 0, 1], [0, 1, 1], [0, 0, 1], [1, 1, 1]]
UNCORRELATED_WALK = [1, 1, 0, 0]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = ArgumentParser(
        prog="python -m nn", description="The lecture on feed-forward networks, with pictures.", allow_abbrev=False
    )
    parser.add_argument("folder", metavar="FOLDER", nargs="?", help="where the pictures go; else a new folder is made")
    parser.add_argument("--open", action="store_true", help="open the page that steps through a backward pass")
    parser.add_argument("--version", action="version", version=f"scalar-autograd {__version__}")
    options = parser.parse_args(arguments)
    if options.folder is not None and Path(options.folder).exists() and not Path(options.folder).is_dir():
        parser.error(f"{options.folder} is a file: name a folder for the pictures")
    one_weight()
    three_inputs()
    streetlights()
    network = no_correlation()
    backpropagation_by_hand()
    hand_check()
    pictures(network, options.folder, show=options.open)


def one_weight() -> None:
    heading("One weight: offsides 8.5, the match was won (goal 1), alpha 0.01")
    descend([Value(0.1, "w")], [8.5], goal=1, alpha=0.01, steps=4)
    print(
        "\nerror is (prediction - goal)², as the lecture prints it; the step is alpha times the derivative of half of"
    )
    print("it, ½(prediction - goal)², which is delta · input. Nothing below differs from the lecture in this.")


def three_inputs() -> None:
    heading("Three inputs: offsides, win-loss record, fans; one delta, three weight deltas")
    weights = [Value(0.1, "w0"), Value(0.2, "w1"), Value(-0.1, "w2")]
    descend(weights, [8.5, 0.65, 1.2], goal=1, alpha=0.01, steps=3)


def descend(weights: list[Value], inputs: Sequence[float], *, goal: float, alpha: float, steps: int) -> None:
    """Steps of gradient descent on one example, a row of the table each."""
    optimizer = SGD(weights, lr=alpha)
    rows = []
    for _ in range(steps):
        before = [weight.data for weight in weights]
        prediction = dot(weights, inputs)
        optimizer.zero_grad()
        squared_error(prediction, goal).backward()
        error, delta = (prediction.data - goal) ** 2, prediction.grad
        rows.append([*before, prediction.data, error, delta, *(weight.grad for weight in weights)])
        optimizer.step()
    names = [str(weight.name) for weight in weights]
    table([*names, "prediction", "error", "delta", *(f"dJ/d{name}" for name in names)], rows)


def streetlights() -> None:
    heading("Streetlights: which of three lights says that it is safe to walk?")
    weights = [Value(0.5, "left"), Value(0.48, "middle"), Value(-0.7, "right")]
    optimizer = SGD(weights, lr=0.1)
    errors = []
    for _ in range(40):
        error = 0.0
        for lights, walk in zip(LIGHTS, WALK, strict=True):
            prediction = dot(weights, lights)
            optimizer.zero_grad()
            squared_error(prediction, walk).backward()
            optimizer.step()
            error += (prediction.data - walk) ** 2
        errors.append(error)
    for epoch in (1, 2, 3, 4, 5, 10, 20, 30, 40):
        print(f"epoch {epoch:2}   error {errors[epoch - 1]}")
    left, middle, right = weights
    print(f"\nweights  left {left:+.4f}   middle {middle:+.4f}   right {right:+.4f}: the middle light wins.")

    print("\nThe pressure on each weight, -dJ/dw while the prediction is undecided (½):\n")
    print("lights  walk   left middle right")
    undecided = Perceptron(3, activation=None)
    pressures = []
    for lights, walk in zip(LIGHTS, WALK, strict=True):
        for weight in undecided.weights:
            weight.data = 0.0
        undecided.bias.data = 0.5
        undecided.zero_grad()
        squared_error(undecided(lights), walk).backward()
        pressures.append([-2 * float(weight.grad or 0) for weight in undecided.weights])
        signs = ["+" if p > 0 else "-" if p < 0 else "0" for p in pressures[-1]]
        print(f"{''.join(map(str, lights)):6}  {walk:4}   {signs[0]:^4} {signs[1]:^6} {signs[2]:^5}")
    totals = [f"{sum(column):+.0f}".replace("+0", "0") for column in zip(*pressures, strict=True)]
    print(f"{'sum':14} {totals[0]:^4} {totals[1]:^6} {totals[2]:^5}")


def no_correlation() -> MLP:
    heading("No correlation: 101 and 011 walk, 001 and 111 stop")
    print("Every light is on as often before walk as before stop, so one layer cannot do better than ½:\n")
    one_layer = Perceptron(3, activation=None, seed=0)
    fit(
        one_layer,
        UNCORRELATED_LIGHTS,
        UNCORRELATED_WALK,
        loss=squared_error,
        optimizer=SGD(one_layer.parameters(), lr=0.1),
        epochs=300,
        progress=False,
    )
    print_predictions(one_layer)
    print("\nA hidden layer of four relu units makes data of its own that do correlate:\n", flush=True)
    network = MLP(3, [4, 1], relu, seed=1)
    fit(
        network,
        UNCORRELATED_LIGHTS,
        UNCORRELATED_WALK,
        loss=squared_error,
        optimizer=Adam(network.parameters(), lr=0.05),
        epochs=300,
    )
    print_predictions(network)
    return network


def print_predictions(model: Perceptron | MLP) -> None:
    print("lights  walk  prediction")
    for lights, walk in zip(UNCORRELATED_LIGHTS, UNCORRELATED_WALK, strict=True):
        print(f"{''.join(map(str, lights)):6}  {walk:4}  {model(lights).data:10.4f}")


def backpropagation_by_hand() -> None:
    heading("Three layers of sigmoids, 3-4-2-1: dJ/dW1 by backpropagation and by the chain rule on paper")
    random = Random(5)
    W1, W2, W3 = (
        [[Value(random.uniform(-1, 1)) for _ in range(n_to)] for _ in range(n_from)]
        for n_from, n_to in ((3, 4), (4, 2), (2, 1))
    )
    x, a = [0.9, 0.1, 0.5], 1.0
    y = [sigmoid(dot(column, x)) for column in zip(*W1, strict=True)]
    z = [sigmoid(dot(column, y)) for column in zip(*W2, strict=True)]
    [p] = [sigmoid(dot(column, z)) for column in zip(*W3, strict=True)]
    J = squared_error(p, a)
    J.backward()

    def slope(output: Value) -> float:
        return output.data * (1 - output.data)

    print("J = ½(p - a)². A weight W1[i][j] reaches J through y[j], and from there through every z[k]:\n")
    print("dJ/dW1[i][j] = (p - a) p(1 - p) · Σk W3[k] z[k](1 - z[k]) W2[j][k] · y[j](1 - y[j]) · x[i]\n")
    rows = []
    for i in range(3):
        for j in range(4):
            through_z = sum(W3[k][0].data * slope(z[k]) * W2[j][k].data for k in range(2))
            by_hand = (p.data - a) * slope(p) * through_z * slope(y[j]) * x[i]
            by_backprop = float(W1[i][j].grad or 0)
            rows.append([f"W1[{i}][{j}]", f"{by_backprop:+.15f}", f"{by_hand:+.15f}", f"{by_backprop - by_hand:+.0e}"])
    table(["weight", "backpropagation", "by hand", "difference"], rows)


DERIVATION = """\
J = 1/2*(p - a)**2
dJ/dp = p - a
dp/dz[0] = p*(1 - p)*W3[0][0]
dp/dz[1] = p*(1 - p)*W3[1][0]
dz[0]/dy[2] = z[0]*(1 - z[0])*W2[2][0]
dz[1]/dy[2] = z[1]*(1 - z[1])*W2[2][1]
dp/dy[2] = dp/dz[0]*dz[0]/dy[2] + dp/dz[1]*dz[1]/dy[2]
dy[2]/dW1[1][2] = y[2]*(1 - y[2])*x[1]
dJ/dW1[1][2] = dJ/dp * dp/dy[2] * dy[2]/dW1[1][2]
"""
SLIP = "dy[2]/dW1[1][2] = y[2]*(1 - y[2])*(x[0] + x[1] + x[2])"


def hand_check() -> None:
    heading("The hand check: the same derivation as text, line by line against the recorded graph")
    random = Random(5)
    W1, W2, W3 = (
        [[Value(random.uniform(-1, 1)) for _ in range(n_to)] for _ in range(n_from)]
        for n_from, n_to in ((3, 4), (4, 2), (2, 1))
    )
    x, a = [Value(0.9), Value(0.1), Value(0.5)], Value(1.0)
    y = [sigmoid(dot(column, x)) for column in zip(*W1, strict=True)]
    z = [sigmoid(dot(column, y)) for column in zip(*W2, strict=True)]
    [p] = [sigmoid(dot(column, z)) for column in zip(*W3, strict=True)]
    nodes = {"W1": W1, "W2": W2, "W3": W3, "x": x, "y": y, "z": z, "p": p, "a": a, "J": squared_error(p, a)}
    print(check_derivation(DERIVATION, nodes))
    print("\nThe lecture's last formula sums over all x where only x[i] belongs:\n")
    print(check_derivation(SLIP, nodes))


def pictures(network: MLP, folder: str | None, *, show: bool) -> None:
    heading("Pictures: a perceptron that sees the lights 011 and is told to walk, and the network with a hidden layer")
    neuron = Perceptron(3, sigmoid, seed=1)
    lights = [Value(light, name) for light, name in zip(LIGHTS[1], ("left", "middle", "right"), strict=True)]
    p = neuron(lights)
    p.name = "p"
    J = squared_error(p, WALK[1])
    J.name = "J"
    J.backward()
    drawings = {"graph.svg": draw(J), "graph.html": draw(J), "network.svg": draw(network)}
    try:
        with TemporaryDirectory() as made:
            written = {name: drawing.save(Path(made) / name).read_bytes() for name, drawing in drawings.items()}
        target = new_folder() if folder is None else Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        graph, page, diagram = (placed(target / name, content) for name, content in written.items())
    except (RenderingError, OSError) as error:
        print(f"{', '.join(drawings)} are not written: {error}")
        return
    print(f"It is in {graph.resolve()}: open it in a browser.")
    print("An arrow carries a local gradient, and is the wider the more it passes back: blue if that is positive,")
    print("orange if it is negative.")
    print(f"\nStep through its forward and its backward pass in {page.resolve()}.")
    print(f"\nThe network as people draw it, a line a weight, is in {diagram.resolve()}.")
    if show:
        webbrowser.open(page.resolve().as_uri())


def new_folder() -> Path:
    """The first of lecture, lecture-2, lecture-3, … that is not there yet, made."""
    for place in count(1):
        folder = Path("lecture" if place == 1 else f"lecture-{place}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("there is no last number")


def placed(path: Path, content: bytes) -> Path:
    """Where the content is after this: in a file of this name if there was none, or one with the very same in it, as an
    earlier run left it; else beside it, under a name that is free."""
    for place in count(1):
        free = path if place == 1 else path.with_stem(f"{path.stem}-{place}")
        try:
            with free.open("xb") as file:  # fails where there is a file
                file.write(content)
        except FileExistsError:
            if not free.is_file() or free.read_bytes() != content:
                continue
        return free
    raise AssertionError("there is no last number")


def heading(text: str) -> None:
    print(f"\n{text}\n{'=' * len(text)}\n")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as their widest entry; numbers to seven significant digits."""
    lines = [head, *([number(entry, 7) if isinstance(entry, float) else str(entry) for entry in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(entry.rjust(width) for entry, width in zip(line, widths, strict=True)))


if __name__ == "__main__":
    sys.exit(run(main))
