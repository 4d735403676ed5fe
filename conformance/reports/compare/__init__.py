"""Several reports side by side: targets, releases or days as columns.

`columns` says what each report is of and how it is told from the others; `column_notes` what makes them unequal.
`change` says of anything that fared in one way in each column whether it got worse. `side_by_side` is the comparison,
of which `compared_causes` and `compared_rows` make the causes and the error rows; `compare_sentences` says it in
sentences, `compare_forms` in the terminal, as Markdown and as JSON, `compare_page` as a page.
"""
