"""One RPC call: the `request` as it travels, its `signing`, the fields of its `answer` and the `bounds` of those.

`retry_after` reads how long an answer asks to wait before the next.
"""
