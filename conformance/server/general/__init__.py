"""Operations that no behaviour describes in full: what they do is read from their contracts, and from their names.

`later` loads the rest when it is needed; `catalogue` finds the plan of an operation when it is first called.
`outline` is what of a contract shows which resource an operation is about, `inference` finds the resources, and
`kinds` is one kind of resource. `refusals` makes checks of a contract. `shapes` builds answers, `scope` says what
stands in their fields, `listing` chooses and pages, `kept` is what a call asks to be kept, and `carrying_out` does
it.
"""
