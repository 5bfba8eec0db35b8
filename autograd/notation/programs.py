"""Backward passes as programs: text of Python becomes statements, read by `ast.parse` and a whitelist, and never run.

A program may be a few lines, a function, a class with ``forward`` and ``backward``, or a training loop of which one
step is meant. Its assignments are what it states. What states nothing about numbers (imports, prints, the unpacking of
a cache) is passed over; what does, and cannot be read, is `Unread`, and the rest is read all the same.
"""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from autograd.derivation.tokens import LONGEST_LINE, Place
from autograd.notation import array_functions as functions
from autograd.notation.python_formulas import HOLDERS, Helper, PythonFormulas, UnreadableError
from autograd.notation.syntax import Call, Name, Number, Product, Statement, Tree, Unread, WrittenPage

_MARK = re.compile(
    r"""(?<![\w\\.])(?:np|numpy|torch|math|jnp|F|tf|nn|self|ctx)\.[A-Za-z_]  # a module, or what holds the arrays
      | [\w\])]\s*@\s*[\w(\[-]                                            # a matrix product
      | [\w\])]\.(?:T|grad|data|shape)\b
      | [\w\])]\.[a-z_]+\(                                                # a method
      | (?<![-+*/<>=!:])(?:\+|-|\*\*?|/|@)=(?!=)
      | [\w\])]\[[^\]]*(?<![:=]):(?!=)[^\]]*\]                            # a slice
      | [\w\])]\[(?:['"]\w+['"]|range\(|[^\]]*(?:[<>]=?|==)\s*[^\]]*\]\s*=)  # a key, some places, those that …
      | ^\s*(?:import|from|def|class|return|with|for)\b.*[\w:)]\s*$""",
    re.VERBOSE,
)
_GRADIENT = re.compile(r"d_?[A-Za-z]\w*|grad_\w+|\w+_grad|delta_?\d*")
_SPELLED = re.compile(rf"\s*(?:{_GRADIENT.pattern})\s*=(?!=)")
_FRACTION = re.compile(r"[d∂]\w+(?:\[\d+\])*\s*/\s*\(?[d∂]\w")
_NO_CODE = re.compile(r"\\[A-Za-z({\[]|\$|[∂∇Σ∑→←⇒′^]|:=")
_HEADER = re.compile(r"\s*(?:def|class|with|if|elif|else|for|while|try|except|finally)\b.*:\s*$", re.DOTALL)
_AUGMENTED = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/="}
_MOST_TURNS, _MOST_TURNS_IN_ALL = 50, 1000
_LOOK_AHEAD = 30
"""How many lines without a mark may begin a program."""
_LONGEST_STATEMENT = 50
"""In lines."""


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
    return _parsed(text) is not None or _parsed(text + " pass") is not None or _brackets(text) > 0


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
    if re.match(r"(?:print|assert|plt|return)\b", text) and _parsed(text) is not None:
        return True
    if _FRACTION.search(text.partition("#")[0]) or _NO_CODE.search(text.partition("#")[0]):
        return False
    module = _parsed(text) or _parsed(text + " pass")
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
        if body is not None and line.strip() and _indent(line) <= body:
            body = None
        if not (body is not None or _may_be_code(line) or _marked(line)):
            break
        if body is None and _HEADER.match(line):
            body = _indent(line)
        k = _end_of_statement(lines, k)
        if line.strip() and not line.lstrip().startswith("#"):
            last = k
    return last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _end_of_statement(lines: Sequence[str], start: int) -> int:
    """Where the statement ends that begins there: it goes on while brackets or quotes are open, or after a \\."""
    opened, quoted = _brackets(lines[start]), lines[start].count('"""') + lines[start].count("'''")
    for stop in range(start + 1, min(len(lines), start + _LONGEST_STATEMENT) + 1):
        if opened <= 0 and quoted % 2 == 0 and not lines[stop - 1].rstrip().endswith("\\"):
            return stop
        if stop < len(lines):
            opened += _brackets(lines[stop])
            quoted += lines[stop].count('"""') + lines[stop].count("'''")
    return start + 1  # never closed: the next line stands for itself


