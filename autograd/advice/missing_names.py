"""Names and modules that a package does not have: the error says where they are, or what they are called."""

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from autograd.advice.names_elsewhere import Remedies
from autograd.text import printable
from autograd.untyped import Anything

if TYPE_CHECKING:
    from types import FrameType


class _Finder:
    """The last that Python asks for a module: for one of a package of ours there is none, and this says why.

    ``from autograd import Neuron`` asks for a module, too, once it is no attribute; that error is what is shown.
    """

    def __init__(self) -> None:
        self.packages: dict[str, Callable[[str], str]] = {}

    def find_spec(self, name: str, *others: Anything) -> None:  # noqa: ARG002  (Python gives more)
        package, _, missing = name.partition(".")
        if package not in self.packages or not missing or missing.startswith("__"):
            return
        asking = _asking()
        if "_find_and_load" not in asking:  # importlib.util.find_spec, to which None says that there is none
            return
        # With its name on it, Python would take the error of `from autograd import Neuron` for one to be passed over.
        named = None if "_handle_fromlist" in asking else name
        raise ModuleNotFoundError(self.packages[package](missing), name=named)


def _asking() -> set[str]:
    """The functions of Python's import that lead to the question for a module."""
    frame: FrameType | None = sys._getframe(2)
    found = set()
    while frame is not None and frame.f_globals.get("__name__", "").startswith("importlib"):
        found.add(frame.f_code.co_name)
        frame = frame.f_back
    return found


def answer(package: str, names: Iterable[str], remedies: Remedies) -> Callable[[str], Anything]:
    """Let a package answer for what it lacks; what comes back is to be the end of its ``__getattr__``."""
    known = sorted(names)

    def told(missing: str) -> str:
        from difflib import get_close_matches

        begin = missing.partition(".")[0]
        advice = remedies.get(begin)
        if advice is None and (near := get_close_matches(begin, known, n=3, cutoff=0.7)):
            advice = f"did you mean {' or '.join(near)}?"
        return printable(f"{package!r} has no {missing!r}: {advice or f'dir({package}) lists what it has'}")

    finder = next((finder for finder in sys.meta_path if isinstance(finder, _Finder)), None)
    if finder is None:
        finder = _Finder()
        sys.meta_path.append(finder)
    finder.packages[package] = told

    def no_attribute(name: str) -> Anything:
        # What Python asks about, as __wrapped__, it asks often.
        message = f"{package!r} has no {name!r}" if name.startswith("__") else told(name)
        # With the object on it, Python would say "did you mean" once more.
        about = None if "did you mean" in message else sys.modules.get(package)
        raise AttributeError(f"module {message}", name=name, obj=about)

    return no_attribute
