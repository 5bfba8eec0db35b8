"""The commands of ``python -m autograd``, by their names."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

import autograd

COMMANDS = {
    "check": ("autograd.commands.check_command", "NETWORK.py PAGE", "check the derivation on a page"),
    "draw": ("autograd.commands.draw_command", "NETWORK.py NAME FILE", "draw a Value or a model"),
    "mark": ("autograd.marking.command", "NETWORK.py PAGES... --targets dJ/dw...", "mark the derivations of a class"),
}
"""Each command's module, whose `main` takes the arguments behind the name; its arguments; and what it does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and give its exit code: 2 for what is no command."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] and given[0] in COMMANDS:
        code: int = import_module(COMMANDS[given[0]][0]).main(given[1:])
        return code
    listed = "\n".join(f"  {name} {usage}\n      {what}" for name, (_, usage, what) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m autograd",
        usage="python -m autograd COMMAND ...",
        description="A scalar autograd engine, from the command line.",
        epilog=f"commands:\n{listed}\n\npython -m autograd COMMAND --help tells more; python -m nn runs the lecture",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help=", ".join(COMMANDS))
    parser.add_argument("--version", action="version", version=f"scalar-autograd {autograd.__version__}")
    if given[:1] and given[0].startswith("-") and given[0] not in ("-h", "--help", "--version"):
        parser.error(f"unrecognized arguments: {given[0]}; the following arguments are required: COMMAND")
    parser.parse_args(given)  # which ends here, with the help, the version or a fault
    raise AssertionError("a command is run above")
