"""Property tests: requests made from the contracts, by the thousand, and what the answers must have in common.

`fuzz_run` is one run, `fuzz_outcome` what it found, `fuzz_session` the parts of one operation, `run_context` what these
are about, with the `operation_data` of the operation's `fuzz.yaml` and the `traits` that behaviours declare.
`generation` makes single requests, `sequences` several that belong together, `sender` sends and judges them by what
`oracle` allows, and `findings` collects the failures. Under pytest: `conftest` and `test_properties`.
"""
