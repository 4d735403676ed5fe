"""Redaction: no secret, token or signature in anything that is written or shown, however it was encoded.

`views` decodes a text in every way that a server may have encoded a secret, and knows where each character came from.
`needles` has what is looked for in each view. `redactor` replaces what was found, `run_secrets` knows the secrets of a
whole run, and `recent_signatures` the `signatures` of its requests, of which `shared_signatures` tells other processes.
`named_secrets` are those of a file that was written elsewhere.
"""

from conformance.core.redaction.named_secrets import named_secrets
from conformance.core.redaction.recent_signatures import RECENT, RecentSignatures
from conformance.core.redaction.redactor import REMOVED, Redactor, secrets_of
from conformance.core.redaction.run_secrets import RunSecrets, has_known_secret, known_secrets, remember
from conformance.core.redaction.shared_signatures import SharedFile

__all__ = [
    "RECENT",
    "REMOVED",
    "RecentSignatures",
    "Redactor",
    "RunSecrets",
    "SharedFile",
    "has_known_secret",
    "known_secrets",
    "named_secrets",
    "remember",
    "secrets_of",
]
