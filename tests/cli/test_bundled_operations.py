"""The operations that come with the project: the reference server conforms to all their cases, which reach all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from commands import OPERATION

from conformance.core.resources import cases_dir

if TYPE_CHECKING:
    from commands import Command

    from conformance.server.process import ReferenceServer

OTHERS = sorted(
    path.parent.name for path in cases_dir().resolve().glob("*/*/base.yaml") if path.parent.name != OPERATION
)
"""Those beside the one that other tests run."""


@pytest.mark.parametrize("part", range(3))
def test_every_case_passes_and_reaches_what_the_documents_promise(
    part: int, conformance: Command, reference: ReferenceServer
) -> None:
    operations = OTHERS[part::3]
    done = conformance.run(*operations, "--endpoint", reference.endpoint, "--states-url", reference.states_url)
    assert done.status == 0, done.out
    assert set(done.verdicts.values()) <= {"pass", "divergent"}
    assert {case["trigger"] for case in done.report["cases"]} <= {"documented", "inferred", "forced"}
    for rows in done.report["coverage"].values():
        assert rows["documented"] == rows["exercised"] == rows["passed"]
    covered = conformance("coverage", *operations)
    assert covered.status == 0, covered.out
