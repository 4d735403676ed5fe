"""Less usual ways to state a limit, one module per language, `en` and `zh`; they are tried after the usual ones.

`ranges` has what both state of ranges with more than two numbers, and `patterns` reads a regular expression that a page
prints.
"""
