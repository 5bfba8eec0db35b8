"""Which lines of a page are those of a program: by marks such as ``np.``, ``@`` and ``+=``, and by their neighbours."""

import ast
import re
import warnings
from collections.abc import Sequence
from functools import lru_cache

from autograd.derivation.tokens import LONGEST_LINE

_MARK = re.compile(
    r"""(?<![\w\\.])(?:np|numpy|torch|math|jnp|F|tf|nn|self|ctx)\.[A-Za-z_]  # a module, or what holds the arrays
      | [\w\])]\s*@\s*[\w(\[-]                                            # a matrix product
      | [\w\])]\.(?:T|grad|data|shape)\b
      | [\w\])]\.[a-z_]+\(                                                # a method
      | (?<![-+*/<>=!:])(?:\+|-|\*\*?|/|@)=(?!=)
      | [\w\])]\[[^\]]*(?<![:=]):(?!=)[^\]]*\]                            # a slice
      | [\w\])]\[(?:['"]\w+['"]|range\(|[^\]]*(?:[<>]=?|==)\s*[^\]]*\]\s*=)  # a key, some places, those that …
      | \b(?:sum|max|min|prod|fsum)\(.*\bfor\b.*\bin\b                       # a comprehension
      | ^\s*(?:import|from|def|class|return|with|for)\b.*[\w:)]\s*$""",
    re.VERBOSE,
)
GRADIENT = re.compile(r"d_?[A-Za-z]\w*|(?:grad|nabla)_\w+|\w+_grad|delta_?\d*")
_SPELLED = re.compile(rf"\s*(?:{GRADIENT.pattern})\s*=(?!=)")
_FRACTION = re.compile(r"[d∂]\w+(?:\[\d+\])*\s*/\s*\(?[d∂]\w")
_NO_CODE = re.compile(r"\\[A-Za-z({\[]|\$|[∂∇Σ∑→←⇒′^]|:=")
HEADER = re.compile(r"\s*(?:def|class|with|if|elif|else|for|while|try|except|finally)\b.*:\s*$", re.DOTALL)
_LOOK_AHEAD = 30
"""How many lines without a mark may begin a program."""
_LONGEST_STATEMENT = 50
"""How many lines a statement of a program may have."""


def is_code(line: str) -> bool:
    """Whether a line on a page is code by its marks: a module, a method, ``@``, ``.T``, a slice, ``+=``.

    An assignment to a name that is spelled as a gradient is code, too, if it reads as Python and holds no derivative.

    >>> [is_code(line) for line in ("dW2 = dZ2 @ A1.T / m", "dx += 2*y", "ddot = (1 - f)*f", "dJ/dw = x.", "p = s(n)")]
    [True, True, True, False, False]
    """
    if len(line) > LONGEST_LINE or _NO_CODE.search(line.partition("#")[0]):
        return False
    if not _MARK.search(line) and not (_SPELLED.match(line) and not _FRACTION.search(line)):
        return False
    text = line.strip()
    return parsed(text) is not None or parsed(text + " pass") is not None or _brackets(text) > 0


@lru_cache(maxsize=4096)
def _marked(line: str) -> bool:
    return is_code(line)


@lru_cache(maxsize=4096)
def _may_be_code(line: str) -> bool:
    """Whether a line reads as Python, so that it belongs to the program if lines around it are code by their marks."""
    text = line.strip()
    if len(line) > LONGEST_LINE:
        return False
    if not text or text.startswith("#") or re.fullmatch(r"@[\w.]+(\(.*\))?|(?:else|try|finally) *:", text):
        return True
    if re.match(r"(?:print|assert|plt|return)\b", text) and parsed(text) is not None:
        return True
    if _FRACTION.search(text.partition("#")[0]) or _NO_CODE.search(text.partition("#")[0]):
        return False
    module = parsed(text) or parsed(text + " pass")
    return module is not None and not any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Name | ast.BinOp | ast.Compare | ast.Tuple | ast.Subscript)
        for node in module.body
    )


def program_length(lines: Sequence[str]) -> int:
    """How many of these lines are a program, from the first on; 0 if none begins there.

    >>> program_length(["m = 3", "", "dW = X.T @ dZ / m  # the mean", "db = np.sum(dZ) / (", "  m)", "where m is 3:"])
    5
    """
    ahead = 0
    while ahead < min(len(lines), _LOOK_AHEAD) and _may_be_code(lines[ahead]) and not _marked(lines[ahead]):
        ahead += 1
    if not lines or not lines[0].strip() or ahead == min(len(lines), _LOOK_AHEAD) or not _marked(lines[ahead]):
        return 0
    k = last = ahead
    body: int | None = None
    """How far the header is indented whose lines go on."""
    while k < len(lines):
        line = lines[k]
        if body is not None and line.strip() and indent(line) <= body:
            body = None
        if not (body is not None or _may_be_code(line) or _marked(line)):
            break
        if body is None and HEADER.match(line):
            body = indent(line)
        k = end_of_statement(lines, k)
        if line.strip() and not line.lstrip().startswith("#"):
            last = k
    return last


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def end_of_statement(lines: Sequence[str], start: int) -> int:
    """Where the statement ends that begins there: it goes on while brackets or quotes are open, or after a \\."""
    opened, quoted = _brackets(lines[start]), lines[start].count('"""') + lines[start].count("'''")
    for stop in range(start + 1, min(len(lines), start + _LONGEST_STATEMENT) + 1):
        if opened <= 0 and quoted % 2 == 0 and not lines[stop - 1].rstrip().endswith("\\"):
            return stop
        if stop < len(lines):
            opened += _brackets(lines[stop])
            quoted += lines[stop].count('"""') + lines[stop].count("'''")
    return start + 1  # never closed: the next line stands for itself


def parsed(text: str) -> ast.Module | None:
    """The syntax tree, if the text is Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of strings with odd escapes
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _brackets(text: str) -> int:
    """How many brackets a line leaves open."""
    text = re.sub(r"#.*", "", text)
    return sum(text.count(bracket) for bracket in "([{") - sum(text.count(bracket) for bracket in ")]}")
