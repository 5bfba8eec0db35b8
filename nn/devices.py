"""The devices that JAX has, of this process and of others: where arrays lie, and what all processes must agree on."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from autograd.lifting.under_jax import import_jax, with_float64
from autograd.untyped import AnyArray, Anything


class Devices:
    """All devices in one row. Arrays lie on each of them alike, or a part on each.

    Attributes:
        jax: the library.
        count: how many devices there are.
        process, processes: the number of this process, from 0, and how many there are.
        own: how many devices are this process's.

    Raises:
        ImportError: without JAX, naming the extra.
        ValueError: where the processes have not as many devices each.
    """

    def __init__(self) -> None:
        import numpy as np

        jax = self.jax = import_jax('fit(..., engine="jax")')
        devices = sorted(jax.devices(), key=lambda device: (device.process_index, device.id))
        self.count = len(devices)
        self.process, self.processes = jax.process_index(), jax.process_count()
        self.own = len(jax.local_devices())
        if self.count != self.own * self.processes:
            raise ValueError(
                f"each of the {self.processes} processes must have as many devices, and process {self.process} has "
                f"{self.own} of {self.count}"
            )
        mesh, own = (jax.sharding.Mesh(np.array(some), ("devices",)) for some in (devices, jax.local_devices()))
        self.on_each = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
        self.apart = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("devices"))
        self.apart_here = jax.sharding.NamedSharding(own, jax.sharding.PartitionSpec("devices"))
        self.apart_by_second_axis = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec(None, "devices"))

    def place(self, array: AnyArray, sharding: AnyArray) -> AnyArray:
        """An array on the devices; along an axis that lies apart this process gives the parts of its own devices."""
        if self.processes == 1:
            return self.jax.device_put(array, sharding)
        return self.jax.make_array_from_process_local_data(sharding, array)

    def gather(self, array: AnyArray) -> AnyArray:
        """What each process has in an array of one shape: (processes, *shape)."""
        import numpy as np

        if self.processes == 1:
            return np.asarray(array)[None]
        from jax.experimental import multihost_utils

        with with_float64(self.jax), self.reached():
            return np.asarray(multihost_utils.process_allgather(np.asarray(array)))

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Inside it processes wait for each other: an error of JAX's means that one of them was waited for in vain."""
        try:
            yield
        except (self.jax.errors.JaxRuntimeError, ValueError) as error:
            # What gathers is a ValueError of gloo's where a process has ended in between.
            if self.processes == 1 or (isinstance(error, ValueError) and "Gloo" not in str(error)):
                raise
            raise RuntimeError(
                f"process {self.process} of {self.processes} could not go on with the others: one of them has ended, "
                f"or is not to be reached ({str(error).splitlines()[0]}). Start all of them anew; with a checkpoint, "
                "resume=True goes on from it"
            ) from error

    def gather_rows(self, rows: AnyArray) -> AnyArray:
        """The rows of all processes, those of the first one first."""
        import numpy as np

        counts = self.gather(np.array(len(rows)))
        longest = np.zeros((counts.max(), *rows.shape[1:]), rows.dtype)
        longest[: len(rows)] = rows
        return np.concatenate([found[:count] for found, count in zip(self.gather(longest), counts, strict=True)])

    def agree(self, what: Mapping[str, Anything]) -> None:
        """Raise ValueError in every process, unless all have the same here: the first name by which they differ."""
        if self.processes == 1:
            return
        import numpy as np

        text = np.frombuffer(json.dumps({name: str(thing) for name, thing in what.items()}).encode(), np.uint8)
        texts = [json.loads(self._text(row)) for row in self._texts(text)]
        for name, expected in texts[0].items():
            for process, given in enumerate(texts):
                if given[name] != expected:
                    raise ValueError(
                        f"{name} must be the same in all processes, and process 0 has {expected}, process {process} "
                        f"{given[name]}"
                    )

    def _texts(self, text: AnyArray) -> AnyArray:
        import numpy as np

        longest = int(self.gather(np.array(len(text))).max())
        return self.gather(np.pad(text, (0, longest - len(text)), constant_values=ord(" ")))

    @staticmethod
    def _text(row: AnyArray) -> str:
        return row.tobytes().decode()
