"""From the description of a parameter, a table of errors or a page's notes to facts.

`description` takes one row through its passes: `segments` cuts it, `prose`, `lists` and `literals` read the
segments, `special_values` moves bounds out to what is beside a range, `schema_facts` what a layout has cells for,
`stated` collects what they state; `context` is what all of them
know of the row. `folding` makes parameters with folded paths from the rows, with the help of `shared_parameters`.
`error_codes` reads the tables of errors, classified by `error_classes`, `behaviour` reads how an asynchronous operation
ends, and `answers` what a page shows of the answer.
`conditional` reads what a sentence promises on a condition, as `promises`, and `resolving` makes facts of them, once
all parameters are known. `value_forms` says in which form a value is written, and `carried` what is stated of each
thing inside it.
"""
