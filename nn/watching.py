"""What `fit` shows while it trains: a bar, and with ``watch=True`` a chart, or in a notebook a live picture."""

import html
import json
import sys
import time
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from math import ceil, isfinite, log10

from autograd import no_grad
from autograd.text import number
from autograd.untyped import Anything
from nn.history import STYLE, History
from nn.losses import binary_cross_entropy

MOST_PICTURES = 30
"""How many pictures of a training are kept, to choose from afterwards."""
GRID = 60
"""How many points of the plane the decision boundary is drawn by, in each direction."""
CHART_WIDTH, CHART_HEIGHT = 60, 8
"""The size of the chart in a terminal, in characters."""
BETWEEN_CHARTS = 0.2
"""Seconds."""


def in_notebook() -> bool:
    """Whether a kernel of Jupyter runs this."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


class EpochBar:
    """tqdm's bar over the epochs: in a notebook its widget, or a line of the output where there are no widgets."""

    def __init__(self, epochs: int, *, done: int, shown: bool) -> None:
        self._bar = _tqdm(shown=shown)(total=epochs, initial=done, desc="epochs")
        self._shown = shown
        self._next_time = 0.0

    def advance(self, epochs: int, history: History) -> None:
        """Say that some more epochs are done. What they came to is said some times a second, for it takes a while."""
        if not self._shown:
            return
        last = self._bar.n + epochs >= self._bar.total
        if last or time.monotonic() >= self._next_time:
            told = {"loss": history.losses[-1], **{name: numbers[-1] for name, numbers in history.metrics.items()}}
            self._bar.set_postfix({name: number(each, 4) for name, each in told.items()}, refresh=False)
            self._next_time = time.monotonic() + BETWEEN_CHARTS
        self._bar.update(epochs)

    def __enter__(self) -> "EpochBar":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def _tqdm(*, shown: bool) -> Callable[..., Anything]:
    if shown and in_notebook():
        if find_spec("ipywidgets") is not None:
            from tqdm.notebook import tqdm as widget

            return widget
        from tqdm import tqdm

        return partial(tqdm, file=sys.stdout)  # notebooks paint the error stream red
    from tqdm import tqdm

    return partial(tqdm, disable=not shown)


class Watch(ABC):
    """Looks on while a model is trained."""

    has_a_bar = False
    """Whether it says how far the training is, so that no other bar need do so."""

    @abstractmethod
    def see(self, epoch: int, history: History) -> None:
        """After an epoch. The model's Values hold what was learnt."""

    @abstractmethod
    def close(self, history: History) -> None:
        """After the last one."""


def watcher_of(
    model: Callable[[Anything], Anything],
    loss: Callable[[Anything, Anything], Anything],
    examples: Sequence[tuple[Anything, Anything]],
    epochs: int,
) -> Watch:
    """What watches a training here: in a notebook a live picture, elsewhere a chart of the loss in characters.

    Raises:
        ImportError: in a notebook without matplotlib.
    """
    return LivePicture(model, loss, examples, epochs) if in_notebook() else LiveChart()


# In a terminal


class LiveChart(Watch):
    """A chart of the loss, drawn anew in its place; where the output is no terminal, only the last one is written."""

    def __init__(self) -> None:
        self.is_live = self.has_a_bar = sys.stdout.isatty()
        self.n_lines = 0
        self.next_time = 0.0

    def see(self, epoch: int, history: History) -> None:  # noqa: ARG002  (which another way to watch asks for)
        if self.is_live and time.monotonic() >= self.next_time:
            self._write(history)
            self.next_time = time.monotonic() + BETWEEN_CHARTS

    def close(self, history: History) -> None:
        if history.losses:
            self._write(history)

    def _write(self, history: History) -> None:
        lines = chart(history.losses).splitlines()
        # Back to the first line of the chart before, over which this one is written.
        back = f"\033[{self.n_lines}F" if self.n_lines else ""
        clear = "\033[K" if self.is_live else ""
        sys.stdout.write(back + "".join(f"{line}{clear}\n" for line in lines))
        sys.stdout.flush()
        self.n_lines = len(lines)


