"""The project itself: pins, hosts, layout, rules of import, the wheel, and nothing copied from the documents."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
import yaml
from commands import REPOSITORY, environment, run_program, script
from packaging.requirements import Requirement

from conformance import __version__
from conformance.contract.catalogue import contract_files, contracts_in

DOCUMENTS = Path(os.environ.get("CONFORMANCE_DOCUMENTS", REPOSITORY.parent / "shared" / "docs"))
UV = os.environ.get("UV") or shutil.which("uv")
PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = sorted((REPOSITORY / "conformance").rglob("*.py"))
LONGEST_MODULE = 400

# In parts, so that this file does not name them.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("npmmirror", "com"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("goproxy", "cn"),
        ("repo1", "maven", "org"),
        ("repo", "maven", "apache", "org"),
        ("rubygems", "org"),
        ("anaconda", "org"),
        ("deb", "debian", "org"),
        ("mirrors", "aliyun", "com"),
        ("tuna", "tsinghua", "edu", "cn"),
    )
]


def git(*words: str) -> subprocess.CompletedProcess[str]:
    if not (REPOSITORY / ".git").exists():
        pytest.skip("not a git checkout")
    return subprocess.run(["git", *words], cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False)


@cache
def project_files() -> dict[str, str]:
    """Return the text of every file that is, or would be, committed."""
    done = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    assert done.returncode == 0, done.stderr
    paths = {name: REPOSITORY / name for name in done.stdout.split("\0") if name}
    return {name: path.read_text(encoding="utf-8", errors="replace") for name, path in paths.items() if path.is_file()}


# Pins.


def pins(name: str) -> dict[str, Requirement]:
    text = (REPOSITORY / "requirements" / name).read_text(encoding="utf-8")
    lines = [line.removesuffix("\\").strip() for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


def test_uv_run_resolves_nothing() -> None:
    assert PYPROJECT["tool"]["uv"] == {"managed": False}
    assert len(pins("dev.txt")) > 30
    assert PYPROJECT["build-system"]["requires"] == ["hatchling==1.33.0"] == PYPROJECT["dependency-groups"]["build"]
    assert str(pins("build.txt")["hatchling"]) == "hatchling==1.33.0"


@pytest.mark.parametrize("tampered", [False, True])
def test_a_package_that_has_not_its_hash_is_not_installed(tampered: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """With a package of our own; only pip, and what needs a network or a build, is a double that notes its call."""
    if UV is None:
        pytest.skip("uv is not installed")
    for folder in ("tools", "requirements", "wheels", "bin"):
        (tmp_path / folder).mkdir()
    shutil.copy(REPOSITORY / "tools" / "install.sh", tmp_path / "tools")
    wheel = tmp_path / "wheels" / "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "")
        archive.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n")
        archive.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny-1.dist-info/RECORD", "")
    known = wheel.read_bytes() + b"of another file" * tampered
    pin = f"tiny==1 --hash=sha256:{hashlib.sha256(known).hexdigest()}\n"
    (tmp_path / "requirements" / "dev.txt").write_text(pin, encoding="utf-8")
    double = tmp_path / "bin" / "python3"
    noted = f'case "$*" in *"-m pip"*|*--editable*) echo "$@"; exit 0;; esac; shift 2; exec {UV} "$@"'
    double.write_text(f"#!/bin/sh\n{noted}\n", encoding="utf-8")
    double.chmod(0o755)
    path = os.pathsep.join((str(double.parent), str(Path(sys.executable).parent), "/usr/bin", "/bin"))
    env = environment(PATH=path, UV_NO_INDEX="1", UV_FIND_LINKS=str(wheel.parent), UV_CACHE_DIR=str(tmp_path / "cache"))
    done = run_program(str(tmp_path / "tools" / "install.sh"), env=env)
    installed = list(tmp_path.glob(".venv/lib/*/site-packages/tiny.py"))
    first, *rest = done.stdout.splitlines()
    assert "--require-hashes -r requirements/uv.txt" in first
    if tampered:
        assert (done.returncode != 0, installed, rest) == (True, [], [])
        assert "Hash mismatch" in done.stderr
    else:
        assert (done.returncode, len(installed)) == (0, 1), done.stderr
        assert "--no-deps --no-build-isolation --offline --editable ." in rest[0]


@pytest.mark.parametrize("name", ["run.txt", "test.txt", "coverage.txt", "lint.txt", "types.txt"])
def test_every_set_of_requirements_has_the_same_versions(name: str) -> None:
    dev = pins("dev.txt")
    assert {key: str(each.specifier) for key, each in pins(name).items()} == {
        key: str(dev[key].specifier) for key in pins(name)
    }


@pytest.mark.parametrize("path", sorted((REPOSITORY / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_every_requirement_is_one_version_with_its_hashes(path: Path) -> None:
    for block in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip()):
        assert re.match(r"[A-Za-z0-9._-]+==\S+", block), block
        assert "--hash=sha256:" in block, block


def test_what_the_project_asks_for_is_pinned() -> None:
    run, dev = pins("run.txt"), pins("dev.txt")
    for line in PYPROJECT["project"]["dependencies"]:
        asked = Requirement(line)
        version = str(next(iter(run[asked.name.lower()].specifier)).version)
        assert asked.specifier.contains(version), line
    groups = PYPROJECT["dependency-groups"]
    for line in (line for group in groups.values() for line in group if isinstance(line, str)):
        asked = Requirement(line)
        assert asked.specifier.contains(next(iter(dev[asked.name.lower()].specifier)).version), line


def test_each_package_that_runs_the_cases_is_used_and_has_its_reason() -> None:
    names = {Requirement(line).name.lower() for line in PYPROJECT["project"]["dependencies"]}
    text = (REPOSITORY / "docs" / "decisions" / "0009-dependencies.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| ([^|]+) \| [^|]+ \|", text.partition("\nFor tests:")[0], re.MULTILINE)
    listed = [name.strip().lower() for cell in table for name in cell.split(",") if name != "package"]
    assert sorted(listed) == sorted(names)
    modules = {"pyyaml": "yaml"}
    code = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    used = {name: rf"(?:import|from) {modules.get(name, name.replace('-', '_'))}\b" for name in names}
    used["pytest-xdist"] = r"\bxdist\b"  # by its options and hooks
    unused = [name for name, pattern in used.items() if not re.search(pattern, code)]
    assert unused == []


def test_no_file_names_the_host_of_a_registry() -> None:
    found = [(name, host) for name, text in project_files().items() for host in REGISTRIES if host in text.lower()]
    assert found == []


def test_the_lock_file_is_ignored_because_it_names_one() -> None:
    assert git("check-ignore", "uv.lock").stdout == "uv.lock\n"
    assert "uv.lock" not in project_files()


# Version.


def test_the_version_is_the_same_everywhere() -> None:
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## (\S+) - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)
    assert released[0] == PYPROJECT["project"]["version"] == __version__
    assert f"ref: v{__version__}," in (REPOSITORY / "docs" / "release-pipeline.md").read_text(encoding="utf-8")


# Layout.


def test_what_drivers_share_has_one_source() -> None:
    """Each driver is installed by itself, with a copy of what its `driver.yaml` names under `shared`."""
    drivers = REPOSITORY / "drivers"
    own = [
        path
        for path in drivers.rglob("*")
        if path.suffix in {".go", ".java", ".mjs", ".py"}
        or (
            path.parent == drivers / "shared"
            and not any(fnmatch(each, pattern) for each in path.parts for pattern in BESIDE)
        )
    ]
    assert len({path.read_bytes() for path in own}) == len(own)
    named = {
        name for path in drivers.glob("*/driver.yaml") for name in yaml.safe_load(path.read_text()).get("shared", [])
    }
    assert named == {path.name for path in own if path.parent == drivers / "shared"}
    assert {"protocol.mjs", "protocol.py"} <= named


def test_ci_runs_the_test_command_of_the_readme() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    script = REPOSITORY / ".ci" / "run"
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("#!")
    assert os.access(script, os.X_OK)
    command = lines[-1]
    assert any(command in block.splitlines() for block in blocks)
    assert command == "tools/install.sh && tools/check.sh"
    assert PYPROJECT["tool"]["mypy"]["strict"] is True


def test_the_container_for_work_has_a_plain_user_and_runs_the_first_command_of_the_readme() -> None:
    folder = REPOSITORY / ".devcontainer"
    made = json.loads((folder / "devcontainer.json").read_text(encoding="utf-8"))
    dockerfile = (folder / made["build"]["dockerfile"]).read_text(encoding="utf-8")
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^```sh\n{re.escape(made['postCreateCommand'])}\n```$", readme, re.MULTILINE)
    assert re.search(r"^RUN useradd .*\b(\w+)$", dockerfile, re.MULTILINE)[1] == made["remoteUser"] != "root"  # type: ignore[index]
    assert f"\nUSER {made['remoteUser']}\n" in dockerfile
    assert "chromium" in dockerfile
    # The container of the reference server has one, too.
    assert re.search(r"^USER (?!root)\w+$", (REPOSITORY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)


CHECKS = ("ruff check", "ruff format --check", "lint-imports", "mypy", "pytest --some")


@pytest.mark.parametrize("failing", [None, *CHECKS])
def test_every_check_gates_a_change(failing: str | None, tmp_path: Path) -> None:
    """With doubles of the programs, of which one fails."""
    (tmp_path / "tools").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(REPOSITORY / "tools" / "check.sh", tmp_path / "tools")
    for name in {check.split()[0] for check in CHECKS}:
        path = tmp_path / ".venv" / "bin" / name
        path.write_text(f'#!/bin/sh\necho "{name} $*"\ntest "$(echo {name} $*)" != "{failing}" || exit 3\n', "utf-8")
        path.chmod(0o755)
    done = run_program(str(tmp_path / "tools" / "check.sh"), "--some")
    said = [line.strip() for line in (done.stdout + done.stderr).splitlines()]
    first = list(CHECKS[:3])  # each gates the next
    if failing in first:
        assert (done.returncode, said) == (3, first[: first.index(failing) + 1])
    elif failing == "mypy":
        assert (done.returncode, said) == (1, [*first, "pytest --some", "mypy"])
    else:
        assert (done.returncode, said) == (3 if failing else 0, [*first, "pytest --some"])


def test_ci_installs_the_browser_only_where_it_is_missing(tmp_path: Path) -> None:
    """With a fake `apt-get` that notes its calls, and no command that the last line could run."""
    calls = tmp_path / "calls"
    for name, text in {"apt-get": f'echo "$@" >> {calls}', "python3": "echo ran; exit 7"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    path = os.pathsep.join((str(tmp_path), "/usr/bin", "/bin"))
    done = run_program(str(REPOSITORY / ".ci" / "run"), env=environment(PATH=path))
    assert (done.returncode, done.stdout, done.stderr) == (7, "ran\n", "")
    if Path("/usr/bin/chromium").exists():
        assert not calls.exists()
    else:
        update, install = calls.read_text(encoding="utf-8").splitlines()
        assert update.startswith("update")
        assert install.split()[-1] == "chromium"


def test_a_module_says_what_it_is_and_can_be_read_in_one_sitting() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in MODULES}
    assert [path for path, text in texts.items() if not ast.get_docstring(ast.parse(text))] == []
    assert [path for path, text in texts.items() if len(text.splitlines()) >= LONGEST_MODULE] == []


@pytest.mark.skipif(importlib.util.find_spec("importlinter") is None, reason="import-linter is not installed")
def test_who_may_import_whom() -> None:
    done = run_program(script("lint-imports"), "--no-cache", folder=REPOSITORY)
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


# The documents.

_SENTENCE = re.compile(r"[^.!?。！？；]+[.!?。！？；]?")
_WORD = re.compile(r"(?<!\S)[A-Za-z][A-Za-z'’-]*(?=[\s,.;:)]|$)")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
LEAST_WORDS = 8
LEAST_CHINESE = 12


def plain(text: str) -> str:
    """Return a text without markup and with single spaces, so that a line end hides no copy."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\s+", " ", re.sub(r"[*`_>|#•]+", " ", text))


