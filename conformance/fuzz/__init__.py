"""Property tests: requests made from the contracts, by the thousand, and what the answers must have in common.

`fuzz_run` is one run, `fuzz_limits` how long it goes on, `fuzz_outcome` what it found, `fuzz_session` the parts of one
operation, `run_context` what these are about, with the `operation_data` of the operation's `fuzz.yaml` and the `traits`
that behaviours declare; `family` has the operations of the same resource.
`generation` makes single requests, `sequences` several that belong together, `sender` sends and judges them by what
`oracle` allows, and `findings` collects the failures. Under pytest: `conftest` and `test_properties`.
"""
