"""Every documented parameter of an operation through an SDK, each once: whether it is sent as the documents name it.

`full_request` makes the requests, of what the documents have and the SDK's model can carry; `wire_judge` holds what
arrived against the documents; `wire_run` has the driver send them, answers in the server's place, and gives results.
"""
