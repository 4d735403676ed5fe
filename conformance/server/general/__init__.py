"""Operations that no behaviour describes in full: what they do is read from their contracts, and from their names.

`later` loads the rest when it is needed; `catalogue` finds the plan of an operation when it is first called, from
contracts (`kept_contracts`) and from the kinds of resources that there are. `refusals` makes checks of a contract,
`resource_checks` those of the resources of an account. `carrying_out` does what a call asks for: `identity` tells which
resources it names, `listing` chooses and pages, `kept` is what it asks to be kept, `links` what is attached to what;
`stored_changes` changes what a behaviour has in full. `shapes` builds answers, `scope` says what is in their fields.
"""
