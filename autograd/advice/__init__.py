"""What is written out of the habits of other libraries, and the error that says how it is written here.

`names_elsewhere` has the tables: what micrograd, PyTorch and HIPS autograd call things. Classes answer with them for
attributes, operators and keywords that they lack (`advised`), packages for names and modules (`missing_names`). NumPy's
functions are those of the table where it has them (`ufuncs`). `mixed_folder` warns where HIPS autograd lies in the same
folder.

What is missing stays missing: ``hasattr`` is False. A `Value` has no ``__getattr__``: with one, Python 3.11 takes
longer over each attribute that there is, and a fifth longer over a whole `backward`.
"""
