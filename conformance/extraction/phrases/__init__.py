"""What documents promise in prose, as tables of phrases: one module per language, `en` and `zh`.

`table` is the shape of a phrase and of such a table, `registry` has the table of each language, `units` the names of
units, `conditions` the words of each language for what holds on a condition only, `quantities` the less usual ways to
state a limit, `encodings` the words for the form of a value, `characters` the names of characters.
"""
