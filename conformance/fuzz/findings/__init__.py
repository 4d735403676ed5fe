"""What a run finds: failures grouped by their cause and made small, how far its requests reach, and case files.

`collector` has the results of a run, `failures` are those of the server, `minimise` makes one small, `case_files`
writes them as cases, `supported` says on which line of a document each rests, by the `step_rule` of a sequence, and
`contract_places` where that line is in a contract's file. `reach` counts codes, parameters and constraints.
"""