def read_program(lines: Sequence[str], first: int = 1) -> "list[Statement | Unread]":
    """The statements of a program, and what of it cannot be read, in order.

    >>> found = read_program(["dZ2 = A2 - Y; dW2 = np.dot(dZ2, A1.T) / m  # the last layer", "print(dW2)"])
    >>> [statement.texts for statement in found]
    [('dZ2', 'A2 - Y'), ('dW2', 'np.dot(dZ2, A1.T) / m')]
    """
    page = read_code(lines, first)
    found: list[Statement | Unread] = [*page.statements, *page.unread]
    return sorted(found, key=lambda one: one.number if isinstance(one, Unread) else one.place.line)


def read_code(lines: Sequence[str], first: int = 1) -> WrittenPage:
    """A program as a page: its statements, what of it cannot be read, and the lines that are passed over."""
    return _Program(lines, first).page()


def _parsed(text: str) -> ast.Module | None:
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


class _Program:
    """One program, while it is read."""

    def __init__(self, lines: Sequence[str], first: int) -> None:
        self._lines, self._first = list(lines), first
        self._encoded: dict[int, bytes] = {}
        self._shift = [0] * len(lines)
        self._statements: list[Statement] = []
        self._unread: list[Unread] = []
        self._used: set[int] = set()
        self._helpers: dict[str, Helper] = {}
        self._turns_left = _MOST_TURNS_IN_ALL
        text = "\n".join(lines)
        torch = True if re.search(r"\btorch\b|\bF\.\w|keepdim=|\bdim=", text) else None
        if re.search(r"\bnp\.|\bnumpy\b|axis=|keepdims=", text):
            torch = False if torch is None else None
        self._formulas = PythonFormulas(self._place, self._text, self._helpers, torch)

    def page(self) -> WrittenPage:
        """All of it, read."""
        for number, line in enumerate(self._lines):
            if len(line) > LONGEST_LINE:
                self._no(number, f"the line has {len(line)} characters, over {LONGEST_LINE}")
                self._lines[number] = ""
        for start, stop in self._blocks():
            self._block(start, stop)
        prose = [
            line
            for number, line in enumerate(self._lines)
            if line.strip() and number not in self._used and not line.lstrip().startswith("#")
        ]
        return WrittenPage(self._statements, self._unread, prose)

    # Lines to syntax trees

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """The whole program, if it is Python; else each of its statements, of which some may be."""
        if self._parse(0, len(self._lines)) is not None:
            yield 0, len(self._lines)
            return
        start = 0
        while start < len(self._lines):
            stop = _end_of_statement(self._lines, start)
            if _HEADER.match("\n".join(self._lines[start:stop])):
                end = self._end_of_body(start, stop)
                # Of a function whose lines are not all Python those are read that are; a loop is read whole or not.
                if self._parse(start, end) is not None or not re.match(r"\s*(?:def|class|with)\b", self._lines[start]):
                    stop = end
            yield start, stop
            start = stop

    def _end_of_body(self, start: int, stop: int) -> int:
        """Where the lines end that are indented farther than the header before them."""
        margin = _indent(self._lines[start])
        while stop < len(self._lines) and (not self._lines[stop].strip() or _indent(self._lines[stop]) > margin):
            stop += 1
        return stop

    def _parse(self, start: int, stop: int) -> ast.Module | None:
        """The syntax tree of some lines, whose line numbers count from `start`."""
        lines = self._lines[start:stop]
        indents = [
            len(line) - len(line.lstrip()) for line in lines if line.strip() and not line.lstrip().startswith("#")
        ]
        margin = min(indents, default=0)
        bare = [line[margin:] if not line[:margin].strip() else line for line in lines]
        for number, (line, shorter) in enumerate(zip(lines, bare, strict=True), start):
            self._shift[number] = len(line) - len(shorter)
        # `>>> ` of an interactive session is no part of the program.
        return _parsed("\n".join(bare))

    def _block(self, start: int, stop: int) -> None:
        module = self._parse(start, stop)
        text = "\n".join(self._lines[start:stop])
        if module is None:
            if re.match(r"\s*(?:for|while|if|elif|else|try|except|finally)\b", text):
                self._used.update(range(start, stop))
                self._no(start, "its lines are not all Python: mend them, or write them without the loop or condition")
            elif re.search(r"(?<![=!<>])=(?!=)", re.sub(r"#.*", "", text)) and not _HEADER.match(text):
                self._no(start, "this is not Python: of a program only what Python reads is read")
        else:
            self._offset = start
            self._find_helpers(module)
            self._walk(module.body)

    def _line(self, node: ast.AST) -> int:
        return self._offset + getattr(node, "lineno", 1) - 1

    def _place(self, node: ast.AST) -> Place:
        """Where a node stands on the page."""
        number = min(self._line(node), len(self._lines) - 1)
        column = self._column(number, getattr(node, "col_offset", 0))
        return Place(self._first + number, column + 1, self._lines[number])

    def _column(self, number: int, offset: int) -> int:
        """The column of an offset in bytes, as `ast` counts them, in a line as it stands."""
        line = self._lines[number][self._shift[number] :]
        if line.isascii():
            return self._shift[number] + offset
        if number not in self._encoded:
            self._encoded[number] = line.encode()
        return self._shift[number] + len(self._encoded[number][:offset].decode(errors="ignore"))

    def _text(self, node: ast.AST) -> str:
        """What stands there; over several lines, as Python would write it in one."""
        number = self._line(node)
        if getattr(node, "end_lineno", None) is None or number >= len(self._lines):
            return ast.unparse(node)
        if node.end_lineno != node.lineno:  # type: ignore[attr-defined]
            return ast.unparse(node)
        start, end = (self._column(number, offset) for offset in (node.col_offset, node.end_col_offset))  # type: ignore[attr-defined]
        return self._lines[number][start:end]

    def _no(self, number: int, why: str, column: int = 1) -> None:
        self._used.add(number)
        unread = Unread(self._first + number, column, self._lines[number].strip()[:200], why)
        if unread not in self._unread[-1:]:  # in each turn of a loop
            self._unread.append(unread)

    # Functions that the program defines

    def _find_helpers(self, module: ast.Module) -> None:
        """The functions whose calls stand for a formula: those that work out one number or array, and return it."""
        called = {
            node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            for node in ast.walk(module)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        }
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name in called and (helper := _helper(node)):
                self._helpers[node.name] = helper

    # Statements

    def _walk(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            try:
                self._statement(node)
            except UnreadableError as refusal:
                number = refusal.place.line - self._first
                self._used.update(range(self._line(node), self._last_line(node) + 1))
                self._no(number, refusal.why, refusal.place.column)

    def _last_line(self, node: ast.AST) -> int:
        return min(self._offset + (getattr(node, "end_lineno", None) or 1) - 1, len(self._lines) - 1)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(node, target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(node, target, value)
            case ast.AugAssign(target=target, op=op, value=value):
                self._augment(node, target, op, value)
            case ast.Expr(value=ast.Call() as call):
                self._effect(node, call)
            case ast.FunctionDef(name=name) if name in self._helpers:
                self._used.update(range(self._line(node), self._last_line(node) + 1))
            case ast.FunctionDef(body=body) | ast.With(body=body):
                self._walk(body)
            case ast.ClassDef(body=body):
                self._class(body)
            case ast.For():
                self._loop(node)
            case ast.If(test=test, body=body, orelse=[]) if re.search(
                r"needs_input_grad|requires_grad", ast.unparse(test)
            ):
                self._walk(body)
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__")), body=body):
                self._walk(body)
            case ast.Return(value=ast.expr() as value):
                self._returned(node, value)
            case ast.If() | ast.While() | ast.Try() | ast.Match():
                if any(_states(inner) for inner in ast.walk(node)):
                    kind = {ast.If: "a condition", ast.While: "a loop", ast.Try: "try"}.get(type(node), "match")
                    raise self._formulas.refusal(
                        node, f"{kind} is not read: write the lines for the case that was recorded"
                    )

    def _state(
        self, node: ast.stmt, target: ast.expr, value: ast.expr | Tree, sign: str = "=", name: str | None = None
    ) -> None:
        """Add a statement: that a target has a value, or is changed by it."""
        left = self._formulas.name(name, target) if name else self._target(target)
        right = self._formulas.tree(value) if isinstance(value, ast.expr) else value
        if isinstance(left, Name) and isinstance(right, Name) and left.base == right.base and sign == "=":
            return  # W1 = parameters["W1"]
        self._used.update(range(self._line(node), self._last_line(node) + 1))
        texts = (name or self._text(target), self._text(value) if isinstance(value, ast.expr) else "")
        place = self._place(node)
        self._statements.append(
            Statement(place, self._text(node), (left, right), texts, sign, code=True, trivial=False)
        )

    def _target(self, node: ast.expr) -> Tree:
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            return self._formulas.tree(node)
        raise self._formulas.refusal(node, "what is given a value must be a name, or items of one")

    def _assign(self, node: ast.stmt, target: ast.expr, value: ast.expr) -> None:
        if isinstance(value, ast.Lambda):
            self._lambda(node, target, value)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(node, target.elts, value)
        elif isinstance(value, ast.Dict):
            self._dictionary(node, target, value)
        elif not self._passed_over(target, value):
            self._state(node, target, value)

    def _lambda(self, node: ast.stmt, target: ast.expr, value: ast.Lambda) -> None:
        if isinstance(target, ast.Name):
            names, defaults = _parameters(value.args)
            self._helpers[target.id] = Helper(names, value.body, defaults)
            self._used.update(range(self._line(node), self._last_line(node) + 1))

    def _passed_over(self, target: ast.expr, value: ast.expr) -> bool:
        """Whether an assignment states nothing: ``loss = None``, ``y = torch.randn(3)``, ``out = model(x)``."""
        match value:
            case ast.Constant(value=None | str()) | ast.JoinedStr() | ast.Set() | ast.SetComp() | ast.DictComp():
                return True
            case ast.List(elts=[]):
                return True
            case ast.Call():
                if _spelled_as_gradient(target):
                    return False
                called, _ = self._formulas.called(value)
                return not self._known(called) or "random" in ast.unparse(value.func)
        return False

    def _known(self, called: str) -> bool:
        known = (
            functions.SAME
            | functions.COPIES
            | set(functions.ELEMENTWISE)
            | set(functions.PAIRWISE)
            | set(functions.REDUCTIONS)
            | set(functions.OPERATORS)
        )
        others = "maximum minimum where outer clamp clip negative neg square reciprocal rsqrt transpose t zeros_like "
        others += "ones_like diag eye zeros ones range arange one_hot len size reshape view flatten squeeze expand_dims"
        return called in known or called in self._helpers or called in others.split()

    def _unpack(self, node: ast.stmt, targets: Sequence[ast.expr], value: ast.expr) -> None:
        match value:
            case ast.Tuple(elts=values) | ast.List(elts=values) if len(values) == len(targets):
                given: set[str] = set()
                for target, each in zip(targets, values, strict=True):
                    if given & {inner.id for inner in ast.walk(each) if isinstance(inner, ast.Name)}:
                        raise self._formulas.refusal(
                            each, "it uses a name that is given a value in the same line: write two"
                        )
                    if isinstance(target, ast.Name):
                        given.add(target.id)
                for target, each in zip(targets, values, strict=True):
                    self._assign(node, target, each)
            case ast.Attribute(value=array, attr="shape"):
                for axis, target in enumerate(targets):
                    place = self._place(value)
                    size = Call("size", (self._formulas.tree(array), Number(str(axis), place)), place)
                    if not (isinstance(target, ast.Name) and target.id == "_"):
                        self._state(node, target, size)
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return  # of a cache: its names say what they are
            case ast.GeneratorExp() | ast.ListComp() if not any(map(_spelled_as_gradient, targets)):
                return  # (params[key] for key in …)
            case ast.Call() if not any(map(_spelled_as_gradient, targets)):
                return
            case _:
                raise self._formulas.refusal(value, "several values at once are not read: write a line for each")

    def _dictionary(self, node: ast.stmt, target: ast.expr, value: ast.Dict) -> None:
        """``grads = {"dW1": X.T @ dZ1}``: what is more than a name is a statement."""
        for key, each in zip(value.keys, value.values, strict=True):
            if isinstance(each, ast.Name | ast.Attribute | ast.Constant) or not isinstance(key, ast.Constant):
                continue
            item = ast.copy_location(ast.Subscript(target, key, ast.Store()), key)
            if name := self._formulas.kept(item):
                self._state(node, key, each, name=name)

    def _augment(self, node: ast.AugAssign, target: ast.expr, op: ast.operator, value: ast.expr) -> None:
        if type(op) in _AUGMENTED:
            self._state(node, target, value, _AUGMENTED[type(op)])
            return
        if isinstance(op, ast.Pow | ast.MatMult):
            whole = ast.copy_location(ast.BinOp(target, op, value), value)
            self._state(node, target, self._formulas.tree(whole))
            return
        raise self._formulas.refusal(node, "only += -= *= /= **= and @= are read")

    def _effect(self, node: ast.Expr, call: ast.Call) -> None:
        """A call that stands alone: ``w.sub_(lr * w.grad)`` changes w; most state nothing."""
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if any(keyword.arg == "out" for keyword in call.keywords):
            raise self._formulas.refusal(node, "out= is not read: write the result on the left of =")
        if not isinstance(call.func, ast.Attribute):
            return
        target = call.func.value
        if called == "zero_" and isinstance(target, ast.Attribute) and target.attr == "grad":
            return  # for the step after this one
        if called in functions.IN_PLACE:
            self._change(node, call, called, target)
        elif called == "at" or (called.endswith("_") and not called.startswith("_") and called != "requires_grad_"):
            raise self._formulas.refusal(node, f"{called} is not read: write an assignment")

    def _change(self, node: ast.Expr, call: ast.Call, called: str, target: ast.expr) -> None:
        place = self._place(node)
        sign, name = functions.IN_PLACE[called], self._text(target)
        left = self._target(target)
        if called == "zero_" or (called == "fill_" and call.args):
            ones = Call("ones_like" if called == "fill_" else "zeros_like", (left,), place)
            right: Tree = Product((self._formulas.tree(call.args[0]), ones), "*", place) if call.args else ones
        elif len(call.args) == 1:
            right = self._formulas.tree(call.args[0])
            for keyword in call.keywords:
                if keyword.arg == "alpha":  # w.add_(dw, alpha=-lr)
                    right = Product((self._formulas.tree(keyword.value), right), "*", place)
        else:
            raise self._formulas.refusal(node, f"{called} is read with one argument: write an assignment")
        self._used.update(range(self._line(node), self._last_line(node) + 1))
        texts = (name, self._text(call.args[0]) if call.args else "0")
        self._statements.append(
            Statement(place, self._text(node), (left, right), texts, sign, code=True, trivial=False)
        )

    def _class(self, body: Iterable[ast.stmt]) -> None:
        """A class; what its ``backward(ctx, grad_output)`` returns are gradients by what its forward takes."""
        body = list(body)
        forward = next((one for one in body if isinstance(one, ast.FunctionDef) and one.name == "forward"), None)
        inputs = [argument.arg for argument in forward.args.args if argument.arg not in HOLDERS] if forward else []
        for one in body:
            if isinstance(one, ast.FunctionDef) and one.name == "backward" and inputs:
                *steps, last = one.body or [ast.Pass()]
                self._walk(steps)
                self._walk([_as_gradients(last, inputs)])
            elif isinstance(one, ast.FunctionDef):
                self._walk([step for step in one.body if not isinstance(step, ast.Return)])
            else:
                self._walk([one])

    def _returned(self, node: ast.Return, value: ast.expr) -> None:
        parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
        if isinstance(value, ast.Dict):
            self._dictionary(node, ast.copy_location(ast.Name("grads"), value), value)
            return
        plain = (ast.Name, ast.Attribute, ast.Constant, ast.Subscript, ast.Starred, ast.Dict)
        for part in parts:
            if not isinstance(part, plain):
                raise self._formulas.refusal(part, "what is returned has no name: write it as dx = ..., and return dx")

    def _loop(self, node: ast.For) -> None:
        """A loop over a few things is written out; of one whose variable does nothing, one step is meant."""
        body = node.body
        if not any(_states(inner) for one in body for inner in ast.walk(one)):
            return
        turns = self._turns(node)
        variables = {inner.id for inner in ast.walk(node.target) if isinstance(inner, ast.Name)}
        if turns is None:
            used = {
                inner.id
                for one in body
                if not isinstance(one, ast.If | ast.Expr)
                for inner in ast.walk(one)
                if isinstance(inner, ast.Name)
            }
            if variables & used:
                raise self._formulas.refusal(
                    node, "a loop is not read: write its lines with arrays, or once for each turn"
                )
            self._walk(body)
            return
        self._turns_left -= len(turns)
        if self._turns_left < 0:
            raise self._formulas.refusal(node, "these loops have too many turns to write out: use arrays")
        outer = self._formulas.bound
        for turn in turns:
            self._formulas.bound = outer | {name: self._formulas.bind(value) for name, value in turn.items()}
            self._walk(body)
        self._formulas.bound = outer

    def _turns(self, node: ast.For) -> list[Mapping[str, ast.expr]] | None:
        """What the variables of a loop are in each of its turns, if the program tells: ``for p, dp in [(W, dW)]``."""
        match node.iter:
            case ast.Call(func=ast.Name(id="zip"), args=lists) if all(
                isinstance(one, ast.List | ast.Tuple) for one in lists
            ):
                rows = [ast.Tuple(list(row)) for row in zip(*(one.elts for one in lists), strict=False)]  # type: ignore[attr-defined]
                things: list[ast.expr] = [ast.copy_location(row, node.iter) for row in rows]
            case ast.List(elts=things) | ast.Tuple(elts=things):
                pass
            case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(count))]) if count <= _MOST_TURNS:
                things = [ast.copy_location(ast.Constant(k, kind="turn"), node.iter) for k in range(count)]
            case _:
                return None
        if not 0 < len(things) <= _MOST_TURNS:
            return None
        targets = node.target.elts if isinstance(node.target, ast.Tuple | ast.List) else [node.target]
        found: list[Mapping[str, ast.expr]] = []
        for thing in things:
            values = thing.elts if len(targets) > 1 and isinstance(thing, ast.Tuple | ast.List) else [thing]
            if len(values) != len(targets) or not all(isinstance(target, ast.Name) for target in targets):
                return None
            found.append({target.id: value for target, value in zip(targets, values, strict=True)})  # type: ignore[attr-defined]
        return found


