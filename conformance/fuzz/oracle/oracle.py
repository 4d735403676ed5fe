"""What each document says of any request: which of its promises the request breaks, and the answers that allows. Pure.

A request that surely breaks a promise must be refused with a documented code that fits; one that breaks none must
succeed; where the documents leave the choice open, each choice is allowed. Nothing is taken from what a generator
thinks of its own data: the texts on the wire are compared with the facts.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.meanings.rows import meant_rows
from conformance.cases.meanings.words import load_words
from conformance.cases.model import ANY_CODE, Outcome
from conformance.contract.constraints import masked
from conformance.contract.encodings import carriers, wire_lists
from conformance.contract.in_force import in_force
from conformance.fuzz.oracle.breaches import EXISTENCE, GAP, Breach, is_restricted, parameter_breaches
from conformance.fuzz.oracle.conditional_breaches import conditional_breaches
from conformance.fuzz.oracle.fitting_codes import (
    ALTERNATIVES,
    TYPE,
    alternatives,
    answering_codes,
    codes_for,
    codes_of,
)
from conformance.fuzz.oracle.parameters import (
    lists_with_gaps,
    lists_written_otherwise,
    paths_of_empty_values,
    readings,
    request_parameters,
    ways_to_write,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.cases.model import Outcomes
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Parameter
    from conformance.fuzz.oracle.breaches import CarriedValues
    from conformance.fuzz.oracle.fitting_codes import Violation

_OF_THE_ACCOUNT: Final = ("auth", "throttle")
_OF_ANY_CLASS: Final = ("syntax", "state", "auth", "throttle", "server")
_OF_THE_SERVER: Final = ("state", *_OF_THE_ACCOUNT)


class Expectation(Struct, frozen=True):
    """What one document says of a request.

    Attributes:
        broken: What the request surely breaks.
        success: Whether a success is allowed.
        codes: The documented codes that are allowed; `ANY_CODE` where the document has none for what is broken.
    """

    broken: tuple[Violation, ...]
    success: bool
    codes: tuple[str, ...]

    @property
    def outcomes(self) -> Outcomes:
        """The allowed answers, as a case has them."""
        return (*([Outcome(None)] if self.success else []), *(Outcome(code) for code in self.codes))


class Surroundings(Struct, frozen=True):
    """What the answer to a request depends on beside the request and the documents.

    Attributes:
        valid: The valid request, wire name to text: all that it names exists.
        creatable: The parameters of which any value can be made to exist by a provider state.
        isolated: Whether the request has an account of its own, in which all that it needs is known to hold. Else any
            documented error of state, authorisation or throttling may be the answer.
    """

    valid: Mapping[str, str]
    creatable: frozenset[str] = frozenset()
    isolated: bool = True

    def has(self, name: str, value: str) -> bool:
        """Whether what the value of a parameter names exists."""
        return value == self.valid.get(name) or (bool(value) and name in self.creatable)


class Oracle:
    """Says what the documents of one operation allow as the answer to a request.

    Args:
        contracts: The documents, by language.
        surroundings: What the answer depends on beside them.
    """

    def __init__(self, contracts: Mapping[Language, Contract], surroundings: Surroundings) -> None:
        self._contracts = contracts
        self._surroundings = surroundings
        self._carriers = {language: tuple(carriers(each.parameters)) for language, each in contracts.items()}
        self._ways = {language: ways_to_write(each) for language, each in contracts.items()}
        self._may_be_empty = {language: paths_of_empty_values(each) for language, each in contracts.items()}
        self._parameters = {language: tuple(request_parameters(each)) for language, each in contracts.items()}
        self._alternatives = {language: tuple(alternatives(each)) for language, each in contracts.items()}
        words = load_words()
        self._meant = {language: meant_rows(each, words) for language, each in contracts.items()}
        # Most parameters of most requests are those of the valid one.
        self._known: dict[tuple[Language, str, CarriedValues], tuple[Breach, ...]] = {}
        self._fitting_codes: dict[tuple[Language, Violation, bool], tuple[str, ...]] = {}

    def expectations(self, params: Mapping[str, str]) -> dict[Language, Expectation]:
        """Return what each document says of a request, wire name to text.

        A document that does not know a parameter that is sent says nothing, and is not among the keys; unless it
        refuses the request whatever else is sent, and the others let it succeed: on that the documents differ.
        """
        names = {name.partition(".")[0] for name in params}
        knowing = [
            language for language, contract in self._contracts.items() if all(contract.names(name) for name in names)
        ]
        found = {language: self._expectation(self._contracts[language], params) for language in knowing}
        if found and all(each.success for each in found.values()):
            others = [language for language in self._contracts if language not in found]
            own = {language: self._expectation(self._contracts[language], params) for language in others}
            found |= {language: each for language, each in own.items() if each.broken and each.codes}
        return found

    def outcomes(self, params: Mapping[str, str]) -> dict[Language, Outcomes]:
        """Return the answers that each document allows to a request; one that says nothing is not among the keys."""
        return {language: each.outcomes for language, each in self.expectations(params).items()}

    def refuses_anyway(self, language: Language, params: Mapping[str, str]) -> tuple[str, ...]:
        """Return the codes with which a document may refuse a request whatever else is sent.

        It may say nothing of the request as a whole, because it does not know a parameter that is sent. `ANY_CODE` is
        among them only where it surely refuses the request and does not say with which code.
        """
        own = self._expectation(self._contracts[language], params)
        return own.codes if own.broken else tuple(code for code in own.codes if code != ANY_CODE)

    def _expectation(self, contract: Contract, params: Mapping[str, str]) -> Expectation:
        found = [
            tuple(self._as_demanded(contract, each) for each in self._breaches(contract, reading))
            for reading in readings(self._may_be_empty[contract.language], params)
        ]
        codes = dict.fromkeys(chain.from_iterable(self._codes(contract, breaches) for breaches in found))
        sure = [dict.fromkeys(breach.violation for breach in breaches if breach.sure) for breaches in found]
        success = not all(sure)
        broken = () if success else tuple(each for each in sure[0] if all(each in others for others in sure))
        return Expectation(broken, success, tuple(codes))

    def _codes(self, contract: Contract, breaches: Sequence[Breach]) -> Iterator[str]:
        """Yield the codes that may answer a request, by one way to read it."""
        sure = {breach.violation: breach.wrong_type for breach in breaches if breach.sure}
        unsure = {breach.violation: breach.wrong_type for breach in breaches if not breach.sure}
        isolated = self._surroundings.isolated
        for violation, wrong_type in (sure | unsure).items():
            codes = self._fitting(contract, violation, wrong_type=wrong_type)
            yield from codes
            if not codes and violation[1] != EXISTENCE:
                yield ANY_CODE  # the document does not say with which code
        if any(fact == GAP for _, fact in unsure):
            yield from codes_of(contract, _OF_ANY_CLASS)
        if not isolated:
            yield from codes_of(contract, _OF_THE_ACCOUNT)
        if not sure and (not isolated or any(fact == EXISTENCE for _, fact in unsure)):
            yield from codes_of(contract, _OF_THE_SERVER)
        if not sure and not isolated:
            yield from self._codes_of_the_unknown(contract, [path for path, fact in unsure if fact == EXISTENCE])

    def _codes_of_the_unknown(self, contract: Contract, unknown: Sequence[str]) -> Iterator[str]:
        """Yield the codes that may answer a request of which nobody knows what it needs to exist.

        Args:
            contract: The document.
            unknown: The parameters whose values may name nothing: each may be refused with any documented code.
        """
        if unknown:
            yield from codes_of(contract, _OF_ANY_CLASS)
        rows = self._meant[contract.language]
        if not codes_of(contract, _OF_THE_SERVER) or (unknown and all(each.kind != "not_found" for each in rows)):
            yield ANY_CODE  # the document does not say how such a request is refused

    def _fitting(self, contract: Contract, violation: Violation, *, wrong_type: bool) -> tuple[str, ...]:
        """Return the documented codes that may answer a violation; none where the document does not say.

        Of an operation that nobody described beyond its contract, those that a written case would take, too: they are
        demanded only where a row plainly names the parameter or speaks of parameters as such.
        """
        key = (contract.language, violation, wrong_type)
        found = self._fitting_codes.get(key)
        if found is None:
            found = self._fitting_codes[key] = self._found_to_fit(contract, violation, wrong_type=wrong_type)
        return found

    def _found_to_fit(self, contract: Contract, violation: Violation, *, wrong_type: bool) -> tuple[str, ...]:
        codes = codes_for(contract, violation, wrong_type=wrong_type)
        if self._surroundings.isolated or violation[1] == ALTERNATIVES:
            return codes
        answering = answering_codes(self._meant[contract.language], violation)
        return tuple(dict.fromkeys([*codes, *answering])) if answering else ()

    def _as_demanded(self, contract: Contract, breach: Breach) -> Breach:
        """Return a breach that is sure only if a refusal can be demanded.

        A type alone says how a value is written; a document without a code for it does not say that another is refused.
        """
        if (
            breach.violation[1] == TYPE
            and breach.sure
            and not self._fitting(contract, breach.violation, wrong_type=True)
        ):
            return replace(breach, sure=False)
        return breach

    def _breaches(self, contract: Contract, params: Mapping[str, str]) -> Iterator[Breach]:
        """Yield what a request breaks, by one way to read it."""
        otherwise = lists_written_otherwise(self._ways[contract.language], params)
        for parameter in self._parameters[contract.language]:
            carried = tuple(wire_lists(parameter, self._carriers[contract.language], params))
            if parameter.conditional:
                held = in_force(contract, parameter, params)
                of = self._of_parameter if held is parameter else self._breaches_of
                found = (*of(contract, held, carried), *conditional_breaches(contract, parameter, carried, params))
            else:
                found = self._of_parameter(contract, parameter, carried)
            if parameter.path.partition("[")[0] in otherwise:
                # Another document writes the list so; nobody can say what a server makes of it by this one.
                found = (
                    *(replace(each, sure=False, wrong_type=True) for each in found),
                    Breach((parameter.path, EXISTENCE), sure=False, wrong_type=True),
                )
            yield from found
        for name in lists_with_gaps(params):
            yield Breach((f"{name}[]", GAP), sure=False, wrong_type=True)
        for names in self._alternatives[contract.language]:
            absent = [name for name in names if not params.get(name)]
            # Of those in the valid request, one that is left out may be missed: a message says "or", another "and".
            # A valid request that has none of them shows that the message holds on a condition.
            known = any(name in self._surroundings.valid for name in names)
            if len(absent) == len(names) or any(name in self._surroundings.valid for name in absent):
                yield Breach(("|".join(names), ALTERNATIVES), sure=known and len(absent) == len(names))
            # What the others name without it may not be there.
            if 0 < len(absent) < len(names):
                named = [name for name in absent if name in self._surroundings.valid]
                yield from (Breach((name, EXISTENCE), sure=False) for name in named)

    def _of_parameter(self, contract: Contract, parameter: Parameter, carried: CarriedValues) -> tuple[Breach, ...]:
        key = (contract.language, parameter.path, carried)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._breaches_of(contract, parameter, carried)
        return found

    def _breaches_of(self, contract: Contract, parameter: Parameter, carried: CarriedValues) -> tuple[Breach, ...]:
        found = tuple(parameter_breaches(contract, parameter, carried, tuple(self._contracts.values())))
        if is_restricted(parameter) or self._exist(parameter, carried):
            return found
        return (*found, Breach((parameter.path, EXISTENCE), sure=False, wrong_type=True))

    def _exist(self, parameter: Parameter, carried: CarriedValues) -> bool:
        values = chain.from_iterable(carried)
        example = parameter.fact("example").value
        documented = example if isinstance(example, str) and not masked(example) else None
        return all(text in (None, documented) or self._surroundings.has(parameter.path, text or "") for text in values)
