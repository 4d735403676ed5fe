"""Credentials that the library alibabacloud-credentials finds, and what it may reach for them.

Nothing is fetched when a target file is read: only when requests may be sent. The library is imported for that alone:
it takes more than a second.
"""

from __future__ import annotations

import logging
import re
import threading
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

from conformance.core.errors import MissingLibraryError, UsageError
from conformance.core.exchange import Credentials
from conformance.core.redaction import known_secrets, remember
from conformance.target.consent import is_allowed, not_allowed
from conformance.target.credential_sources import METADATA_HOST
from conformance.target.model import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable

    from alibabacloud_credentials_api import ICredentials, ICredentialsProvider
    from requests import PreparedRequest, Response
    from requests.adapters import HTTPAdapter

    from conformance.target.credential_sources import CredentialSource

_MOST_BYTES: Final = 1_000_000
"""How large an answer may be: credentials take a few thousand bytes."""

_MOST_SHOWN: Final = 200
_ANSWER: Final = re.compile(r",? result: .*", re.DOTALL)
"""What the library says of an answer: it may hold credentials."""

_LOGGERS: Final = ("credentials", "alibabacloud-tea")
"""What the library logs to: texts of answers and tracebacks, with all that is secret in them."""

T = TypeVar("T")


class Fetched(NamedTuple):
    """What a source has.

    Attributes:
        credentials: The credentials.
        ends_at: When they end, in seconds since the epoch; `None` where that is not known.
    """

    credentials: Credentials
    ends_at: float | None


def fetch(name: str, source: CredentialSource, hosts: tuple[str, ...], timeout_s: float) -> Fetched:
    """Return the credentials of a source.

    Args:
        name: The profile that it is for; empty for the target's own.
        source: The source.
        hosts: The hosts that may be asked, beside this machine.
        timeout_s: How long that may take.

    Raises:
        UsageError: When it has none, or they are to be had only from a host that is not allowed.
        MissingLibraryError: When the library is not installed.
    """
    of = f"the profile {name}" if name else "the target"
    refused: list[str] = []
    try:
        _load()
        found = _within(timeout_s, lambda: _ask(source, hosts, timeout_s, refused))
        key_id, secret, token = found.get_access_key_id(), found.get_access_key_secret(), found.get_security_token()
        ends_at = found.get_expiration() if hasattr(found, "get_expiration") else None
        found_by = str(found.get_provider_name())
    except ImportError as fault:
        raise MissingLibraryError(
            f"the credentials of {of} need the library alibabacloud-credentials: {fault}", hint="install it"
        ) from None
    except Exception as fault:  # noqa: BLE001 - the library raises what its own libraries do
        if refused:
            raise not_allowed(refused[0], f"the credentials for {of} ({source}) come from there") from None
        why = known_secrets().text(_ANSWER.sub("", " ".join(str(fault).split())))[:_MOST_SHOWN]
        raise UsageError(
            f"there are no credentials for {of} ({source}): {why or type(fault).__name__}",
            hint="see credentials in docs/targets.md",
        ) from None
    texts = [text for text in (key_id, secret, token) if text]
    if not key_id or not secret or not all(isinstance(t, str) and t.isascii() and t.isprintable() for t in texts):
        raise UsageError(f"the credentials for {of} ({source}) are empty, or have characters that no AccessKey has")
    remember(texts)
    account = source.account(found_by, temporary=bool(token))
    return Fetched(Credentials(key_id, secret, token or None, generated=False, account=account), ends_at)


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Return what some work returns, or raise what it raises; a server may send an answer byte by byte for ever."""
    ends: list[T | BaseException] = []

    def run() -> None:
        try:
            ends.append(work())
        except BaseException as fault:  # noqa: BLE001 - raised by the thread that waits
            ends.append(fault)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    end = ends[0] if ends else TimeoutError(f"no answer within {seconds:g} s")
    if isinstance(end, BaseException):
        raise end
    return end


def _load() -> None:
    """Import the library, which takes more than a second, and have it log nothing."""
    import alibabacloud_credentials.provider  # noqa: F401, PLC0415 - see the head of this module
    import Tea.core  # noqa: F401, PLC0415

    for logger in _LOGGERS:
        logging.getLogger(logger).disabled = True


def _ask(source: CredentialSource, hosts: tuple[str, ...], timeout_s: float, refused: list[str]) -> ICredentials:
    from alibabacloud_credentials import provider  # noqa: PLC0415 - see the head of this module
    from Tea.core import TeaCore  # noqa: PLC0415

    TeaCore.http_adapter = TeaCore.https_adapter = _guard(hosts, timeout_s, refused)
    asked: ICredentialsProvider
    match source.provider:
        case "profile":
            asked = provider.ProfileCredentialsProvider(profile_file=source.file, profile_name=source.profile)
        case "ecs-ram-role":
            asked = provider.EcsRamRoleCredentialsProvider(role_name=source.role, async_update_enabled=False)
        case "oidc-role":
            assert source.oidc_token_file is not None  # noqa: S101 - the schema of target files asks for it
            remember([_token(source.oidc_token_file)])
            asked = provider.OIDCRoleArnCredentialsProvider(
                role_arn=source.role,
                oidc_provider_arn=source.oidc_provider,
                oidc_token_file_path=source.oidc_token_file,
                role_session_name=source.session,
                sts_endpoint=source.host,
            )
        case "ram-role":
            by = source.assumed_by
            assert by is not None  # noqa: S101 - the schema of target files asks for it
            asked = provider.RamRoleArnCredentialsProvider(
                access_key_id=by.access_key_id,
                access_key_secret=by.access_key_secret,
                security_token=by.security_token,
                role_arn=source.role,
                role_session_name=source.session,
                sts_endpoint=source.host,
            )
        case _:
            asked = provider.DefaultCredentialsProvider()
    return asked.get_credentials()


def _token(path: str) -> str:
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - as the library does, faults included
        return file.read().strip()


def _guard(hosts: tuple[str, ...], timeout_s: float, refused: list[str]) -> HTTPAdapter:
    """Return what sends the requests of the library: only to hosts that are allowed, and through no proxy.

    Like the requests of the cases: by https unless to this machine, with certificates that Python trusts.
    """
    import ssl  # noqa: PLC0415 - see the head of this module

    from requests.adapters import HTTPAdapter  # noqa: PLC0415

    class Guard(HTTPAdapter):
        def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
            url = request.url or ""
            parts = urlsplit(url)
            metadata = parts.hostname == METADATA_HOST
            if not is_loopback(url):
                if not is_allowed(parts.hostname or "", hosts):
                    refused.append(parts.hostname or "")
                    raise OSError(f"{parts.hostname} is not allowed")
                if parts.scheme != "https" and not metadata:
                    raise OSError(f"{parts.scheme}://{parts.netloc} is not an https URL")
            response = super().send(request, timeout=timeout_s, verify=True, proxies={})
            body = response.raw.read(_MOST_BYTES + 1, decode_content=True)
            response.close()
            if len(body) > _MOST_BYTES:
                raise OSError(f"the answer is larger than {_MOST_BYTES} bytes")
            response.raw = BytesIO(body)
            return response

        def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **_: object) -> None:  # noqa: FBT001, FBT002 - as the library has it
            super().init_poolmanager(connections, maxsize, block, ssl_context=ssl.create_default_context())

    return Guard()