def sentences(text: str) -> set[str]:
    found = {
        plain(part).strip()
        for line in text.splitlines()
        for cell in line.split("|")
        for part in _SENTENCE.findall(cell)
    }
    return {
        each
        for each in found
        if len(_WORD.findall(each)) >= LEAST_WORDS or len(_CHINESE.findall(each)) >= LEAST_CHINESE
    }


def wire_literals(text: str) -> str:
    """Return the rows of the tables of errors: a status, a code, a message. Messages are literals of the wire."""
    return "\n".join(line for line in text.splitlines() if re.match(r"\W*[45]\d\d\b", line))


def documents() -> list[Path]:
    return [*DOCUMENTS.glob("CreateFlowLog.*.txt"), *DOCUMENTS.glob("corpus/*/*.md")]


@pytest.mark.skipif(not documents(), reason=f"the captured documents are not in {DOCUMENTS}")
def test_no_file_has_a_sentence_of_the_documents() -> None:
    texts = [path.read_text(encoding="utf-8") for path in documents()]
    literals = plain("\n".join(map(wire_literals, texts)))
    known = {
        row.message
        for files in contract_files().values()
        for contract in contracts_in(files).values()
        for row in contract.errors
    }
    literals += " ".join(plain(message) for message in known)
    prose = {
        each
        for text in texts
        for each in sentences(text)
        if each not in literals and each.rstrip(".。") not in literals
    }
    assert len(prose) > 300
    found = []
    for name, text in project_files().items():
        flat = plain(text)
        found += [(name, each) for each in prose if each in flat]
    assert found == []


