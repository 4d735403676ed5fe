"""Single faults of the reference server, which the suite must catch, and conforming variants, which it must not.

`catalogue` reads them from `behaviours/`. Each is a mutation of the server's plan (`mutations`), of one of the `kinds`
or `answer_kinds`; `edits` change texts, `bodies` the fields of an answer, `oddities` bytes and headers.
"""
