"""``python -m autograd COMMAND``: see `autograd.commands`."""

import sys

from autograd.commands.entry import main
from autograd.commands.standard_output import run

if __name__ == "__main__":
    sys.exit(run(main))
