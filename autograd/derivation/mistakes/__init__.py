"""Why a line is wrong: the last of the judge's four steps, which is asked of wrong lines alone.

- `diagnosis`: which of the explanations below gives just what a line claims; `wrong_lines` has the wrong lines before
  it, since it may follow from one.
- `classic_mistakes`: paths lost or counted twice, a sign, an activation's derivative, another weight, transposed
  indices. They are made of the contributions that `sums_over_paths` has, which has words for paths, too.
- `slips`: the derivative computed anew with a slip at one node. `updates`: weights that were already updated.
- `repairs`, `repairs_in_places`: where nothing known explains a line, what would have to stand in it, and where, among
  the `quantities` that the page and the graph name.
- `mistakes_in_arrays`: the same for gradients that are given as whole arrays.

The names of all of them are in `autograd.derivation.kinds_of_mistake`.
"""
