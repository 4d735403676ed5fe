"""Everything of Schemathesis that is used, in one place: its Python interface changes between minor versions.

Schemathesis makes the data, in its coverage phase and by Hypothesis; it sends nothing, and its own checks are not used.
They accept any 400 for a wrong request and none for a right one, and what they call negative is often valid as text of
a query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as with_seed
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.overrides import Override

from conformance.contract.wire import wire_text
from conformance.fuzz.generation.generated_request import GeneratedRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemathesis import Case
    from schemathesis.schemas import APIOperation, BaseSchema

    _Case = Case[Any]
    _Operation = APIOperation[Any, Any, Any, Any]
    _Description = Mapping[str, Any]

_CONFIG: Final = {
    "generation": {"allow-extra-parameters": False, "allow-x00": False, "database": "none"},
    # Verbs other than GET and POST belong to no operation's document.
    "phases": {"coverage": {"unexpected-methods": []}},
    "checks": {"enabled": False},
}


def load_schema(document: _Description) -> BaseSchema:
    """Return an OpenAPI description as Schemathesis has it: no checks, no examples kept, no undeclared parameters."""
    return schemathesis.openapi.from_dict(dict(document), config=SchemathesisConfig.from_dict(_CONFIG))


def generated_requests(document: _Description, *, seed: int, max_examples: int) -> Iterator[GeneratedRequest]:
    """Yield the requests that Schemathesis makes of a description; the same for the same arguments.

    First each of its coverage phase, then `max_examples` random ones, half of them meant to be valid.

    Args:
        document: The OpenAPI description of one operation.
        seed: What the random ones depend on.
        max_examples: How many random ones.
    """
    schema = load_schema(document)
    (path,) = document["paths"]
    operation = schema[path]["GET"]
    for case in _coverage(operation):
        yield from _request(case, _scenario(case))
    for offset, mode in enumerate((GenerationMode.POSITIVE, GenerationMode.NEGATIVE)):
        wanted = (max_examples + 1 - offset) // 2
        for case in _random(operation, mode, seed + offset, wanted):
            yield from _request(case, f"random {mode.value} data")


def _coverage(operation: _Operation) -> Iterator[_Case]:
    generation = operation.schema.config.generation_for(operation=operation, phase="coverage")
    yield from CoverageGenerator(
        operation=operation,
        generation_modes=generation.modes,
        generation_config=generation,
        auth_storage=None,
        override=Override(),
        feedback=NO_FEEDBACK,
        hooks=None,
    )


def _random(operation: _Operation, mode: GenerationMode, seed: int, wanted: int) -> list[_Case]:
    """Draw cases without sending them, so that what is sent cannot depend on how the answers look."""
    drawn: list[_Case] = []
    if wanted < 1:
        return drawn

    @with_seed(seed)
    @settings(
        max_examples=wanted,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def draw(case: _Case) -> None:
        drawn.append(case)

    try:
        draw()
    except Unsatisfiable:
        return []  # nothing can be valid, or nothing invalid, by this description
    return drawn


def _scenario(case: _Case) -> str:
    data = getattr(getattr(case.meta, "phase", None), "data", None)
    scenario = getattr(getattr(data, "scenario", None), "value", "coverage").replace("_", " ")
    parameter = getattr(data, "parameter", None)
    return f"{parameter}: {scenario}" if parameter else str(scenario)


def _request(case: _Case, about: str) -> Iterator[GeneratedRequest]:
    """Yield a case as a request, unless the wire cannot carry it as what it is."""
    params = {}
    for name, value in case.query.items():
        if value is None:
            continue
        if not isinstance(value, (str, int, float)) or not name:
            return
        params[name] = wire_text(value)
    yield GeneratedRequest(params, about)
