"""The notations of a hand derivation: a page of text, LaTeX or code becomes the claims that the judge knows.

A page goes through three stages, and none of them evaluates anything as Python:

1. Text to trees. `syntax` is the one tree that every notation is read into. `letters`, `regions`, `symbols`, `words`,
   `other_words` and `rows` find the formulas on a page, `claim_reader` the claims in them, with `page_memory` of the
   rows before, `clause_finder` and `words_beside` for what is said about them; `joined_names` makes one name of
   log₂ or tan⁻¹; `symbol_cursor`, `scripted_names`, `differentials`, `sum_parser`,
   `function_parser`, `command_parser` and `formula_parser` read them; `clauses` reads "for all i", and
   `case_headings` finds "Case y = 0" and "(y = 1)"; `displays`, `tables` and `pages` sort it all
   into statements, what is not read, and prose. `code_lines` finds programs on it; of these `programs`, with `loops`,
   `program_text`, `given_names`, `checks_in_programs`, `shelves`, `program_functions`, `python_formulas`,
   `python_calls` and `array_functions`, makes the same trees.
2. Trees to claims. `spelling`, `lookup` and `numbered_layers` tell what a name is, `indices` which letters are
   indices and how far they run, `reach_of_sums` which of them a Σ binds, `sizes_of_lists` what counts the items of a
   list, `matrices` how arrays of formulas fit together. `elaboration` turns a tree into formulas, and sends each kind
   to its room: `named`, `functions_of_nodes`, `slopes`, `second_derivatives`, `sums`, `logic`, `list_items`,
   `functions`, `named_derivatives`, `array_calls`, `arrays_together`, `chains` of
   ∂J/∂z ∂z/∂W, and `item_by_item`, of ∂a/∂z = a ⊙ (1 − a).
3. A page of claims. `statement_reader` writes a statement out, an entry at a time; `by_layers` one that holds for
   every layer, `labelled_sums` a Σ over names, `function_identities` a lemma about a function, `other_ways` the
   readings that come second, `misfits` those of lines whose shapes do not fit, `new_values` a step from w_t to
   w_{t+1}, `total_differentials` dz = x dw. `assignments`, with `runs` and `changed_arrays`, `conventions` and
   `lost_names` know what the lines of a page have to do with each other; `reading` goes through the page, with
   `page_lines` as its result; `writing` tells how a line was read, and `orientation` which way round a matrix is.

And back: `right_lines` writes what is right as the page would, with the letters of `lettered_formulas`.

Why a line is not read is worded where it is refused:

- what a bullet, a number, a frame, a row or a language of markup leaves unclear: `pages`, `displays`, `rows`
- signs and commands that have no meaning, brackets that are never closed, words of Python: `symbols`, `symbol_cursor`
- words beside a claim that may belong to it, or deny it: `words_beside`, `claim_reader`
- where a claim holds, "for i = 1, …, n": `clauses`, `clause_finder`
- how names, derivatives, sums, functions and formulas are written: `scripted_names`, `differentials`, `sum_parser`,
  `function_parser`, `command_parser`, `formula_parser`
- what of Python is read: `programs`, `python_formulas`, `python_calls`
- names that lead nowhere, or to two things: `lookup`, `named`, `indices`, `list_items`
- what functions, cases and calls of arrays may be given: `functions`, `named_derivatives`, `array_calls`,
  `arrays_together`, `logic`
- what is differentiated, and by what, and at which point: `slopes`, `second_derivatives`,
  `functions_of_nodes`, `total_differentials`
- how far a sum reaches, and how many formulas a line comes to: `reach_of_sums`, `sums`, `elaboration`
- shapes that do not fit, which is a wrong line: `matrices`
- what is open in a line as a whole, in its entries, or in the lines of a program: `reading`, `other_ways`,
  `statement_reader`, `assignments`, `changed_arrays`
"""
