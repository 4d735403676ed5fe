"""Cases of situations that a documented row names: what a request names is missing, or the account is in a state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.alternatives import alternatives
from conformance.cases.meanings.rows import leaf_of, naming_rows, told_by_code
from conformance.cases.meanings.values import EXISTS, invented_default
from conformance.cases.meanings.words import singular, words_of
from conformance.cases.promised_fields import fields_inside
from conformance.cases.scaffold.candidates import error, expectation
from conformance.cases.scaffold.examples import keeps_rules
from conformance.cases.scaffold.requests import carrier_path
from conformance.cases.scaffold.rules import slug
from conformance.cases.scaffold.structures import set_of, valid_structure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.cases.meanings.rows import MeantRow
    from conformance.cases.meanings.values import ValueTable
    from conformance.cases.scaffold.candidates import Candidates
    from conformance.cases.scaffold.examples import AccountThings
    from conformance.cases.scaffold.requests import Rows
    from conformance.cases.scaffold.writing import CaseDraft
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

_RAM_USER: Final = "account.is-ram-user"
_QUOTA: Final = "account.quota-reached"
_STATUS: Final = "resource.status"
_NO_JSON: Final = "[{"
"""A text that begins like JSON, and is none."""
_SHORTEST_WORD: Final = 3
_PLACES: Final = re.compile(r"(?i)\b(per|in (the|this|each|one)) (current )?(region|account)|地域|账号")
"""The words of a message by which a quota is that of an account in a region."""
_UNUSUAL: Final = "Deleting"
"""A status in which nothing can be done with a resource any more."""


class NaturalCases:
    """Makes the cases of one operation.

    Args:
        contracts: Its contracts by language; all that are asked name what the request sends.
        candidates: Their error rows, and what they are about.
        request: The valid request.
        account: What it names of the account.
        table: What is known of parameters by their names.
    """

    def __init__(
        self,
        contracts: Mapping[Language, Contract],
        candidates: Candidates,
        request: Mapping[str, object],
        account: AccountThings,
        table: ValueTable,
    ) -> None:
        self._contracts = contracts
        self._candidates = candidates
        self._request = request
        self._account = account
        self._table = table
        operation = next(iter(contracts.values())).operation
        self._role, self._noun = table.words.role_and_noun(operation)

    def cases(self, rows: Rows) -> Iterator[CaseDraft]:
        """Yield the cases; `rows` are the parameters by path, as each document has them."""
        yield from self._missing_things(rows)
        yield from self._malformed(rows)
        yield from self._none_of()
        yield from self._ram_user()
        yield from self._quota()
        yield from self._status()
        yield from self._given_back(rows)
        yield from self._one_there()

    def _missing_things(self, rows: Rows) -> Iterator[CaseDraft]:
        """Yield a case for every parameter of which a row says that there is none such."""
        for path, own in rows.items():
            kind = "not_found"
            languages = self._naming(kind, path)
            if not languages and self._table.words.known_values(path) is not None:
                # What there is for every account is as often called wrong as missing.
                kind = "malformed"
                languages = self._naming(kind, path)
            value = self._absent(path)
            if not languages or not value or not keeps_rules(own, value) or path.count("[]") > path.endswith("[]"):
                continue
            listed = any(row.encoding in ("json", "csv") for row in own)
            if any(row.encoding == "map" for row in own) or carrier_path(path, rows) is not None:
                continue
            codes = {each: error(self._candidates.codes(kind, path, each)) for each in languages}
            yield {
                "id": f"{slug(path)}-missing",
                "title": f"{path} names something that does not exist",
                "group": "refused",
                "set": set_of(path, [value] if listed else value, rows),
                "expect": self._expected(codes),
                "trigger": "inferred",
            }

    def _malformed(self, rows: Rows) -> Iterator[CaseDraft]:
        """Yield a case for every parameter of which a row says that it is malformed, and whose name tells its form."""
        for path, own in rows.items():
            written = any(row.encoding == "json" for row in own)
            line = self._table.of(path)
            value = _NO_JSON if written else line.wrong if line is not None and line.is_wrong(line.wrong) else ""
            words, meant = self._table.words, self._candidates.meant
            languages = [each for each in self._contracts if told_by_code("malformed", path, meant[each], words)]
            if written:  # by another document it may be any text
                languages = [each for each in languages if self._is_json(each, path)]
            inside = path.count("[]") > path.endswith("[]") or carrier_path(path, rows) is not None
            if not languages or not value or inside or any(row.encoding == "map" for row in own):
                continue
            if not written and not keeps_rules(own, value):
                continue  # another rule refuses it, which has its own case
            listed = not written and (path.endswith("[]") or any(row.encoding == "csv" for row in own))
            codes = {each: error(self._candidates.codes("malformed", path, each)) for each in languages}
            yield {
                "id": f"{slug(path)}-malformed",
                "title": f"{path} has not the form that it must have",
                "group": "refused",
                "set": {path.removesuffix("[]"): [value] if listed else value},
                "expect": self._expected(codes),
                "trigger": "inferred",
            }

    def _is_json(self, language: Language, path: str) -> bool:
        row = self._contracts[language].parameter(path)
        return row is not None and row.encoding == "json"

    def _none_of(self) -> Iterator[CaseDraft]:
        """Yield a case for every row about parameters of which one is enough: the request has none of them."""
        every = {
            language: list(alternatives(contract, self._table.words)) for language, contract in self._contracts.items()
        }
        groups = {frozenset(each.names): each.names for found in every.values() for each in found}
        for alike, names in groups.items():
            sent = [name for name in names if name in self._request]
            left = set(self._request) - set(sent)
            # A row about fewer of them, or about more, may answer too where none of its own is left.
            codes = {
                language: list(dict.fromkeys(each.row.code for each in found if left.isdisjoint(each.names)))
                for language, found in every.items()
                if any(alike == frozenset(each.names) for each in found)
            }
            if sent:
                yield {
                    "id": f"{slug(names[0])}-or-another-missing",
                    "title": f"None of {', '.join(names)} is there",
                    "group": "refused",
                    "unset": sent,
                    "expect": self._expected({each: error(of) for each, of in codes.items()}),
                    "trigger": "inferred",
                }

    def _given_back(self, rows: Rows) -> Iterator[CaseDraft]:
        """Yield a case for each parameter, of a page or of what there is, that an answer gives back when it is sent."""
        words = self._table.words
        for path, own in rows.items():
            languages = [each for each, contract in self._contracts.items() if contract.parameter(path) is not None]
            back = all(any(row.path == path for row in self._contracts[each].responses) for each in languages)
            plain = re.fullmatch(r"\w+", path) and all(row.encoding == "plain" and not row.conditional for row in own)
            known = path in self._account.paths or words.known_values(path) is not None
            if not (back and plain and (known or words.means("page_number", path) or words.means("page_size", path))):
                continue
            value = valid_structure(path, rows)
            if path not in self._request and value is not None:
                yield {
                    "id": f"{slug(path)}-given-back",
                    "title": f"The answer gives {path} back",
                    "group": "success",
                    "set": {path: value},
                    "expect": self._expected({each: {"success": True} for each in languages}),
                    "trigger": "inferred",
                }

    def _one_there(self) -> Iterator[CaseDraft]:
        """Yield the case in which there is one of what an operation shows, where documents say what is shown of it."""
        inside = all(fields_inside(contract) for contract in self._contracts.values())
        if self._role == "show" and inside and not self._account.states(self._request):
            thing = self._table.named_thing(f"{self._noun}{self._table.words.ids[0]}")
            yield {
                "id": "one-there",
                "title": f"There is one resource of the type {self._noun}",
                "group": "success",
                "given": [{EXISTS: {"type": thing.thing, "id": invented_default(thing.target)}}],
                "expect": self._expected({each: {"success": True} for each in self._contracts}),
                "trigger": "inferred",
            }

    def _naming(self, kind: str, path: str) -> list[Language]:
        """Return the languages in which a row of a kind plainly names a parameter."""
        return [language for language in self._contracts if naming_rows(kind, path, self._candidates.meant[language])]

    def _absent(self, path: str) -> str:
        """Return a value that names nothing; empty where none is sure to."""
        line = self._table.of(path)
        if line is not None and line.target and not line.thing:
            return line.wrong
        thing = next((text for text in self._account.things if path in self._account.paths_of(text)), "")
        return thing.replace("conformance", "nonexistent") if "conformance" in thing else ""

    def _ram_user(self) -> Iterator[CaseDraft]:
        languages = [
            language
            for language in self._contracts
            if any(
                each.kind == "identity" and self._table.words.is_of_ram_user(each.row)
                for each in self._candidates.meant[language]
            )
        ]
        codes = {language: self._candidates.of_kind("identity", language) for language in languages}
        yield from self._in_state(codes, "ram-user", "The caller is a RAM user", _RAM_USER)

    def _quota(self) -> Iterator[CaseDraft]:
        if self._role != "create":
            return
        languages = [
            language
            for language in self._contracts
            if any(each.kind == "quota" and self._is_of_noun(each) for each in self._candidates.meant[language])
        ]
        state = {_QUOTA: {"resource": self._noun}}
        title = f"The account has as many resources of the type {self._noun} as it may have"
        codes = {language: self._candidates.of_kind("quota", language) for language in languages}
        yield from self._in_state(codes, "quota-reached", title, state)

    def _is_of_noun(self, row: MeantRow) -> bool:
        """Whether a row speaks of how many there are of what the operation creates, and not of its tags, say."""
        text = re.sub("[^a-z]", "", f"{row.row.code} {row.row.message}".lower())
        if leaf_of(row.parameter).startswith(self._noun) or self._noun.lower() in text:
            return True
        some = any(len(word) >= _SHORTEST_WORD and word in text for word in words_of(self._noun))
        return (not row.parameter or row.loosely) and (some or bool(_PLACES.search(row.row.message)))

    def _status(self) -> Iterator[CaseDraft]:
        """Yield a case for each resource of the request of which a row says that its status does not fit."""
        named = [
            (name, value)
            for name, value in self._request.items()
            if isinstance(value, str) and name in self._account.paths
        ]
        for name, value in named:
            languages = self._naming("status", name)
            if languages:
                codes = {each: self._candidates.codes("status", name, each) for each in languages}
                title = f"What {name} names is in the status {_UNUSUAL}"
                yield from self._unusual(name, value, codes, f"{slug(name)}-status-unusual", title)
        own = [each for each in named if singular(leaf_of(each[0])).startswith(self._noun)] or named
        if self._role in ("", "show", "create") or len(own) != 1 or self._naming("status", own[0][0]):
            return
        codes = {each: self._candidates.of_kind("status", each) for each in self._contracts}
        title = f"The resource is in the status {_UNUSUAL}"
        yield from self._unusual(*own[0], {each: of for each, of in codes.items() if of}, "status-unusual", title)

    def _unusual(
        self, name: str, value: str, codes: Mapping[Language, Sequence[str]], case: str, title: str
    ) -> Iterator[CaseDraft]:
        exists = next((next(iter(each.values())) for each in self._account.states({name: value})), None)
        if isinstance(exists, dict) and "type" in exists:
            yield from self._in_state(codes, case, title, {_STATUS: {**exists, "status": _UNUSUAL}})

    def _in_state(
        self, codes: Mapping[Language, Sequence[str]], name: str, title: str, state: object
    ) -> Iterator[CaseDraft]:
        if codes:
            yield {
                "id": name,
                "title": title,
                "group": "refused",
                "given": [state],
                "expect": self._expected({language: error(of_language) for language, of_language in codes.items()}),
                "trigger": "inferred",
            }

    def _expected(self, codes: Mapping[Language, Mapping[str, object]]) -> dict[str, object]:
        outcomes = {language: dict(outcome) for language, outcome in codes.items()}
        if len(outcomes) < len(self._candidates.meant):
            return {language: dict(outcome) for language, outcome in outcomes.items()}
        return expectation(outcomes)
