"""Signatures: published vectors, an implementation of the tests' own, and the bytes on the wire."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from profiles import scaled
from servers import Link, Received, Server, whole

from conformance.cases.model import Transport
from conformance.core.exchange import Credentials
from conformance.protocol.request import build_request
from conformance.protocol.signing import Signature, Stamp, acs3_headers, encode_query, percent_encode, sign_v1, v1_query
from conformance.transport.blocking import BlockingClient

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNED = Credentials("LTAIaccount", "sec/ret+==")
WITH_TOKEN = Credentials("LTAIaccount", "sec/ret+==", "to/ken+ &='", generated=False)

wire_texts = st.text(st.characters(codec="utf-8"), max_size=30)
PROTOCOL = ("Action", "Version", "Format", "AccessKeyId", "Signature", "SecurityToken", "Timestamp")
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(lambda name: name not in PROTOCOL)
parameters = st.dictionaries(names, wire_texts, max_size=6)
transports = st.sampled_from([Transport("GET", "query"), Transport("POST", "query"), Transport("POST", "form")])


# The worked example of the documentation of RPC signatures: DescribeRegions by testid, testsecret.
DESCRIBE_REGIONS = {
    "Format": "XML",
    "AccessKeyId": "testid",
    "Action": "DescribeRegions",
    "SignatureMethod": "HMAC-SHA1",
    "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
    "SignatureVersion": "1.0",
    "Version": "2014-05-26",
    "Timestamp": "2016-02-23T12:46:24Z",
}


def test_version_1_gives_the_signature_of_the_documented_example() -> None:
    assert sign_v1("GET", DESCRIBE_REGIONS, "testsecret") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


@pytest.mark.parametrize("change", [{"Action": "DescribeRegion"}, {"Extra": ""}, {"Timestamp": "2016-02-23T12:46:25Z"}])
def test_version_1_covers_every_parameter(change: dict[str, str]) -> None:
    assert sign_v1("GET", DESCRIBE_REGIONS | change, "testsecret") != "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def test_version_1_covers_the_verb_and_the_secret() -> None:
    assert sign_v1("POST", DESCRIBE_REGIONS, "testsecret") != "OLeaidS1JvxuMvnyHOwuJ+uX5qY="
    assert sign_v1("GET", DESCRIBE_REGIONS, "testsecre") != "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


@given(
    st.dictionaries(st.sampled_from([*PROTOCOL, "SignatureNonce", "A.1", "A.10", "A%b", "é"]), wire_texts, max_size=9),
    st.text(max_size=80).filter(lambda text: text.isascii()),
    st.sampled_from([None, "to/ken+ &=%b'"]),
)
def test_version_1_signs_what_is_sent_whatever_it_is_called(
    params: dict[str, str], secret: str, token: str | None
) -> None:
    stamp = Stamp("2016-02-23T12:46:24Z", "on&ce%")
    account = Credentials("i d&=%", secret, token)
    query, secrets = v1_query("GET", ("Act&ion", "1"), "JSON", params, credentials=account, stamp=stamp)
    unsigned, _, signature = query.rpartition("&Signature=")
    sent = dict(parse_qsl(unsigned, keep_blank_values=True, strict_parsing=True, errors="strict"))
    given_by_protocol = {
        "AccessKeyId": "i d&=%",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": "on&ce%",
        "Timestamp": "2016-02-23T12:46:24Z",
        **({"SecurityToken": token} if token else {}),
    }
    everything = {"Action": "Act&ion", "Version": "1", "Format": "JSON", **params, **given_by_protocol}
    assert list(sent.items()) == list(everything.items())
    canonical = "&".join(f"{quote(name, safe='')}={quote(everything[name], safe='')}" for name in sorted(everything))
    to_sign = f"GET&%2F&{quote(canonical, safe='')}"
    expected = base64.b64encode(hmac.digest(f"{secret}&".encode(), to_sign.encode(), "sha1")).decode()
    assert unquote(signature) == expected
    assert (secrets is None) == ("Signature" in params or "SecurityToken" in params)


def test_no_nonce_comes_twice_in_a_process_and_its_forks_whatever_else_is_made_repeatable() -> None:
    program = (
        "import os, random, sys; from conformance.protocol.signing import Stamp; Stamp.now(); os.fork();"
        "random.seed(1); sys.stdout.write(''.join(Stamp.now().nonce + chr(10) for _ in range(100)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    nonces = done.stdout.split()
    assert len(set(nonces)) == len(nonces) == 200
    assert all(re.fullmatch("[0-9a-f]{32}", nonce) for nonce in nonces)


def test_acs3_gives_the_signature_of_the_documented_example() -> None:
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
    headers = acs3_headers(
        "POST",
        f"https://ecs.cn-shanghai.aliyuncs.com/?{query}",
        b"",
        action="RunInstances",
        version="2014-05-26",
        extra={},
        credentials=Credentials("YourAccessKeyId", "YourAccessKeySecret"),
        stamp=Stamp("2023-10-26T10:22:32Z", "3156853299f313e23d1673dc12e1703d"),
    )
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("AZaz09-_.~", "AZaz09-_.~"),
        (" ", "%20"),
        ("+", "%2B"),
        ("*", "%2A"),
        ("/", "%2F"),
        ("!'()", "%21%27%28%29"),
        ("%7E", "%257E"),
        ("é", "%C3%A9"),
        ("流", "%E6%B5%81"),
        ("😀", "%F0%9F%98%80"),
        ("\x00\r\n", "%00%0D%0A"),
    ],
)
def test_encoding_is_that_of_the_signature_algorithms(text: str, encoded: str) -> None:
    assert percent_encode(text) == encoded


@given(parameters)
def test_parameters_survive_encoding_byte_for_byte(params: dict[str, str]) -> None:
    pairs = [pair.partition("=") for pair in encode_query(params).split("&")] if params else []
    decoded = [(unquote(name, errors="strict"), unquote(value, errors="strict")) for name, _, value in pairs]
    assert decoded == list(params.items())
    assert encode_query(params).isascii()


def own_v1(method: str, request: Received, secret: str) -> str:
    """Sign as a server does that has only the decoded parameters."""
    params = {name: value for name, value in request.params.items() if name != "Signature"}
    canonical = "&".join(f"{quote(name, safe='')}={quote(params[name], safe='')}" for name in sorted(params))
    text = "&".join([method, "%2F", quote(canonical, safe="")])
    return base64.b64encode(hmac.digest(f"{secret}&".encode(), text.encode(), "sha1")).decode()


def own_acs3(request: Received, secret: str) -> str:
    """Sign as a server does, from the raw request and the list of headers that it names."""
    fields = dict(part.split("=", 1) for part in request.headers["authorization"].split(" ", 1)[1].split(","))
    names = fields["SignedHeaders"].split(";")
    assert names == sorted(names)
    params = dict(parse_qsl(request.query, keep_blank_values=True))
    canonical = "&".join(f"{quote(name, safe='')}={quote(params[name], safe='')}" for name in sorted(params))
    lines = [request.method, request.path, canonical]
    lines += [f"{name}:{request.headers[name]}" for name in names]
    lines += ["", ";".join(names), request.headers["x-acs-content-sha256"]]
    digest = hashlib.sha256("\n".join(lines).encode("latin-1")).hexdigest()
    return hmac.digest(secret.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), "sha256").hex()


@pytest.fixture(scope="module")
def recorder() -> Iterator[Server]:
    def answer(link: Link) -> bool:
        link.send(whole(b"{}"))
        return True

    with Server(answer) as server:
        yield server


@pytest.fixture(scope="module")
def connection() -> Iterator[BlockingClient]:
    connection = BlockingClient()
    yield connection
    connection.close()


# The fixtures live as long as the module, so nothing is shared that an example could spoil.
on_the_wire = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=scaled(60), deadline=None
)


@on_the_wire
@given(
    params=parameters,
    transport=transports,
    credentials=st.sampled_from([SIGNED, WITH_TOKEN]),
    signature=st.sampled_from(["v1", "acs3", "none"]),
    path=st.sampled_from(["", "/", "/base", "/a/b%20c/"]),
)
def test_what_travels_is_what_was_signed(
    recorder: Server,
    connection: BlockingClient,
    *,
    params: dict[str, str],
    transport: Transport,
    credentials: Credentials,
    signature: Signature,
    path: str,
) -> None:
    request = build_request(
        recorder.endpoint + path,
        ("CreateFlowLog", "2016-04-28"),
        params,
        transport,
        signature=signature,
        credentials=credentials,
    )
    connection.send(request, 5)
    received = recorder.operations[-1]
    # Not one byte is changed on the way.
    assert received.method == transport.method
    assert received.path == (path or "/")
    assert request.url.endswith(received.target)
    assert received.body == request.body
    form = received.query if transport.place == "query" else received.body.decode()
    raw = dict(pair.split("=", 1) for pair in form.split("&"))
    decoded = {unquote_to_bytes(name): unquote_to_bytes(value) for name, value in raw.items()}
    for name, value in params.items():
        assert decoded[name.encode()] == value.encode()
    match signature:
        case "v1":
            assert received.params["Signature"] == own_v1(transport.method, received, credentials.access_key_secret)
            assert received.params.get("SecurityToken") == credentials.security_token
        case "acs3":
            assert received.headers["authorization"].endswith(own_acs3(received, credentials.access_key_secret))
            assert received.headers["x-acs-content-sha256"] == hashlib.sha256(received.body).hexdigest()
            assert set(received.params) == {"Format", *params}
            assert received.headers.get("x-acs-security-token") == credentials.security_token
        case "none":
            assert not {"Signature", "authorization"} & {*received.params, *received.headers}


@pytest.mark.parametrize("signature", ["v1", "acs3"])
@pytest.mark.parametrize("transport", [Transport("GET", "query"), Transport("POST", "form")])
def test_parameters_are_signed_in_the_order_of_their_names(
    recorder: Server, connection: BlockingClient, signature: Signature, transport: Transport
) -> None:
    # `=` comes after the digits and before the letters, which is where sorting pairs as text goes wrong.
    ordered = ["A", "A.1", "A.10", "A.2", "A.1.Key", "A1", "AB", "A-B", "a", "B", "é", "{"]
    request = build_request(
        recorder.endpoint,
        ("CreateFlowLog", "2016-04-28"),
        dict.fromkeys(ordered, "x"),
        transport,
        signature=signature,
        credentials=SIGNED,
    )
    connection.send(request, 5)
    received = recorder.operations[-1]
    own = own_v1(transport.method, received, "sec/ret+==") if signature == "v1" else own_acs3(received, "sec/ret+==")
    assert own in (received.params.get("Signature"), received.headers.get("authorization", "").rpartition("=")[2])


@on_the_wire
@given(st.sampled_from(["v1", "acs3"]), transports)
def test_no_two_requests_are_alike(
    recorder: Server, connection: BlockingClient, signature: Signature, transport: Transport
) -> None:
    for _ in range(2):
        request = build_request(recorder.endpoint, ("A", "1"), {}, transport, signature=signature, credentials=SIGNED)
        connection.send(request, 5)
    first, second = recorder.operations[-2:]
    assert (first.params.get("SignatureNonce"), first.headers.get("x-acs-signature-nonce")) != (
        second.params.get("SignatureNonce"),
        second.headers.get("x-acs-signature-nonce"),
    )
