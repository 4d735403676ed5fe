"""Target files and the options that are laid over them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance.core.errors import TargetFileError, UsageError
from conformance.core.exchange import Credentials
from conformance.target.load import load_target, with_options
from conformance.target.model import Target, check_endpoint, is_loopback

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """\
endpoint: http://127.0.0.1:8080/
states_url: http://127.0.0.1:8080/_states
signature: acs3
credentials:
  access_key_id_env: THE_ID
  access_key_secret_env: THE_SECRET
  security_token_env: THE_TOKEN
values: {vpc_id: vpc-1}
isolation: global
rate: 5
timeout_s: 2.5
"""
ENVIRONMENT = {"THE_ID": "id", "THE_SECRET": "secret", "THE_TOKEN": "token"}


def load(folder: Path, text: str, environment: dict[str, str] | None = None) -> Target:
    path = folder / "t.yaml"
    path.write_text(text, encoding="utf-8")
    return load_target(path, ENVIRONMENT if environment is None else environment)


def test_every_field_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, WHOLE) == Target(
        endpoint="http://127.0.0.1:8080",
        signature="acs3",
        states_url="http://127.0.0.1:8080/_states",
        credentials=Credentials("id", "secret", "token", generated=False),
        values={"vpc_id": "vpc-1"},
        isolation="global",
        rate=5,
        timeout_s=2.5,
    )


def test_an_endpoint_is_enough(tmp_path: Path) -> None:
    assert load(tmp_path, "endpoint: https://vpc.aliyuncs.com\n") == Target("https://vpc.aliyuncs.com")


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("endpoint: http://h\nendpont: x\n", "2:1", "did you mean endpoint?"),
        ("states_url: http://h\n", "1:1", "lacks the field 'endpoint'"),
        ("endpoint: ftp://h\n", "1:11", "is not an http or https URL"),
        ("endpoint: http://h\nstates_url: nowhere\n", "2:13", "is not an http or https URL"),
        ("endpoint: http://user:pw@h\n", "1:11", "has a user name or password"),
        ("endpoint: http://h\nsignature: v2\n", "2:12", "one of: v1, acs3, none"),
        ("endpoint: http://h\nrate: 0\n", "2:7", "rate"),
        ("endpoint: http://h\ntimeout_s: .inf\n", "2:12", "inf is not a number"),
        ("endpoint: http://h\ntimeout_s: .nan\n", "2:12", "nan is not a number"),
        ("endpoint: http://h\ncredentials:\n  access_key_id_env: A\n", "3:3", "access_key_secret_env"),
        ("endpoint: http://h\nvalues: {vpc_id: 5}\n", "2:18", "must be a text (put it into quotes)"),
        ("endpoint: http://h\nvalues: {vpc_id: 2020-01-01}\n", "2:18", "quote it: '2020-01-01'"),
        ("endpoint: [\n", "2:1", "not valid YAML"),
        ("", "", "the file is empty, and must be a mapping (docs/targets.md shows one)"),
        ("\tendpoint: x\n", "1:1", "not valid YAML"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str, place: str, says: str) -> None:
    with pytest.raises(TargetFileError) as raised:
        load(tmp_path, text)
    assert str(raised.value).startswith(f"{tmp_path / 't.yaml'}:{place}:" if place else f"{tmp_path / 't.yaml'}: ")
    assert says in str(raised.value)


@pytest.mark.parametrize("missing", ENVIRONMENT)
@pytest.mark.parametrize("empty", [True, False])
def test_a_variable_that_is_not_set_is_named(tmp_path: Path, missing: str, *, empty: bool) -> None:
    environment = {name: value for name, value in ENVIRONMENT.items() if name != missing}
    with pytest.raises(TargetFileError, match=f"the environment variable {missing} is not set"):
        load(tmp_path, WHOLE, environment | ({missing: ""} if empty else {}))


def test_a_file_that_is_not_there_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(TargetFileError, match="No such file"):
        load_target(tmp_path / "none.yaml")
    with pytest.raises(TargetFileError, match="Is a directory"):
        load_target(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=100) | st.from_regex(r"(endpoint|rate|values|credentials): [^\n]{0,20}\n", fullmatch=True))
@example("endpoint: &a [*a]")
@example("endpoint: http://[\n")
@example("endpoint: http://h:99999\n")
def test_any_text_is_a_target_or_a_fault_of_the_file(tmp_path: Path, text: str) -> None:
    with suppress(TargetFileError):
        assert isinstance(load(tmp_path, text), Target)


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:80",
        "http://",
        "http://:80",
        "//h",
        "http://h:0",
        "http://h:99999",
        "http://h:x",
        "http://[::1",
        "http://h/?x=1",
        "http://h/#x",
        "http://a b",
        "http://h\n",
        "http://user@h",
        f"http://{'a' * 70}.example",
        "http://a..b",
        "http://api.example.com\\.localhost",
        "http://127.0.0.1%40api.example.com",
        "http://stra\u00dfe.example",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_endpoint_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="--endpoint"):
        check_endpoint(url, option="--endpoint")


@given(st.text(max_size=40))
def test_any_text_is_an_endpoint_or_a_usage_error(text: str) -> None:
    with suppress(UsageError):
        assert check_endpoint(text, option="--endpoint") == text.rstrip("/")


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:1", True),
        ("http://127.9.9.9", True),
        ("http://localhost:80", True),
        ("http://LOCALHOST", True),
        ("https://[::1]:443", True),
        ("http://localhost.", True),
        ("http://api.localhost:80/path", True),
        ("http://A.b.LocalHost.:80", True),
        ("http://0.0.0.0", True),
        ("http://[::]:80", True),
        ("http://[0:0:0:0:0:0:0:1]", True),
        ("http://[::ffff:127.0.0.1]:80", True),
        ("http://[::ffff:7f00:1]:80", True),
        ("http://127.0.0.1.example.com", False),
        ("http://127.0.0.1.nip.io", False),
        ("http://localhost.nip.io", False),
        ("http://mylocalhost", False),
        ("http://localhost..", False),
        ("http://0.0.0.1", False),
        ("http://[::ffff:10.0.0.1]", False),
        ("http://[::2]", False),
        ("http://127.evil.example", False),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1", False),
        ("https://vpc.aliyuncs.com", False),
        ("http://[2001:db8::1]", False),
    ],
)
def test_which_endpoints_are_on_this_machine(url: str, *, local: bool) -> None:
    assert is_loopback(url) is local


OPTIONS: dict[str, Any] = {
    "endpoint": None,
    "states_url": None,
    "signature": None,
    "rate": None,
    "timeout_s": None,
    "defaults": {"vpc_id": "default", "eni_id": "default"},
    "live": False,
}


def overlaid(target: Target | None, **options: Any) -> Target | None:
    return with_options(target, **(OPTIONS | options))


def test_options_win_over_the_file_and_the_file_over_defaults() -> None:
    file = Target("http://127.0.0.1:1", values={"vpc_id": "file"}, rate=1, timeout_s=1)
    assert overlaid(
        file,
        endpoint="http://127.0.0.1:2/",
        states_url="http://127.0.0.1:3/s",
        signature="none",
        rate=7.0,
        timeout_s=3.0,
    ) == Target(
        "http://127.0.0.1:2",
        signature="none",
        states_url="http://127.0.0.1:3/s",
        values={"vpc_id": "file", "eni_id": "default"},
        rate=7,
        timeout_s=3,
    )


def test_with_no_endpoint_there_is_no_target() -> None:
    assert overlaid(None) is None
    with pytest.raises(UsageError, match="--states-url goes with --endpoint"):
        overlaid(None, states_url="http://127.0.0.1:1")


@pytest.mark.parametrize("field", ["endpoint", "states_url"])
def test_another_machine_needs_live_and_https_and_a_place_on_the_list(field: str) -> None:
    target = Target("https://localhost", allowed_hosts=("api.example.com",))
    with pytest.raises(UsageError, match="add --live"):
        overlaid(target, **{field: "https://api.example.com"})
    with pytest.raises(UsageError, match="is not an https URL"):
        overlaid(target, **{field: "http://api.example.com"}, live=True)
    assert overlaid(target, **{field: "https://api.example.com"}, live=True) is not None


@pytest.mark.parametrize("field", ["endpoint", "states_url"])
@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "an-api.example.com",
        "api.example.com.evil.example",
        "x.api.example.com",
        "93.184.216.34",
        "[2001:db8::1]",
    ],
)
def test_a_host_that_no_file_allows_is_refused(field: str, host: str) -> None:
    options = {"endpoint": "https://localhost", field: f"https://{host}:8443/path"}
    for target in (None, Target("https://localhost", allowed_hosts=("api.example.com",))):
        with pytest.raises(UsageError, match="is not on the list allowed_hosts of a target file") as fault:
            overlaid(target, **options, live=True)
        assert host.strip("[]") in str(fault.value.hint)


@pytest.mark.parametrize(
    ("listed", "host"),
    [
        ("API.example.com", "api.Example.COM."),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "b\u00fccher.example"),
        ("2001:db8::1", "[2001:DB8::1]"),
        ("2001:db8::1", "[2001:db8:0:0::1]"),
    ],
)
def test_a_host_on_the_list_is_known_in_every_form(listed: str, host: str) -> None:
    assert overlaid(Target(f"https://{host}", allowed_hosts=(listed,)), live=True) is not None


def test_the_list_of_hosts_is_in_the_file(tmp_path: Path) -> None:
    text = "endpoint: https://api.example.com\nallowed_hosts: [api.example.com, '2001:db8::1']\n"
    assert load(tmp_path, text).allowed_hosts == ("api.example.com", "2001:db8::1")
    for wrong in (
        "'*.example.com'",
        "https://api.example.com",
        "x..example",
        "'api.example.com:443'",
        "' '",
        "'[::1]:8'",
    ):
        with pytest.raises(TargetFileError, match=r"is not the name of a host \(no scheme, port or path"):
            load(tmp_path, f"endpoint: https://api.example.com\nallowed_hosts: [{wrong}]\n")


def test_a_file_names_another_machine_only_with_live_too() -> None:
    with pytest.raises(UsageError, match="add --live"):
        overlaid(Target("https://vpc.aliyuncs.com", allowed_hosts=("vpc.aliyuncs.com",)))


@pytest.mark.parametrize("option", ["rate", "timeout_s"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf"), 1e12, 1e-12])
def test_numbers_that_cannot_be_are_refused(option: str, value: float) -> None:
    with pytest.raises(UsageError, match="--rate" if option == "rate" else "--timeout"):
        overlaid(None, endpoint="http://127.0.0.1:1", **{option: value})
