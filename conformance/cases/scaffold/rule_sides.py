"""How both sides of one stated rule are sent: a value that keeps it, and one that breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.meanings.rows import leaf_of
from conformance.cases.meanings.words import load_words
from conformance.cases.scaffold.requests import carrier_path, every_row, top_of
from conformance.cases.scaffold.structures import (
    number_of_items,
    numbered_paths,
    padded_json,
    set_of,
    set_without,
    valid_structure,
    without,
)
from conformance.cases.scaffold.values import broken_facts, pair
from conformance.contract.encodings import is_carrier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.cases.scaffold.examples import AccountThings
    from conformance.cases.scaffold.requests import Rows
    from conformance.cases.scaffold.rules import CaseMaker, StatedRule
    from conformance.cases.scaffold.writing import CaseDraft
    from conformance.contract.model import Scalar


class RuleSides:
    """Makes the cases of rules that hold for one request.

    Args:
        maker: Makes a case of a change of its request.
        rows: The parameters that hold for that request.
        account: What requests name of the account under test.
    """

    def __init__(self, maker: CaseMaker, rows: Rows, account: AccountThings) -> None:
        self._maker = maker
        self._request = maker.request
        self._rows = rows
        self._account = account

    def of(self, rule: StatedRule, *, otherwise: Sequence[str] = ()) -> Iterator[CaseDraft]:
        """Yield the cases of a rule; the maker is told what there is none of.

        Args:
            rule: The rule.
            otherwise: The values that the parameter may have where the rule, which lists values, does not hold.
        """
        if rule.name == "required":
            yield from self._presence(rule)
        elif rule.name == "maxItems":
            yield from self._items(rule)
        elif is_carrier(rule.row, every_row(self._rows)):
            yield from self._texts(rule)
        else:
            yield from self._values(rule, otherwise)

    def _texts(self, rule: StatedRule) -> Iterator[CaseDraft]:
        """Yield the cases of the text of a list or object."""
        # A text of another length is no longer JSON, or has other items: only an empty one has one fault.
        texts = padded_json(rule.row, self._rows) if rule.name == "maxLength" else ()
        if rule.name == "allowEmpty":
            yield from self._maker.bad(rule, {"set": set_of(rule.row.path, "", self._rows)}, ())
        elif texts:
            longest, longer = texts
            yield from self._maker.good(rule, {"set": {rule.row.path: longest}})
            yield from self._maker.bad(rule, {"set": {rule.row.path: longer}}, ("maxLength",))
        else:
            self._maker.lacks(rule, "a text of another length has other items too")

    def _values(self, rule: StatedRule, otherwise: Sequence[str]) -> Iterator[CaseDraft]:
        """Yield the cases of a single value."""
        path, account = rule.row.path, self._account
        good, bad = pair(rule.row, rule.name, otherwise)
        known = isinstance(good, str) and good in account.things
        unknown = path in account.paths and not known
        yield from self._maker.good(rule, None if good is None else self._set(path, good), unknown_ids=unknown)
        first = _first_value(rule, good) if path not in account.kinds.values() else None
        if first is not None:
            yield from self._maker.good(rule, self._set(path, first), suffix="first", unknown_ids=unknown)
        facts = broken_facts(rule.row, bad) if bad is not None else ()
        change = None if bad is None else self._set(path, bad)
        yield from self._maker.bad(rule, change, facts, unknown_ids=path in account.paths)

    def _set(self, path: str, value: object) -> CaseDraft:
        """Return the change of one value; the object that it is in keeps the other members of the valid request."""
        change = set_of(path, value, self._rows)
        for name, new in change.items():
            there = self._request.get(name)
            if isinstance(new, dict) and isinstance(there, dict):
                change[name] = {**there, **new}
        return {"set": change}

    def _presence(self, rule: StatedRule) -> Iterator[CaseDraft]:
        path, top = rule.row.path, top_of(rule.row.path)
        if path not in self._rows:
            change: CaseDraft | None = {"unset": [top]} if top in self._request else None
            yield from self._maker.bad(rule, change, ("required",), suffix="omitted")
        elif carrier_path(path, self._rows) is not None:
            yield from self._presence_in_a_text(rule)
        elif "[]." in path:
            yield from self._presence_in_an_item(rule)
        else:
            if self._request != self._maker.plain:  # else the plain request shows that it is accepted
                yield from self._maker.good(rule, {}, suffix="given")
            own = [each for each in self._rows if top_of(each) == top and carrier_path(each, self._rows) is None]
            alone = own == [path] and top in self._request
            change = {"unset": [top]} if alone else None
            yield from self._maker.bad(rule, change, ("required",), suffix="omitted")

    def _presence_in_a_text(self, rule: StatedRule) -> Iterator[CaseDraft]:
        """Yield the cases of a member of a list or object that is one text."""
        path = rule.row.path
        value, left_out = valid_structure(path, self._rows), without(path, self._rows)
        known = value is not None and left_out is not None
        given: CaseDraft | None = {"set": set_of(path, value, self._rows)} if known else None
        yield from self._maker.good(rule, given, suffix="given")
        yield from self._maker.bad(rule, {"set": left_out} if known else None, ("required",), suffix="omitted")

    def _presence_in_an_item(self, rule: StatedRule) -> Iterator[CaseDraft]:
        """Yield the cases of a member of the objects in a list whose items have names of their own on the wire."""
        path = rule.row.path
        value = valid_structure(path, self._rows)
        given: CaseDraft | None = {"set": set_of(path, value, self._rows)} if value is not None else None
        yield from self._maker.good(rule, given, suffix="given")
        rest = set_without(path, self._rows)
        yield from self._maker.bad(rule, {"set": rest} if rest else None, ("required",), suffix="omitted")

    def _items(self, rule: StatedRule) -> Iterator[CaseDraft]:
        most = rule.fact.value
        counts = (most, most + 1) if isinstance(most, int) else ()
        changes = [number_of_items(rule.row, count, self._rows) for count in counts]
        if not changes or None in changes:
            self._maker.lacks(rule, "no list of this length is known to be valid")
            return
        # A list that one text carries names things by the path of that text.
        named = {path.removesuffix("[]") for path in self._account.paths}
        unknown = any(path.removesuffix("[]") in named for path in numbered_paths(changes[0] or {}))
        yield from self._maker.good(rule, {"set": changes[0]}, unknown_ids=unknown)
        yield from self._maker.bad(rule, {"set": changes[1]}, ("maxItems",), unknown_ids=unknown)


def _first_value(rule: StatedRule, last: object) -> Scalar | None:
    """Return the first of several values that a parameter may have; `None` where it may not be plainly accepted.

    A request that only asks what would happen is answered in its own way.
    """
    values = rule.fact.value
    if rule.name != "enum" or not isinstance(values, tuple) or last is None:
        return None
    return None if values[0] == last or load_words().means("apart", leaf_of(rule.row.path)) else values[0]
