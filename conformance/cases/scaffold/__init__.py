"""Case files for an operation that has none, from its contracts.

`skeletons` writes them: `error_rows` has a case for every row, `natural` one for a situation that a row
names, and `rules` makes two of a stated rule, with `titles` in words, which expect the `candidates` among the rows;
`rule_sides` says how both are sent.
`examples` chooses the value of each parameter, `requests` and `values` keep all rules;
`structures` puts values into the lists and objects that they belong to. `situations` says what holds for one request
where documents state things on a condition. `writing` makes text of it.
"""
