"""Web pages for people: one file each, which loads nothing and is whole without its script.

`shell` has what all pages share: the templates, the sentences in every language, the style and the script. `filters`
are how templates show values, `wording` says in sentences how a run ended. `error_rows` and `timing` are two of the
tables of a run, `case_choice` decides which of its cases are shown in full, and `facets` are what they are filtered by.
"""
