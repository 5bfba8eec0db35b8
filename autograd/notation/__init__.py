"""The notations of a hand derivation: a page of text, LaTeX or code becomes the claims that the judge knows.

The modules in the order in which to read them:

- `syntax`: the one tree that every notation is read into.
"""
