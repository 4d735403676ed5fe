"""Two contracts compared, fact by fact.

`contract_comparison` compares one operation in two documents: `agreement`, `row_agreement` and `conditional_agreement`
decide about each fact, with `unit_conversion`; `compared_fact` is the result. `overview` compares two collections of
contracts, in which `pairing` finds what is of one operation and `causes` groups what is found alike in many operations,
`revisions` a contract with its document of today.
`levels` says how much a finding matters, `baseline` which findings are accepted, `witness` what a third document says.
`merging` makes one contract of two sources of one document. The forms: `comparison_text`, `overview_text`, and `sarif`
for which `repository_places` says where a finding is shown.
"""
