"""A target: from the options of the command line, and from a target file (`targets/*.yaml`)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Required, TypedDict

from msgspec.structs import replace

from conformance.core.errors import TargetFileError, UsageError
from conformance.core.exchange import Credentials
from conformance.core.redaction import remember
from conformance.core.wording import near
from conformance.core.yamlfile import Schema, YamlFile, read_bytes
from conformance.target.consent import check_consent, is_host
from conformance.target.credential_sources import DEFAULT_VARIABLES, PENDING, CredentialSource
from conformance.target.file_secrets import remember_variables, without_secrets_of
from conformance.target.model import (
    DEFAULT_EFFECTS_WITHIN_S,
    DEFAULT_TIMEOUT_S,
    StateSupport,
    Target,
    check_endpoint,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.protocol.signing import Signature
    from conformance.target.model import Isolation

SIGNATURES: Final = ("v1", "acs3", "none")
LEAST: Final = 0.001
MOST: Final = 1_000_000.0
"""Limits of rates and timeouts, in the schema of target files too: clocks of operating systems end somewhere."""


_Way = Literal["url", "fixed", "prefer", "unavailable"]


if TYPE_CHECKING:  # types alone: to make the classes would take as long as a case

    class _Profile(TypedDict):
        profile: str

    class _TargetData(TypedDict, total=False):
        """A target file, as its schema has it."""

        endpoint: Required[str]
        states_url: str
        states: _Way | dict[str, _Way | _Profile]
        profiles: dict[str, dict[str, str]]
        signature: Signature
        credentials: dict[str, str]
        values: dict[str, str]
        isolation: Isolation
        rate: float
        timeout_s: float
        effects_within_s: float
        allowed_hosts: list[str]


@cache
def _schema() -> Schema:
    return Schema.read(Path(__file__).with_name("target.schema.json"))


def load_target(path: Path, environment: Mapping[str, str] | None = None) -> Target:
    """Read a target file.

    Secrets are never in the file: it names the environment variables that hold them.

    Args:
        path: The file.
        environment: The variables; those of the process unless given.

    Raises:
        TargetFileError: With file, line and column, for an unknown field, a wrong value, or a variable that is not set.
    """
    content = read_bytes(path, TargetFileError)
    try:
        return _target(YamlFile.of(content, path, TargetFileError), os.environ if environment is None else environment)
    except TargetFileError as fault:
        raise without_secrets_of(content.decode(errors="replace"), fault) from None


def _target(file: YamlFile, variables: Mapping[str, str]) -> Target:
    remember_variables(file.data, variables)
    file.refuse_changed(lambda at: at[:1] == ("values",))
    file.validate(_schema())
    data: _TargetData = file.data
    return Target(
        endpoint=_url(file, "endpoint", data["endpoint"]),
        signature=data.get("signature", "v1"),
        states_url=_url(file, "states_url", data["states_url"]) if "states_url" in data else None,
        states=_states(file, data.get("states", {}), data.get("profiles", {})),
        credentials=_credentials(file, data.get("credentials"), ("credentials",), variables),
        profiles={
            name: credentials
            for name, names in data.get("profiles", {}).items()
            if (credentials := _credentials(file, names, ("profiles", name), variables)) is not None
        },
        sources=_sources(file, data, variables),
        values=data.get("values", {}),
        isolation=data.get("isolation", "account"),
        rate=data.get("rate"),
        timeout_s=data.get("timeout_s", DEFAULT_TIMEOUT_S),
        effects_within_s=data.get("effects_within_s", DEFAULT_EFFECTS_WITHIN_S),
        allowed_hosts=_hosts(file, data.get("allowed_hosts", [])),
    )


def _hosts(file: YamlFile, names: list[str]) -> tuple[str, ...]:
    for number, name in enumerate(names):
        if not is_host(name):
            raise file.fault(
                f"{name!r} is not the name of a host",
                ("allowed_hosts", number),
                hint="no scheme, port or path, and each host by its full name, e.g. api.example.com",
            )
    return tuple(names)


def _url(file: YamlFile, field: str, value: str) -> str:
    try:
        return check_endpoint(value, option=field)
    except UsageError as fault:
        raise file.fault(fault.message, (field,), hint=fault.hint) from None


def _states(
    file: YamlFile, raw: _Way | dict[str, _Way | _Profile], profiles: Mapping[str, object]
) -> dict[str, StateSupport]:
    """Read how states are met: one word for all, or a word or a profile for each."""
    entries: dict[str, _Way | _Profile] = {"default": raw} if isinstance(raw, str) else raw
    ways: dict[str, StateSupport] = {}
    for name, way in entries.items():
        if isinstance(way, str):
            ways[name] = StateSupport(way)
            continue
        profile = way["profile"]
        if profile not in profiles:
            raise file.fault(f"there is no profile {profile!r}", ("states", name), hint=near(profile, profiles))
        ways[name] = StateSupport("profile", profile)
    return ways


def _credentials(
    file: YamlFile, names: dict[str, str] | None, at: tuple[str, ...], variables: Mapping[str, str]
) -> Credentials | None:
    if names is None:
        return None
    if names.get("provider", "ram-role") != "ram-role":  # no variables are named
        return PENDING
    found: dict[str, str] = {}
    for field, variable in names.items():
        if not field.endswith("_env"):
            continue
        value = variables.get(variable)
        if not value:
            raise file.fault(f"the environment variable {variable} is not set", (*at, field), hint=f"export {variable}")
        if not value.isascii() or not value.isprintable():
            raise file.fault(
                f"the environment variable {variable} holds characters that no AccessKey has",
                (*at, field),
                hint="a line end, perhaps",
            )
        found[field.removesuffix("_env")] = value
    token = found.get("security_token")
    return Credentials(found["access_key_id"], found["access_key_secret"], token, generated=False)


def _sources(file: YamlFile, data: _TargetData, variables: Mapping[str, str]) -> dict[str, CredentialSource]:
    """Return where credentials come from that are not in variables; a profile without a name is the target's own."""
    own = {"": data["credentials"]} if "credentials" in data else {}
    found: dict[str, CredentialSource] = {}
    for name, given in {**own, **data.get("profiles", {})}.items():
        if "provider" not in given:
            continue
        if given["provider"] == "default":
            remember(variables[each] for each in DEFAULT_VARIABLES if variables.get(each))
        at = ("profiles", name) if name else ("credentials",)
        found[name] = CredentialSource(
            given["provider"],  # type: ignore[arg-type]  # the schema names them
            profile=given.get("profile"),
            file=str(Path(given["file"]).expanduser()) if "file" in given else None,
            role=given.get("role"),
            session=given.get("session"),
            sts_endpoint=given.get("sts_endpoint"),
            oidc_provider=given.get("oidc_provider"),
            oidc_token_file=str(Path(given["oidc_token_file"]).expanduser()) if "oidc_token_file" in given else None,
            assumed_by=_credentials(file, given, at, variables) if given["provider"] == "ram-role" else None,
        )
    return found


