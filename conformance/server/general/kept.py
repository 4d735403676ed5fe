"""What a call asks to be kept of a resource, its lists among it, and the resources that an account has."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.contract.wire import SYSTEM_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.meanings.words import Words
    from conformance.core.jsontypes import Json
    from conformance.server.request import Call

_INDEX: Final = re.compile(r"[0-9]{1,6}")
_NEVER: Final = ("page_number", "page_size", "token", "limit", "idempotent_by", "apart")


class KeptResource(Struct):
    """One resource.

    Attributes:
        id: Its id.
        fields: Its fields by name: texts, lists and objects of texts, as they were sent.
        created_at: When it was created, in seconds on the server's clock.
        active_at: From when on it is in its final state.
        stated: Whether a provider state says that it exists, and no call created it.
        changed: Whether a call changed it.
        attached: The fields that it has from being attached to something, and loses with that.
        detached: The fields with ids of other resources from which a call detached it.
    """

    id: str
    fields: dict[str, Json] = field(default_factory=dict)
    created_at: float = 0.0
    active_at: float = 0.0
    stated: bool = False
    changed: bool = False
    attached: set[str] = field(default_factory=set)
    detached: set[str] = field(default_factory=set)

    @property
    def unknown(self) -> bool:
        """Whether nothing is known of it but that it exists."""
        return not (self.created_at or self.fields or self.changed)


def sent_fields(call: Call, words: Words) -> dict[str, Json]:
    """Return the parameters of a call as fields: `Tag.1.Key` as a list of objects under `Tag`.

    What says who calls, which page is wanted or that a call is a repetition is no field.
    """
    found: dict[str, Json] = {}
    for name, text in call.parameters.items():
        top = name.partition(".")[0]
        if top in SYSTEM_PARAMETERS or any(words.means(meaning, top) for meaning in _NEVER):
            continue
        _put(found, name.split("."), text)
    return {name: _plain(value) for name, value in found.items()}


def _put(place: dict[str, Json], steps: list[str], text: str) -> None:
    for step in steps[:-1]:
        inner = place.setdefault(step, {})
        if not isinstance(inner, dict):
            return  # the same name as a text and as a list: the text was first
        place = inner
    place.setdefault(steps[-1], text)


def _plain(value: Json) -> Json:
    """Return a tree of a call with its numbered members as lists, in the order of their numbers."""
    if not isinstance(value, dict):
        return value
    members = {name: _plain(inner) for name, inner in value.items()}
    if members and all(_INDEX.fullmatch(name) for name in members):
        return [members[name] for name in sorted(members, key=int)]
    return members


def comparable(call: Call, words: Words) -> Mapping[str, str]:
    """Return what two calls with one token must have alike: all that is not the protocol's."""
    return {
        name: text
        for name, text in call.parameters.items()
        if name not in SYSTEM_PARAMETERS and not words.means("idempotent_by", name)
    }


def as_elements(value: Json) -> list[Json] | None:
    """Return the elements of what was sent as a list, also as text of JSON; `None` when it is none."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, list) else None


def joined(kept: Json, sent: Json) -> Json:
    """Return a list with the elements that are sent too: one with the same id takes the place of the one that is kept.

    What is no list takes the place of what is kept.
    """
    old, new = as_elements(kept), as_elements(sent)
    if new is None:
        return sent
    if old is None:
        return new
    places: dict[str, Json] = {_mark(each): each for each in old}
    for each in new:
        before = places.get(_mark(each))
        places[_mark(each)] = {**before, **each} if isinstance(before, dict) and isinstance(each, dict) else each
    return list(places.values())


def without(kept: Json, sent: Json) -> Json:
    """Return a list without the elements that are sent, each whole or as its id; `None` when none are left."""
    old, new = as_elements(kept), as_elements(sent)
    if old is None or new is None:
        return None
    gone = {_mark(each) for each in new}
    return [each for each in old if _mark(each) not in gone] or None


def _mark(element: Json) -> str:
    """Return what tells an element of a list from the others: a member that is an id, a key or a name, else all."""
    if not isinstance(element, dict):
        return json.dumps(element)
    for end in _MARKS:
        for name, value in element.items():
            if name.lower().endswith(end) and isinstance(value, str | int):
                return json.dumps(value)
    return json.dumps(element, sort_keys=True)


_MARKS: Final = ("id", "key", "name", "entry", "ip")
