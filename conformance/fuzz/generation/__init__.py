"""Requests at and around every limit of a contract.

`request_stream` is every request of a run: from `boundaries` of facts, with `nested_values` for what is inside
another value, from `optional_parameters`, and from Schemathesis (`schemathesis_adapter`, on a `pinned_description`).
Each is a `generated_request`; `case_builder` makes a case of it.
"""
