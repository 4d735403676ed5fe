"""From an answer to a verdict. Pure.

`judge` holds an answer against the promises of a document, `envelope` against what every answer has, `denials` knows
the answers that say nothing about a case; `differences` compares bodies, `inner_fields` looks at what a document shows
inside them, `field_types` at types, and `findings` is what all of them yield.
`other_wordings` knows the answers that two documents have in two wordings.
`verdicts` and `results` are the outcome of a case, `expected_failures` and `divergence` what is made of outcomes over a
run. `causes` groups what differs in the same way (`cause_kinship`: which is a part of which; `cause_titles`: what they
are called), at the places of `answer_places`, with the help of `texts`.
`report_entries` and `exchange_entries` are their forms in a report.
"""
