"""Redaction: no secret, token or signature in anything that is written or shown, however it was encoded.

`views` decodes a text in every way that a server may have encoded a secret, and knows where each character came from.
`needles` has what is looked for in each view. `redactor` replaces what was found, `run_secrets` knows the secrets of a
whole run, earlier signatures included.
"""

from conformance.core.redaction.redactor import REMOVED, Redactor, secrets_of
from conformance.core.redaction.run_secrets import RunSecrets

__all__ = ["REMOVED", "Redactor", "RunSecrets", "secrets_of"]
