"""Which answers the documents allow for a request, and what their refusals mean.

`oracle` answers for any request: `parameters` says what it carries, `breaches` which promises that breaks,
`conditional_breaches` which it may break, and `fitting_codes` which documented codes fit.
"""
