"""Backward passes as programs: text of Python becomes statements, read by `ast.parse` and a whitelist, and never run.

A program may be a few lines, a function, a class with ``forward`` and ``backward``, or a training loop of which one
step is meant. Its assignments are what it states. What states nothing about numbers (imports, prints, the unpacking of
a cache) is passed over; what does, and cannot be read, is `Unread`, and the rest is read all the same.
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from autograd.derivation.tokens import LONGEST_LINE
from autograd.notation import array_functions as functions
from autograd.notation.checks_in_programs import compared_in
from autograd.notation.code_lines import HEADER
from autograd.notation.given_names import (
    HOLDERS,
    differentiated_by,
    is_no_formula,
    names_given_in,
    names_used_in,
    spelled_as_gradient,
    states_something,
)
from autograd.notation.loops import Counts
from autograd.notation.program_functions import as_gradients, helper_of, parameters_of
from autograd.notation.program_text import ProgramText
from autograd.notation.python_calls import UnreadableError, is_read
from autograd.notation.python_formulas import Helper, PythonFormulas
from autograd.notation.shelves import Shelves
from autograd.notation.spelling import other_case
from autograd.notation.syntax import (
    RETURNED,
    Call,
    Listed,
    Name,
    Number,
    Product,
    Statement,
    Tree,
    Unread,
    WrittenPage,
)
from autograd.untyped import Anything

_AUGMENTED = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/="}
_MOST_TURNS_IN_ALL = 1000


def read_program(lines: Sequence[str], first: int = 1) -> "list[Statement | Unread]":
    """The statements of a program, and what of it cannot be read, in order.

    >>> found = read_program(["dZ2 = A2 - Y; dW2 = np.dot(dZ2, A1.T) / m  # the last layer", "print(dW2)"])
    >>> [statement.texts for statement in found]
    [('dZ2', 'A2 - Y'), ('dW2', 'np.dot(dZ2, A1.T) / m')]
    """
    page = read_code(lines, first)
    found: list[Statement | Unread] = [*page.statements, *page.unread]
    return sorted(found, key=lambda one: one.number if isinstance(one, Unread) else one.place.line)


def read_code(
    lines: Sequence[str],
    first: int = 1,
    known: Callable[[str], bool] = lambda name: True,
    sizes: Mapping[str, Anything] = {},
) -> WrittenPage:
    """A program as a page: its statements, what of it cannot be read, and the lines that are passed over.

    Args:
        lines: the program.
        first: the number of its first line.
        known: whether a node, or a list of nodes, has this name: dW is a gradient if one is called W.
        sizes: the whole numbers among the nodes, and the lengths of lists, for loops over them.
    """
    return _Program(lines, first, known, sizes).page()


class _Program:
    """One program, while it is read."""

    def __init__(
        self, lines: Sequence[str], first: int, known: Callable[[str], bool], sizes: Mapping[str, Anything]
    ) -> None:
        self._source, self._first, self._known_node = ProgramText(lines, first), first, known
        self._counts = Counts(sizes)
        self._shelves = Shelves(self._counts, known, lambda name: name in self._formulas.bound)
        self._packed: dict[str, list[ast.expr]] = {}
        """What a name holds that is unpacked later: ``cache = (x, w, b)``."""
        self._statements: list[Statement] = []
        self._unread: list[Unread] = []
        self._used: set[int] = set()
        self._helpers: dict[str, Helper] = {}
        self._turns_left = _MOST_TURNS_IN_ALL
        self._function = ""
        """The function whose lines are read."""
        text = "\n".join(lines)
        torch = True if re.search(r"\btorch\b|\bF\.\w|keepdim=|\bdim=", text) else None
        if re.search(r"\bnp\.|\bnumpy\b|axis=|keepdims=", text):
            torch = False if torch is None else None
        self._formulas = PythonFormulas(
            self._source.place, self._source.text, self._helpers, torch, self._counts, self._shelved
        )

    def _shelved(self, node: ast.Subscript) -> Tree | None:
        return self._shelves.item(node, self._source.place(node), self._formulas.tree)

    def page(self) -> WrittenPage:
        """All of it, read."""
        for number, line in enumerate(self._source.lines):
            if len(line) > LONGEST_LINE:
                self._no(number, f"the line has {len(line)} characters, over {LONGEST_LINE}")
                self._source.lines[number] = ""
        for start, stop in self._source.blocks():
            self._block(start, stop)
        prose = [
            line
            for number, line in enumerate(self._source.lines)
            if line.strip() and number not in self._used and not line.lstrip().startswith("#")
        ]
        return WrittenPage(self._statements, self._unread, prose)

    def _block(self, start: int, stop: int) -> None:
        module = self._source.parse(start, stop)
        text = "\n".join(self._source.lines[start:stop])
        if module is None:
            if re.match(r"\s*(?:for|while|if|elif|else|try|except|finally)\b", text):
                self._used.update(range(start, stop))
                self._no(start, "its lines are not all Python: mend them, or write them without the loop or condition")
            elif re.search(r"(?<![=!<>])=(?!=)", re.sub(r"#.*", "", text)) and not HEADER.match(text):
                self._no(start, "this is not Python: of a program only what Python reads is read")
        else:
            self._source.offset = start
            self._module = module
            self._find_helpers(module)
            self._walk(module.body)

    def _no(self, number: int, why: str, column: int = 1, node: ast.stmt | None = None) -> None:
        self._used.add(number)
        gives, uses = (tuple(dict.fromkeys(names(node))) if node else () for names in (names_given_in, names_used_in))
        unread = Unread(self._first + number, column, self._source.lines[number].strip()[:200], why, gives, uses)
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
            if isinstance(node, ast.FunctionDef) and node.name in called and (helper := helper_of(node)):
                self._helpers[node.name] = helper

    # Statements

    def _walk(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            try:
                self._statement(node)
            except UnreadableError as refusal:
                number = refusal.place.line - self._first
                self._used.update(range(self._source.number(node), self._source.last(node) + 1))
                self._no(number, refusal.why, refusal.place.column, node)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(node, target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(node, target, value)
            case ast.AugAssign(target=target, op=op, value=value):
                self._augment(node, target, op, value)
            case ast.Assert() | ast.Expr(value=ast.Call() | ast.Compare()) if compared := [*compared_in(node)]:
                self._checks(node, compared)
            case ast.Expr(value=ast.Call() as call):
                self._effect(node, call)
            case ast.Expr(value=ast.Compare(left=ast.Name(), ops=[ast.Lt(), *_])) if "<-" in self._source.text(node):
                raise self._formulas.refusal(node, "<- is no sign of Python: write =")
            case ast.Expr(value=ast.NamedExpr(target=target, value=value)):
                self._assign(node, target, value)
            case ast.FunctionDef(name=name) if name in self._helpers:
                self._used.update(range(self._source.number(node), self._source.last(node) + 1))
            case ast.FunctionDef(name=name, body=body):
                outer, self._function = self._function, name
                self._walk(body)
                self._function = outer
            case ast.With(body=body):
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
            case ast.If(test=test, body=body, orelse=other) if (truth := self._counts.truth(test)) is not None:
                self._walk(body if truth else other)
            case ast.Return(value=ast.expr() as value):
                self._returned(node, value)
            case ast.If() | ast.While() | ast.Try() | ast.Match():
                if any(states_something(inner) for inner in ast.walk(node)):
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
        given = self._source.text(value) if isinstance(value, ast.expr) else RETURNED
        self._add(node, (left, right), (name or self._source.text(target), given), sign)

    def _add(self, node: ast.stmt, parts: tuple[Tree, Tree], texts: tuple[str, str], sign: str) -> None:
        self._used.update(range(self._source.number(node), self._source.last(node) + 1))
        place, text = self._source.place(node), self._source.text(node)
        self._statements.append(
            Statement(place, text, parts, texts, sign, code=True, function=self._function, trivial=False)
        )

    def _target(self, node: ast.expr) -> Tree:
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            return self._formulas.tree(node)
        raise self._formulas.refusal(node, "what is given a value must be a name, or items of one")

    def _assign(self, node: ast.stmt, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            self._unpack(node, target.elts, value)
        elif is_no_formula(value) and self._is_gradient(target):
            self._no_formula(node, target, value)
        elif isinstance(target, ast.Name) and self._shelf(node, target, value):
            return
        elif isinstance(value, ast.Lambda):
            self._lambda(node, target, value)
        elif isinstance(value, ast.Dict):
            self._dictionary(node, target, value)
        elif isinstance(value, ast.Call) and ast.unparse(value.func) == "dict" and value.keywords and not value.args:
            keys = [ast.copy_location(ast.Constant(each.arg), each.value) for each in value.keywords]
            written = ast.Dict([*keys], [each.value for each in value.keywords])
            self._dictionary(node, target, ast.copy_location(written, value))
        elif isinstance(target, ast.Subscript) and self._shelves.is_before_the_first(target):
            self._shelves.before_first[ast.unparse(target.value)] = value
        elif isinstance(value, ast.Tuple) and isinstance(target, ast.Name) and not self._is_gradient(target):
            self._packed[target.id] = value.elts
        elif not self._passed_over(target, value):
            self._counts.learn(target, value)
            self._state(node, target, value)

    def _shelf(self, node: ast.stmt, target: ast.Name, value: ast.expr) -> bool:
        """Read a list whose items are arrays, item by item; False if it is none."""
        items = self._shelves.made_by(target, value)
        outer = self._formulas.bound
        for item, formula, turn in items or ():
            self._formulas.bound = outer | {name: self._formulas.bind(each) for name, each in turn.items()}
            self._state(node, item, formula)
        self._formulas.bound = outer
        return items is not None

    def _no_formula(self, node: ast.stmt, target: ast.expr, value: ast.expr) -> None:
        """Refuse a gradient that is given a text, a function and the like; None or [] may be there to be replaced."""
        empty = ast.unparse(value) in ("None", "[]", "{}")
        if ast.unparse(value) == "None":
            return  # w.grad = None, before a step; dx = None, where an exercise leaves it open
        if not (empty and self._is_given_later(node, target)):
            what = ast.unparse(target)
            raise self._formulas.refusal(value, f"{what} is a gradient, and this is no formula for it: write one")

    def _is_given_later(self, node: ast.stmt, target: ast.expr) -> bool:
        """Whether another line gives the name a value, or some of its items one."""
        wanted = ast.unparse(target)
        for other in ast.walk(self._module):
            match other:
                case ast.Assign(targets=targets):
                    given = [each for one in targets for each in (getattr(one, "elts", None) or [one])]
                case ast.AugAssign(target=one) | ast.AnnAssign(target=one):
                    given = [one]
                case ast.Call(func=ast.Attribute(value=one, attr="append" | "insert")):
                    given = [one]
                case _:
                    continue
            texts = [ast.unparse(each).partition("[")[0] for each in given]
            if other is not node and wanted.partition("[")[0] in texts:
                return True
        return False

    def _is_gradient(self, target: ast.expr) -> bool:
        """Whether what is given a value is spelled as a gradient of something that is known."""
        if not spelled_as_gradient(target):
            return False
        while isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Constant):
            target = target.value
        name = target.id if isinstance(target, ast.Name) else ""
        return not name or any(
            self._known_node(of) or self._known_node(other_case(of)) for of in differentiated_by(name)
        )

    def _lambda(self, node: ast.stmt, target: ast.expr, value: ast.Lambda) -> None:
        if isinstance(target, ast.Name):
            names, defaults = parameters_of(value.args)
            self._helpers[target.id] = Helper(names, value.body, defaults)
            self._used.update(range(self._source.number(node), self._source.last(node) + 1))

    def _passed_over(self, target: ast.expr, value: ast.expr) -> bool:
        """Whether an assignment states nothing: ``loss = None``, ``y = torch.randn(3)``, ``out = model(x)``."""
        match value:
            case ast.Constant(value=None | str()) | ast.JoinedStr() | ast.Set() | ast.SetComp() | ast.DictComp():
                return True
            case ast.List(elts=[]):
                return True
            case ast.Call():
                if self._is_gradient(target):
                    return False
                return not self._is_of_known(value) or "random" in ast.unparse(value.func)
        return False

    def _is_of_arrays(self, call: ast.Call, arguments: Sequence[ast.expr]) -> bool:
        """Whether a call is one of NumPy or PyTorch on nodes: ``A = np.tril(S)`` says something, read or not."""
        root = ast.unparse(call.func).partition(".")[0]
        names = {each.id for one in arguments for each in ast.walk(one) if isinstance(each, ast.Name)}
        return (
            root in functions.MODULES - {"nn"} and "." in ast.unparse(call.func) and any(map(self._known_node, names))
        )

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
                    place = self._source.place(value)
                    size = Call("size", (self._formulas.tree(array), Number(str(axis), place)), place)
                    if not (isinstance(target, ast.Name) and target.id == "_"):
                        self._state(node, target, size)
            case ast.Call() if self._unpack_returned(node, targets, value):
                return
            case ast.Name(id=name) if len(self._packed.get(name, ())) == len(targets):
                for target, each in zip(targets, self._packed[name], strict=True):
                    if ast.unparse(target) not in ("_", ast.unparse(each)):
                        self._assign(node, target, each)
            case _ if any(map(self._is_gradient, targets)):
                raise self._formulas.refusal(value, "several values at once are not read: write a line for each")
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return  # of a cache: its names say what they are
            case ast.GeneratorExp() | ast.ListComp() | ast.Call():
                return  # (params[key] for key in …)
            case _:
                raise self._formulas.refusal(value, "several values at once are not read: write a line for each")

    def _unpack_returned(self, node: ast.stmt, targets: Sequence[ast.expr], call: ast.Call) -> bool:
        """Read ``dA, dW = linear_backward(dZ, A, W)``, if the program defines the function by formulas."""
        called, _ = self._formulas.called(call)
        helper = self._helpers.get(called)
        if helper is None or not isinstance(helper.value, ast.Tuple) or len(helper.value.elts) != len(targets):
            return False
        returned = self._formulas.tree(call)
        assert isinstance(returned, Listed)
        for target, each in zip(targets, returned.items, strict=True):
            if not (isinstance(target, ast.Name) and target.id == "_"):
                self._state(node, target, each)
        return True

    def _dictionary(self, node: ast.stmt, target: ast.expr, value: ast.Dict) -> None:
        """``grads = {"dW1": X.T @ dZ1}``: what is more than a name is a statement."""
        for key, each in zip(value.keys, value.values, strict=True):
            if isinstance(each, ast.Name | ast.Attribute | ast.Constant) or key is None:
                continue
            item = ast.copy_location(ast.Subscript(target, key, ast.Store()), key)
            if name := self._formulas.kept(item):
                self._state(node, key, each, name=name)

    def _checks(self, node: ast.stmt, compared: Iterable[tuple[ast.expr, ast.expr, bool]]) -> None:
        """Read what is said to be equal; a number or a name that the program does not work out says nothing here."""
        worked_out = {each.parts[0].base for each in self._statements if isinstance(each.parts[0], Name)}
        for gradient, formula, equal in compared:
            match formula:
                case ast.Name(id=name) if name not in worked_out and not self._known_node(name):
                    continue
                case ast.Attribute() | ast.Constant(value=None | str()):
                    continue
                case ast.Call() if not self._is_of_known(formula):
                    continue
            if not self._is_gradient(gradient):
                continue
            if not equal:
                raise self._formulas.refusal(node, "that things differ is no claim: write what the gradient is, with =")
            if isinstance(gradient, ast.Subscript) and not worked_out.isdisjoint(names_used_in(gradient)):
                what = self._source.text(gradient)  # As an assignment it would be the next step of dz, and no check.
                raise self._formulas.refusal(node, f"of {what} alone no check is read: write one for the whole array")
            self._state(node, gradient, formula)

    def _is_of_known(self, call: ast.Call) -> bool:
        """Whether a call is one that is read, or of NumPy or PyTorch on nodes, and not ``numeric(f, W)``."""
        called, arguments = self._formulas.called(call)
        return is_read(called) or called in self._helpers or self._is_of_arrays(call, arguments)

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
        elif called in ("append", "insert", "fill", "extend") and (
            self._is_gradient(target) or re.fullmatch(r"(?:\w+_)?(?:grads?|gradients)", ast.unparse(target))
        ):
            raise self._formulas.refusal(
                node, f"{called} is not read: write an assignment, as in {self._source.text(target)}[0] = …"
            )
        elif ast.unparse(call.func) in ("np.copyto", "numpy.copyto") and len(call.args) == 2:
            self._state(node, call.args[0], call.args[1])
        elif ast.unparse(call.func) == "np.add.at" and len(call.args) == 3:
            item = ast.copy_location(ast.Subscript(call.args[0], call.args[1], ast.Store()), call)
            self._state(node, item, call.args[2], "+= at")
        elif called == "at" or (called.endswith("_") and not called.startswith("_") and called != "requires_grad_"):
            raise self._formulas.refusal(node, f"{called} is not read: write an assignment")

    def _change(self, node: ast.Expr, call: ast.Call, called: str, target: ast.expr) -> None:
        place = self._source.place(node)
        sign, name = functions.IN_PLACE[called], self._source.text(target)
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
        texts = (name, self._source.text(call.args[0]) if call.args else "0")
        self._add(node, (left, right), texts, sign)

    def _class(self, body: Iterable[ast.stmt]) -> None:
        """A class; what its ``backward(ctx, grad_output)`` returns are gradients by what its forward takes."""
        body = list(body)
        forward = next((one for one in body if isinstance(one, ast.FunctionDef) and one.name == "forward"), None)
        inputs = [argument.arg for argument in forward.args.args if argument.arg not in HOLDERS] if forward else []
        for one in body:
            if isinstance(one, ast.FunctionDef) and one.name == "backward" and inputs:
                *steps, last = one.body or [ast.Pass()]
                self._walk(steps)
                self._walk([as_gradients(last, inputs)])
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
        if not any(states_something(inner) for one in body for inner in ast.walk(one)):
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
            with self._counts.turn(turn):
                self._walk(body)
        self._formulas.bound = outer

    def _turns(self, node: ast.For) -> list[Mapping[str, ast.expr]] | None:
        """What the variables of a loop are in each of its turns, if the program tells: ``for p, dp in [(W, dW)]``."""
        things = self._counts.items(node.iter)
        if not things:
            return None
        found: list[Mapping[str, ast.expr]] = []
        for thing in things:
            values = self._counts.unpacked(node.target, thing)
            if values is None:
                return None
            found.append(values)
        return found
