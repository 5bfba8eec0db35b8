"""Reading a derivation: a claim on each line.

    line        part = part [= part ...] [# comment]

The parts are read by `autograd.derivation.expressions`.
"""

import re

from autograd.derivation.claims import Claim, Defined, Derivative, Expression, Node
from autograd.derivation.cursor import PYTHON, Cursor
from autograd.derivation.degrees import degree
from autograd.derivation.expressions import FUNCTIONS, Expressions
from autograd.derivation.names import Names
from autograd.derivation.tokens import LONGEST_TEXT, Token, tokens

_DEFINES = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)")
_MOST_REFUSALS = 20


def read(text: str, names: Names) -> list[Claim]:
    """The claims of a derivation, one a line.

    Raises:
        TypeError: if the derivation is no text.
        ValueError: if a line is no claim, by line and column: all such lines, as a page is mended at once.

    >>> from autograd import Value
    >>> p, n = Value(0.75), Value(1.1)
    >>> [claim] = read("∂p/∂n = p*(1 - p) = 0.19  # the sigmoid's slope", Names({"p": p, "n": n}))
    >>> claim.subject.of is p, claim.texts
    (True, ('∂p/∂n', 'p*(1 - p)', '0.19'))
    """
    if not isinstance(text, str):
        raise TypeError(f"a derivation is text with a claim on each line, or a mapping, not {type(text).__name__}")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"the derivation has {len(text)} characters; {LONGEST_TEXT} are read")
    definitions: dict[str, int] = {}
    claims: list[Claim] = []
    refused: list[str] = []
    for number, source in enumerate(text.split("\n"), start=1):
        try:
            line = list(tokens(number, source))
            if line[0].kind != "end":
                claims.append(_Line(line, names, definitions).claim())
        except ValueError as refusal:
            refused.append(str(refusal))
            # What it was to define is not unknown to the lines after it.
            if (match := _DEFINES.match(source)) and match[1] not in names.trees:
                definitions.setdefault(match[1], 1)
    if refused:
        more = [f"{len(refused)} lines cannot be read"] if len(refused) > 1 else []
        raise ValueError("\n".join([*refused[:_MOST_REFUSALS], *more]))
    if not claims:
        raise ValueError("the derivation holds no claim: write one a line, as in dJ/dp = p - a")
    return claims


class _Line:
    """One line. `definitions` holds each name that is defined so far, with the degree of its formula."""

    def __init__(self, line: list[Token], names: Names, definitions: dict[str, int]) -> None:
        self._tokens = line
        self._cursor = Cursor(line)
        self._names = names
        self._definitions = definitions
        self._expressions = Expressions(self._cursor, names, definitions)

    def claim(self) -> Claim:
        first, source = self._cursor.next, self._cursor.next.place.source
        defines = first.text if self._starts_a_definition() else None
        starts = [first.place.column - 1]
        parts: list[Expression] = []
        if defines is not None:
            self._cursor.position += 1
            parts.append(Defined(defines))
        else:
            parts.append(self._expressions.number())
        while self._cursor.take("="):
            starts.append(self._cursor.next.place.column - 1)
            parts.append(self._expressions.number())
        if self._cursor.next.kind != "end":
            self._cursor.unexpected()
        if len(parts) == 1:
            first.place.refuse(
                "a claim says that two things are equal: put = between them"
                + (" (one =, not ==)" if "==" in source else "")
            )
        end = self._cursor.next.place.column - 1
        texts = [source[a:b] for a, b in zip(starts, [*starts[1:], end], strict=True)]
        texts = [text.partition("#")[0].strip().rstrip("=≈").strip() for text in texts]
        if defines is not None:
            self._definitions[defines] = degree(parts[1], self._definitions)
        else:
            # In 0.15 = dJ/dw the page speaks of dJ/dw all the same.
            kinds = [Derivative, Node, Defined]
            found = [(kinds.index(type(part)), k) for k, part in enumerate(parts) if type(part) in kinds]
            if found and not isinstance(parts[0], Derivative | Node | Defined):
                k = min(found)[1]
                parts.insert(0, parts.pop(k))
                texts.insert(0, texts.pop(k))
        subject, *others = parts
        return Claim(first.place.line, source.partition("#")[0].strip(), subject, tuple(others), tuple(texts), defines)

    def _starts_a_definition(self) -> bool:
        token, after = self._tokens[0], self._tokens[1]
        return (
            token.kind == "name"
            and after.text == "="
            and token.text not in self._names.trees
            and token.text not in self._definitions
            and token.text not in FUNCTIONS
            and token.text not in PYTHON
            and not token.text.startswith("∂")
        )
