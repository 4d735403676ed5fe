"""What every other package may use.

`errors` has the faults of the harness and of its input, `failures` the words for what this machine refuses and for a
bug. `exchange` is one request with its answer, `jsontypes` types for JSON data. `yamlfile` loads and validates the YAML
that people write (`yamlloader` parses it, `schemas` say what is wrong in it), `yamlparts` reads its values with their
types, `yamlwriter` writes YAML. `wording` has words of messages, such as the name that was meant.
`cache` keeps results between runs, `columns` is the encoding of what it keeps. `redaction` removes secrets from what
is shown, and `child_environment` from what children get, `terminal` removes what would steer a terminal.
`termination` has SIGTERM do what Ctrl-C does, and `early_signals` has both end at once what has not begun. `resources`
finds the data that travels with the package, and `workspace` the root of the user's own. `option_sources` says where a
value of an option is from. `sarif_log` has the parts of a SARIF log, and `sentences` are what people read, in their
language. `lazy_patterns` has patterns compiled when they are first used.
"""
