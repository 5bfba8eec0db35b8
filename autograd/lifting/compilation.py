"""Generated source, compiled: tracebacks and `inspect` find it as long as its program lives."""

import ast
import itertools
import linecache
import weakref

import numpy as np

from autograd.lifting.array_helpers import HELPERS
from autograd.untyped import AnyArray, AnyFunction, Anything

_numbers = itertools.count(1)


class Compiled:
    """The two functions of a source.

    Args:
        source: their text.
        constants: the arrays that it names.
        dtype: the type of its arrays.
    """

    def __init__(self, source: str, constants: dict[str, AnyArray], dtype: Anything) -> None:
        self.source = source
        self.constants = constants
        self.dtype = dtype
        for array in constants.values():
            array.flags.writeable = False
        self._compile()

    def _compile(self) -> None:
        file = self.file = f"<vectorize {next(_numbers)}>"
        linecache.cache[file] = (len(self.source), None, self.source.splitlines(keepends=True), file)
        weakref.finalize(self, linecache.cache.pop, file, None)
        namespace = self.functions({"np": np, **HELPERS}, self.dtype, self.constants, file)
        self.forward: AnyFunction = namespace["forward"]
        self.backward: AnyFunction = namespace["backward" if "backward" in namespace else "forward"]

    def functions(
        self, library: dict[str, Anything], dtype: Anything, constants: dict[str, AnyArray], file: str = "",
        source: ast.Module | None = None,
    ) -> dict[str, Anything]:  # fmt: skip
        """What the source defines, or another that was made of it, with an array library and its helpers."""
        namespace: dict[str, Anything] = {**library, "dtype": dtype, **constants}
        exec(compile(source or self.source, file or self.file, "exec"), namespace)
        return namespace

    def __getstate__(self) -> dict[str, Anything]:
        return {"source": self.source, "constants": self.constants, "dtype": self.dtype}

    def __setstate__(self, state: dict[str, Anything]) -> None:
        self.__dict__.update(state)
        self._compile()
