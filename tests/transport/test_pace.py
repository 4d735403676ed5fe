"""How many requests are in flight, whether connections are kept, and when a host is given up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.core.exchange import WireResponse
from conformance.transport.contact import GRACE_S, Contact
from conformance.transport.keeping import Keeping
from conformance.transport.outcome import ClosedError, ExchangeError, LateError, RefusedError
from conformance.transport.pace import FIRST, SILENCE_S, Pace

ADDRESS = "http://h/"
HOST = "h"
OK = WireResponse(200, {}, b"{}")


def answered(pace: Pace, count: int, took_s: float = 0.01, now: float = 0.0) -> Pace:
    for _ in range(count):
        pace.answered(ADDRESS, took_s, pace.limit, now)
    return pace


class TestPace:
    def test_it_starts_with_a_few_and_adds_some_for_each_answer(self) -> None:
        pace = Pace(64, 10)
        assert pace.limit == FIRST
        assert answered(pace, 1).limit == FIRST + 2
        assert answered(pace, 100).limit == 64
        assert pace.held_at is None

    def test_it_halves_once_for_all_that_were_sent_before(self) -> None:
        pace = answered(Pace(64, 10), 60)
        for _ in range(8):
            pace.silent(64, 5.0)
        assert pace.limit == 32
        pace.silent(64, 7.0)
        assert pace.limit == 16

    def test_what_is_silent_alone_is_not_one_too_many(self) -> None:
        pace = answered(Pace(64, 10), 60)
        pace.silent(1, 5.0)
        assert pace.limit == 64
        pace.silent(8, 5.0)
        assert pace.limit == 4
        assert pace.held_at == 6

    def test_fresh_connections_that_are_closed_at_once_are_too_many_unless_they_are_few_among_answers(self) -> None:
        pace = answered(Pace(64, 10), 60)
        for _ in range(100):
            pace.closed(64, 5.0)
            answered(pace, 9)
        assert pace.limit == 64
        for _ in range(3):
            pace.closed(64, 6.0)
        assert pace.limit == 32
        for _ in range(30):
            pace.closed(1, 7.0)
        assert pace.limit == 32
        assert pace.held_at == 48

    def test_afterwards_it_holds_what_works(self) -> None:
        pace = answered(Pace(64, 10), 60)
        pace.silent(64, 5.0)
        assert answered(pace, 10_000).limit == 48
        assert pace.held_at == 48

    def test_a_request_that_is_never_answered_was_not_one_too_many(self) -> None:
        pace = answered(Pace(64, 10), 60)
        pace.silent(64, 5.0)
        pace.blameless()
        assert pace.limit == 64
        assert pace.held_at is None

    def test_a_queue_is_no_longer_than_the_time_allows(self) -> None:
        """One thread that takes 0.1 s for each: with a timeout of 2 s no more than half a second is waited."""
        pace = Pace(64, 2)
        for number in range(500):
            pace.answered(ADDRESS, 0.1 * pace.limit, pace.limit, number * 0.1)
        assert FIRST < pace.limit <= 8

    def test_a_server_that_is_slow_in_itself_is_not_spared(self) -> None:
        assert answered(Pace(64, 10), 100, took_s=9.0).limit == 64

    def test_silence_counts_only_where_answers_come_soon(self) -> None:
        pace = Pace(64, 10)
        assert pace.silence_s(ADDRESS) is None
        assert answered(pace, 1).silence_s(ADDRESS) == SILENCE_S
        patience = answered(pace, 100, took_s=9.0).silence_s(ADDRESS)
        assert patience is not None
        assert patience > 10

    @given(
        st.integers(1, 100),
        st.lists(st.tuples(st.sampled_from(["answer", "slow", "silent", "late", "never"]), st.floats(0, 3))),
    )
    def test_at_least_one_and_never_more_than_asked_for(self, most: int, events: list[tuple[str, float]]) -> None:
        pace = Pace(most, 10)
        now = 0.0
        for event, later in events:
            now += later
            match event:
                case "answer":
                    pace.answered(ADDRESS, 0.001, 3, now)
                case "slow":
                    pace.answered(ADDRESS, 8.0, 9, now)
                case "silent":
                    pace.silent(5, now)
                case "late":
                    pace.given_up(2, now)
                case _:
                    pace.blameless()
            assert 1 <= pace.limit <= most


class TestKeeping:
    def test_connections_are_kept_until_one_is_closed_without_a_word(self) -> None:
        keeping = Keeping()
        assert keeping.host(HOST).keeps
        keeping.closed(HOST, fresh=False)
        assert not keeping.host(HOST).keeps
        assert keeping.host("another").keeps
        assert "without saying so" in keeping.notes()[0][1]

    def test_a_server_that_breaks_off_on_new_connections_too_is_said_nothing_of(self) -> None:
        keeping = Keeping()
        keeping.closed(HOST, fresh=True)
        assert keeping.host(HOST).keeps
        keeping.closed(HOST, fresh=False)
        assert not keeping.host(HOST).keeps
        assert keeping.notes() == []

    def test_a_server_that_sits_on_a_kept_connection_gives_itself_away(self) -> None:
        keeping = Keeping()
        for now in (1.0, 3.0):
            keeping.silent(HOST, now, kept=True)
            assert not keeping.host(HOST).keeps
            keeping.ended(HOST, now + 0.01, answered=True)
        assert not keeping.host(HOST).keeps
        assert "one connection at a time" in keeping.notes()[0][1]

    def test_a_request_that_the_kernel_sends_again_later_is_no_sign_of_that(self) -> None:
        keeping = Keeping()
        for now in (1.0, 3.0, 5.0):
            keeping.silent(HOST, now, kept=True)
            keeping.ended(HOST, now + 0.4, answered=True)
        assert keeping.host(HOST).keeps
        assert keeping.notes() == []

    def test_where_no_connection_was_kept_none_was_in_the_way(self) -> None:
        keeping = Keeping()
        for now in (1.0, 3.0, 5.0):
            keeping.silent(HOST, now, kept=False)
            keeping.ended(HOST, now + 0.01, answered=True)
        assert keeping.host(HOST).keeps
        assert keeping.notes() == []

    def test_one_that_answers_on_a_new_connection_beside_a_kept_one_does_not_sit_on_it(self) -> None:
        keeping = Keeping()
        keeping.several(HOST)
        for now in (1.0, 3.0, 5.0):
            keeping.silent(HOST, now, kept=True)
            keeping.ended(HOST, now + 0.01, answered=True)
        assert keeping.host(HOST).keeps


class TestContact:
    def test_a_host_that_refuses_is_waited_for_and_then_given_up(self) -> None:
        contact = Contact()
        refused = RefusedError("h refuses the connection")
        assert contact.note(HOST, refused, 10.0, patient=True)
        assert contact.note(HOST, refused, 10.0 + GRACE_S - 0.1, patient=True)
        assert contact.gone(HOST) is None
        assert not contact.note(HOST, refused, 10.0 + GRACE_S, patient=True)
        assert contact.gone(HOST) is refused
        assert contact.gone("another") is None

    def test_one_that_comes_back_has_all_its_time_again(self) -> None:
        contact = Contact()
        contact.note(HOST, RefusedError(""), 10.0, patient=True)
        contact.note(HOST, OK, 11.0, patient=True)
        assert contact.note(HOST, RefusedError(""), 10.0 + GRACE_S, patient=True)
        assert contact.outages == 2

    def test_after_a_stop_nobody_waits(self) -> None:
        contact = Contact()
        assert not contact.note(HOST, RefusedError("refused"), 10.0, patient=False)
        assert contact.gone(HOST) is not None

    def test_one_that_never_answered_is_given_up_sooner_at_that_address_alone(self) -> None:
        contact = Contact()
        late = LateError("no answer within 10 s")
        for _ in range(3):
            assert contact.gone(f"{HOST}/") is None
            contact.note(f"{HOST}/", late, 0.0, patient=True)
            contact.note(f"{HOST}/states", OK, 0.0, patient=True)
        assert str(contact.gone(f"{HOST}/")) == "not sent: 3 requests in a row before it had no answer within 10 s"
        assert contact.gone(f"{HOST}/states") is None
        assert list(contact.silent()) == [f"{HOST}/"]

    def test_one_that_refuses_connections_does_so_at_every_address(self) -> None:
        contact = Contact()
        contact.note(f"{HOST}/", RefusedError("refused"), 10.0, patient=False)
        assert contact.gone(f"{HOST}/states") is not None

    def test_several_unanswered_in_a_row_are_the_end(self) -> None:
        contact = Contact()
        late = LateError("no answer within 10 s")
        contact.note(HOST, OK, 0.0, patient=True)
        for _ in range(4):
            contact.note(HOST, late, 0.0, patient=True)
        contact.note(HOST, OK, 0.0, patient=True)
        for _ in range(4):
            contact.note(HOST, late, 0.0, patient=True)
        assert contact.gone(HOST) is None
        contact.note(HOST, late, 0.0, patient=True)
        gone = contact.gone(HOST)
        assert isinstance(gone, ExchangeError)
        assert str(gone) == "not sent: 5 requests in a row before it had no answer within 10 s"
        assert not gone.lost

    def test_what_was_sent_before_the_last_answer_is_no_sign_that_nobody_is_there(self) -> None:
        contact = Contact()
        late = LateError("no answer within 10 s")
        contact.note(HOST, OK, 9.0, patient=True)
        for _ in range(20):
            contact.note(HOST, late, 11.0, patient=True, took_ms=10_000)
        assert contact.gone(HOST) is None
        for _ in range(5):
            contact.note(HOST, late, 21.0, patient=True, took_ms=10_000)
        assert contact.gone(HOST) is not None

    def test_a_closed_connection_is_an_outage(self) -> None:
        contact = Contact()
        contact.note(HOST, ClosedError(""), 0.0, patient=True)
        assert contact.outages == 1
