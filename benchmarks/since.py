"""How much faster or slower the engine became since a revision: ``python -m benchmarks.since REVISION [WORD …]``.

A ratio above 1 is slower now. Each side runs in a process of its own, of which pairs alternate; a row is the
median over the pairs, with the lowest and the highest beside it. In a process, a step is repeated until `SHORTEST_TURN`
of CPU time has passed, after one that goes untimed. With words, only those rows run whose names hold one of them.

The revision is taken from git into a folder that is deleted at the end: the rows are code that both sides can run.
"""

import os
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

PAIRS = 9
HERE = Path(__file__).parent.parent

NEURON = """
from autograd import *
names = "x1 x2 w1 w2 b y"
x1, x2, w1, w2, b, y = leaves = [Value(v, n) for v, n in zip((0.5, -1.2, 0.8, -0.3, 0.1, 1.0), names.split())]
def output():
    return tanh(w1 * x1 + w2 * x2 + b)
def loss():
    return (output() - y) ** 2 / 2
"""
NET = """
from random import Random
from autograd import *
from nn import *
random = Random(0)
model = MLP(2, [16, 16, 1], seed=0)
X = [[random.uniform(-1, 1), random.uniform(-1, 1)] for _ in range(40)]
Y = [1.0 if a * b > 0 else -1.0 for a, b in X]
def trained(engine, epochs, batch_size):
    model = MLP(2, [16, 16, 1], seed=0)
    optimizer = SGD(model.parameters(), lr=0.05)
    how = dict(epochs=epochs, batch_size=batch_size, engine=engine, progress=False)
    fit(model, X, Y, loss=hinge, optimizer=optimizer, **how)
"""
PAGE = (
    NEURON
    + """
n = w1 * x1 + w2 * x2 + b
h = tanh(n)
J = (h - y) ** 2 / 2
nodes = dict(n=n, h=h, J=J, w1=w1, x1=x1, y=y)
right = ["dJ/dh = h - y", "dJ/dw1 = (h - y)*(1 - h**2)*x1"]
wrong = ["dJ/dh = h - y", "dJ/dw1 = (h - y)*(1 - h)*x1"]
"""
)
ROWS = {
    "a neuron and its backward": (NEURON, "loss().backward()"),
    "gradients of a neuron": (NEURON, "gradients(loss(), leaves)"),
    "a layered net and its backward": (NET, "mean([hinge(model(x), y) for x, y in zip(X[:5], Y[:5])]).backward()"),
    "under no_grad": (NET + "recording = no_grad()\n", "with recording: [model(x) for x in X[:5]]"),
    "fit, eager, batches of 10": (NET, "trained('eager', 2, 10)"),
    "fit, arrays, 20 epochs of 4 batches": (NET, "trained('numpy', 20, 10)"),
    "fit, arrays, one epoch": (NET, "trained('numpy', 1, None)"),
    "vectorize a net": (NET, "vectorize(lambda x, y: hinge(model(x), y), X[0], Y[0])"),
    "explain a derivative": (NEURON + "J = loss()\n", "str(explain(J, w1))"),
    "check the gradients": (NEURON + "J = loss()\n", "str(check_gradients(J))"),
    "draw": (NEURON + "J = loss()\nJ.backward()\n", "draw(J)"),
    "the page of a drawing": (NEURON + "J = loss()\nJ.backward()\n", "draw(J).page()"),
    "a right derivation": (PAGE, "str(check_derivation(chr(10).join(right), nodes))"),
    "a wrong derivation": (PAGE, "str(check_derivation(chr(10).join(wrong), nodes))"),
    "a formula": (NEURON + "J = loss()\n", "formula(gradients(J, [w1])[0])"),
    "exact gradients": (NEURON + "J = (w1 * x1 + w2 * x2 + b - y) ** 2\n", "exact_gradients(J, leaves)"),
}
"""What is compared, each a text that prepares and a step that is timed."""

TIMED = """
import gc, time
{prepare}
def step():
    {step}
step()
gc.collect()
count, start = 0, time.process_time()
while count < {least} or time.process_time() - start < {shortest}:
    step()
    count += 1
print((time.process_time() - start) / count)
"""
SHORTEST_TURN = 0.3
"""Seconds of CPU time."""


def seconds(folder: Path, row: str, shortest: float = SHORTEST_TURN) -> float:
    """CPU seconds of a step of a row, in a new process that imports the packages from a folder.

    Raises:
        RuntimeError: if that side cannot run the row.
    """
    prepare, step = ROWS[row]
    program = TIMED.format(prepare=prepare, step=step, least=3, shortest=shortest)
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=os.environ | threads | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(run.stderr.strip().rpartition("\n")[2])
    return float(run.stdout)


def unpacked(revision: str, folder: Path) -> None:
    """Write the files of a revision into a folder. SystemExit if git does not know it."""
    found = subprocess.run(["git", "archive", revision], cwd=HERE, capture_output=True, check=False)
    if found.returncode:
        raise SystemExit(f"git has no revision {revision}: {found.stderr.decode().strip()}")
    with tarfile.open(fileobj=BytesIO(found.stdout)) as archive:
        archive.extractall(folder, filter="data")


def main(revision: str, words: list[str]) -> None:
    """Print the table."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        unpacked(revision, folder)
        print(f"now / {revision}: the median of {PAIRS} pairs, the lowest and the highest\n")
        for row in ROWS:
            if words and not any(word in row for word in words):
                continue
            try:
                ratios = sorted(seconds(HERE, row) / seconds(folder, row) for _ in range(PAIRS))
            except RuntimeError as error:
                print(f"{row:40} not run by both: {error}")
                continue
            print(f"{row:40} {median(ratios):5.2f}   {ratios[0]:5.2f} … {ratios[-1]:.2f}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__.partition("\n")[0])
    main(sys.argv[1], sys.argv[2:])
