"""Where credentials come from that are in no variable: a profile, a role, the chain of the library. Data."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from conformance.core.exchange import Credentials

Provider = Literal["default", "profile", "ecs-ram-role", "ram-role", "oidc-role"]

DEFAULT_VARIABLES: Final = (
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
)
"""The environment variables that the library looks at by itself."""

PENDING: Final = Credentials("", "", generated=False)
"""What stands for credentials until they are fetched."""

METADATA_HOST: Final = "100.100.100.200"
"""Where a machine asks for its own role, over plain HTTP: nothing else is spoken there."""

_STS_HOST: Final = "sts.aliyuncs.com"
"""Where roles are assumed unless a file names another host."""

_FIXED: Final = ("/env", "/static_ak", "/static_sts")
"""Ends of chains that find an AccessKey which somebody wrote down."""


class CredentialSource(Struct, frozen=True):
    """Where credentials come from.

    Attributes:
        provider: `default`: the chain of the library; `profile`: a file of profiles; `ecs-ram-role`: the role of this
            machine; `ram-role`: a role that another account assumes, by STS; `oidc-role`: one that the holder of a
            token of an identity provider assumes.
        profile: The name of the profile.
        file: The file of profiles; `None` for that of the library.
        role: The name of the role of this machine, or the ARN of the one to assume.
        session: The name of the session of an assumed role.
        sts_endpoint: Host of STS, when it is not the usual one.
        assumed_by: The credentials that assume a role.
        oidc_provider: The ARN of the identity provider.
        oidc_token_file: The file with its token, which is read anew each time.
    """

    provider: Provider
    profile: str | None = None
    file: str | None = None
    role: str | None = None
    session: str | None = None
    sts_endpoint: str | None = None
    assumed_by: Credentials | None = None
    oidc_provider: str | None = None
    oidc_token_file: str | None = None

    def __str__(self) -> str:
        named = self.profile or self.role
        return f"{self.provider} {named}" if named else self.provider

    @property
    def host(self) -> str | None:
        """Where they are asked for, with a port if it has one; `None` when only the library knows."""
        match self.provider:
            case "ram-role" | "oidc-role":
                return self.sts_endpoint or _STS_HOST
            case "ecs-ram-role":
                return METADATA_HOST
            case _:
                return None

    def account(self, found_by: str, *, temporary: bool) -> str | None:
        """Return what names the account, when its AccessKey is another one each time; `None` when its id does.

        Args:
            found_by: The links of the library's chain by which it was found, such as `default/env`.
            temporary: Whether it has a token.
        """
        match self.provider:
            case "ram-role" | "oidc-role":
                return self.role
            case "ecs-ram-role":
                return str(self)
            case "profile" if temporary:
                return f"{self} {self.file or ''}"
            case "default" if temporary and not found_by.endswith(_FIXED):
                return found_by
            case _:
                return None