def _states(node: ast.AST) -> bool:
    """Whether a piece of syntax states something about numbers."""
    match node:
        case ast.Assign(value=ast.Constant(value=None | str()) | ast.JoinedStr() | ast.Dict()):
            return False
        case ast.Assign(targets=[ast.Attribute(attr="grad")], value=ast.Constant()):
            return False  # p.grad = 0, before a step
        case ast.Assign() | ast.AugAssign():
            return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        return node.value.func.attr in functions.IN_PLACE
    return False


def _spelled_as_gradient(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name):
            return _GRADIENT.fullmatch(name) is not None
        case ast.Attribute(value=base, attr=name):
            return name == "grad" or _GRADIENT.fullmatch(name) is not None or _spelled_as_gradient(base)
        case ast.Subscript(value=base, slice=ast.Constant(value=str(key))):
            return _GRADIENT.fullmatch(key) is not None or "grad" in ast.unparse(base)
        case ast.Subscript(value=base):
            return _spelled_as_gradient(base)
    return False


def _parameters(arguments: ast.arguments) -> tuple[list[str], dict[str, ast.expr]]:
    names = [argument.arg for argument in arguments.args]
    defaults = dict(zip(names[len(names) - len(arguments.defaults) :], arguments.defaults, strict=True))
    return names, defaults


