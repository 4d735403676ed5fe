"""Documents to facts: `read` takes the bytes of a page and returns its contract.

`intake` finds the language and the operation of a text, `identity` the product and the version of its API. A reader in
`layouts` cuts it into a `page`, with `rows` for tables and `headings` for the words that mark sections and columns;
`row_names` tells what is a name there. `facts` turns rows and prose into facts, by the `phrases` of the language, on
text that `plain_text` has normalised.
"""
