"""Requests that belong together: metamorphic relations, and sequences of what behaviours declare.

`equivalence`, `refusals` and `unknown_parameters` are relations of two requests. `lifecycle` has the
sequences of an operation: those of a creation by the rules of `state_machine` over a small `lifecycle_model`, and of
`repeated_calls`; those of changes and deletions (`changed_fields`), those of lists (`listed_pages`). `shown_values` is
what of a request is shown afterwards, `taken` what is said of what is there already.
"""
