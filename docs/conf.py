"""How Sphinx builds the site: see build.py, which writes what it reads."""

import autograd

project = "scalar-autograd"
author = "the authors of scalar-autograd"
release = autograd.__version__
extensions = ["myst_nb", "sphinx.ext.mathjax"]
html_theme = "furo"
html_title = f"scalar-autograd {release}"
html_show_copyright = False
exclude_patterns = ["_build"]
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
nb_execution_mode = "off"  # tests run the notebooks; build.py --run-notebooks shows what they print
nb_execution_timeout = 300
nb_merge_streams = True
nitpicky = True
python_use_unqualified_type_names = True
suppress_warnings = ["misc.highlighting_failure"]  # a report is no code, and stands in a block of it
