"""The process that servers and commands of tests are forked from: it has imported all that they need.

Most of what a server or a command takes to start, half a second to two seconds of a processor, is its imports; a fork
of a process that has them takes hundredths. It is a process of its own all the same: with its memory, its environment,
its signals and its end. `forked_servers.py` and `forked_commands.py` ask this program for them, and have the interface
to use.

This program is a loop without threads. It is told what to start in one message, with the descriptors that the child is
to have: its three streams, and a pipe on which the id of the child and, later, its exit status are told.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import random
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import types
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from conformance.contract.model import Contract

NUMBER = 8
"""Bytes of a process id, and of an exit status."""
LONGEST = 1 << 20
"""Bytes that one message may have."""
STREAMS = 3
_REPOSITORY = Path(__file__).resolve().parents[1]
_IMPORTED_LATE = (
    *("uvicorn.loops.asyncio", "uvicorn.lifespan.off", "xdist.remote", "xdist.dsession", "execnet.gateway_io"),
    *("multiprocessing.popen_spawn_posix", "multiprocessing.resource_tracker"),
)
_STARTS: list[tuple[types.ModuleType, str, object]] = []
"""What starts processes, and is replaced by what forks them."""
_FLUSH_FAILED = 120
"""The exit status of Python when what it wrote could not be written at its end."""


class Asked(TypedDict):
    """What is started."""

    program: Literal["server", "conformance", "pytest", "code", "workers"]
    """What runs: the reference server, a command line, code as `python -c` takes it, or `forked_workers.py`."""
    words: list[str]
    """What follows the name of the program; of a server its options, of code the code."""
    folder: str
    environment: dict[str, str]
    leads: bool
    """Whether it leads a session of its own. Then what it starts is not forked: that would not be of its group."""


def main() -> None:
    """Fork what is asked for on the socket whose descriptor is the first argument, until that is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    _import_all()
    _read_what_comes_with_the_project()
    of_children, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
    _have_children_fork(theirs)
    gc.collect()
    gc.freeze()
    become = serve_requests([control, of_children], theirs.fileno())
    if become is not None:
        become()


def serve_requests(asking: list[socket.socket], kept: int) -> Callable[[], NoReturn] | None:
    """Fork until nobody can ask any more; in a child, which has this one descriptor, return what it becomes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with whoever asks
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    told: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([woken, *(each.fileno() for each in asking)], [], [])
        if woken in ready:
            os.read(woken, select.PIPE_BUF)
            _tell_those_that_ended(told)
        for control in [each for each in asking if each.fileno() in ready]:
            words, descriptors, _, _ = socket.recv_fds(control, LONGEST, STREAMS + 1)
            if not words:
                return None
            *streams, status = descriptors
            child = os.fork()
            if child == 0:
                return partial(_become, json.loads(words), streams, kept)
            for stream in streams:
                os.close(stream)
            told[child] = status
            _tell(status, child)


def _tell_those_that_ended(told: dict[int, int]) -> None:
    with suppress(ChildProcessError):
        while True:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            if child in told:
                pipe = told.pop(child)
                _tell(pipe, os.waitstatus_to_exitcode(status))
                os.close(pipe)


def _tell(pipe: int, number: int) -> None:
    with suppress(BrokenPipeError):
        os.write(pipe, number.to_bytes(NUMBER, sys.byteorder, signed=True))


# What is imported and read once.


class _ImportsAll:
    """A plugin of pytest under which the package is imported as pytest imports what plugins come from.

    What is imported before pytest looks for plugins is told as a warning, by every pytest that is forked later.
    """

    def pytest_collection(self, session: pytest.Session) -> bool:
        del session
        import conformance  # noqa: PLC0415

        for name in _IMPORTED_LATE:
            importlib.import_module(name)
        for found in pkgutil.walk_packages(conformance.__path__, "conformance."):
            if not found.name.endswith((".__main__", "test_properties")):
                importlib.import_module(found.name)
        return True


def _import_all() -> None:
    import pytest  # noqa: PLC0415

    without = ("cacheprovider", "faulthandler", "terminal", "schemathesis", "hypothesispytest", "anyio", "conformance")
    options = ("-Werror", "-c", os.devnull, "--noconftest", *(f"-pno:{name}" for name in without))
    ended = pytest.main([*options, __file__], plugins=[_ImportsAll()])
    assert ended == pytest.ExitCode.NO_TESTS_COLLECTED, ended


def _read_what_comes_with_the_project() -> None:
    """Read once what each server would read again: files that no test changes, where no workspace has others."""
    from conformance.contract import catalogue  # noqa: PLC0415
    from conformance.core.resources import openapi_dir  # noqa: PLC0415
    from conformance.core.workspace import workspace_root  # noqa: PLC0415
    from conformance.server.app import make_app  # noqa: PLC0415
    from conformance.server.build import build_plan, unused_behaviours  # noqa: PLC0415
    from conformance.server.provider_states import provider_states  # noqa: PLC0415

    bundled = openapi_dir().resolve()
    read = catalogue._load  # noqa: SLF001
    read_once = cache(read)

    def load(path: Path, *, overlays: bool) -> Contract:
        kept = path.resolve().is_relative_to(bundled) and workspace_root() in (None, _REPOSITORY)
        return (read_once if kept else read)(path, overlays=overlays)

    catalogue._load = load  # noqa: SLF001
    for folder in (_REPOSITORY, Path(__file__).parent):  # in which the files have their short and their whole names
        os.chdir(folder)
        make_app(build_plan())
        unused_behaviours()
    provider_states.cache_clear()  # those of the folder


def _have_children_fork(control: socket.socket) -> None:
    """Have what commands start themselves, servers and the processes of pytest-xdist, be forked as they are."""
    import forked_servers  # noqa: PLC0415 - which imports this module, and the package

    from conformance.server import process  # noqa: PLC0415

    forked_servers.ORIGIN.ask_by(control)
    for module, name, forks in (
        (process, "start_child", forked_servers.ORIGIN.start_server),
        (subprocess, "Popen", forked_servers.ForkedPopen),
    ):
        _STARTS.append((module, name, getattr(module, name)))
        setattr(module, name, forks)


# The child.


def _become(asked: Asked, streams: list[int], kept: int) -> NoReturn:
    """Be the program that is asked for, from its first line to its exit status."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.closerange(STREAMS, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
    if asked["leads"]:
        os.setsid()
        _start_as_users_do()
    os.environ.clear()
    os.environ.update(asked["environment"])
    random.seed()
    for text in (sys.stdin, sys.stdout, sys.stderr):
        text.reconfigure(line_buffering=text.isatty())  # type: ignore[union-attr]
    status = 1
    try:
        os.chdir(asked["folder"])
        status = _run(asked, kept)
    except SystemExit as end:
        status = _status_of(end)
    except KeyboardInterrupt:
        sys.excepthook(*sys.exc_info())
        _end()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:  # noqa: BLE001 - what becomes of it is told as Python tells it
        sys.excepthook(*sys.exc_info())
    os._exit(_end() or status & 0xFF)


