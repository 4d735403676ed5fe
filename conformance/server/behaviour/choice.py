"""Which behaviour the server has: the one that has what is asked for, the workspace's before the project's."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from conformance.core.resources import layers
from conformance.server.behaviour.definition import FAULTS_SUFFIX, Behaviour, read_behaviour
from conformance.server.behaviour.parts import BehaviourError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class ChosenBehaviour(NamedTuple):
    """The behaviour of the resource that the server has.

    Attributes:
        behaviour: The behaviour.
        file: Its file.
        faults: Why other files cannot be read.
    """

    behaviour: Behaviour
    file: Path
    faults: tuple[BehaviourError, ...]


def behaviour_files() -> list[Path]:
    """Return the files of behaviours: the workspace's own, then those of the project that it does not replace.

    A file replaces another that has its product and its name.
    """
    found: dict[tuple[str, str], Path] = {}
    for folder in layers("behaviours"):
        for path in sorted(folder.glob("*/*.yaml")):
            if not path.name.endswith(FAULTS_SUFFIX):
                found.setdefault((path.parent.name, path.name), path)
    return list(found.values())


def choose_behaviour(operations: Sequence[str] = ()) -> ChosenBehaviour:
    """Return the behaviour that has most of some operations, of equal ones the first.

    Args:
        operations: Their names, before which `<product>:` or `<product>/<version>/` may stand. What no behaviour has
            the server does by its contract.

    Raises:
        BehaviourError: When there is no behaviour that can be read.
    """
    return _choose(tuple(behaviour_files()), tuple(operations))


@cache
def _choose(files: tuple[Path, ...], operations: tuple[str, ...]) -> ChosenBehaviour:
    if not files:
        where = layers("behaviours")[0]
        raise BehaviourError("there is no behaviour of a resource", where=where, hint="add a file")
    known: list[tuple[Behaviour, Path]] = []
    faults: list[BehaviourError] = []
    for file in files:
        try:
            known.append((read_behaviour(file), file))
        except BehaviourError as fault:
            faults.append(fault)
    if not known:
        raise faults[0]
    chosen = max(known, key=lambda each: sum(_serves(each[0], word) for word in operations))
    return ChosenBehaviour(*chosen, tuple(faults))


def _serves(behaviour: Behaviour, word: str) -> bool:
    product, _, name = word.replace("/", ":").rpartition(":")
    fits = product.partition(":")[0].lower() in ("", behaviour.product.lower())
    return fits and name in {each.name for each in behaviour.operations}


def load_behaviour(operations: Sequence[str] = ()) -> Behaviour:
    """Return the behaviour of the resource that the server has; see `choose_behaviour`."""
    return choose_behaviour(operations).behaviour