def with_options(
    target: Target | None,
    *,
    endpoint: str | None,
    states_url: str | None,
    signature: str | None,
    rate: float | None,
    timeout_s: float | None,
    defaults: Mapping[str, str],
    live: bool,
) -> Target | None:
    """Lay the options of the command line over a target file's values.

    Args:
        target: The target of the file, if there is one.
        endpoint: `--endpoint`.
        states_url: `--states-url`.
        signature: `--signature`.
        rate: `--rate`.
        timeout_s: `--timeout`.
        defaults: What `${target.NAME}` stands for where the file gives nothing.
        live: `--live`.

    Returns:
        The target, or `None` when neither names an endpoint: then the reference server is to be started.

    Raises:
        UsageError: For a URL, signature, rate or timeout that cannot be, and for an endpoint elsewhere than on this
            machine to which nothing may be sent: see `check_consent`.
    """
    if endpoint is not None:
        url = check_endpoint(endpoint, option="--endpoint")
        target = Target(url) if target is None else replace(target, endpoint=url)
    if target is None:
        if states_url is not None:
            raise UsageError("--states-url goes with --endpoint", hint="add --endpoint URL")
        return None
    if states_url is not None:
        target = replace(target, states_url=check_endpoint(states_url, option="--states-url"))
    target = apply_knobs(target, signature=signature, rate=rate, timeout_s=timeout_s)
    check_consent(target, live=live)
    hosts = target.allowed_hosts if live else ()  # the library that finds credentials may learn of hosts by itself
    return replace(target, values={**defaults, **target.values}, allowed_hosts=hosts)


def apply_knobs(target: Target, *, signature: str | None, rate: float | None, timeout_s: float | None) -> Target:
    """Return the target with signature, rate and timeout replaced where given; raises `UsageError` for a wrong one."""
    if signature is not None:
        if signature not in SIGNATURES:
            raise UsageError(f"--signature {signature!r} is unknown", hint=f"one of: {', '.join(SIGNATURES)}")
        target = replace(target, signature=signature)
    for option, value in (("--rate", rate), ("--timeout", timeout_s)):
        if value is not None and not LEAST <= value <= MOST:
            raise UsageError(f"{option} {value:g} is not a number above 0", hint=f"from {LEAST:g} to {MOST:.0f}")
    if rate is not None:
        target = replace(target, rate=rate)
    if timeout_s is not None:
        target = replace(target, timeout_s=timeout_s)
    return target
