"""Case files, from YAML to frozen cases, and what each document promises for them.

`model` is a case. `choosing` finds operations and files, `select` cases, `load` reads a file: `raw` is the shape that
its schema lets through, `case_reader` reads one case, `substitution` and `expand` make its values, `check` finds what a
schema cannot, `shared` keeps equal parts once. A file is read against a `suite`: contracts, `bases` (valid requests)
and the `state_catalogue`. `compiled` keeps what was read in the cache, in the form of `stored`. `promises` says which
answers a contract allows, `promised_fields` which fields a success has, `disagreements` where the documents differ,
`coverage` what of them the cases reach. `sdk` has the cases for SDKs, and `scaffold` writes skeletons of cases.
`meanings` is what names and error rows mean.
"""
