"""One RPC call: the `request` as it travels, its `signing`, the fields of its `answer` and the `bounds` of those.

`bounded_tree` holds XML to the bounds. `retry_after` reads how long an answer asks to wait before the next.
`sequence_commands` gives the command lines of a sequence what the answers before them have. `call_forms` describes the
protocol's own parameters for other tools.
"""
