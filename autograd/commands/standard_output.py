"""Printing to whatever the standard output is."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper

from autograd.text import IN_SIGNS_OF_ASCII


def run(main: Callable[[], int | None]) -> int:
    """Run a program whose prints are written with the characters there are, until their reader has seen enough."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors=IN_SIGNS_OF_ASCII)
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code or 0
