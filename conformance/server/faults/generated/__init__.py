"""Faults of every operation, made of what its documents state and of what it does with a resource.

`rules` breaks what is stated about parameters, `rows` the table of errors, `answers` the fields of an answer and
`inner_answers` those inside them, `resources` what is created, shown, changed and deleted. Each yields flaws (`fault`);
`catalogue` gives them names.
"""
