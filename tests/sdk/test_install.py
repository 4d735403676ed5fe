from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from commands import LONGEST_S, environment, started
from folders import INSTALL, MANIFEST, make_driver
from msgspec.structs import replace

from conformance.core.errors import DriverError, UsageError
from conformance.sdk.install import install, installed_folder, is_installed, missing_tools
from conformance.sdk.manifest import MARKER, Manifest, Package, read_manifest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def mine(tmp_path: Path, cache: Path) -> Manifest:
    assert not cache.exists()
    return read_manifest(make_driver(tmp_path / "drivers"))


def test_a_driver_is_installed_once(mine: Manifest, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not is_installed(mine)
    found = install(mine)
    assert capsys.readouterr().err == "installing mine (my-sdk 1.2.3)...\n"
    assert is_installed(mine)
    assert found.folder.is_relative_to(cache)
    assert found.folder == installed_folder(mine)
    assert found.command == (str(found.folder / "driver"), "with", "arguments")
    assert install(mine) == found
    assert capsys.readouterr().err == ""
    assert (found.folder / "versions").read_text() == "+\n"


@pytest.mark.parametrize(
    ("asked", "versions", "said"),
    [
        ((None, None), "+", "my-sdk 1.2.3"),
        (("", ""), "+", "my-sdk 1.2.3"),
        (("1.2.3", "0.4.6"), "+", "my-sdk 1.2.3"),
        (("6.11.0", None), "6.11.0+", "my-sdk 6.11.0"),
        (("6.11.0", "0.4.5"), "6.11.0+0.4.5", "my-sdk 6.11.0, my-core 0.4.5"),
        ((None, "0.4.5"), "1.2.3+0.4.5", "my-sdk 1.2.3, my-core 0.4.5"),
        (("2.0.0-rc.1+b", None), "2.0.0-rc.1+b+", "my-sdk 2.0.0-rc.1+b"),
    ],
)
def test_the_versions_asked_for_are_installed(
    asked: tuple[str | None, str | None], versions: str, said: str, mine: Manifest, capsys: pytest.CaptureFixture[str]
) -> None:
    found = install(mine, *asked)
    assert (found.folder / "versions").read_text() == f"{versions}\n"
    assert capsys.readouterr().err == f"installing mine ({said})...\n"
    assert is_installed(mine, *asked)


def test_an_sdk_that_is_its_own_core_has_one_version(tmp_path: Path, cache: Path) -> None:
    assert not cache.exists()
    one = MANIFEST.replace("core: {name: my-core, version: 0.4.6}", "core: {name: my-sdk, version: 1.2.3}")
    mine = read_manifest(make_driver(tmp_path / "drivers", one))
    for asked in ((None, "2.0.0"), ("2.0.0", None), ("2.0.0", "2.0.0")):
        assert (install(mine, *asked).folder / "versions").read_text() == "2.0.0+2.0.0\n"
    assert installed_folder(mine, "1.2.3") == installed_folder(mine) == installed_folder(mine, "1.2.3", "1.2.3")
    part = replace(mine, sdk=Package(f"{mine.core.name}/things", "1.2.3"), is_own=False)
    assert (install(part, None, "2.0.0").folder / "versions").read_text() == "2.0.0+2.0.0\n"
    for each in (mine, part):
        with pytest.raises(UsageError, match=r"--sdk 1\.0 and --core 2\.0 are of one package, my-sdk"):
            install(each, "1.0", "2.0")


def test_each_pair_of_versions_and_each_change_of_the_driver_has_a_folder_of_its_own(
    mine: Manifest, tmp_path: Path
) -> None:
    pairs = [(None, None), ("6.11.0", None), ("6.11.0", "0.4.5"), ("6.11.0", "0.4.6"), (None, "0.4.5")]
    folders = {installed_folder(mine, sdk, core) for sdk, core in pairs}
    make_driver(tmp_path / "drivers", install=INSTALL + "# changed\n")
    folders |= {installed_folder(mine, sdk, core) for sdk, core in pairs}
    assert len(folders) == 2 * len(pairs)


def test_what_a_developer_built_is_no_part_of_the_driver(mine: Manifest) -> None:
    before = installed_folder(mine)
    for name in (".venv", "node_modules", "target", "__pycache__"):
        (mine.folder / name).mkdir()
        (mine.folder / name / "built").touch()
    assert installed_folder(mine) == before
    folder = install(mine).folder
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["driver", "driver.yaml", "install.sh", "versions", MARKER]
    )


def test_what_drivers_share_is_copied_beside_each(tmp_path: Path, cache: Path) -> None:
    shared = tmp_path / "drivers" / "shared" / "protocol.py"
    shared.parent.mkdir(parents=True)
    shared.write_text("one = 1\n")
    mine = read_manifest(make_driver(tmp_path / "drivers", MANIFEST + "shared: [protocol.py]\n"))
    first = install(mine).folder
    assert (first / "protocol.py").read_text() == "one = 1\n"
    assert not (mine.folder / "protocol.py").exists()
    shared.write_text("one = 2\n")
    assert install(mine).folder != first
    assert cache.exists()


