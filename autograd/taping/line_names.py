"""What the lines of a tape call leaves, and where the names come from that they do not define."""

import keyword
import math
import re
from collections.abc import Iterable, Sequence

from autograd.numbers.python_lines import NAMES
from autograd.taping.graph_lines import UserValue
from autograd.taping.straight_line import StraightLine
from autograd.text import printable, visible
from autograd.value import Value

_RESERVED = re.compile(r"[vdg]\d*_*|g_.*|gradient|found|slopes_\d+|value_\d+|numbers|floats")
"""What the lines name themselves."""


def names_of_leaves(leaves: Sequence[Value]) -> list[str]:
    """A variable for each leaf, after its own name where that can be one: ``x_0`` for x[0]."""
    taken: set[str] = set()
    names = []
    for place, leaf in enumerate(leaves):
        name = re.sub(r"\W+", "_", leaf.name or "").strip("_")
        free = name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
        if not free or name in NAMES or name in taken or _RESERVED.fullmatch(name):
            name = f"leaf_{place}"
            while name in taken:
                name += "_"
        taken.add(name)
        names.append(name)
    return names


def imports_of(programs: Iterable[StraightLine]) -> str:
    """The lines that define what the programs call."""
    used = sorted({name for program in programs for name in program.names} - {"max"})
    plain = [name for name in used if getattr(math, name, None) is NAMES[name] or name in ("inf", "nan")]
    own = [name for name in used if name not in plain]
    lines = [f"from math import {', '.join(plain)}"] if plain else []
    if own:
        lines.append("from autograd.numbers.floats import floats")
        lines += ["", *(f"{name} = floats.{name}" for name in own)]
    functions = {name: function for program in programs for name, function in program.functions.items()}
    for name, function in functions.items():
        what = "value" if isinstance(function, UserValue) else "local gradients"
        lines.append(printable(f"# {name}: the {what} of the operation {visible(function.operation.name)}"))
    return "\n".join(lines)
