"""One RPC call: the `request` as it travels, its `signing`, the fields of its `answer`."""