# The wheel.


# What a working tree holds beside the project, and what drivers that were built in place leave behind.
BESIDE = (".git", ".venv", ".tox", ".*_cache", ".hypothesis", "__pycache__", "*.egg-info", "node_modules")
BUILT = "drivers/java/target"
DATA = ("cases", "openapi", "behaviours", "drivers")
SCHEMA = "docs/report.schema.json"
LEFT_BEHIND = (
    "drivers/python-v2/.venv/bin/python",
    "drivers/python-v1/__pycache__/driver.cpython-311.pyc",
    "drivers/node-v2/node_modules/sdk/index.js",
    "drivers/java/target/lib/sdk.jar",
    "drivers/go/driver",
    "drivers/go/installed.json",
    "conformance/__pycache__/errors.cpython-311.pyc",
)


@pytest.fixture(scope="module")
def shipped() -> set[str]:
    """The files of the project in the folders that a wheel is made of."""
    paths = (
        path.relative_to(REPOSITORY)
        for folder in ("conformance", *DATA)
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file()
    )
    own = (path for path in paths if not any(fnmatch(part, beside) for part in path.parts for beside in BESIDE))
    names = {str(path) for path in own if not str(path).startswith(BUILT)}.difference(LEFT_BEHIND)
    return {*names, SCHEMA}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the source distribution, and of the wheel made of it, of a tree in which drivers were built."""
    if UV is None:
        pytest.skip("uv is not installed")
    tree, folder = tmp_path_factory.mktemp("built") / "tree", tmp_path_factory.mktemp("wheel")
    tree.mkdir()
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "tox.ini"):  # an archive has no .gitignore
        shutil.copy(REPOSITORY / name, tree)
    for name in ("conformance", *DATA):
        shutil.copytree(REPOSITORY / name, tree / name, ignore=shutil.ignore_patterns(*BESIDE))
    shutil.rmtree(tree / BUILT, ignore_errors=True)
    (tree / SCHEMA).parent.mkdir()
    shutil.copy(REPOSITORY / SCHEMA, tree / SCHEMA)
    for name in LEFT_BEHIND:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).touch()
    held = ("--build-constraint", str(REPOSITORY / "requirements" / "build.txt"), "--require-hashes")
    words = (UV, "build", "--quiet", *held, "--out-dir", str(folder), str(tree))
    subprocess.run(words, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.mark.slow
def test_the_wheel_holds_the_package_its_data_and_nothing_else(wheel: Path, shipped: set[str]) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.removeprefix("conformance/_data/") for name in names if ".dist-info/" not in name} == shipped
    assert {name.split("/")[2] for name in names if name.startswith("conformance/_data/")} == {*DATA, "docs"}
    assert {"conformance/py.typed", "conformance/reports/tally.py", "cases/sdk/answers.yaml"} <= shipped
    assert {"drivers/node-v2/.npmrc", "drivers/java/src/main/java/driver/Models.java"} <= shipped
    assert any(name.endswith("LICENSE") for name in names)


@pytest.mark.slow
def test_the_source_distribution_holds_nothing_that_was_built(built: Path, shipped: set[str]) -> None:
    (found,) = built.glob("*.tar.gz")
    with tarfile.open(found) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= shipped
    assert names.isdisjoint(LEFT_BEHIND)


@pytest.mark.slow
def test_the_wheel_runs_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """Beside the libraries that are installed here; the deep run has it in an environment with what it asks for."""
    inside, folder = tmp_path / "inside", tmp_path / "empty"
    folder.mkdir()
    shutil.unpack_archive(wheel, inside, "zip")
    env = environment(PYTHONPATH=str(inside))
    where = run_program(sys.executable, "-c", "import conformance; print(conformance.__file__)", folder=folder, env=env)
    assert where.stdout == f"{inside}/conformance/__init__.py\n"
    words = ("run", "CreateFlowLog/MissingParameter")
    start = "from conformance.cli import main; main()"
    done = run_program(sys.executable, "-c", start, *words, folder=folder, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 mismatch" in done.stdout
    assert [path.name for path in folder.iterdir()] == ["reports"]


@pytest.mark.deep
def test_the_wheel_runs_in_an_empty_environment_and_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    assert UV is not None
    venv, folder = tmp_path / "venv", tmp_path / "empty"
    folder.mkdir()
    clean = {name: value for name, value in environment().items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    python = venv / "bin" / "python"
    for words in (
        ("venv", "--quiet", "--python", sys.executable, str(venv)),
        (
            *("pip", "install", "--quiet", "--python", str(python), "--require-hashes", "--no-deps"),
            *("-r", str(REPOSITORY / "requirements" / "run.txt")),
        ),
        ("pip", "install", "--quiet", "--python", str(python), "--no-deps", str(wheel)),
        ("pip", "check", "--quiet", "--python", str(python)),
    ):
        done = subprocess.run([UV, *words], cwd=folder, env=clean, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
    command = str(venv / "bin" / "conformance")
    done = subprocess.run([command, "run"], cwd=folder, env=clean, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 mismatch" in done.stdout
    assert [path.name for path in folder.iterdir()] == ["reports"]
    done = subprocess.run(
        [command, "report", "reports/latest"], cwd=folder, env=clean, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
