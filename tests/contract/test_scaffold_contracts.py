from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from contract_strategies import contracts
from hypothesis import HealthCheck, given, settings
from profiles import scaled

from conformance.cases.bases import Base
from conformance.cases.load import parse_file
from conformance.cases.scaffold.skeletons import scaffold
from conformance.cases.state_catalogue import load_states
from conformance.cases.suite import Suite, load_defaults
from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir
from conformance.core.yamlfile import YamlFile

if TYPE_CHECKING:
    from conformance.contract.model import Contract


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=scaled(60))
@given(contracts)
def test_whatever_a_contract_holds_its_skeleton_loads(found: Contract) -> None:
    files = scaffold({found.language: found})
    request = yaml.safe_load(files["base.yaml"])["bases"]["plain"]["parameters"]
    states, defaults = load_states(cases_dir() / "states.yaml"), load_defaults(cases_dir())
    suite = Suite(found.operation, {found.language: found}, {"plain": Base("plain", (), request)}, states, defaults)
    for name, text in files.items():
        if name != "base.yaml":
            assert parse_file(YamlFile(text, name, CaseError), suite)
