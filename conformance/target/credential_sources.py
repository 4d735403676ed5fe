"""Credentials that the library alibabacloud-credentials finds: a profile, a role, the default chain.

Nothing is fetched when a target file is read: only when requests may be sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from conformance.core.errors import MissingLibraryError, UsageError
from conformance.core.exchange import Credentials
from conformance.core.redaction import known_secrets, remember

if TYPE_CHECKING:
    from collections.abc import Mapping

Provider = Literal["default", "profile", "ecs-ram-role", "ram-role"]

DEFAULT_VARIABLES: Final = (
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
)
"""The environment variables that the library looks at by itself."""

PENDING: Final = Credentials("", "", generated=False)
"""What stands for credentials until they are fetched."""

_TIMEOUT_MS: Final = 5000
_MOST_SHOWN: Final = 200
_ANSWER: Final = re.compile(r",? result: .*", re.DOTALL)
"""What the library says of an answer: it may hold credentials."""


@dataclass(frozen=True, slots=True)
class CredentialSource:
    """Where credentials come from.

    Attributes:
        provider: `default`: the chain of the library; `profile`: a file of profiles; `ecs-ram-role`: the role of this
            machine; `ram-role`: a role that another account assumes, by STS.
        profile: The name of the profile.
        file: The file of profiles; `None` for that of the library.
        role: The name of the role of this machine, or the ARN of the one to assume.
        session: The name of the session of an assumed role.
        sts_endpoint: Host of STS, when it is not the usual one.
        assumed_by: The credentials that assume a role.
    """

    provider: Provider
    profile: str | None = None
    file: str | None = None
    role: str | None = None
    session: str | None = None
    sts_endpoint: str | None = None
    assumed_by: Credentials | None = None

    def __str__(self) -> str:
        named = self.profile or self.role
        return f"{self.provider} {named}" if named else self.provider


def fetch_all(sources: Mapping[str, CredentialSource]) -> dict[str, Credentials]:
    """Return the credentials of sources, by their names.

    Raises:
        UsageError: When a source has none.
        MissingLibraryError: When the library is not installed.
    """
    return {name: _fetch(name, source) for name, source in sources.items()}


def _fetch(name: str, source: CredentialSource) -> Credentials:
    of = f"the profile {name}" if name else "the target"
    try:
        key_id, secret, token = _ask(source)
    except ImportError as fault:
        raise MissingLibraryError(
            f"the credentials of {of} need the library alibabacloud-credentials: {fault}", hint="install it"
        ) from None
    except Exception as fault:  # noqa: BLE001 - the library raises what its own libraries do
        why = known_secrets().text(_ANSWER.sub("", " ".join(str(fault).split())))[:_MOST_SHOWN]
        raise UsageError(
            f"there are no credentials for {of} ({source}): {why or type(fault).__name__}",
            hint="see credentials in docs/targets.md",
        ) from None
    texts = [text for text in (key_id, secret, token) if text is not None]
    if not key_id or not secret or not all(text.isascii() and text.isprintable() for text in texts):
        raise UsageError(f"the credentials for {of} ({source}) are empty, or have characters that no AccessKey has")
    remember(texts)
    # The key of an assumed role is another one each time, and its ARN names the account. No other source does.
    account = source.role if source.provider == "ram-role" else None
    return Credentials(key_id, secret, token or None, generated=False, account=account)


def _ask(source: CredentialSource) -> tuple[str | None, str | None, str | None]:
    """Ask the library, which is imported for this alone: it takes more than a second."""
    from alibabacloud_credentials import provider  # noqa: PLC0415
    from alibabacloud_credentials.http import HttpOptions  # noqa: PLC0415

    limits = HttpOptions(connect_timeout=_TIMEOUT_MS, read_timeout=_TIMEOUT_MS)
    if source.provider == "profile":
        asked = provider.ProfileCredentialsProvider(profile_file=source.file, profile_name=source.profile)
    elif source.provider == "ecs-ram-role":
        asked = provider.EcsRamRoleCredentialsProvider(role_name=source.role, http_options=limits)
    elif source.provider == "ram-role":
        by = source.assumed_by
        assert by is not None  # noqa: S101 - the schema of target files asks for it
        asked = provider.RamRoleArnCredentialsProvider(
            access_key_id=by.access_key_id,
            access_key_secret=by.access_key_secret,
            security_token=by.security_token,
            role_arn=source.role,
            role_session_name=source.session,
            sts_endpoint=source.sts_endpoint,
            http_options=limits,
        )
    else:
        asked = provider.DefaultCredentialsProvider()
    found = asked.get_credentials()
    return found.get_access_key_id(), found.get_access_key_secret(), found.get_security_token()
