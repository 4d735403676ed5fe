"""A few calls before the cases: what is to be known of a target, so that it is said once and not by each case.

`checks` makes the calls, with `witnesses`: cases that show a state or a resource. `served` asks which operations there
are. `findings` is what they found, and what follows for the cases.
"""
