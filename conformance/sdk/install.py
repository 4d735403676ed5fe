"""Installing a driver into the cache: each pair of SDK and core versions once, in a folder of its own."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import platformdirs
from filelock import FileLock, Timeout
from msgspec import Struct

from conformance.core.errors import DriverError, UsageError
from conformance.core.redaction import Redactor
from conformance.core.sentences.recognition import in_reader_language
from conformance.sdk.environment import environment_to_install
from conformance.sdk.manifest import MARKER
from conformance.sdk.product_packages import write_packages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.sdk.manifest import Manifest, Tool

SCRIPT: Final = "install.sh"
LONGEST_INSTALL_S: Final = 30 * 60.0
_APPLICATION: Final = "acs-conformance"
_VERSION: Final = re.compile("[0-9A-Za-z][0-9A-Za-z.+-]{0,63}")
_USER_INFO: Final = re.compile(r"(?<=://)[^/\s@]+@")
_SECRET_NAME: Final = re.compile("TOKEN|SECRET|PASSWORD|AUTH|CREDENTIAL", re.IGNORECASE)
_LEAST_SECRET: Final = 8
_LAST_LINES: Final = 15
_LAST_BYTES: Final = 32_768


class Installed(Struct, frozen=True):
    """A driver that can be started.

    Attributes:
        folder: Where it is installed; its working directory.
        command: The program and its arguments.
    """

    folder: Path
    command: tuple[str, ...]


def missing_tools(manifest: Manifest) -> tuple[Tool, ...]:
    """Return the programs that a driver needs and that are not on PATH."""
    return tuple(tool for tool in manifest.toolchain if shutil.which(tool.program) is None)


def installed_folder(manifest: Manifest, sdk: str | None = None, core: str | None = None) -> Path:
    """Return where a driver is, or would be, installed.

    Args:
        manifest: The driver.
        sdk: The version of the SDK; the locked one when it is not given.
        core: The version of the core; when it is not given, the locked one with the locked SDK, and what the SDK asks
            for with another.

    Raises:
        UsageError: When a version is no version.
    """
    sdk_version, core_version = _versions(manifest, sdk, core)
    # What was built for one system or one Python does not run on another.
    system = [sys.platform, platform.machine()]
    system += [f"{sys.version_info.major}.{sys.version_info.minor}"] if manifest.language == "Python" else []
    key = hashlib.sha256("\0".join(system).encode())
    for name, path in manifest.files():
        key.update(b"\0".join([b"", name.as_posix().encode(), path.read_bytes()]))
    for product, package in manifest.packages.items():
        key.update(f"\0{product}\0{package}".encode())
    for other in manifest.others:
        key.update(f"\0{other.name}@{other.version}".encode())
    versions = "-".join([sdk_version or manifest.sdk.version, core_version or ("any" if sdk_version else "locked")])
    return _cache() / f"{manifest.name}-{versions}-{key.hexdigest()[:12]}"


def is_installed(manifest: Manifest, sdk: str | None = None, core: str | None = None) -> bool:
    """Whether a driver is installed at these versions; see `installed_folder`."""
    return (installed_folder(manifest, sdk, core) / MARKER).is_file()


def install(manifest: Manifest, sdk: str | None = None, core: str | None = None) -> Installed:
    """Install a driver unless it is installed already; several processes may do so at once.

    Args:
        manifest: The driver.
        sdk: The version of the SDK; see `installed_folder`.
        core: The version of the core.

    Raises:
        UsageError: When a version is no version.
        DriverError: When a tool is missing, or the install fails, with the end of the output of its tools.
    """
    folder = installed_folder(manifest, sdk, core)
    installed = Installed(folder, _command(manifest, folder))
    if (folder / MARKER).is_file():
        return installed
    missing = missing_tools(manifest)
    if missing:
        names = " and ".join(tool.program for tool in missing)
        raise DriverError(
            f"the driver {manifest.name} needs {names}, not found on PATH",
            hint="; ".join(f"{tool.program}: {tool.hint}" for tool in missing),
        )
    with _locked(folder, manifest):
        if not (folder / MARKER).is_file():
            _install(manifest, folder, *_versions(manifest, sdk, core))
    return installed


def _versions(manifest: Manifest, sdk: str | None, core: str | None) -> tuple[str, str]:
    """Return what `SDK_VERSION` and `CORE_VERSION` are to be; both are empty for what is locked."""
    for option, version in (("--sdk", sdk), ("--core", core)):
        if version and not _VERSION.fullmatch(version):
            raise UsageError(f"{option} {version!r} is no version", hint="at most 64 letters, digits and . + -")
    # The package of another product may be a part of the core's, and has its version then.
    if f"{manifest.sdk.name}/".startswith(f"{manifest.core.name}/"):
        if sdk and core and sdk != core:
            what = f"--sdk {sdk} and --core {core} are of one package, {manifest.core.name}"
            raise UsageError(what, hint="give one of them")
        sdk = core = sdk or core
    wanted = (sdk or manifest.sdk.version, core or "")
    if not manifest.is_own:
        return wanted
    if wanted == (manifest.sdk.version, manifest.core.version) or not (sdk or core):
        return "", ""
    return wanted


def _cache() -> Path:
    return platformdirs.user_cache_path(_APPLICATION, appauthor=False) / "drivers"


def _command(manifest: Manifest, folder: Path) -> tuple[str, ...]:
    program, *arguments = manifest.run
    return (str(folder / program) if "/" in program else program, *arguments)


@contextmanager
def _locked(folder: Path, manifest: Manifest) -> Iterator[None]:
    """Hold the lock on a folder of the cache; raises `DriverError` when the cache cannot be written."""
    lock = FileLock(folder.with_name(f"{folder.name}.lock"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            _say(f"waiting for another process that installs {manifest.name}...")
            lock.acquire(timeout=LONGEST_INSTALL_S)
    except Timeout:
        raise DriverError(
            f"another process has been installing {manifest.name} for {LONGEST_INSTALL_S / 60:g} minutes",
            hint=f"end it, or remove {lock.lock_file}",
        ) from None
    except OSError as fault:
        raise _not_written(folder, fault) from None
    try:
        yield
    finally:
        lock.release()


def _not_written(folder: Path, fault: OSError) -> DriverError:
    return DriverError(
        f"the cache cannot be written: {fault.strerror or fault}",
        where=folder,
        hint="set XDG_CACHE_HOME to a folder that can be",
    )


def _install(manifest: Manifest, folder: Path, sdk: str, core: str) -> None:
    what = f"{manifest.sdk.name} {sdk or manifest.sdk.version}" + (f", {manifest.core.name} {core}" if core else "")
    what += "".join(f", {other.name} {other.version}" for other in manifest.others)
    _say(f"installing {manifest.name} ({what})...")
    try:
        if folder.exists():
            shutil.rmtree(folder)
        for name, path in manifest.files():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, folder / name)
        write_packages(manifest, folder)
    except OSError as fault:
        raise _not_written(folder, fault) from None
    variables = {
        **environment_to_install(),
        "SDK_NAME": manifest.sdk.name,
        "SDK_VERSION": sdk,
        "CORE_VERSION": core,
        "MORE_PACKAGES": " ".join(f"{other.name}@{other.version}" for other in manifest.others),
    }
    try:
        failure = _run_script(folder, variables)
        program = _command(manifest, folder)[0]
        if failure is None and shutil.which(program) is None:
            failure = f"made no program {program}"
        if failure is not None:
            raise DriverError(  # noqa: TRY301 - what was begun is taken away as after any other failure
                f"{manifest.name} ({what}) could not be installed: {SCRIPT} {failure}",
            )
        asked = {"driver": manifest.name, "sdk": sdk or manifest.sdk.version, "core": core or None}
        (folder / MARKER).write_text(json.dumps(asked) + "\n", encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _run_script(folder: Path, variables: dict[str, str]) -> str | None:
    """Run the install script; return how it failed, with the end of its output, or `None`. Nothing is left running."""
    with tempfile.TemporaryFile() as output:
        script = subprocess.Popen(  # noqa: S603 - the driver's own script; the versions were checked
            ["sh", SCRIPT],  # noqa: S607 - POSIX has it on every PATH
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        failure = None
        try:
            status = script.wait(LONGEST_INSTALL_S)
            failure = f"ended with status {status}" if status else None
        except subprocess.TimeoutExpired:
            failure = f"took longer than {LONGEST_INSTALL_S / 60:g} minutes"
        finally:
            if script.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(script.pid, signal.SIGKILL)
                script.wait()
        if failure is None:
            return None
        output.seek(max(0, output.seek(0, os.SEEK_END) - _LAST_BYTES))
        return failure + _last_lines(output.read(), variables)


def _last_lines(output: bytes, variables: dict[str, str]) -> str:
    """Return the end of what tools wrote, each line indented; without passwords of registries, and secret variables."""
    text = _USER_INFO.sub("***@", output.decode(errors="replace"))
    secrets = [value for name, value in variables.items() if _SECRET_NAME.search(name) and len(value) >= _LEAST_SECRET]
    lines = [line.rstrip() for line in Redactor(secrets).text(text).splitlines() if line.strip()]
    return "".join(f"\n    {line}" for line in lines[-_LAST_LINES:])


def _say(text: str) -> None:
    sys.stderr.write(f"{in_reader_language(text)}\n")
    sys.stderr.flush()