def _status_of(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    sys.stderr.write(f"{end.code}\n")
    return 1


def _end() -> int:
    """Do what Python does at the end of a program, but for freeing its memory; return a status if that fails."""
    threading._shutdown()  # type: ignore[attr-defined] # noqa: SLF001
    atexit._run_exitfuncs()  # noqa: SLF001
    status = 0
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            status = _FLUSH_FAILED
    return status


def _start_as_users_do() -> None:
    for module, name, starts in _STARTS:
        setattr(module, name, starts)


def _run(asked: Asked, kept: int) -> int:
    from conformance.core.workspace import workspace_root  # noqa: PLC0415

    words = asked["words"]
    if asked["program"] != "server" or workspace_root() not in (None, _REPOSITORY):
        _forget_all()  # from its folder, its files have the names that those of the project have from theirs
    if asked["program"] == "server":
        from conformance.server.__main__ import main as serve  # noqa: PLC0415 - imported long before

        return serve(*words)
    if asked["program"] == "workers":
        from forked_workers import serve_workers  # noqa: PLC0415 - which imports this module

        _start_as_users_do()
        become = serve_workers(words[0], kept)
        return 0 if become is None else become()
    _be_main(asked)
    if asked["program"] == "conformance":
        from conformance.cli import main as command  # noqa: PLC0415

        command()
    elif asked["program"] == "pytest":
        runpy.run_module("pytest", run_name="__main__", alter_sys=True)
    else:
        exec(compile(words[0], "<string>", "exec"), vars(sys.modules["__main__"]))  # noqa: S102 - as Python does
    return 0


def _be_main(asked: Asked) -> None:
    """Have the names that Python gives to what it runs: the module `__main__`, `sys.argv` and `sys.path`."""
    program, words = asked["program"], asked["words"]
    module = types.ModuleType("__main__")
    if program == "code":
        argv, first = ["-c", *words[1:]], ""
    elif program == "pytest":
        argv, first = ["pytest", *words], str(Path.cwd())
    else:
        script = Path(sys.executable).with_name("conformance")
        argv, first = [str(script), *words], str(script.parent)
        module.__file__ = str(script)
    sys.modules["__main__"] = module
    sys.argv = argv
    given = os.environ.get("PYTHONPATH", "")
    sys.path[0:1] = [first, *(str(Path(each).absolute()) for each in given.split(os.pathsep) if given)]
    sys.modules["xdist.workermanage"]._sys_path = list(sys.path)  # type: ignore[attr-defined] # noqa: SLF001 - kept since its import


def _forget_all() -> None:
    """Empty every cache of the package."""
    modules = [module for name, module in sys.modules.items() if name.startswith("conformance.")]
    for kept in [value for module in modules for value in vars(module).values()]:
        if callable(clear := getattr(kept, "cache_clear", None)):
            clear()


if __name__ == "__main__":
    main()
