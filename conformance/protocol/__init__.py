"""One RPC call: the request as it travels, its signature, the fields of its answer."""
