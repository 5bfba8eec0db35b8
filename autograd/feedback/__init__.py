"""The report of a derivation to look at: rows in colours, formulas typeset, the difference marked, a legend.

The modules in the order in which to read them: `mathematics` (formulas as MathML, which browsers draw by themselves),
`verdict_words` (what each word of a verdict means), `path_picture` (the path that a line kept, and the one that it left
out), `feedback_page` (the table, and the file with it, whose styles are `feedback.css` and `document.css`).
"""
