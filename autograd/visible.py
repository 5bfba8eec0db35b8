"""Text with nothing invisible in it: what a name may hold must not steer a terminal, or end a line."""

JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # Indic scripts and emoji are spelt with them


def visible(text: str) -> str:
    """The text with the Unicode picture of each control character in its place, and the escape of each other one that
    does not print: it could end a line, break the XML or turn the writing round.

    >>> print(visible("a" + chr(27) + "[2J" + chr(0x202E)))
    a␛[2J\\u202e
    """
    return "".join(map(_shown_character, text))


def _shown_character(character: str) -> str:
    code = ord(character)
    if character.isprintable() or character in JOINERS:
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