def _helper(node: ast.FunctionDef) -> Helper | None:
    """A function as the formula that it returns, if it works it out in a straight line."""
    steps: list[tuple[str, ast.expr]] = []
    for one in node.body:
        match one:
            case ast.Expr(value=ast.Constant(value=str())):
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                steps.append((name, value))
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Tuple | ast.Dict):
                if one is not node.body[-1]:
                    return None
                names, defaults = _parameters(node.args)
                names = [name for name in names if name not in HOLDERS]
                return Helper(names, value, defaults, steps)
            case _:
                return None
    return None


def _as_gradients(node: ast.stmt, inputs: Sequence[str]) -> ast.stmt:
    """``return a*g, b*g`` as ``grad_x, grad_y = a*g, b*g``."""
    if not isinstance(node, ast.Return) or node.value is None:
        return node
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    pairs = [
        (ast.Name(f"grad_{name}", ast.Store()), value)
        for name, value in zip(inputs, values, strict=False)
        if not isinstance(value, ast.Constant)
        and not (isinstance(value, ast.Name) and _GRADIENT.fullmatch(value.id) and value.id.endswith(name))
    ]
    if not pairs:
        return ast.copy_location(ast.Pass(), node)
    targets, kept = zip(*pairs, strict=True)
    for target, value in pairs:
        ast.copy_location(target, value)
    left: ast.expr = ast.copy_location(ast.Tuple([*targets], ast.Store()), node)
    right: ast.expr = ast.copy_location(ast.Tuple([*kept], ast.Load()), node.value)
    return ast.copy_location(ast.Assign([left], right), node)


__all__ = ["is_code", "program_length", "read_code", "read_program"]
