"""The suite tested on the reference server, with one fault at a time.

`matrix` says which cases catch which of the faults that have a name, `generated` tries those that are made of the
documents of every operation; `tally` has their figures. Both use a `bench`, where cases and server share a process, and
the first over HTTP what a bench cannot show. `servers` has what is served, `ranking` which cases are run first, and
`processes` spreads the work.
"""
