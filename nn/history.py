"""History: how a training went, as numbers and as a plot."""

import html
from base64 import b64encode
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from autograd.advice.advised import lacks
from autograd.text import number
from nn.habits import OF_A_HISTORY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE = "nn.plots"
"""Matplotlib's style of the plots, for light and dark pages alike."""


@dataclass(repr=False)
class History:
    """How a training went, epoch by epoch. In a notebook it shows itself as its plot.

    >>> History([0.5, 0.25, 0.125], interrupted=True)
    History(3 epochs, loss 0.5 -> 0.125, interrupted)
    """

    losses: list[float] = field(default_factory=list)
    """The mean loss of each epoch's examples, each taken before the step that it is part of."""
    validation_losses: list[float] = field(default_factory=list)
    """The mean loss of the validation examples after each epoch; empty without any."""
    metrics: dict[str, list[float]] = field(default_factory=dict)
    """For each metric what it gives after each epoch; of the validation examples under ``"validation_"`` + its name."""
    best_epoch: int | None = None
    """With `patience` the epoch of the lowest loss, from 1, whose weights the model has; else None."""
    interrupted: bool = False
    """Whether Ctrl-C ended the training. The parameters keep what was learnt until then."""

    def plot(self, axes: "Axes | None" = None) -> "Axes":
        """Draw the losses over the epochs with matplotlib, on `axes` or on new ones, and return the axes.

        Raises:
            ImportError: without matplotlib; ``pip install 'scalar-autograd[notebook]'`` brings it.
        """
        if axes is None:
            try:
                from matplotlib import pyplot
            except ImportError as error:
                raise ImportError(
                    "History.plot draws with matplotlib: pip install 'scalar-autograd[notebook]'"
                ) from error
            axes = pyplot.figure().add_subplot()
        epochs = range(1, len(self.losses) + 1)
        if len(self.losses) == 1:
            axes.plot(epochs, self.losses, "o", label="training")  # a line through one point would not be seen
        else:
            axes.plot(epochs, self.losses, label="training")
        if self.validation_losses:
            axes.plot(epochs[: len(self.validation_losses)], self.validation_losses, label="validation")
            axes.legend()
        axes.set(title="Loss by epoch", xlabel="epoch", ylabel="mean loss")
        return axes

    def __repr__(self) -> str:
        n = len(self.losses)
        parts = [f"{n:,} epoch{'s' * (n != 1)}", _way("loss", self.losses), _way("validation", self.validation_losses)]
        parts += [_way(name, numbers) for name, numbers in self.metrics.items()]
        return f"History({', '.join(filter(None, [*parts, 'interrupted' * self.interrupted]))})"

    def _repr_html_(self) -> str | None:
        """The plot; nothing before the first epoch, or without matplotlib: then a notebook shows the repr."""
        png = self._repr_png_()
        if png is None:
            return None
        return (
            f'<img src="data:image/png;base64,{b64encode(png).decode()}" width="560" alt="{html.escape(repr(self))}">'
        )

    def _repr_png_(self) -> bytes | None:
        try:
            from matplotlib import style
            from matplotlib.figure import Figure
        except ImportError:
            return None
        if not self.losses:
            return None
        with style.context(STYLE):
            figure = Figure(figsize=(7, 3.2), layout="constrained")  # none of pyplot's, which would show it once more
            self.plot(figure.add_subplot())
            written = BytesIO()
            figure.savefig(written, format="png", dpi=144)
        return written.getvalue()


lacks(History, OF_A_HISTORY)


def _way(name: str, losses: list[float]) -> str:
    if not losses:
        return ""
    return f"{name} {number(losses[0], 4)}" + (f" -> {number(losses[-1], 4)}" if len(losses) > 1 else "")
