"""HIPS autograd has the same import name: what becomes of two packages in one folder, in each order of installing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd

ROOT = Path(autograd.__file__).parent.parent
HIPS = {
    "__init__.py": "from .differential_operators import grad\n__version__ = '1.9.1'\n",
    "differential_operators.py": "def grad(fun, argnum=0): ...\n",
    "wrap_util.py": "",
    "tracer.py": "",
    "numpy/__init__.py": "",
}
"""What matters of the files of HIPS autograd 1.9.1."""


def install_hips(site):
    for name, text in HIPS.items():
        path = site / "autograd" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def install_ours(site):
    for package in ("autograd", "nn"):
        shutil.copytree(
            ROOT / package, site / package, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )


def uninstall_hips(site):
    for name in HIPS:
        (site / "autograd" / name).unlink()


def run(program, *path):
    return subprocess.run(
        [sys.executable, "-S", "-c", program],  # without what is installed, which may be this package
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
        cwd=path[0],
    )


def test_where_this_package_was_installed_last_it_works_and_warns_of_the_mixed_folder(tmp_path):
    install_hips(tmp_path)
    install_ours(tmp_path)
    done = run("import nn; from autograd import Value; print(Value(2.0))", tmp_path)
    assert (done.returncode, done.stdout) == (0, "Value(data=2.0, grad=None)\n")
    assert "RuntimeWarning" in done.stderr
    assert "pip uninstall -y autograd scalar-autograd" in done.stderr
    assert done.stderr.count("RuntimeWarning") == 1


def test_where_theirs_was_installed_last_importing_nn_says_what_to_run(tmp_path):
    install_ours(tmp_path)
    install_hips(tmp_path)
    done = run("import nn", tmp_path)
    assert done.returncode == 1
    assert "ImportError: nn needs the autograd of scalar-autograd" in done.stderr
    assert "pip uninstall -y autograd scalar-autograd" in done.stderr
    assert str(tmp_path / "autograd" / "__init__.py") in done.stderr


def test_where_theirs_was_taken_away_again_importing_nn_says_what_to_run(tmp_path):
    install_hips(tmp_path)
    install_ours(tmp_path)
    uninstall_hips(tmp_path)
    done = run("import nn", tmp_path)
    assert done.returncode == 1
    assert "pip uninstall -y autograd scalar-autograd" in done.stderr


def test_where_theirs_comes_first_on_the_path_importing_nn_says_what_to_run(tmp_path):
    install_hips(tmp_path / "hips")
    install_ours(tmp_path / "ours")
    done = run("import nn", tmp_path / "hips", tmp_path / "ours")
    assert done.returncode == 1
    assert "pip uninstall -y autograd scalar-autograd" in done.stderr


def test_where_theirs_is_already_imported_importing_nn_says_to_restart_the_kernel(tmp_path):
    install_hips(tmp_path / "hips")
    install_ours(tmp_path / "ours")
    program = f"import autograd, sys; sys.path.insert(0, {str(tmp_path / 'ours')!r}); import nn"
    done = run(program, tmp_path / "hips")
    assert done.returncode == 1
    assert "until its kernel is restarted" in done.stderr


def test_in_a_folder_of_its_own_that_comes_first_this_package_works_without_a_warning(tmp_path):
    install_hips(tmp_path / "hips")
    install_ours(tmp_path / "ours")
    done = run("import nn; print(nn.MLP(2, [1]))", tmp_path / "ours", tmp_path / "hips")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("MLP(2 -> 1 linear")


@pytest.mark.slow
def test_so_it_is_with_the_library_itself(tmp_path):
    installed = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", installed, "autograd==1.9.1"]
    if subprocess.run(pip, capture_output=True, check=False).returncode:
        pytest.skip("HIPS autograd could not be had")
    shutil.copytree(installed, tmp_path / "theirs last")
    install_ours(tmp_path / "theirs last")
    shutil.copytree(installed, tmp_path / "theirs last", dirs_exist_ok=True)
    assert "nn needs the autograd" in run("import nn", tmp_path / "theirs last").stderr
    install_ours(installed)
    assert "RuntimeWarning" in run("import nn", installed).stderr
