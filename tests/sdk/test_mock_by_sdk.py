"""A generated SDK against the reference server: what is created is shown, changed and deleted, by its own models.

It runs where the Python driver V2 is installed, as `conformance run --driver python-v2` does.
"""

from __future__ import annotations

import json
import subprocess

import pytest
from commands import environment

from conformance.sdk.install import installed_folder, is_installed
from conformance.sdk.manifest import find_driver
from conformance.server.process import ReferenceServer

ROUND = """\
import json, sys

from alibabacloud_tea_openapi.models import Config
from alibabacloud_vpc20160428 import models
from alibabacloud_vpc20160428.client import Client

client = Client(Config(access_key_id="key", access_key_secret="secret", endpoint=sys.argv[1], protocol="http"))
place = {"region_id": "cn-hangzhou"}
thing = {"resource_type": "VPC", "resource_id": "vpc-1", "traffic_type": "All", "flow_log_name": "mine"}
logs = {"project_name": "log-project", "log_store_name": "log-store"}
made = client.create_flow_log(models.CreateFlowLogRequest(**place, **thing, **logs)).body.flow_log_id
own = {**place, "flow_log_id": made}


def names():
    listed = client.describe_flow_logs(models.DescribeFlowLogsRequest(**own)).body.flow_logs
    return [each.flow_log_name for each in listed.flow_log]


seen = [names()]
client.modify_flow_log_attribute(models.ModifyFlowLogAttributeRequest(**own, flow_log_name="other"))
seen.append(names())
client.delete_flow_log(models.DeleteFlowLogRequest(**own))
seen.append(names())
print(json.dumps(seen))
"""


def test_an_sdk_creates_shows_changes_and_deletes_what_the_reference_server_keeps() -> None:
    manifest = find_driver("python-v2")
    if not is_installed(manifest):
        pytest.skip("the driver python-v2 is not installed: conformance run --driver python-v2 installs it")
    python = installed_folder(manifest) / ".venv" / "bin" / "python"
    with ReferenceServer() as server:
        server.set_state("resource.exists", type="VPC", id="vpc-1")
        server.set_state("logs.exists", project="log-project", logstore="log-store")
        address = server.endpoint.removeprefix("http://")
        done = subprocess.run(
            [python, "-c", ROUND, address], env=environment(), capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["mine"], ["other"], []]
