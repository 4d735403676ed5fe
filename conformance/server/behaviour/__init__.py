"""What a resource does beyond its contracts: the files of `behaviours/`, read and checked.

`definition` is the behaviour of a resource, `conditions` are tests of a call, `parts` reads values with their types.
"""
