"""Which line of the user's program runs now."""

import linecache
import os
import sys
from pathlib import Path
from types import FrameType

from autograd.text import printable

OURS = (
    *(str(Path(__file__).parents[1] / package) + os.sep for package in ("autograd", "nn")),
    "<autograd/",  # as functions are called that are made of text
)
"""How the files begin whose lines are not the user's."""


def is_ours(frame: FrameType) -> bool:
    """Whether a line of the engine, or of `nn`, runs in a frame."""
    return frame.f_code.co_filename.startswith(OURS)


def place_of(frame: FrameType | None = None) -> str:
    """The user's line that runs in a frame, or around it; by default now. With its text, where there is a file."""
    frame = frame or sys._getframe(1)
    while frame is not None and is_ours(frame):
        frame = frame.f_back
    if frame is None:
        return "the function"
    file, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, line).strip()
    return printable(f"line {line} of {Path(file).name}" + (f" ({text})" if text else ""))
