"""Operations that no behaviour describes in full: what they do is read from their contracts, and from their names.

`later` loads the rest when it is needed; `catalogue` finds the plan of an operation when it is first called. `words` is
the table of what names mean, `outline` what of a contract shows which resource an operation is about, `inference` finds
the resources, and `kinds` is one kind of resource. `rows` tells what an error row is about, `refusals` makes checks of
a contract. `shapes` builds answers, `scope` says what stands in their fields, `listing` chooses and pages, `kept` is
what a call asks to be kept, and `carrying_out` does it.
"""