@pytest.mark.parametrize("version", ["1; reboot", "../../etc", "$(id)", "-r", "1 2", "1\n2", "1" * 65])
def test_a_version_that_is_none_is_refused(version: str, mine: Manifest, cache: Path) -> None:
    with pytest.raises(UsageError, match=r"--sdk .* is no version"):
        install(mine, version)
    with pytest.raises(UsageError, match=r"--core .* is no version"):
        install(mine, "1.0", version)
    assert not cache.exists()


def test_a_missing_tool_is_named_with_the_way_to_get_it(tmp_path: Path, cache: Path) -> None:
    manifest = MANIFEST.replace("program: sh", "program: no-such-tool")
    mine = read_manifest(make_driver(tmp_path / "drivers", manifest))
    assert [tool.program for tool in missing_tools(mine)] == ["no-such-tool"]
    with pytest.raises(DriverError, match=r"needs no-such-tool, not found on PATH \(no-such-tool: it is everywhere\)"):
        install(mine)
    assert not cache.exists()


def test_a_failing_install_tells_the_end_of_what_its_tools_said_and_is_begun_anew(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_TOKEN", "token-of-the-registry")
    flag = tmp_path / "flag"
    words = "for i in $(seq 40); do echo line $i; done\n"
    words += "echo cannot reach https://me:hunter2@registry.example/simple with $REGISTRY_TOKEN >&2; exit 3\n"
    script = f"echo begun >> begun\nif [ ! -e {flag} ]; then touch {flag}\n{words}fi\n{INSTALL}"
    mine = read_manifest(make_driver(tmp_path / "drivers", install=script))
    with pytest.raises(DriverError) as caught:
        install(mine)
    told = str(caught.value)
    assert told.startswith("mine (my-sdk 1.2.3) could not be installed: install.sh ended with status 3\n")
    assert told.endswith("line 40\n    cannot reach https://***@registry.example/simple with ***")
    assert "line 25\n" not in told
    assert not installed_folder(mine).exists()
    assert (install(mine).folder / "begun").read_text() == "begun\n"
    assert cache.exists()


def test_an_install_that_was_killed_is_begun_anew(mine: Manifest) -> None:
    folder = installed_folder(mine)
    folder.mkdir(parents=True)
    (folder / "versions").write_text("half an install\n")
    assert not is_installed(mine)
    assert install(mine).folder == folder
    assert (folder / "versions").read_text() == "+\n"


def test_an_install_that_makes_no_program_has_failed(tmp_path: Path, cache: Path) -> None:
    mine = read_manifest(make_driver(tmp_path / "drivers", install="true\n"))
    with pytest.raises(DriverError, match=r"install.sh made no program .*driver"):
        install(mine)
    assert not is_installed(mine)
    assert cache.exists()


def test_two_processes_at_once_install_once(tmp_path: Path, cache: Path) -> None:
    count = tmp_path / "count"
    path = make_driver(tmp_path / "drivers", install=f"echo begun >> {count}\nsleep 0.5\n{INSTALL}")
    code = (
        "import sys; from pathlib import Path; from conformance.sdk import install, manifest;"
        "print(install.install(manifest.read_manifest(Path(sys.argv[1]))).folder)"
    )
    command = (sys.executable, "-c", code, str(path))
    with ExitStack() as stack:
        env = environment(XDG_CACHE_HOME=str(cache))
        running = [stack.enter_context(started(*command, env=env)) for _ in range(3)]
        told = [each.communicate(timeout=LONGEST_S) for each in running]
    assert len({out for out, _ in told}) == 1
    assert count.read_text() == "begun\n"
    assert sum("installing mine" in err for _, err in told) == 1


def test_a_cache_that_cannot_be_written(mine: Manifest, cache: Path) -> None:
    cache.write_text("a file")
    with pytest.raises(DriverError, match=r"the cache cannot be written: .*set XDG_CACHE_HOME"):
        install(mine)


def test_the_environment_of_an_install(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    withheld = {"VIRTUAL_ENV", "PYTHONPATH", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "MY_ACCESS_KEY_SECRET", "MY_KEY"}
    for name in (*withheld, "HTTPS_PROXY"):
        monkeypatch.setenv(name, str(tmp_path))
    mine = read_manifest(make_driver(tmp_path / "drivers", install=f"env > variables\n{INSTALL}"))
    names = {line.partition("=")[0] for line in (install(mine).folder / "variables").read_text().splitlines()}
    # The package manager may need the proxy.
    assert {"PATH", "SDK_VERSION", "CORE_VERSION", "HTTPS_PROXY"} <= names
    # A target may name any other variable as that of a secret.
    assert not names & withheld
    assert cache.exists()
