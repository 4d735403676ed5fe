"""What goes wrong here, and is no fault of a target, in words.

`system_failures` has what the operating system refuses, `own_failures` the message about a bug, `uncaught` what Python
prints of one.
"""
