"""One stated rule as two cases of a skeleton: the last value that keeps it, the first that breaks it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.cases.expand import wire_parameters
from conformance.cases.meanings.rows import ALSO_OF_RULES, paths_of_list
from conformance.cases.scaffold.candidates import ExpectedOutcome, error, expectation
from conformance.cases.scaffold.requests import encodings_of, rows_of, top_of
from conformance.cases.scaffold.titles import title_broken, title_kept
from conformance.cases.scaffold.writing import COMMENT, CaseDraft
from conformance.contract.constraints import violations
from conformance.contract.encodings import wire_lists
from conformance.contract.in_force import in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.cases.scaffold.candidates import Candidates
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Fact, Parameter


_SUCCESS: Final[ExpectedOutcome] = {"success": True}
_NOT_NAMED: Final = "its document does not name all that the request sends"


class StatedRule(NamedTuple):
    """One stated rule: the parameter, the fact, and the documents that state this value."""

    row: Parameter
    name: str
    fact: Fact
    languages: tuple[Language, ...]

    @property
    def about(self) -> tuple[str, str, tuple[str, ...]]:
        """What it says of what: the path, the name of the fact, and the key of its value."""
        return self.row.path, self.name, value_key(self.fact)


class CaseMaker:
    """Makes the cases of stated rules; what it can make none of, it remembers with the reason.

    Args:
        contracts: The contracts of the operation by language.
        candidates: Their error rows, and what they are about.
        request: The valid request that the cases start from.

    Attributes:
        request: The valid request.
        plain: The one that a case without a change sends; another one than `request` for rules of one situation.
        speaking: The languages whose document names all that the valid request sends.
        lacking: What there is no case of, with the reason.
    """

    def __init__(
        self, contracts: Mapping[Language, Contract], candidates: Candidates, request: Mapping[str, object]
    ) -> None:
        self._contracts = contracts
        self._candidates = candidates
        self._encodings = encodings_of(rows_of(contracts))
        self.request = request
        self.plain = request
        self.speaking = [language for language in contracts if self._names(language, request)]
        self.lacking: list[str] = []
        sent = wire_parameters(request, {}, self._encodings)
        self._refused_tops = {language: _refused_tops(contract, sent) for language, contract in contracts.items()}

    def in_situation(self, contracts: Mapping[Language, Contract], request: Mapping[str, object]) -> CaseMaker:
        """Return a maker of the cases of rules that hold for one request: with the contracts in force for it."""
        made = CaseMaker(contracts, self._candidates, request)
        made.plain, made.lacking = self.plain, self.lacking
        return made

    def good(
        self,
        rule: StatedRule,
        change: CaseDraft | None,
        *,
        suffix: str = "kept",
        unknown_ids: bool = False,
    ) -> list[CaseDraft]:
        """Return the case of a value that keeps a rule; none where there is no such value.

        Args:
            rule: The rule.
            change: The fields of the case that change the valid request; `None` where no such value was found.
            suffix: The last word of its id.
            unknown_ids: Whether its values name things that need not exist, so that it may be refused for that.
        """
        outcomes: dict[Language, ExpectedOutcome] = {}
        for language in self._asked(rule, change):
            if unknown_ids and not self._candidates.codes("not_found", rule.row.path, language):
                change = None
            outcomes[language] = self._accepted(rule, language, unknown_ids=unknown_ids)
            if change is not None and language != rule.languages[0] and self._breaks(rule, language, change):
                outcomes[language] = self._refused(rule, language, unknown_ids=unknown_ids)
        if change is None or not outcomes or self._refused_elsewhere(rule, change):
            reason = "what its values name would have to exist" if unknown_ids else "no value is known that keeps it"
            named = "another document refuses the value" if outcomes else _NOT_NAMED
            self.lacks(rule, reason if change is None else named, suffix)
            return []
        return [
            {
                "id": self._id(rule, suffix),
                "title": title_kept(rule.row.path, rule.name, rule.fact, change),
                "fact": f"{rule.row.path}.{rule.name}",
                "group": "success",
                **change,
                "expect": self._expected(rule, change, outcomes, unknown_ids=unknown_ids),
                "trigger": "inferred" if unknown_ids else "documented",
            }
        ]

    def bad(
        self,
        rule: StatedRule,
        change: CaseDraft | None,
        broken: Sequence[str],
        *,
        suffix: str = "broken",
        unknown_ids: bool = False,
    ) -> list[CaseDraft]:
        """Return the case of a value that breaks a rule; none where there is no such value.

        Args:
            rule: The rule.
            change: The fields of the case that change the valid request; `None` where no such value was found.
            broken: The names of all rules that the value breaks.
            suffix: The last word of its id.
            unknown_ids: Whether its values name things that need not exist, so that it may be refused for that.
        """
        if change is None:
            self.lacks(rule, "no value is known that breaks it", suffix)
            return []
        languages = self._asked(rule, change)
        if not languages:
            self.lacks(rule, _NOT_NAMED, suffix)
            return []
        # A document that does not state one of the facts named says nothing of the case.
        alike = (name for name in broken if all(self._states(language, rule.row.path, name) for language in languages))
        facts = [f"{rule.row.path}.{name}" for name in dict.fromkeys((rule.name, *alike))]
        outcomes = {language: self._refused(rule, language, unknown_ids=unknown_ids) for language in languages}
        if self._breaks(rule, languages[0], change):
            # What one document states beside the rule, as that a text may be empty, may let the value pass.
            for language in languages[1:]:
                if not self._breaks(rule, language, change):
                    outcomes[language] = self._accepted(rule, language, unknown_ids=unknown_ids)
        return [
            {
                "id": self._id(rule, suffix),
                "title": title_broken(rule.row.path, rule.name, rule.fact, change),
                "fact": facts if len(facts) > 1 else facts[0],
                "group": "refused",
                **change,
                "expect": self._expected(rule, change, outcomes, unknown_ids=unknown_ids),
                "trigger": "inferred",
                **({COMMENT: "It cannot be broken alone."} if len(broken) > 1 else {}),
            }
        ]

    def _refused_elsewhere(self, rule: StatedRule, change: CaseDraft) -> bool:
        """Whether a document that does not state a rule refuses a value that keeps it, by another rule.

        That may be one of the parameter, or one of what another document says to be in it.
        """
        sent = wire_parameters(self._changed(change), {}, self._encodings)
        path = rule.row.path
        for contract in self._contracts.values():
            for row in contract.parameters:
                # A document may have as one value what another has as items in one text.
                whole = path == f"{row.path}[]" and contract.parameter(path) is None
                inside = whole or row.path == path or row.path.startswith((f"{path}[", f"{path}."))
                held = in_force(contract, row, sent) if inside else row
                if inside and not (row.path == path and held.fact(rule.name).stated):
                    lists = wire_lists(row, contract.parameters, sent)
                    if set(violations(held, tuple(value for each in lists for value in each), lists)) - {"required"}:
                        return True
        return False

    def _breaks(self, rule: StatedRule, language: Language, change: CaseDraft) -> bool:
        """Whether a request has a value of the parameter that one document refuses."""
        contract = self._contracts[language]
        row = contract.parameter(rule.row.path)
        if row is None:
            return False
        sent = wire_parameters(self._changed(change), {}, self._encodings)
        lists = wire_lists(row, contract.parameters, sent)
        values = tuple(value for each in lists for value in each)
        return bool(set(violations(in_force(contract, row, sent), values, lists)) - {"required"})

    def _accepted(self, rule: StatedRule, language: Language, *, unknown_ids: bool) -> ExpectedOutcome:
        if not unknown_ids:
            return dict(_SUCCESS)
        return {"any_of": [dict(_SUCCESS), error(self._candidates.codes("not_found", rule.row.path, language))]}

    def _refused(self, rule: StatedRule, language: Language, *, unknown_ids: bool) -> ExpectedOutcome:
        kind = "missing" if rule.name == "required" else "malformed"
        also = [*ALSO_OF_RULES.get(rule.name, ()), *(("not_found",) if unknown_ids else ())]
        empty = _is_of_emptiness(rule) and self._requires(language, rule.row.path)
        if empty and not self._candidates.codes("missing", rule.row.path, language):
            # No document says whether an empty text is a missing one, nor here with which code that is refused.
            return error(())
        paths = [rule.row.path]
        if rule.name == "maxItems":  # the row of any member may answer
            paths = list(paths_of_list(rule.row.path, self._contracts[language].parameters))
        own, *others = [self._candidates.codes(kind, path, language, also) for path in paths]
        for path, codes in zip(paths[1:], others, strict=True):
            if not codes and self._states(language, path, rule.name):
                return error(())  # the list breaks that rule too, of which no row is
        return error(list(dict.fromkeys([*own, *(code for each in others for code in each if own)])))

    def _requires(self, language: Language, path: str) -> bool:
        row = self._contracts[language].parameter(path)
        return row is not None and row.fact("required").value is True

    def _states(self, language: Language, path: str, name: str) -> bool:
        row = self._contracts[language].parameter(path)
        return row is not None and row.fact(name).stated

    def _names(self, language: Language, names: Iterable[str]) -> bool:
        return all(self._contracts[language].names(name.partition(".")[0]) for name in names)

    def _asked(self, rule: StatedRule, change: CaseDraft | None) -> list[Language]:
        """Return the languages that state a rule, name all that a case sends, and refuse nothing else of it.

        One by whose document the parameter is written in another way than the case writes it says nothing, too.
        """
        sent = self._changed(change or {})
        return [
            each
            for each in rule.languages
            if self._names(each, sent) and not self._refuses_the_rest(each, rule) and self._writes(each, rule)
        ]

    def _writes(self, language: Language, rule: StatedRule) -> bool:
        """Whether a document has a parameter written as the cases write it: as one text, or an item an index."""
        row = self._contracts[language].parameter(rule.row.path)
        return row is None or row.encoding != "repeat" or top_of(row.path) not in self._encodings

    def _refuses_the_rest(self, language: Language, rule: StatedRule) -> bool:
        """Whether a document refuses the valid request for another parameter: the situation itself, maybe."""
        return bool(self._refused_tops[language] - {top_of(rule.row.path)})

    def _expected(
        self, rule: StatedRule, change: CaseDraft, outcomes: dict[Language, ExpectedOutcome], *, unknown_ids: bool
    ) -> ExpectedOutcome:
        """Return what a case expects: of a document that states another value, what it makes of the request."""
        if not self._apart(rule):
            if any(self._refuses_the_rest(language, rule) for language in rule.languages):
                return {**outcomes}
            return expectation(outcomes)
        for language, contract in self._contracts.items():
            row = contract.parameter(rule.row.path)
            silent = language in outcomes or self._refuses_the_rest(language, rule)
            if not silent and row is not None and row.fact(rule.name).stated:
                made = self._refused if self._breaks(rule, language, change) else self._accepted
                outcomes[language] = made(rule, language, unknown_ids=unknown_ids)
        found: ExpectedOutcome = {language: outcomes[language] for language in self._contracts if language in outcomes}
        first = next(iter(outcomes.values()))
        alike = len(found) == len(self._contracts) and all(each == first for each in outcomes.values())
        return dict(first) if alike else found

    def _changed(self, change: CaseDraft) -> dict[str, object]:
        own, left_out = change.get("set"), change.get("unset")
        kept = {
            name: value
            for name, value in self.request.items()
            if not isinstance(left_out, list) or name not in left_out
        }
        return kept | (own if isinstance(own, dict) else {})

    def lacks(self, rule: StatedRule, reason: str, suffix: str = "") -> None:
        """Remember that there is no case of a rule, or of one side of it, and why."""
        side = f", {suffix}" if suffix else ""
        self.lacking.append(f"{rule.row.path}.{rule.name}{side}: {reason}")

    def _apart(self, rule: StatedRule) -> bool:
        """Whether another document states another value."""
        others = (contract for language, contract in self._contracts.items() if language not in rule.languages)
        rows = (contract.parameter(rule.row.path) for contract in others)
        return any(row is not None and row.fact(rule.name).stated for row in rows)

    def _id(self, rule: StatedRule, suffix: str) -> str:
        words = [slug(rule.row.path), slug(rule.name), suffix]
        return "-".join([*words, *(rule.languages if self._apart(rule) else ())])


def _is_of_emptiness(rule: StatedRule) -> bool:
    """Whether the value that breaks a rule is an empty text."""
    return rule.name == "allowEmpty" or (rule.name == "minLength" and rule.fact.value == 1)


def _refused_tops(contract: Contract, sent: Mapping[str, str]) -> frozenset[str]:
    """Return the parameters at the top of a request in which a document refuses a value."""
    found = set()
    for row in contract.parameters:
        lists = wire_lists(row, contract.parameters, sent)
        values = tuple(value for each in lists for value in each)
        if set(violations(in_force(contract, row, sent), values, lists)) - {"required"}:
            found.add(top_of(row.path))
    return frozenset(found)


def slug(text: str) -> str:
    """Return a text as a part of an id: lower-case words with hyphens between them."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", text)
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "case"


def value_key(fact: Fact) -> tuple[str, ...]:
    """Return what two facts have alike that state the same; the order of a list says nothing."""
    return tuple(sorted(map(str, fact.value if isinstance(fact.value, tuple) else (fact.value,))))
