"""What is tested: an endpoint, how it is spoken to, and what holds on it.

`model` is a target as frozen data, `load` reads it from options and target files, `options` opens the one that options
name, and `consent` says where requests may go. `file_secrets` keeps what such a file says of secrets from being shown.
`credential_sources` says where credentials come from that are in no variable, `credential_library` fetches them, and
`renewal` renews them while a run lasts. `states` makes the calls of provider states; `ledger`
remembers what a run has created on a shared account.
"""
