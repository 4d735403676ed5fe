"""Many requests at once from one thread, by libcurl, each with a deadline over its whole exchange.

libcurl knows no deadline for an exchange in which nobody listens. So deadlines are kept here, and the time in which the
process was busy elsewhere does not count against the server.
"""

from __future__ import annotations

import math
import time
from itertools import chain
from selectors import EVENT_READ
from typing import TYPE_CHECKING, Final, Generic

from conformance.transport.keeping import Keeping
from conformance.transport.libcurl import pycurl
from conformance.transport.outcome import ClosedError, ExchangeError, LateError, LostError
from conformance.transport.pace import FIRST, Pace
from conformance.transport.sockets import Sockets
from conformance.transport.transfer import MODEST, Arriving, Transfer
from conformance.transport.under_way import Completed, Held, TokenT, UnderWay

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.core.exchange import WireRequest
    from conformance.transport.outcome import TransferOutcome
    from conformance.transport.sockets import Ready

_STALL_S: Final = 0.1
"""How long nobody may listen before that is taken out of the deadlines."""

_LOOK_S: Final = 0.05
"""How often silent requests are looked for, while there may be any."""

_BURST: Final = 4
_BURST_S: Final = 0.002
"""So many new connections are made at once, then again after so long: accept queues are short."""


