"""``python -m autograd draw``: draws a node, or a model, of the graph that a file makes."""

import argparse
import sys
from collections.abc import Sequence

from autograd.commands.network_file import FaultError, nodes_of
from autograd.drawing import RenderingError, draw
from autograd.value import Value

DRAWN, NO_GRAPHVIZ, FAULT = 0, 1, 2
"""What the command ends with."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if the picture is written, 1 if nothing here can draw it, 2 for a fault of the arguments."""
    options = _parser().parse_args(arguments)
    try:
        nodes = nodes_of(options.network)
        if options.name not in nodes:
            values = sorted(name for name, thing in nodes.items() if isinstance(thing, Value))
            there = f"its Values are {', '.join(values)}" if values else "it makes no Value"
            raise FaultError(f"{options.network} has no name {options.name}: {there}")
        output = nodes[options.name]
        if options.backward and isinstance(output, Value):
            output.backward()
        drawing = draw(output, direction=options.direction, depth=options.depth, detail=options.detail)
        path = drawing.save(options.file)
    except (FaultError, TypeError, ValueError) as error:
        print(f"draw: {error}", file=sys.stderr)
        return FAULT
    except RenderingError as error:
        print(f"draw: {error}", file=sys.stderr)
        return NO_GRAPHVIZ
    except OSError as error:
        print(f"draw: {error.filename} cannot be written: {error.strerror}", file=sys.stderr)
        return FAULT
    print(f"{path}: {drawing!r}")
    return DRAWN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograd draw",
        description="Draw the graph of a Value, or a model as a network.",
        epilog="It ends with 0 if the picture is written, with 1 where there is no Graphviz for it, and else with 2.",
        allow_abbrev=False,
    )
    parser.add_argument("network", metavar="NETWORK.py", help="a file that is run, and makes the graph")
    parser.add_argument("name", metavar="NAME", help="a global name in it: of a Value, a list of them, or a model")
    parser.add_argument(
        "file", metavar="FILE", help="the picture: .svg .png .pdf .dot .gif .webp, or .html to step through"
    )
    parser.add_argument(
        "--backward", action="store_true", help="call its backward() first, so that gradients are shown"
    )
    parser.add_argument("--direction", choices=("LR", "RL", "TB", "BT"), default="LR", help="where edges lead (LR)")
    parser.add_argument("--depth", metavar="N", type=int, help="how many edges from the output to go")
    parser.add_argument("--detail", choices=("nodes", "perceptrons", "layers", "network"), help="what is drawn as one")
    return parser
