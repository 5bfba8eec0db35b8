"""The engine of devices: the lifted loss under JAX, on one device or many, of one process or several.

The examples are brought to the devices once, and a run takes its steps there, in the loop of `device_loop`. A step that
is not finite is taken by the engine of arrays instead, which raises its error.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from autograd.lifting.under_jax import with_float64
from autograd.untyped import AnyArray, AnyFunction, Anything
from nn.array_engine import Arrays
from nn.device_loop import DeviceLoop, State
from nn.devices import Devices
from nn.engine import Epoch, raise_in_epoch
from nn.optimizers import settings_of
from nn.predictions import PIECE

if TYPE_CHECKING:
    from autograd.lifting.program import Program
    from nn.recorded_loss import RecordedLoss

WORK = 300_000_000
"""How many operations of the scalar graph are done between two looks at the keyboard: some tenths of a second."""

NOTHING: Sequence[int] = ()
"""The examples of a process that has none left for a step."""

LEAST_WORK = 50_000
"""What a step costs however small it is."""


@dataclass(frozen=True)
class PlannedSteps:
    """The steps of some epochs, as the loop takes them.

    Attributes:
        epochs: those of this process, which may have fewer steps than another's.
        ends: the first step after each epoch.
        indices: (steps, own devices, rows of each), or None where each step takes all rows.
        draws: for each kind (steps, own devices, rows of each, numbers).
        drawn: of each step the same, for its examples alone; empty where nothing is drawn.
    """

    epochs: list[Epoch]
    ends: AnyArray
    indices: AnyArray
    draws: list[AnyArray]
    drawn: list[list[AnyArray]]

    def at(self, step: int) -> tuple[Epoch, int, AnyArray, list[AnyArray]]:
        """The epoch of a step, its number there from 1, its examples and its draws."""
        place = int(self.ends.searchsorted(step, side="right"))
        k = step - (int(self.ends[place - 1]) if place else 0)
        epoch = self.epochs[place]
        batch = epoch.batches[k] if k < len(epoch.batches) else NOTHING
        return epoch, k + 1, batch, self.drawn[step] if self.drawn else []


class OnDevices(Arrays):
    """The loss, lifted and compiled by XLA. Each process has examples of its own, and all have the same parameters.

    Where all rows make one step, each device has its part of the process's rows; else each has all of them, so that a
    step can take any, and they are sent nowhere. Rows that do not divide are filled up with some of weight 0.
    """

    def __post_init__(self) -> None:
        import numpy as np

        self._devices = Devices()
        self._agree_on_the_data()
        self._counts = self._devices.gather(np.array(len(self.examples)))
        self._shares = self._shares_of_a_step()
        unequal = len({*self._counts.tolist()}) > 1 or len({*self._shares.tolist()}) > 1
        share = self.share
        filled_up = unequal or share % self._devices.own or len(self.examples) % share
        self._has_own_weights = bool(filled_up) and self.examples.weights is None
        if filled_up or self.examples.weights is not None:
            self.examples = copy(self.examples)
            self.examples.weights = self._weights()
        self._kept: tuple[Anything, Anything] = None, None
        self._settings: dict[str, Anything] = {}
        self._placed_by_whole: dict[bool, list[AnyArray]] = {}
        super().__post_init__()
        self._agree_on_the_model()

    @property
    def recorded(self) -> "RecordedLoss | None":
        """None where rows are filled up: the weights that say which are part of what is recorded, here alone."""
        return None if self._has_own_weights else super().recorded

    @property
    def ahead(self) -> int:
        return min(10_000, max(1, self._steps_at_once // self._steps_of_an_epoch))

    @property
    def share(self) -> int:
        """How many of the rows of a step are this process's."""
        return int(self._shares[self._devices.process])

    @property
    def of_one_step(self) -> bool:
        return bool((self._shares >= self._counts).all())

    @property
    def count(self) -> int:
        return int(self._counts.sum())

    @property
    def is_first(self) -> bool:
        return self._devices.process == 0

    def agree(self, settings: Mapping[str, Anything]) -> None:
        self._devices.agree(settings)

    def from_all(self, rows: AnyArray) -> AnyArray:
        return self._devices.gather_rows(rows)

    def in_any(self, here: bool) -> bool:
        import numpy as np

        return bool(self._devices.gather(np.array(int(here))).any())

    def run(self, epochs: Iterable[Epoch]) -> list[float]:
        import numpy as np

        with with_float64(self._devices.jax), np.errstate(all="ignore"), self._devices.reached():
            plan = self._planned(epochs)
            values, weights = self._run_plan(plan)
            starts = np.concatenate([[0], plan.ends[:-1]])
            totals = np.add.reduceat(values * weights, starts)
            if not np.isfinite(totals).all():
                epoch, k, *_ = plan.at(int(plan.ends[int((~np.isfinite(totals)).argmax())]) - 1)
                error = OverflowError("the sum of the losses of an epoch is too large for a float")
                raise_in_epoch(epoch.number, f"epoch {epoch.number}, batch {k}", error)
            losses: list[float] = (totals / np.add.reduceat(weights, starts)).tolist()
            return losses

    def _run_plan(self, plan: PlannedSteps) -> AnyArray:
        """Take the steps of a plan: the value and the weight of each. Where all weigh the same, that is 1."""
        import numpy as np

        count = int(plan.ends[-1])
        found = np.ones((2, count))
        room = self._room_for(count)
        rates = np.repeat([epoch.lr for epoch in plan.epochs], np.diff(plan.ends, prepend=0))
        rates = _filled_up(rates, room)
        devices, loop = self._devices, self._current_loop()
        on_devices = [
            None if array is None else devices.place(_filled_up(array, room), devices.apart_by_second_axis)
            for array in (plan.indices, *plan.draws)
        ]
        start = 0
        while start < count:
            stop = min(count, start + self._steps_at_once)
            learnt, numbers, last = loop(self._carried(), rates, on_devices[0], on_devices[1:], start, stop)
            end = int(last)
            for known, each in zip(found, numbers, strict=False):
                known[start:end] = np.asarray(each)[start:end]
            if end > start:
                self._keep(learnt)
            if end < stop:
                value, weight = self._by_host(*plan.at(end))
                found[:, end] = value, weight if self.examples.weights is not None else 1.0
                end += 1
            start = end
        return found

    def _by_host(self, epoch: Epoch, k: int, batch: AnyArray, drawn: Sequence[AnyArray]) -> tuple[float, float]:
        """A step that is not finite on the devices: its error, or its value and its weight."""
        own, self.optimizer.lr = self.optimizer.lr, epoch.lr
        try:
            return self._step_together(batch, drawn)
        except (ValueError, ArithmeticError) as error:
            raise_in_epoch(epoch.number, f"epoch {epoch.number}, batch {k}", error)
        finally:
            self.optimizer.lr = own

    def _step_together(self, batch: AnyArray, drawn: Sequence[AnyArray]) -> tuple[float, float]:
        import numpy as np

        weight = self.weight_of(batch)
        if self._devices.processes == 1:
            return self._step(batch, drawn), weight

        def differentiated() -> AnyArray:
            if not len(batch):
                return np.zeros(2 + len(self._parameters))
            value, gradient = self._by_scalars(batch, drawn)
            return weight * np.array([1.0, value, *gradient])

        weight, *sums = self._in_each(differentiated).sum(axis=0)
        theta, old, _ = self._learnt
        theta = theta[self._own]
        if moved := self._move(theta, np.array(sums[1:]) / weight, old):
            self._take(theta, *moved)
        return sums[0] / weight, weight

    def _in_each(self, function: Callable[[], AnyArray]) -> AnyArray:
        """What a function gives in each process: (processes, *shape). Where it raises in one, all raise."""
        import numpy as np

        found: AnyArray = None
        error: Exception | None = None
        try:
            found = function()
        except (ValueError, ArithmeticError) as raised:
            error = raised
        failed = self._devices.gather(np.array(error is not None))
        if error is not None:
            raise error
        if failed.any():
            process = int(failed.argmax())
            raise ArithmeticError(f"process {process} has an example without a finite number: its error says which")
        return self._devices.gather(found)

    def validate(self) -> float:
        import numpy as np

        if self._devices.processes == 1:
            return super().validate()
        count = len(self.held_out or ())
        sums = self._in_each(lambda: np.array([count * super(OnDevices, self).validate(), count])).sum(axis=0)
        return float(sums[0] / sums[1])

    def _of_all(self, program: "tuple[Program, AnyArray]", columns: list[AnyArray]) -> AnyArray:
        """What a program gives for all examples of this process, on its devices: piece by piece, all of one size."""
        import numpy as np

        function, places = program
        jax, count = self._devices.jax, len(columns[0])
        size = _up_to(min(count, PIECE), self._devices.own)
        if function not in self._forwards:
            self._forwards[function] = jax.jit(function.jax().outputs)
        with with_float64(jax):
            theta = self._learnt[0][places]
            pieces = [
                self._forwards[function](
                    theta, *(jax.device_put(piece, self._devices.apart_here) for piece in _pieces(columns, start, size))
                )
                for start in range(0, count, size)
            ]
            found = np.concatenate([np.asarray(piece) for piece in pieces])[:count]
        return found if np.isfinite(found).all() else super()._of_all(program, columns)

    def _lift(self) -> None:
        super()._lift()
        self._forwards: dict[Program, AnyFunction] = {}
        self._loop: DeviceLoop | None = None
        self._room = 0

    def _current_loop(self) -> DeviceLoop:
        """The compiled steps; compiled anew if a callback has changed a setting of the optimizer, such as momentum."""
        known = ("lr", "parameters", "states")
        settings = {name: copy(thing) for name, thing in vars(self.optimizer).items() if name not in known}
        if self._loop is None or settings != self._settings:
            self._settings = settings
            self._loop = DeviceLoop(
                self._devices,
                self._program.jax(),
                self.optimizer,
                self._own,
                self._placed_columns(),
                weighted=self.examples.weights is not None,
                clip=self.clip,
            )
        return self._loop

    def _placed_columns(self) -> list[AnyArray]:
        """The rows of each device, brought there once."""
        if self._whole not in self._placed_by_whole:
            columns = [self._blocks(column) for column in self._columns]
            if self.examples.weights is not None:
                columns[-1] = self._blocks(self._columns[-1], filling=0.0)
            placed = [self._devices.place(column, self._devices.apart) for column in columns]
            self._placed_by_whole = {self._whole: placed}
        return self._placed_by_whole[self._whole]

    def _blocks(self, column: AnyArray, filling: float | None = None) -> AnyArray:
        """A column as (own devices, rows, *shape). What fills it up is like the first row, if no number is given."""
        import numpy as np

        own, count = self._devices.own, len(column)
        most = int(self._counts.max())
        room = _up_to(most, own) if self._whole else most + (self.examples.weights is not None)
        if room > count:
            more = column[:1] if filling is None else np.full_like(column[:1], filling)
            column = np.concatenate([column, np.repeat(more, room - count, axis=0)])
        if self._whole:
            return column.reshape(own, -1, *column.shape[1:])
        return np.broadcast_to(column, (own, *column.shape))

    def _planned(self, epochs: Iterable[Epoch]) -> PlannedSteps:
        """What the steps of some epochs take; all processes have as many, some with no examples left."""
        import numpy as np

        taken: list[Epoch] = []
        drawn: list[list[list[AnyArray]]] = []
        if any(self._drawn_loss.asked):
            for epoch in epochs:
                taken.append(epoch)
                drawn.append([self._draws(len(batch)) for batch in epoch.batches])
        else:
            taken.extend(epochs)
        rates = [epoch.lr for epoch in taken]
        self._devices.agree({f"the learning rates from epoch {taken[0].number} on": [*rates[:3], _digest(rates)]})
        counts = self._devices.gather(np.array([len(epoch.batches) for epoch in taken])).max(axis=0)
        ends = counts.cumsum()
        if self._whole:
            return PlannedSteps(taken, ends, None, [], [])
        drawn_by_step = [
            draws
            for own, count in zip(drawn, counts, strict=False)
            for draws in (*own, *(self._draws(0) for _ in range(count - len(own))))
        ]
        batches = [
            batch
            for epoch, count in zip(taken, counts, strict=True)
            for batch in (*epoch.batches, *[NOTHING] * (count - len(epoch.batches)))
        ]
        there = np.arange(_up_to(int(self._shares.max()), self._devices.own)) < [[len(batch)] for batch in batches]

        def laid_out(rows: Sequence[AnyArray], filling: float) -> AnyArray:
            together = np.concatenate(rows)
            found = np.full((*there.shape, *together.shape[1:]), filling, together.dtype)
            found[there] = together
            return found.reshape(len(found), self._devices.own, -1, *together.shape[1:])

        # The index after those of all examples is that of a row without weight.
        indices = laid_out([np.asarray(batch, np.int32) for batch in batches], int(self._counts.max()))
        draws = [laid_out(kind, 0.0) for kind in zip(*drawn_by_step, strict=True)]
        return PlannedSteps(taken, ends, indices, draws, drawn_by_step)

    def _draws(self, count: int) -> list[AnyArray]:
        """The draws for so many examples of this process; of those for the step, its own part."""
        process, processes = self._devices.process, self._devices.processes
        drawn = self.chance.arrays(count * processes, *self._drawn_loss.asked)
        return [kind[process * count : (process + 1) * count] for kind in drawn]

    def _carried(self) -> State:
        """What is learnt, on the devices: as the loop left it there, unless it was changed since."""
        import numpy as np

        if self._learnt is not self._kept[0]:
            theta, state, gradient = self._learnt
            gradient = np.zeros(len(self._parameters)) if gradient is None else gradient
            place = self._devices.place
            tree = self._devices.jax.tree.map(np.asarray, (theta, state, gradient))
            placed = self._devices.jax.tree.map(lambda array: place(array, self._devices.on_each), tree)
            self._kept = self._learnt, placed
        on_devices: State = self._kept[1]
        return on_devices

    def _keep(self, learnt: State) -> None:
        import numpy as np

        def on_host(array: AnyArray) -> AnyArray:
            found = np.asarray(array)
            return found if found.ndim else found.item()

        self._learnt = self._devices.jax.tree.map(on_host, learnt)
        self._kept = self._learnt, learnt

    def _room_for(self, steps: int) -> int:
        """For how many steps the loop is compiled: the most that there were."""
        self._room = max(self._room, steps)
        return self._room

    @property
    def _whole(self) -> bool:
        """Whether all rows make one step, in any order."""
        return self.of_one_step and not any(self._drawn_loss.asked)

    def _weights(self) -> AnyArray:
        """The weights of the examples; the largest of all processes is 1."""
        import numpy as np

        weights, largest = self.examples.weights, self.examples.largest_weight
        most = float(self._devices.gather(np.array(largest)).max())
        return np.ones(len(self.examples)) if weights is None else weights * (largest / most)

    @cached_property
    def _steps_of_an_epoch(self) -> int:
        return int((-(-self._counts // self._shares)).max())

    @cached_property
    def _steps_at_once(self) -> int:
        work = len(self._recording.entries) * min(int(self._shares.max()), int(self._counts.max()))
        return max(1, WORK // max(LEAST_WORK, work))

    def _shares_of_a_step(self) -> AnyArray:
        """How many rows each process gives to a step."""
        import numpy as np

        processes = self._devices.processes
        if self.batch_size is None:
            return self._counts
        if self.batch_size < processes:
            raise ValueError(
                f"batch_size must be at least the number of processes, {processes}, not {self.batch_size}: each gives "
                "its share of the rows of a step"
            )
        least, more = divmod(self.batch_size, processes)
        shares = np.array([least + (process < more) for process in range(processes)])
        return np.minimum(shares, self._counts.max())

    def _agree_on_the_data(self) -> None:
        data = self.examples
        self._devices.agree(
            {
                "the shape of an example's inputs": data.inputs.shape[1:],
                "the shape of an example's targets": "no targets" if data.targets is None else data.targets.shape[1:],
                "sample_weights": "none" if data.weights is None else "some",
                "validation": "none" if self.held_out is None else "some",
                "batch_size": self.batch_size,
                "clip": self.clip,
                "the optimizer": f"{self.optimizer} with {settings_of(self.optimizer)}",
                "the seed": _digest(self.chance.state),
            }
        )

    def _agree_on_the_model(self) -> None:
        self._devices.agree(
            {
                "the loss, as a program of arrays,": _digest(self._program.source),
                "what the parameters hold at first": _digest(self._program.read().tobytes()),
                "the state of the optimizer": _digest(self.optimizer.states),
            }
        )


def _digest(thing: Anything) -> str:
    found = thing if isinstance(thing, bytes) else str(thing).encode()
    return hashlib.sha256(found).hexdigest()[:12]


def _pieces(columns: Sequence[AnyArray], start: int, size: int) -> list[AnyArray]:
    """So many rows of each column; where it has no more, its first one instead."""
    import numpy as np

    found = [column[start : start + size] for column in columns]
    return [
        np.concatenate([rows, np.repeat(column[:1], size - len(rows), axis=0)]) if len(rows) < size else rows
        for rows, column in zip(found, columns, strict=True)
    ]


def _up_to(count: int, factor: int) -> int:
    """The next multiple of a factor."""
    return -(-count // factor) * factor


def _filled_up(rows: AnyArray, count: int) -> AnyArray:
    """An array with so many rows: these, then zeros."""
    import numpy as np

    rows = np.asarray(rows)
    return (
        rows
        if len(rows) == count
        else np.concatenate([rows, np.zeros((count - len(rows), *rows.shape[1:]), rows.dtype)])
    )
