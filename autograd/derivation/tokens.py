"""The text of a derivation, cut into tokens that know their line and column."""

import re
from dataclasses import dataclass
from typing import NoReturn

from autograd.text import printable

LONGEST_TEXT = 200_000
LONGEST_LINE = 5_000

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\u00a0]+|\#.*)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[½¼¾])
      | (?P<exponent>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)
      | (?P<name>∂?(?![⁰¹²³⁴⁵⁶⁷⁸⁹])[^\W\d](?:(?![⁰¹²³⁴⁵⁶⁷⁸⁹])\w)*)
      | (?P<operator>\*\*|==|!=|<=|>=|[-+*/=<>()\[\],.×·⋅∗÷−–≤≥≈])""",
    re.VERBOSE,
)
_BULLET = re.compile(r"\s*([-–—−+*•‣◦▪·]+(?=\s)|[-–—−]{2,}|[*•‣◦▪·>→⇒]+|[-=]>)")
"""A bullet, a quotation or an arrow: ``- dJ/dp = a - p`` is a wrong line in a list, and no right one negated."""
_LABEL = re.compile(r"\s*(\(?(?:\d{1,3}|[^\W\d_]|[ivxIVX]{2,5})[.)])\s+(?![\s=≈*/<>×·⋅∗÷)\],#]|$)")
"""The number of a line: 1. or (a), but not the (p) of ``(p) = sigmoid(n)`` or ``(p) * x = y``."""
_FULL_STOP = re.compile(r"\.\s*(?:#.*)?$")
_SAME = {"×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "−": "-", "–": "-", "≤": "<=", "≥": ">=", "≈": "="}
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75"}
_ADVICE = {
    "^": "a power is written **, as in x**2",
    "'": "a claim holds no text",
    '"': "a claim holds no text",
    "∂": "∂ stands right before a name, as in ∂J/∂w; second derivatives are not read",
    "{": "only ( ) and [ ] are read",
    "}": "only ( ) and [ ] are read",
    "√": "a root is written sqrt(x)",
    "Σ": "a sum is written out, or as sum(z)",
    "∑": "a sum is written out, or as sum(z)",
    "!": "there is no factorial",
    "|": "an absolute value is written abs(...), as in abs(a - b)",
    "⁻": "a negative power is written **-1, as in x**-1",
    ";": "a claim ends with its line: what follows belongs on a new line",
    "`": "a claim stands there as it is, without marks around it",
    "$": "a claim is plain text, without $ around it",
}


@dataclass(frozen=True)
class Place:
    """A line of the derivation and a column in it, both counted from 1."""

    line: int
    column: int
    source: str

    def refuse(self, message: str) -> NoReturn:
        """Raise the ValueError that quotes this place."""
        raise Refusal(self, message)


class Refusal(ValueError):  # noqa: N818  (a page is told what is not read, and goes on)
    """A line that is not read: where, and why. Its text quotes the line, with a caret below the column."""

    def __init__(self, place: Place, why: str) -> None:
        here, start = place.column - 1, max(0, place.column - 61)
        before = printable(place.source[start:here])
        quoted = f"{before}{printable(place.source[here : start + 100])}".rstrip()
        message = printable(f"line {place.line}, column {place.column}: {why}")
        super().__init__(f"{message}\n    {quoted}\n    {' ' * len(before)}^")
        self.place, self.why = place, why


@dataclass(frozen=True)
class Token:
    """A number, name, operator or exponent (x² as **2), or the end of the line."""

    kind: str
    text: str
    place: Place


def tokens_of(number: int, source: str) -> list[Token]:
    """The tokens of one line, with an end token last.

    Raises:
        ValueError: if the line is too long or holds a character that no claim has, by line and column.

    >>> [token.text for token in tokens_of(1, "∂J/∂p = 2·p²  # a comment")]
    ['∂J', '/', '∂p', '=', '2', '*', 'p', '2', '']
    """
    if len(source) > LONGEST_LINE:
        Place(number, LONGEST_LINE + 1, source).refuse(f"the line has {len(source)} characters, over {LONGEST_LINE}")
    _refuse_marks(number, source)
    found: list[Token] = []
    position, before = 0, ""
    while position < len(source):
        place = Place(number, position + 1, source)
        match = _TOKEN.match(source, position)
        if match is None:
            character = source[position]
            place.refuse(f"{character!r} has no meaning in a claim: {_ADVICE.get(character, 'leave it out')}")
        kind, text, position = str(match.lastgroup), match.group(), match.end()
        if text == "." and _FULL_STOP.match(source, place.column - 1):
            place.refuse("a claim ends without a full stop: leave it out")
        if text == "<" and source.startswith("-", position):
            place.refuse("<- is no arrow here: an update is written w_new = w - eta*dJ/dw, less than -b as in a < -b")
        following = source[position : position + 1]
        if kind == "number" and (following.isalpha() or following == "_"):
            place.refuse(f"{text}{following}…: no number reads like this; a product is written with *, as in 2*x")
        if kind == "exponent":
            text = text.translate(_DIGITS)
        if kind != "blank":
            found.append(Token(kind, _FRACTIONS.get(text) or _SAME.get(text, text), place))
            if text in _FRACTIONS and following == "(" and before not in ("/", "÷", "**"):
                found.append(Token("operator", "*", place))  # ½(p - a)² can mean one thing only
            before = text
    found.append(Token("end", "", Place(number, len(source) + 1, source)))
    return found


def _refuse_marks(number: int, source: str) -> None:
    """Refuse a line that begins with a mark of the text: none of them may become mathematics."""
    if match := _BULLET.match(source):
        mark = match[1]
        advice = "leave the mark out"
        if mark in ("-", "–", "—", "−", "+"):
            advice += ", or write the sign right before what it belongs to, as in -dJ/dp"
        Place(number, match.start(1) + 1, source).refuse(f"{mark!r} begins the line, as a bullet may: {advice}")
    if match := _LABEL.match(source):
        Place(number, match.start(1) + 1, source).refuse(
            f"{match[1]!r} begins the line, as its number does: leave the number out, and begin with the claim"
        )
