"""What a resource does beyond its contracts: the files of `behaviours/`, read and checked.

`choice` finds the one that has some operations, the workspace's before the project's. `definition` is the behaviour
of a resource, `conditions` are tests of a call, `parts` reads a file by its schema.
"""
