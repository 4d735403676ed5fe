"""Messages with placeholders: what is one, which texts fit, and that no message takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.message_templates import filled, fits, placeholders


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("The specified route %s does not exist.", ("%s",)),
        ("%s", ("%s",)),
        ("At most %d of %1$s, %-5.2f%%.", ("%d", "%1$s", "%-5.2f")),
        ("The instance “{0}” is not in {1}.", ("{0}", "{1}")),
        (
            "The status “{status}” of ${instanceId} and {{name}} and #{id}: {}",
            ("{status}", "${instanceId}", "{{name}}", "#{id}", "{}"),
        ),
        ("Discounts of 100% stay, 50% discount, 5%-10%.", ()),
        ("A space is %20, a letter %E6%B0 or %d0%b0.", ()),
        ('The policy {"Version": "1"} is wrong: { }.', ()),
        ("The range is [1,100], the parameter <ImageId> or [m,n], XXX or ****.", ()),
    ],
)
def test_what_is_surely_a_placeholder(message: str, found: tuple[str, ...]) -> None:
    assert placeholders(message) == found


@pytest.mark.parametrize(
    ("message", "text", "fitting"),
    [
        ("The route %s is gone.", "The route r-1 is gone.", True),
        ("The route %s is gone.", "The route %s is gone.", True),
        ("The route %s is gone.", "The route  is gone.", True),
        ("The route %s is gone.", "The route r-1 is gone", False),
        ("The route %s is gone.", "the route r-1 is gone.", False),
        ("%s and %s.", "a and b and c.", True),
        ("%s and %s.", "a or b.", False),
        ("{0}.{0}", ".", True),
        ("ab%sba", "aba", False),
        ("%s", "anything\nat all", True),
        ("%s", "", False),
        ("%s", None, False),
        ("%s", 5, False),
        ("", "", True),
        ("exact (a.c)*", "exact (abc)", False),
        ("(.*) %s [", "(.*) x [", True),
    ],
)
def test_which_texts_fit(message: str, text: object, fitting: bool) -> None:  # noqa: FBT001 - a column of the table
    assert fits(message, text) is fitting


@given(st.lists(st.text(max_size=6), min_size=1, max_size=6), st.lists(st.text(min_size=1, max_size=6), max_size=6))
def test_a_message_fits_whatever_stands_in_its_placeholders(parts: list[str], values: list[str]) -> None:
    if any(placeholders(part) or "%" in part or "{" in part or "}" in part for part in parts):
        return
    message = "{x}".join(parts)
    if any(mark in message for mark in ("$", "#")):
        return
    values = (values + ["v"] * len(parts))[: len(parts) - 1]
    text = "".join(part + value for part, value in zip(parts, [*values, ""], strict=True))
    assert fits(message, text) or text == ""
    assert fits(message, filled(message)) or message == ""


@given(st.text(), st.text())
def test_an_exact_message_fits_itself_alone(message: str, text: str) -> None:
    assert fits(message, message)
    if not placeholders(message):
        assert fits(message, text) is (message == text)
        assert filled(message) == message


def test_no_message_takes_long() -> None:
    begun = time.process_time()  # this process alone, however busy the machine is
    for message, text in (
        ("a%s" * 20_000 + "b", "a" * 400_000 + "c"),
        ("%s" * 100_000, "x" * 100_000),
        ("%s" + "ab%s" * 10_000, "ab" * 9_000 + "a" * 200_000),
        ("%" * 300_000, "%" * 299_999),
        ("{" * 300_000, "{" * 299_999),
        ("%0" * 100_000 + "5", "x"),
    ):
        fits(message, text)
        filled(message)
    assert time.process_time() - begun < 10
