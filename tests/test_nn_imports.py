"""What `import nn` brings: its public names, and no heavy package until one is needed."""

import subprocess
import sys

import nn

HEAVY = {"numpy", "safetensors", "sympy", "mpmath", "graphviz", "jax", "tqdm", "matplotlib"}


def test_importing_the_networks_loads_no_heavy_package():
    program = "import sys, nn; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(done.stdout.split())


def test_every_public_name_is_there_and_has_a_docstring():
    assert all(getattr(nn, name).__doc__ for name in nn.__all__)
