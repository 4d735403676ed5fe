"""The reference server: answers operations as their documents and `behaviours/` say, with a single fault if asked to.

`process` starts it as a child process, and `target` does so for commands without an endpoint. Inside: `network` and
`app` listen, `request` reads a call, `service` answers it. What it answers is decided by a `server_plan`, which `build`
makes from `options`: the contract that it follows (`documents`), the `behaviour` of its resources, the refusals in
their order (`checks`), its `operations` and their `execution`, with a `faults` mutation on top. What no behaviour
describes is served by `general`, which knows the `resources` of a product; `sequences` are cases that show what they
do. An `attempt` is one call while it is
decided; `store` keeps resources, `provider_states` is the call that sets states and `start_states` the file of
those that hold at the start, `answers` is the form of an answer.
"""
