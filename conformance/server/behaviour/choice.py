"""Which behaviour the server has: the one that has what is asked for, the workspace's before the project's."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.core.errors import InputError
from conformance.core.resources import layers
from conformance.server.behaviour.definition import FAULTS_SUFFIX, Behaviour, read_behaviour
from conformance.server.behaviour.parts import BehaviourError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FIELDS: Final = re.compile(rb"^fields:", re.MULTILINE)


class ChosenBehaviour(NamedTuple):
    """The behaviour of the resource that the server has.

    Attributes:
        behaviour: The behaviour.
        file: Its file.
        faults: Why other files cannot be read.
    """

    behaviour: Behaviour
    file: Path
    faults: tuple[InputError, ...]


def behaviour_files() -> list[Path]:
    """Return the files of behaviours: the workspace's own, then those of the project that it does not replace.

    A file replaces another that has its product and its name.

    Returns:
        Those in full, with the fields of a resource, and those in short (`conformance.server.resources.kind_files`).
    """
    found: dict[tuple[str, str], Path] = {}
    for folder in layers("behaviours"):
        for path in sorted(folder.glob("*/*.yaml")):
            if not path.name.endswith(FAULTS_SUFFIX):
                found.setdefault((path.parent.name, path.name), path)
    return list(found.values())


def full_files() -> list[Path]:
    """Return the files of behaviours in full: those with the fields of the resource."""
    return [path for path in behaviour_files() if is_full(path)]


def short_files() -> list[Path]:
    """Return the files of behaviours in short."""
    return [path for path in behaviour_files() if not is_full(path)]


def is_full(path: Path) -> bool:
    """Whether a file describes a resource in full, with its fields."""
    try:
        return _FIELDS.search(path.read_bytes()) is not None
    except OSError:
        return False  # reading it in short tells what is wrong


class ReadBehaviours(NamedTuple):
    """The behaviours in full that can be read, each with its file, and why others cannot."""

    known: tuple[tuple[Behaviour, Path], ...]
    faults: tuple[InputError, ...]


def read_behaviours() -> ReadBehaviours:
    """Return all behaviours in full."""
    return _read(tuple(full_files()))


@cache
def _read(files: tuple[Path, ...]) -> ReadBehaviours:
    known: list[tuple[Behaviour, Path]] = []
    faults: list[InputError] = []
    for file in files:
        try:
            known.append((read_behaviour(file), file))
        except InputError as fault:
            faults.append(fault)
    return ReadBehaviours(tuple(known), tuple(faults))


def choose_behaviour(operations: Sequence[str] = ()) -> ChosenBehaviour:
    """Return the behaviour that has most of some operations, of equal ones the first.

    Args:
        operations: Their names, before which `<product>:` or `<product>/<version>/` may stand. What no behaviour has
            the server does by its contract.

    Raises:
        BehaviourError: When there is no behaviour that can be read.
    """
    files = tuple(full_files())
    if not files:
        where = layers("behaviours")[0]
        raise BehaviourError("there is no behaviour of a resource", where=where, hint="add a file")
    known, faults = _read(files)
    if not known:
        raise faults[0]
    return ChosenBehaviour(*max(known, key=lambda each: fitting(each[0], operations)), faults)


def fitting(behaviour: Behaviour, operations: Sequence[str]) -> int:
    """Count the operations that a behaviour has, of some that are named as in `choose_behaviour`."""
    return sum(_serves(behaviour, word) for word in operations)


def _serves(behaviour: Behaviour, word: str) -> bool:
    product, _, name = word.replace("/", ":").rpartition(":")
    fits = product.partition(":")[0].lower() in ("", behaviour.product.lower())
    return fits and name in {each.name for each in behaviour.operations}


def load_behaviour(operations: Sequence[str] = ()) -> Behaviour:
    """Return the behaviour of the resource that the server has; see `choose_behaviour`."""
    return choose_behaviour(operations).behaviour
