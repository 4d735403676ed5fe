"""Stubs of mock servers without state: the success of an operation and every row of its table of errors.

`stub_set` says which answers there are and which requests get each; `wiremock`, `mockserver` and `mockoon` write them
for one server each; `registry` has them by name.
"""
