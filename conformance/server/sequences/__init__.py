"""Sequences of requests that show what operations do with a resource, as cases for a workspace to start from.

`shown` is how a resource is looked at afterwards. `written` makes the cases of each operation, by what it does: `lists`
those of operations that list, `creations`, `changes` and `attachments` those of operations that create, change, delete,
attach or detach. `requests` has their valid requests, `values` what these send that is shown, `steps` what cases have
alike. Nothing is promised that names and contracts do not show, and every case is `inferred`.
"""
