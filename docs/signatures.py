"""Write what editors and type checkers read of the package: ``python docs/signatures.py`` after a change of the table.

An operation is an object, which shows an editor neither its arguments nor its docstring. In the stub
``autograd/__init__.pyi`` each is a function that has both; the rest of the package is imported there as it is.
"""

import ast
import inspect
from pathlib import Path

import autograd
from autograd import Operation

STUB = Path(autograd.__file__).with_suffix(".pyi")
NUMBER = "Value | Real"


def forms(name: str, operation: Operation) -> list[tuple[str, str]]:
    """The arguments and the result of each way of calling it. An editor goes on with the first one that has as many
    arguments: there the result is a Value."""
    if operation.condition or name == "where":
        condition = "condition: Value, " * (name == "where")
        return [(f"{condition}a: {NUMBER}, b: {NUMBER}", "Condition" if operation.condition else "Value")]
    if name in ("sum", "dot"):
        lists = ["values"] if name == "sum" else ["weights", "inputs"]
        last = "start" if name == "sum" else "bias"
        of = ((entry, single) for entry, single in (("Value", NUMBER), ("Real", "Real"), (NUMBER, NUMBER)))
        shown = [
            ", ".join([*(f"{each}: Iterable[{entry}]" for each in lists), f"{last}: {single} = 0"])
            for entry, single in of
        ]
        return list(zip(shown, ("Value", "float", "Value"), strict=True))
    shown_live = inspect.signature(operation)
    if operation.arity is None or "*" in str(shown_live):
        of_each = (("Value", "Value"), ("Real", "float"), (NUMBER, "Value"))
        return [
            (form.format(entry), result)
            for entry, result in of_each
            for form in ("values: Iterable[{}], /", "*values: {}")
        ]
    names = [*shown_live.parameters]
    found = []
    for at in range(len(names)):
        types = [NUMBER] * at + ["Value"] + [NUMBER] * (len(names) - at - 1)
        found.append((", ".join(f"{name}: {kind}" for name, kind in zip(names, types, strict=True)), "Value"))
    return [*found, (", ".join(f"{name}: Real" for name in names), "float")]


def function(name: str, operation: Operation) -> str:
    """An operation as a function with its overloads and its docstring."""
    ways = forms(name, operation)
    overload = "@overload\n" if len(ways) > 1 else ""
    written = []
    for arguments, result in ways:
        ignored = "  # type: ignore[overload-overlap]" if result == "float" and (arguments, result) != ways[-1] else ""
        head = f"{overload}def {name}({arguments}) -> {result}:{ignored}"
        written.append(f'{head}\n    """{operation.__doc__}"""')
    return "\n".join(written)


def stub() -> str:
    """The text of the stub."""
    package = ast.parse(Path(autograd.__file__).read_text(encoding="utf-8"))
    imports = []
    for node in ast.walk(package):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [alias.name for alias in node.names if alias.name in autograd.__all__]
            names = [name for name in names if not isinstance(getattr(autograd, name), Operation)]
            imports += [f"from {node.module} import {', '.join(names)}"] if names else []
    operations = {name: getattr(autograd, name) for name in autograd.__all__}
    functions = [function(name, thing) for name, thing in operations.items() if isinstance(thing, Operation)]
    return "\n".join(
        [
            '"""Written by docs/signatures.py."""',
            "",
            "from collections.abc import Iterable",
            "from typing import overload",
            "",
            *sorted([*imports, "from autograd.untyped import Real"]),
            "",
            "__version__: str",
            f"__all__ = {autograd.__all__}",
            "",
            *functions,
            "",
        ]
    )


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
    print(f"{STUB}: {len(stub().splitlines())} lines")
