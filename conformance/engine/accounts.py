"""The accounts that the cases of a run have: the target's own, those of its profiles, and made-up ones."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from conformance.core.exchange import Credentials

if TYPE_CHECKING:
    from conformance.cases.model import Case
    from conformance.target.model import Target

_GENERATED_SECRET = "conformance-generated-secret"  # noqa: S105 - of accounts that exist only in a test server


class Accounts:
    """Gives each case its account. A case keeps the AccessKey with which it begins: states are set for its id.

    Args:
        target: The target.
        run_id: The id of the run.

    Attributes:
        run_id: The same; a process that goes on with a share of a run takes another.
    """

    def __init__(self, target: Target, run_id: str) -> None:
        self._target = target
        self.run_id = run_id

    def of_case(self, case: Case) -> Credentials:
        """Return the AccessKey of a case: of a profile under which its states hold, else its account's."""
        for state in case.given:
            profile = self._target.way(state.name).profile
            if profile is not None:
                return self._target.profiles[profile].current()
        return self.own(case.id)

    def own(self, purpose: str) -> Credentials:
        """Return the target's AccessKey, or one that no other case of any run has."""
        if self._target.credentials is not None:
            return self._target.credentials.current()
        account = blake2b(f"{self.run_id}/{purpose}".encode(), digest_size=10).hexdigest()
        return Credentials(f"LTAI{account}", _GENERATED_SECRET)

    def other(self, account: Credentials, name: str) -> Credentials:
        """Return the AccessKey of another account beside a case's: of the profile of this name, else a made-up one."""
        profile = self._target.profiles.get(name)
        return profile.current() if profile is not None else self.own(f"{account.access_key_id}/{name}")
