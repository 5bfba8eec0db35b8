"""The pages of the reference: one for each public name, from its docstring."""

import ast
import inspect
import re
import textwrap
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import pairwise

import operations

import autograd
import nn
from autograd import Operation

PACKAGES = {"autograd": autograd, "nn": nn}
SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Yields):$")
ITEM = re.compile(r"^    (\w[\w, *.]*): (.*)$")


def pages() -> Iterator[tuple[str, str]]:
    """Each page with its path below the reference."""
    for package, module in PACKAGES.items():
        for name in module.__all__:
            thing = getattr(module, name)
            if not isinstance(thing, Operation):
                yield f"{package}/{name}.md", page(package, name, thing)
    for name in operations.names():
        yield f"operations/{name}.md", operations.page(name)


def page(package: str, name: str, thing: object) -> str:
    """The page of a class, a function or a constant in Markdown."""
    path = f"{package}.{name}"
    if not callable(thing):
        told = "What mistakes are called, by the names that `check_derivation` gives them:\n\n"
        listed = "\n".join(f"- {each}" for each in thing)  # type: ignore[attr-defined]
        return f"# {name}\n\n{_directive('data', path, _linked(told) + listed)}\n"
    own = dir(thing) if inspect.isclass(thing) else ()
    kind = "class" if inspect.isclass(thing) else "function"
    parts = [f"# {name}", _directive(kind, path + _arguments(thing), markdown(thing.__doc__, own))]
    parts += _members(path, thing) if inspect.isclass(thing) else ()
    return "\n\n".join(parts) + "\n"


def _members(path: str, thing: type) -> Iterator[str]:
    """What a class has of its own and of its bases here: attributes, properties and methods with a docstring."""
    attributes = _attributes(thing)
    for name, told in attributes.items():
        yield _directive("attribute", f"{path}.{name}", markdown(told, dir(thing)))
    for name, found in inspect.getmembers_static(thing):
        if (name.startswith("_") and name != "__call__") or name in attributes or not _is_ours(thing, name):
            continue
        # Without a docstring, ``__call__`` would get that of `object`, which says nothing.
        told = markdown(found.__doc__ if name == "__call__" else inspect.getdoc(found), dir(thing))
        if isinstance(found, property | cached_property):
            yield _directive("property", f"{path}.{name}", told)
        elif callable(found) and told:
            yield _directive("method", f"{path}.{name}{_arguments(found)}", told)


def _attributes(thing: type) -> dict[str, str]:
    """The attributes of a class, and of its bases, under which a docstring stands."""
    found: dict[str, str] = {}
    for base in thing.__mro__:
        if base.__module__.split(".")[0] not in PACKAGES:
            continue
        [definition] = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        for node, below in pairwise(definition.body):  # type: ignore[attr-defined]
            if isinstance(node, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(node.target, ast.Name):
                told = ast.literal_eval(below.value) if isinstance(below.value, ast.Constant) else ""
                found.setdefault(node.target.id, told)
    return {name: told for name, told in found.items() if not name.startswith("_")}


def _is_ours(thing: type, member: str) -> bool:
    """Whether a class of the project defines it; not what it says of names that it lacks."""
    owner = next(base for base in thing.__mro__ if member in vars(base))
    return owner.__module__.split(".")[0] in PACKAGES and type(vars(owner)[member]).__name__ not in (
        "Absent",
        "AbsentSlot",
    )


def _arguments(thing: object) -> str:
    """Its arguments as they are written, without the address of anything."""
    try:
        signature = inspect.signature(thing)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values() if p.name != "self"]
    shown = str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))
    shown = re.sub(r"Operation\('(\w+)'\)", r"\1", shown)
    return re.sub(r"<[^>]*>", "...", shown)


def _directive(kind: str, signature: str, body: str) -> str:
    return f"``````{{py:{kind}}} {signature}\n\n{body}\n``````"


def markdown(docstring: str | None, own: Collection[str] = ()) -> str:
    """A docstring as Markdown: sections as lists, examples as code, public names as links but for its `own`."""
    lines, found, section = inspect.cleandoc(docstring or "").splitlines(), [], False
    example: list[str] = []
    for line in [*lines, ""]:
        if line.lstrip().startswith((">>>", "...")) or (example and line.strip()):
            example.append(line)
            continue
        if example:
            found += ["```pycon", *example, "```"]
            example = []
        if SECTION.match(line):
            found += ["", f"**{line[:-1]}**", ""]
            section = True
        elif section and (item := ITEM.match(line)):
            found.append(f"- `{item[1]}`: {item[2]}")
        elif section and line.startswith("    "):
            found.append(("  " if line.startswith("        ") else "") + line.strip())
        else:
            section = section and not line
            found.append(line)
    return _linked("\n".join(found), own)


def _linked(text: str, own: Collection[str] = ()) -> str:
    """With links at the public names that stand in backticks, outside of examples."""

    def link(found: re.Match[str]) -> str:
        name = found[1]
        if name in own:
            return found[0]
        if name in operations.names():
            return f"[`{name}`](/reference/operations/{name}.md)"
        package = next((package for package, module in PACKAGES.items() if name in module.__all__), None)
        return found[0] if package is None else f"[`{name}`](/reference/{package}/{name}.md)"

    parts = re.split(r"(```[\s\S]*?```)", text)
    return "".join(part if part.startswith("```") else re.sub(r"(?<![`\w])`(\w+)`(?!`)", link, part) for part in parts)


def index() -> str:
    """The first page of the reference."""
    listed = {
        package: [name for name in module.__all__ if not isinstance(getattr(module, name), Operation)]
        for package, module in PACKAGES.items()
    }
    listed = {"autograd": listed["autograd"], "operations": operations.names(), "nn": listed["nn"]}
    parts = ["# Reference\n\nEvery public name. The operations have a page each, with their edges and a picture."]
    for folder, names in listed.items():
        module = PACKAGES.get(folder, autograd)
        entries = "\n".join(f"- [{name}]({folder}/{name}.md): {_first(getattr(module, name))}" for name in names)
        parts.append(f"## {folder}\n\n{entries}")
        parts.append(f"```{{toctree}}\n:caption: {folder}\n:hidden:\n:glob:\n\n{folder}/*\n```")
    return "\n\n".join(parts) + "\n"


def _first(thing: object) -> str:
    """The first sentence of its docstring."""
    if not callable(thing):
        return "what mistakes are called."
    line = " ".join(inspect.cleandoc(thing.__doc__ or "").split("\n\n")[0].split())
    return re.split(r"(?<=[.:])\s", line)[0].rstrip(":")
