"""A warning where the files of HIPS autograd, which has the same import name, lie in the folder of this package."""

import warnings
from os.path import dirname, isfile, join


def warn_of_another(initial: str) -> None:
    """Warn if beside the file, the ``__init__.py`` of the package, there are files of the other library."""
    folder = dirname(initial)
    if isfile(join(folder, "wrap_util.py")) and isfile(join(folder, "numpy", "__init__.py")):
        warnings.warn(
            f"{folder} holds files of HIPS autograd, too, which has the same import name: scalar-autograd came last, "
            "and HIPS autograd is broken here. Run `pip uninstall -y autograd scalar-autograd`, and install one "
            "of them again, in this environment; to have both, see the README of scalar-autograd, under Install",
            RuntimeWarning,
            stacklevel=3,
        )
