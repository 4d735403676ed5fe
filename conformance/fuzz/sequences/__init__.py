"""Requests that belong together: metamorphic relations, sequences of create, describe and delete.

`equivalence`, `refusals` and `unknown_parameters` are relations of two requests. `lifecycle` makes sequences, by the
rules of `state_machine` over a small `lifecycle_model`.
"""
