"""nn imports autograd and never the other way; what is heavy is loaded where it is used."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn

HEAVY = {"numpy", "sympy", "mpmath", "graphviz", "jax", "tqdm", "matplotlib"}


def imported(package):
    """Each file of a package with the top-level packages that it imports anywhere, in functions too."""
    for path in sorted(Path(package.__file__).parent.rglob("*.py")):
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path.name} has a relative import"
                names.add(node.module.split(".")[0])
        yield path.name, names


def test_nn_imports_autograd():
    assert any("autograd" in names for _, names in imported(nn))


def test_autograd_never_imports_nn():
    assert [name for name, names in imported(autograd) if "nn" in names] == []


@pytest.mark.parametrize("package", ["nn", "autograd"])
def test_importing_a_package_loads_nothing_heavy(package):
    program = f"import sys, {package}; print(*sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert HEAVY.intersection(modules) == set()


def test_every_public_name_is_there_and_has_a_docstring():
    for name in nn.__all__:
        assert getattr(nn, name).__doc__
