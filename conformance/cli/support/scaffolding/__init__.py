"""From many documents to the files of a workspace.

`operations` finds out which operations documents are about: `reading` reads each, with what became of it, and `choice`
takes one page of each operation and language. `building` makes the files of one operation, `sequences` those of cases
that call several, and `writing` puts all files into their places or none. `told` says what was left out and refused,
and `summary` what was written. `processes` has all cores work where there is much to do, `new_workspace` is the file of
a workspace, and `target_defaults` that of the values of targets.
"""
