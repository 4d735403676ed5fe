"""Calling operations through an SDK driver, with a recording proxy for each of its processes."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from conformance.core.exchange import Exchange, SdkCall, WireRequest
from conformance.engine.calls import CLEANING_GRACE_S
from conformance.sdk.driver_process import DriverFailedError
from conformance.sdk.pool import PoolStoppedError
from conformance.sdk.recording_proxy import RecordingProxy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.sdk import Scripted
    from conformance.contract.catalogue import OperationId
    from conformance.core.exchange import Credentials
    from conformance.engine.calls import Send
    from conformance.sdk.driver_process import DriverProcess, Hello, ModelField
    from conformance.sdk.pool import DriverPool
    from conformance.transport.rate import RateLimit

_STOPPED: Final = "not sent: the run was stopped"


class SdkCaller:
    """Calls operations through an SDK. May be used by many threads at once.

    Args:
        pool: The driver's processes.
        endpoint: The server that the SDK's requests are passed on to.
        timeout_s: How long one answer of the server may take.
        rate: The limit on requests a second.
        operations: The operations that are tested; another is of the only product that has its version here.
    """

    def __init__(
        self,
        pool: DriverPool,
        endpoint: str,
        timeout_s: float,
        rate: RateLimit,
        operations: Sequence[OperationId] = (),
    ) -> None:
        self._operations = operations
        self._pool = pool
        self._endpoint = endpoint
        self._timeout_s = timeout_s
        self._rate = rate
        self._proxies: dict[DriverProcess, RecordingProxy] = {}
        self._lock = threading.Lock()
        self._closed = False

    def hello(self) -> Hello:
        """Return what the driver says about itself; raises `DriverFailedError` when it cannot be started."""
        with self._pool.take() as process:
            return process.hello

    def model(self, operation: OperationId) -> tuple[ModelField, ...] | None:
        """Return the request fields of the SDK's model, `None` when it has none; raises `DriverFailedError`."""
        with self._pool.take() as process:
            return process.model(operation.name, operation.version, operation.product)

    def call(
        self,
        call: tuple[str, str],
        params: Mapping[str, object],
        credentials: Credentials,
        *,
        timeout_s: float | None = None,
        script: Scripted | None = None,
        headers: Mapping[str, str] | None = None,
        cleaning: bool = False,
        product: str = "",
    ) -> SdkCall:
        """Call an operation and return what was observed; a failure of the driver is in it, never raised.

        Args:
            call: The operation and the version of its API.
            params: Its parameters, not flattened.
            credentials: The account that calls.
            timeout_s: The timeout that the SDK is given; the target's own unless given.
            script: An answer to give in the server's place.
            headers: Headers that the server gets beside those of the SDK.
            cleaning: Whether it deletes what a case left behind, which is done even after `stop`.
            product: The product; unless given, the only one of those that are tested that has such an operation.
        """
        product = product or self._product_of(call)
        may_go = script is not None or self._rate.wait(CLEANING_GRACE_S if cleaning else 0)
        if not may_go:
            return SdkCall(params, None, _STOPPED, ())
        try:
            with self._pool.take(cleaning=cleaning) as process:
                proxy = self._proxy_of(process)
                proxy.begin(script, headers)
                return self._call(process, proxy, (*call, product), params, credentials, timeout_s or self._timeout_s)
        except PoolStoppedError:
            return SdkCall(params, None, _STOPPED, ())

    def _call(  # noqa: PLR0917 - those of `call`
        self,
        process: DriverProcess,
        proxy: RecordingProxy,
        call: tuple[str, str, str],
        params: Mapping[str, object],
        credentials: Credentials,
        timeout_s: float,
    ) -> SdkCall:
        try:
            answer = process.call(proxy.endpoint, *call[:2], params, credentials, timeout_s, call[2])
        except DriverFailedError as fault:
            recorded = proxy.end()
            # What the dead process left in its connections must not count for the one that is started next.
            self._forget(process)
            return SdkCall(params, None, str(fault), recorded)
        except BaseException:
            self._forget(process)
            raise
        return SdkCall(params, answer, None, proxy.end())

    def send(self, send: Send) -> Exchange:
        """Call an operation and return it as an exchange: the last request of the SDK, and the server's answer to it.

        How the request travels is the SDK's own choice: `send.transport` is not looked at, and `send.headers` are
        added on the way to the server.
        """
        started = time.perf_counter()
        observed = self.call(send.call, send.params, send.credentials, headers=send.headers, cleaning=send.cleaning)
        elapsed_ms = (time.perf_counter() - started) * 1000
        request = WireRequest("", self._endpoint)
        response, failure = None, observed.failure or "the SDK sent nothing"
        if observed.recorded:
            last = observed.recorded[-1]
            request, response = last.request, last.response
            failure = observed.failure or last.failure or "no answer"
            elapsed_ms = sum(record.elapsed_ms for record in observed.recorded)
        usable = response is not None and observed.failure is None
        return Exchange(
            send.call[0], send.wire, request, response, None if usable else failure, elapsed_ms, sdk=observed
        )

    def stop(self) -> None:
        """Let no call wait for its turn or for a process any more; see `Caller.stop`."""
        self._rate.stop()
        self._pool.stop()

    def close(self) -> None:
        """Stop every process and every proxy."""
        self._pool.close()
        with self._lock:
            self._closed = True
            for proxy in self._proxies.values():
                proxy.close()

    def _product_of(self, call: tuple[str, str]) -> str:
        """Return the product of an operation; empty where several may be meant."""
        of_version = [each for each in self._operations if each.version == call[1]]
        named = {each.product for each in of_version if each.name == call[0]}
        found = named or {each.product for each in of_version}
        return next(iter(found)) if len(found) == 1 else ""

    def _proxy_of(self, process: DriverProcess) -> RecordingProxy:
        with self._lock:
            if process not in self._proxies:
                self._proxies[process] = RecordingProxy(self._endpoint, self._timeout_s)
                if self._closed:
                    self._proxies[process].close()
            return self._proxies[process]

    def _forget(self, process: DriverProcess) -> None:
        with self._lock:
            self._proxies.pop(process).close()
