"""Single faults of the reference server, which the suite must catch, and conforming variants, which it must not.

`catalogue` reads them from `behaviours/`. Each is a mutation of the server's plan (`mutations`), of one of the `kinds`
or `answer_kinds`. `edits` change texts, `bodies` the fields of an answer, `oddities` bytes and headers.

`generated` makes those of every operation from its documents; `one_operation` keeps a mutation to one operation.
`any_fault` finds one by its name, wherever it comes from.
"""
