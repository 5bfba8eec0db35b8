"""A place in a line of tokens, which moves on as they are read."""

from collections.abc import Callable
from typing import Any

from autograd.derivation.tokens import Token

DEEPEST = 50

PYTHON = {"for", "if", "else", "in", "is", "lambda", "import", "while", "def", "return", "yield", "await", "None"}
"""Words that nobody takes for mathematics."""


class Cursor:
    """The tokens of one line, read from the left."""

    def __init__(self, line: list[Token]) -> None:
        self.position = 0
        self._tokens = line
        self._depth = 0

    @property
    def next(self) -> Token:
        """The token to read now; after the last, the end of the line."""
        return self._tokens[min(self.position, len(self._tokens) - 1)]

    @property
    def last(self) -> Token:
        """The token read last."""
        return self._tokens[max(0, self.position - 1)]

    def advance(self) -> Token:
        """Read a token."""
        token = self.next
        self.position += 1
        return token

    def take(self, text: str) -> bool:
        """Whether the next token is this one; if so it is read."""
        if self.next.text == text and self.next.kind != "end":
            self.position += 1
            return True
        return False

    def expect(self, text: str, opening: Token) -> None:
        """Read this token, which closes what `opening` opened, or refuse the line."""
        if not self.take(text):
            if self.next.kind == "end":
                opening.place.refuse(f"{opening.text} is never closed: {text} is missing")
            self.unexpected(f", where {text} belongs")

    def unexpected(self, where: str = "") -> None:
        """Refuse the line for its next token."""
        token = self.next
        if token.kind == "end":
            token.place.refuse("the line ends here, and something is missing")
        if token.text in PYTHON:
            token.place.refuse(f"{token.text!r} is Python, not mathematics: a claim holds names, numbers and functions")
        advice = ": a product is written with *" if token.kind in ("name", "number") or token.text == "(" else ""
        token.place.refuse(f"{token.text!r} is not expected here{where}{advice}")

    def deeper(self, grammar: Callable[[], Any]) -> Any:
        """Read something that is nested in what is being read."""
        self._depth += 1
        if self._depth > DEEPEST:
            self.next.place.refuse(f"nested more than {DEEPEST} deep: break the claim into lines")
        found = grammar()
        self._depth -= 1
        return found