def chart(losses: Sequence[float], width: int = CHART_WIDTH, height: int = CHART_HEIGHT) -> str:
    """The losses over the epochs, in characters of ASCII: of many epochs some.

    >>> print(chart([4.0, 2.5, 1.0], width=9, height=3))
    loss by epoch: 1 after 3
      4 |*
        |    *
      1 |        *
         1       3
    """
    n = len(losses)
    finite = [loss for loss in losses if isfinite(loss)] or [0.0]
    low, high = min(finite), max(finite)
    logarithmic = low > 0 and high / low > 100
    scale: Callable[[float], float] = log10 if logarithmic else float
    extent = scale(high) - scale(low)
    rows = [[" "] * width for _ in range(height)]
    for column in range(min(n, width)):
        epoch, x = (round(column * (of - 1) / max(min(n, width) - 1, 1)) for of in (n, width))
        if isfinite(losses[epoch]):
            up = (scale(losses[epoch]) - scale(low)) / extent if extent else 0.0
            rows[height - 1 - round(up * (height - 1))][x] = "*"
    labels = [number(high, 3), *[""] * (height - 2), number(low, 3)]
    margin = max(map(len, labels)) + 2
    return "\n".join(
        [
            f"loss by epoch{', log scale' * logarithmic}: {number(losses[-1], 4)} after {n:,}",
            *(f"{label:>{margin}} |{''.join(row).rstrip()}" for label, row in zip(labels, rows, strict=True)),
            " " * (margin + 2) + "1" + (f"{n:,}".rjust(width - 1) if n > 1 else ""),
        ]
    )


# In a notebook

PICTURE_WIDTHS = 420, 380
"""How wide the picture of the loss is, and what stands beside it, in pixels."""


class LivePicture(Watch):
    """The loss, and beside it the decision boundary of a model of two inputs, or the network: drawn anew while it
    trains, and afterwards with a bar that goes through the epochs."""

    def __init__(
        self,
        model: Callable[[Anything], Anything],
        loss: Callable[[Anything, Anything], Anything],
        examples: Sequence[tuple[Anything, Anything]],
        epochs: int,
    ) -> None:
        if find_spec("matplotlib") is None:
            raise ImportError("fit(..., watch=True) draws with matplotlib: pip install 'scalar-autograd[notebook]'")
        display: Anything = import_module("IPython.display")
        self.html = display.HTML
        self.stride = ceil(epochs / MOST_PICTURES) if epochs else 1
        self.epochs = epochs
        self.beside = _boundary(model, loss, examples) or _network(model)
        self.pictures: list[tuple[str, list[str]]] = []
        """For each epoch that is shown what is said of it, and the addresses of its pictures."""
        self.handle = display.display(display.HTML(""), display_id=True)

    def see(self, epoch: int, history: History) -> None:
        if epoch % self.stride and epoch not in (1, self.epochs):
            return
        self._add(epoch, history)
        self.handle.update(self.html(_images(*self.pictures[-1])))

    def close(self, history: History) -> None:
        epoch = len(history.losses)
        if history.losses and (epoch % self.stride and epoch not in (1, self.epochs)):
            self._add(epoch, history)
        if self.pictures:
            self.handle.update(self.html(scrubber(self.pictures)))

    def _add(self, epoch: int, history: History) -> None:
        said = f"epoch {epoch:,} of {self.epochs:,}: loss {number(history.losses[-1], 4)}"
        self.pictures.append((said, [_plot_of_loss(history), *([self.beside()] if self.beside else [])]))


def _plot_of_loss(history: History) -> str:
    return _png(history.plot, PICTURE_WIDTHS[0])


def _png(paint: Callable[[Anything], object], width: int) -> str:
    """The address of a plot, which `paint` draws on axes."""
    from matplotlib import style
    from matplotlib.figure import Figure
    from PIL import Image  # which matplotlib stands on

    with style.context(STYLE):
        figure = Figure(figsize=(width / 96, 3.0), layout="constrained")
        paint(figure.add_subplot())
        written = BytesIO()
        figure.savefig(written, format="png", dpi=120)
    small = BytesIO()  # there are many pictures in one page
    Image.open(written).quantize(64, Image.Quantize.FASTOCTREE).save(small, "png", optimize=True)
    return f"data:image/png;base64,{b64encode(small.getvalue()).decode()}"


