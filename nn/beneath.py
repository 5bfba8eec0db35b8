"""Which `autograd` is beneath `nn`: another library has the same import name."""

import autograd

if not hasattr(autograd, "Value"):
    found = getattr(autograd, "__file__", None) or "a folder without its __init__.py"
    raise ImportError(
        f"nn needs the autograd of scalar-autograd, and finds another one ({found}): HIPS autograd has the same import "
        "name, and one environment holds only one of the two. To have this one here, run "
        "`pip uninstall -y autograd scalar-autograd`, and install scalar-autograd again, as by `pip install .` in a "
        "clone; to have both, see its README, under Install. A notebook that has imported the other one keeps it "
        "until its kernel is restarted",
        name="autograd",
    )
