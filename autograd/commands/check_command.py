"""``python -m autograd check``: checks one page, and ends with 0 if it holds."""

import argparse
import sys
from collections.abc import Sequence

from autograd.commands.network_file import FaultError, file_named, nodes_of, output_of
from autograd.derivation import DerivationReport, check_derivation
from autograd.marking.submissions import UnreadableFileError, page_of

HOLDS, DOES_NOT_HOLD, FAULT = 0, 1, 2
"""What the command ends with."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if the page holds, 1 if it does not, 2 for a fault of the arguments or of the files."""
    options = _parser().parse_args(arguments)
    try:
        report = _report(options)
        data = report.to_json(None if options.json == "-" else options.json)
        if options.html is not None:
            report.save(options.html)
    except (FaultError, UnreadableFileError, TypeError, ValueError) as error:
        print(f"check: {error}", file=sys.stderr)
        return FAULT
    except OSError as error:
        print(f"check: {error.filename} cannot be written: {error.strerror}", file=sys.stderr)
        return FAULT
    if options.json == "-":
        print(data, end="")
    else:
        report.show()
    return HOLDS if report else DOES_NOT_HOLD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograd check",
        description="Check the derivation on a page, line by line, against a graph. The page is read, and never run.",
        epilog="It ends with 0 if the page holds, with 1 if it does not, and with 2 if it could not be checked.",
        allow_abbrev=False,
    )
    parser.add_argument("network", metavar="NETWORK.py", help="a file that is run: its global names are the page's")
    parser.add_argument("page", metavar="PAGE", help="a file: .md .tex .txt .py .ipynb; - for the standard input")
    parser.add_argument("--output", metavar="NAME", help="what names such as dW1 differentiate")
    parser.add_argument("--json", metavar="FILE", help="write what is said of each line as data; - prints that instead")
    parser.add_argument("--html", metavar="FILE", help="write the report as a page")
    parser.add_argument("--first", metavar="N", type=int, default=1, help="the number of a list's first item (1)")
    parser.add_argument(
        "--tolerance", metavar="T", type=float, help="how far numbers may be off, relative to the right"
    )
    parser.add_argument(
        "--no-reveal", action="store_true", help="leave out what is right: tell wrong lines, and kinds of mistake"
    )
    return parser


def _report(options: argparse.Namespace) -> DerivationReport:
    page = sys.stdin.read() if options.page == "-" else page_of(file_named(options.page))
    nodes = nodes_of(options.network)
    output = output_of(nodes, options.output, options.network)
    return check_derivation(
        page,
        nodes,
        output=output,
        first=options.first,
        tolerance=options.tolerance,
        reveal=not options.no_reveal,
    )
