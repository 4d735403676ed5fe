"""One RPC call: the `request` as it travels, its `signing`, the fields of its `answer`.

`retry_after` reads how long an answer asks to wait before the next.
"""