class Client(Generic[TokenT]):
    """Keeps many requests under way, each on a connection of its own. For one thread.

    It learns from the answers how many a server takes at once, and says so in `has_room`; it does not insist.

    Args:
        pace: What it is told how requests were answered.
        keeping: What is known of whether hosts keep connections; a client before it may have learned it.
    """

    def __init__(self, pace: Pace | None = None, keeping: Keeping | None = None) -> None:
        self._pace = pace or Pace(1, math.inf)
        self._keeping = keeping or Keeping()
        self._silent = self._spare = self._fresh = 0
        self._fresh_at = 0.0
        self._look_at = 0.0
        self._timeout_s = 0.0
        self._uneven = False
        self._heavy = False
        self._multi = pycurl.CurlMulti()
        self._sockets = Sockets()
        self._arriving = Arriving()
        self._idle: dict[tuple[str, bool], list[Transfer]] = {}
        self._under_way: dict[pycurl.Curl, UnderWay[TokenT]] = {}
        self._held: list[Held[TokenT]] = []
        self._unsent: list[Completed[TokenT]] = []
        self._launched: list[Transfer] = []
        self._over = False
        self._ready: Ready = []
        self._due: float | None = None
        self._looked = time.monotonic()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._sockets.watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)

    def start(self, request: WireRequest, timeout_s: float, token: TokenT) -> None:
        """Start a request; `token` comes back with its outcome.

        Args:
            request: The request.
            timeout_s: How long the exchange may take, connecting included.
            token: Anything.
        """
        transfer = self._idle_transfer((request.method, bool(request.body)))
        alone = not self._spare
        try:
            transfer.prepare(request, self._keeping, alone=alone)
        except ValueError as fault:
            self._put_aside(transfer)
            self._unsent.append(Completed(token, ExchangeError(str(fault)), 0.0))
            return
        if alone:
            self._fresh += 1
        else:
            self._spare -= 1
        if timeout_s != self._timeout_s:
            self._uneven = self._uneven or bool(self._under_way)
            self._timeout_s = timeout_s
        now = time.monotonic()
        among = len(self._under_way) + 1
        self._under_way[transfer.curl] = UnderWay(transfer, token, timeout_s, now, now + timeout_s, among)
        self._multi.add_handle(transfer.curl)
        self._launched.append(transfer)

    @property
    def crowded(self) -> bool:
        """Whether as many requests are under way as the server takes at once."""
        limit = min(self._pace.limit, FIRST) if self._heavy else self._pace.limit
        return len(self._under_way) - self._silent >= limit

    def has_room(self) -> bool:
        """Whether one more request may go out now; when it is not `crowded`, then very soon."""
        if self.crowded:
            return False
        if self._spare or self._fresh < _BURST:
            return True
        now = time.monotonic()
        if now < self._fresh_at:
            return False
        self._fresh, self._fresh_at = 0, now + _BURST_S
        return True

    def hurry(self, seconds: float) -> None:
        """Give up what is under way after so many seconds, if not before."""
        deadline = time.monotonic() + seconds
        for each in self._under_way.values():
            each.deadline = min(each.deadline, deadline)

    def notes(self) -> list[tuple[str, str]]:
        """Return what was learned about hosts: each with its port, and a sentence for a person."""
        return self._keeping.notes()

    def flush(self) -> None:
        """Let what was started go out at once; else it goes with the next `process`."""
        if self._due is not None and self._due <= time.monotonic():
            self._due = None
            if len(self._launched) > 1:
                self._sockets.look()
            _, running = self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
            self._over = running < len(self._under_way)
            for transfer in self._launched:
                transfer.acknowledge()
            self._launched.clear()

    def wait(self, seconds: float) -> None:
        """Return when something may have happened, or after so many seconds. May be interrupted: nothing is lost."""
        if self._unsent or self._ready or self._over:
            return
        now = time.monotonic()
        self._forgive(now)
        dues = [now + seconds]
        if self._due is not None:
            dues.append(self._due)
        dues += [each.due for each in self._held[:1]]
        if self._under_way:
            dues.append(self._first_deadline())
            dues.append(self._look_at)
        self._ready = self._sockets.select(max(min(dues) - now, 0))
        self._looked = time.monotonic()

    def process(self) -> list[Completed[TokenT]]:
        """Do what can be done without waiting, and return what has come to an end. Must not be interrupted."""
        self._forgive(time.monotonic())
        self.flush()
        ready, self._ready = self._ready or self._sockets.select(0), []
        watched, act = self._sockets.watched, self._multi.socket_action
        for key, mask in ready:
            ready_sock = key.fd
            if ready_sock in watched:
                act(ready_sock, mask)  # selectors and libcurl number reading and writing alike
                if mask & EVENT_READ and ready_sock in watched:
                    self._sockets.acknowledge(ready_sock)  # the answer is not complete
            else:
                self._sockets.forget(ready_sock)
        self.flush()
        completed, self._unsent, self._over = self._unsent, [], False
        more = 1
        while more:
            more, succeeded, failed = self._multi.info_read()
            for curl in succeeded:
                transfer = self._under_way[curl].transfer
                ended = self._end(curl, None)
                known, sock = transfer.known, transfer.socket
                if known.rest_s and known.keeps and sock is not None and not transfer.ends_connection:
                    self._held.append(Held(time.monotonic() + known.rest_s, known, sock, ended))
                else:
                    completed.append(ended)
            for curl, number, text in failed:
                if self._under_way[curl].transfer.stale:
                    self._restart(curl)
                else:
                    completed.append(self._end(curl, (number, text)))
        now = time.monotonic()
        self._expire(now, completed)
        if now >= self._look_at:
            self._look_for_silence(now)
        self._look_at_idle(now)
        self._release(now, completed)
        return completed

    def waker(self) -> Callable[[], None]:
        """Return what ends `wait` at once, to be called in any thread."""
        return self._sockets.waker()

    def close(self) -> None:
        """Drop everything under way and close every connection."""
        for curl in self._under_way:
            self._multi.remove_handle(curl)
        for transfer in chain((each.transfer for each in self._under_way.values()), *self._idle.values()):
            transfer.curl.close()
        self._under_way.clear()
        self._idle.clear()
        self._multi.close()
        self._sockets.close()

    def _idle_transfer(self, kind: tuple[str, bool]) -> Transfer:
        """Return a transfer that was last used for a request of the same kind, of which the most can stay as it is."""
        alike = self._idle.get(kind)
        if alike:
            return alike.pop()
        for others in self._idle.values():
            if others:
                return others.pop()
        return Transfer(self._sockets, self._arriving)

    def _put_aside(self, transfer: Transfer) -> None:
        alike = self._idle.get(transfer.kind)
        if alike is None:
            alike = self._idle[transfer.kind] = []
        alike.append(transfer)

    def _restart(self, curl: pycurl.Curl) -> None:
        """Let a request go out on another connection, of which nothing was sent."""
        self._multi.remove_handle(curl)
        transfer = self._under_way[curl].transfer
        transfer.forget_connection()
        transfer.restart_alone()
        self._multi.add_handle(curl)

    def _end(self, curl: pycurl.Curl, fault: tuple[int, str] | None) -> Completed[TokenT]:
        ended = self._under_way.pop(curl)
        now = time.monotonic()
        transfer = ended.transfer
        outcome = transfer.outcome(fault)
        if transfer.known.unasked and not transfer.fresh:
            outcome = LostError(
                f"{transfer.host} sends bytes that no request asked for, so this may be no answer to it"
            )
        # libcurl closes one on which it read more than the answer, and says nothing of it: such a one proves nothing.
        kept = curl.getinfo(pycurl.ACTIVESOCKET) == transfer.socket
        self._multi.remove_handle(curl)
        self._put_aside(transfer)
        self._learn(ended, outcome, now, kept=kept)
        return Completed(ended.token, outcome, (now - ended.begun) * 1000)

    def _learn(self, ended: UnderWay[TokenT], outcome: TransferOutcome, now: float, *, kept: bool) -> None:
        """Note how a request ended, for those that come after it, and whether libcurl kept its connection."""
        transfer = ended.transfer
        fresh = transfer.fresh
        answered = not isinstance(outcome, ExchangeError)
        if ended.silent:
            self._silent -= 1
            self._keeping.ended(transfer.host, now, answered=answered)
        if not isinstance(outcome, ExchangeError):
            self._heavy = self._heavy or len(outcome.body) > MODEST
            in_flight = len(self._under_way) + 1
            self._pace.answered(transfer.address, now - ended.begun, in_flight, now, fresh=fresh)
            if fresh and not transfer.known.several and self._has_another(transfer):
                self._keeping.several(transfer.host)
        elif isinstance(outcome, ClosedError):
            if fresh:
                self._pace.closed(len(self._under_way) + 1, now)
            self._keeping.closed(transfer.host, fresh=fresh)
        if not answered or not kept or transfer.ends_connection:
            transfer.forget_connection()
        elif transfer.known.keeps:
            if transfer.socket is not None:
                self._sockets.keep(transfer.socket, transfer.host, now)
        else:
            self._sockets.shut_idle()

    def _look_at_idle(self, now: float) -> None:
        """Count the connections that the next requests may use, and condemn those of hosts that speak unasked."""
        for host in self._sockets.unasked():
            self._keeping.unasked(host)
            self._sockets.shut_idle()
        rested = self._sockets.rested(now, self._keeping.rest_s)
        news = [host for host in set(rested) if self._keeping.quiet(host)]
        if news:
            rested = self._sockets.rested(now, self._keeping.rest_s)
        self._spare = len(rested)

    def _release(self, now: float, completed: list[Completed[TokenT]]) -> None:
        """Hand out the first answers of a host once its connections were quiet: they may be used again then."""
        held = [
            each
            for each in self._held
            if now < each.due
            and self._sockets.keeps(each.sock)  # or it was closed: there is nothing that could be used again
            and each.known.keeps
            and each.known.rest_s
        ]
        if len(held) < len(self._held):
            completed += [each.completed for each in self._held if each not in held]
            self._held = held

    def _has_another(self, than: Transfer) -> bool:
        """Whether a connection to its host that was used before is open, beside that of a transfer."""
        if self._sockets.has_idle(than.host, besides=than.socket):
            return True
        others = (each.transfer for each in self._under_way.values())
        return any(
            other.host == than.host
            and other.connected
            and not other.fresh
            and other.socket != than.socket  # the next request may be on it already
            for other in others
        )

    def _look_for_silence(self, now: float) -> None:
        """Note requests on fresh connections from which nothing came, though others were answered long since."""
        self._look_at = now + _LOOK_S
        for each in self._under_way.values():
            if each.silent or each.transfer.heard or not each.transfer.fresh:
                continue
            patience_s = self._pace.silence_s(each.transfer.address)
            if patience_s is not None and now >= each.deadline - each.timeout_s + patience_s:
                each.silent = True
                self._silent += 1
                self._pace.silent(max(each.among, len(self._under_way)), now)
                self._keeping.silent(each.transfer.host, now, kept=self._has_another(each.transfer))
                self._sockets.shut_idle()

    def _forgive(self, now: float) -> None:
        """Leave the time in which nobody listened out of the deadlines: an answer may have come long ago."""
        missed = now - self._looked
        if missed > _STALL_S:
            for each in self._under_way.values():
                each.deadline += min(missed, now - each.begun)
        self._looked = now

    def _first_deadline(self) -> float:
        """Return the next deadline: that of the oldest, where all have the same time."""
        if self._uneven:
            return min(each.deadline for each in self._under_way.values())
        return next(iter(self._under_way.values())).deadline

    def _expire(self, now: float, completed: list[Completed[TokenT]]) -> None:
        """End the requests whose time is over."""
        if not self._under_way or self._first_deadline() > now:
            return
        others = len(self._under_way) - 1
        over = [curl for curl, each in self._under_way.items() if each.deadline <= now]
        for curl in over:
            each = self._under_way[curl]
            late = self._late(each, others)
            if each.silent:
                self._pace.blameless()
            elif others:
                self._pace.given_up(max(each.among, others + 1), now)
            ended = self._end(curl, (pycurl.E_OPERATION_TIMEDOUT, ""))
            ended.outcome = late
            completed.append(ended)

    def _late(self, each: UnderWay[TokenT], others: int) -> LateError:
        """Return why a request is given up, in words for a person."""
        transfer = each.transfer
        if not transfer.connected:
            return LateError(f"could not connect to {transfer.host} within {each.timeout_s:g} s")
        if transfer.heard:
            return LateError(f"no complete answer within {each.timeout_s:g} s")
        under = f", with {others + 1} requests in flight" if others else ""
        return LateError(f"no answer within {each.timeout_s:g} s{under}")

    def _set_timer(self, milliseconds: int) -> None:
        self._due = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000
