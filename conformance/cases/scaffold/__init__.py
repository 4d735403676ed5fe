"""Case files for an operation that has none, from its contracts.

`skeletons` writes them, of the two cases that `rules` makes of a stated rule, with `requests` and `values` that keep
all others; `structures` puts values into the lists and objects that they belong to. `situations` says what holds for
one request where documents state things on a condition.
"""
