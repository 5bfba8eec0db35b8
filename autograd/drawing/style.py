"""How a picture looks.

Text in nodes is dark on pale; all that lies on the background (edges, their labels, frames, the note) has a middle tone
that stands out from white as from black by more than 4 : 1, so that one picture serves light and dark pages alike.
"""

from dataclasses import dataclass

from autograd.drawing.picture import Kind

FONT = "Helvetica,Arial,sans-serif"
INK = "#1f2328"
"""Text in nodes."""
FAINT_INK = "#57606a"
"""Words beside numbers in nodes."""
GREY = "#767b83"
"""On the background: frames, the note, edges before a backward."""
POSITIVE = "#1f7fc4"
NEGATIVE = "#c8552b"

THINNEST, THICKEST = 0.9, 4.5
"""The width of an edge without a contribution, and of the one with the largest."""


@dataclass(frozen=True, slots=True)
class Look:
    """The shape and colours of a kind of node."""

    shape: str
    style: str
    fill: str
    line: str


LOOKS: dict[Kind, Look] = {
    "input": Look("box", "filled", "#d9f2e0", "#2f8f57"),
    "parameter": Look("cylinder", "filled", "#e8e1f9", "#8a63c9"),
    "constant": Look("note", "filled", "#eceef1", "#767b83"),
    "operation": Look("box", "filled,rounded", "#deecfa", "#1f7fc4"),
    "output": Look("box", "filled,rounded,bold", "#fdebc8", "#b5730e"),
    "group": Look("folder", "filled", "#e4e8ee", "#5f7590"),
    "omission": Look("plaintext", "", "", ""),
}
