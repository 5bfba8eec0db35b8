"""Write the reference from the docstrings: ``python docs/reference.py site/reference``."""

import sys
from pathlib import Path

import pdoc
from pdoc import doc, render

import autograd
import nn
from autograd import Operation

for name in autograd.__all__:  # what is imported when it is asked for is there by then
    setattr(autograd, name, getattr(autograd, name))


def module(package: object) -> doc.Module:
    """A package with what it exports. An Operation is documented by its own docstring, as the function that it is."""
    found = doc.Module(package)
    for member in found.members.values():
        if isinstance(operation := getattr(package, member.name), Operation):
            member.docstring = operation.__doc__
    return found


def main(folder: Path) -> None:
    """Write a page for each package, an index and what the search needs."""
    modules = {package.__name__: module(package) for package in (autograd, nn)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, found in modules.items():
        (folder / f"{name}.html").write_text(render.html_module(found, modules), encoding="utf-8")
    (folder / "index.html").write_text(render.html_index(modules), encoding="utf-8")
    (folder / "search.js").write_text(render.search_index(modules), encoding="utf-8")
    print(f"{len(modules)} pages in {folder}")


if __name__ == "__main__":
    print(f"pdoc {pdoc.__version__}")
    main(Path(sys.argv[1]))
