"""How documents say that a value is JSON or a list with commas: one module per language, `en` and `zh`.

`form_words` is the shape of such a table.
"""
