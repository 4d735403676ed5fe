"""The suite tested on the reference server, with one fault at a time.

`matrix` says which cases catch which of the faults that have a name, over HTTP. `generated` tries those that are made
of the documents of every operation on a `bench`, where cases and server share a process; `tally` has the figures.
`processes` spreads the work.
"""
