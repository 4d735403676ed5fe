"""Sending a request again that a server refused for now, such as a throttled one.

`asked` is what waits for room to be sent. `attempts` sends until the server takes it, with the waits of `backoff` and
the gaps of `spacing`. `held_states` takes provider states back; `step_context` is what a step of a case needs to know.
"""
