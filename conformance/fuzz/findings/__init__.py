"""What a run finds: failures grouped by their cause and made small, how far its requests reach, and case files.

`collector` has the results of a run, `failures` are those of the server, `minimise` makes one small, `case_files`
writes them as cases, `reach` counts codes, parameters and constraints.
"""
