"""A few calls before the cases: what is to be known of a target, so that it is said once and not by each case.

`checks` asks, with `witnesses`: cases that show a state or a resource. `apartness` asks whether accounts are kept
apart, `steadiness` whether equal requests have equal answers, `served` which operations there are. `inquiry` makes the
single calls. `findings` is what they found, and what follows for the cases.
"""
