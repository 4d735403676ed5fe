"""Two reports compared, to gate a release.

`gate` is the comparison: `comparable` says whether two reports can be compared, `selection` takes the cases of some
operations, `case_changes` and `caller_changes` say what changed in one case, `unsent` what was not sent in it,
`consequences` which change follows from which, `difference` is one change, `allow` the file of accepted ones,
`allow_entry` an entry for it, `output` the forms of the result and `gate_page` its page.
"""
