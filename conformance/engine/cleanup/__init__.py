"""What a run creates on an account that outlives it, and how that is deleted again.

`cleaner` notes and deletes what one case creates, `leftovers` finds and deletes by the data of an operation.
`sweep` does so for what a ledger says is still there. `patience` is how long all that is tried.
"""
