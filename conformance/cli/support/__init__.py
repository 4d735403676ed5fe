"""What several commands share.

`target_options` are the options that name a target, `plain_options` reads options without pydantic, and
`option_defaults` has what they are when nobody gives them. `reader` decides in which language people are spoken to,
and `spoken_help` has the help and usage errors in other languages than English.
`plan_template` makes the plan of a run, `driver_options` finds the driver that it goes through. `documents` reads
the documents in files and folders; `file_places` says what their places say of them, and `source_groups` which of them
make one contract; `scaffolding` makes the files of a workspace of many.
`diffs` and `sdk_model` read what `conformance diff` and `conformance drivers` are given.
`forecast` says what a run would do without a request. `last_run` knows what failed before, `watched` looks
at the results of a run as they come, and `run_output` prints them. `watch` has what runs again at each
change. `contract_exports` writes contracts for other tools, `text_output` a text to where `-o` says.
`selftest_output` prints what a suite made of faults.
`standard_streams` makes standard output and error usable in any case, and writes the faults of a command.
"""