def _boundary(
    model: Callable[[Anything], Anything],
    loss: Callable[[Anything, Anything], Anything],
    examples: Sequence[tuple[Anything, Anything]],
) -> Callable[[], str] | None:
    """What draws the decision boundary; None where an example has not two inputs, or there is no model of arrays."""
    if not isinstance(examples[0][0], list) or len(examples[0][0]) != 2:
        return None
    import numpy as np

    points = np.array([x for x, _ in examples], float)
    classes = np.array([_class_of(y) for _, y in examples], float)
    margin = 0.15 * (np.ptp(points, axis=0) + 1e-9)
    (left, bottom), (right, top) = points.min(axis=0) - margin, points.max(axis=0) + margin
    u, v = np.meshgrid(np.linspace(left, right, GRID), np.linspace(bottom, top, GRID))
    answer = _on_arrays(model)

    def paint(axes: Anything) -> None:
        given = np.asarray(answer(np.column_stack([u.ravel(), v.ravel()])), float)
        if given.ndim == 2:
            given = given.argmax(axis=1)
            edge = None
        else:
            # A probability's logit is undecided at 0, other scores in the middle between two classes.
            edge = 0.0 if loss is binary_cross_entropy else (classes.min() + classes.max()) / 2
        field = given.reshape(u.shape)
        if edge is None:
            axes.imshow(
                field, extent=(left, right, bottom, top), origin="lower", aspect="auto", alpha=0.35, cmap="tab10"
            )
        else:
            size = max(float(np.abs(field - edge).max()), 1e-9)
            levels = np.linspace(edge - size, edge + size, 12)
            axes.contourf(u, v, field, levels=levels, cmap="RdBu", alpha=0.6)
            if field.min() < edge < field.max():
                axes.contour(u, v, field, levels=[edge], colors="#767b83", linewidths=1.5)
        colours = "tab10" if edge is None else "RdBu"
        axes.scatter(*points.T, c=classes, cmap=colours, s=18, edgecolors="#767b83", linewidths=0.6)
        axes.set(title="Decision boundary", xlabel="input 0", ylabel="input 1")
        axes.grid(visible=False)

    return lambda: _png(paint, PICTURE_WIDTHS[1])


def _class_of(target: Anything) -> float:
    """A target as a number: of a list, such as a one-hot one, the place of its largest."""
    return float(target.index(max(target))) if isinstance(target, list) else float(target)


def _on_arrays(model: Callable[[Anything], Anything]) -> Callable[[Anything], Anything]:
    """The model of many rows at once; row by row, where it cannot be lifted."""
    from autograd.lifting import vectorize

    try:
        return vectorize(model, [0.0, 0.0])
    except (TypeError, ValueError, ArithmeticError):
        return lambda rows: [_numbers(model, row) for row in rows.tolist()]


def _numbers(model: Callable[[Anything], Anything], row: list[float]) -> Anything:
    with no_grad():
        given = model(row)
    return (
        [float(each.data) for each in given]
        if isinstance(given, list)
        else float(given.data if hasattr(given, "data") else given)
    )


def _network(model: Callable[[Anything], Anything]) -> Callable[[], str] | None:
    """What draws the network; None where the model is none, or nothing is there to draw with."""
    from autograd import draw
    from autograd.drawing import RenderingError

    def picture() -> str:
        return f"data:image/svg+xml;base64,{b64encode(draw(model).svg().encode()).decode()}"  # type: ignore[arg-type]

    try:
        picture()
    except (RenderingError, TypeError, ValueError, AttributeError):
        return None
    return picture


def _images(said: str, addresses: Sequence[str]) -> str:
    sizes = zip(addresses, PICTURE_WIDTHS, strict=False)
    pictures = "".join(f'<img src="{address}" width="{width}" alt="{html.escape(said)}"> ' for address, width in sizes)
    return f"<div>{html.escape(said)}</div><div>{pictures}</div>"


SCRUBBER = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>A training</title>
<style>
:root { color-scheme: light dark }
body { margin: 0; font: 0.95rem system-ui, sans-serif; color: #767b83 }
input { width: min(100%, 50rem) }
img { max-width: 49%; max-height: calc(100vh - 4rem) } /* the frame cuts none */
</style></head>
<body>
<input type="range" min="0" aria-label="epoch"><div id="said"></div><div id="pictures"></div>
<script>
const pictures = PICTURES;
const bar = document.querySelector("input");
function show() {
  const [said, addresses] = pictures[bar.value];
  document.getElementById("said").textContent = said;
  bar.setAttribute("aria-valuetext", said);
  document.getElementById("pictures").replaceChildren(...addresses.map((address) => {
    const image = new Image();
    image.src = address;
    image.alt = said;
    return image;
  }));
}
bar.max = bar.value = pictures.length - 1;
bar.oninput = show;
show();
</script>
</body>
</html>
"""


def scrubber(pictures: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The pictures with a bar over the epochs, in a frame of their own; where no frame may be, the last of them."""
    # Inside a script nothing is markup but its end and <!--, and both begin with <.
    page = SCRUBBER.replace("PICTURES", json.dumps(pictures).replace("<", "\\u003c"), 1)
    frame = f'<iframe srcdoc="{html.escape(page)}" sandbox="allow-scripts" title="a training, epoch by epoch" '
    return f'<div>{frame}style="width: 100%; height: 430px; border: 0">{_images(*pictures[-1])}</iframe></div>'
