"""Property tests: requests made from the contracts, by the thousand, and what the answers must have in common.

`fuzz_run` is one run, `fuzz_session` its parts, `run_context` what the run is about, with the `operation_data` of the
operation's `fuzz.yaml`. `generation` makes single requests, `sequences` several that belong together, `sender` sends
and judges them by what `oracle` allows, and `findings` collects the failures. Under pytest: `conftest` and
`test_properties`.
"""
