"""A server of barns by hand, in a style of its own: what it does shows in its lists only after a while."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from servers import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from servers import Link

DELAY_S = 0.12
"""How long it takes until an effect shows."""


@dataclass
class SlowFarm:
    """What every account has. It conforms to the documents of `farm`, but for a fault.

    Attributes:
        fault: What it does wrong: `id-reused`, `token-lost`, `deletes-nothing`, `changes-nothing`, `filter-ignored`,
            `page-repeats`, `name-not-shown`, `attaches-nothing`; empty for nothing.
    """

    fault: str = ""
    _history: dict[str, list[tuple[float, dict[str, dict[str, str]]]]] = field(default_factory=dict)
    _answers: dict[tuple[str, str], str] = field(default_factory=dict)
    _number: itertools.count[int] = field(default_factory=lambda: itertools.count(100))

    def __call__(self, link: Link) -> bool:
        """Answer one request."""
        params = link.request.params
        action = params.get("Action", "")
        status, body = getattr(self, f"_{action}", self._unknown)(params.get("AccessKeyId", ""), params)
        link.send(whole(json.dumps({"RequestId": str(uuid4()).upper(), **body}).encode(), status))
        return True

    # What there is, now and as it is shown.

    def _now(self, account: str) -> dict[str, dict[str, str]]:
        history = self._history.setdefault(account, [(0.0, {})])
        return {name: dict(barn) for name, barn in history[-1][1].items()}

    def _shown(self, account: str) -> dict[str, dict[str, str]]:
        until = time.monotonic() - DELAY_S
        history = self._history.setdefault(account, [(0.0, {})])
        return [barns for at, barns in history if at <= until][-1]

    def _keep(self, account: str, barns: dict[str, dict[str, str]]) -> None:
        self._history[account].append((time.monotonic(), barns))

    # The operations.

    def _CreateBarn(self, account: str, params: Mapping[str, str]) -> tuple[int, dict[str, object]]:  # noqa: N802
        if not 2 <= len(params.get("BarnName", "ab")) <= 8:
            return _refused(400, "InvalidBarnName.Malformed", "The BarnName is malformed.")
        if params.get("Roof", "Flat") not in ("Flat", "Steep") or not params.get("Height", "1").isdigit():
            return _refused(400, "InvalidParameter", "A value is not valid.")
        if "FieldId" in params:
            return _refused(404, "InvalidFieldId.NotFound", "The FieldId is of no field.")
        barns, token = self._now(account), params.get("ClientToken", "")
        known = self._answers.get((account, token)) if token and self.fault != "token-lost" else None
        name = known or ("barn-1" if self.fault == "id-reused" else f"B{next(self._number)}")
        if known is None:
            barns[name] = {key: params[key] for key in ("BarnName", "Height", "Roof") if key in params}
            self._keep(account, barns)
            self._answers[account, token] = name
        return 200, {"BarnId": name, "Roof": params.get("Roof", "Flat"), "Doors": []}

    def _DescribeBarns(self, account: str, params: Mapping[str, str]) -> tuple[int, dict[str, object]]:  # noqa: N802
        number, size = int(params.get("PageNumber", "1")), int(params.get("PageSize", "10"))
        found = self._chosen(account, params)
        first = 0 if self.fault == "page-repeats" else (number - 1) * size
        page = found[first : first + size]
        return 200, {"Barns": {"Barn": page}, "TotalCount": len(found), "PageNumber": number, "PageSize": size}

    def _DescribeBarnAttribute(  # noqa: N802
        self, account: str, params: Mapping[str, str]
    ) -> tuple[int, dict[str, object]]:
        found = self._chosen(account, params)
        return (200, dict(found[0])) if found else _gone()

    def _ModifyBarnAttribute(  # noqa: N802
        self, account: str, params: Mapping[str, str]
    ) -> tuple[int, dict[str, object]]:
        name = "" if self.fault == "changes-nothing" else params.get("BarnName", "")
        return self._changed(account, params["BarnId"], {"BarnName": name} if name else {})

    def _AttachHorse(self, account: str, params: Mapping[str, str]) -> tuple[int, dict[str, object]]:  # noqa: N802
        horse = {} if self.fault == "attaches-nothing" else {"HorseId": params["HorseId"]}
        return self._changed(account, params["BarnId"], horse)

    def _DetachHorse(self, account: str, params: Mapping[str, str]) -> tuple[int, dict[str, object]]:  # noqa: N802
        return self._changed(account, params["BarnId"], {"HorseId": ""})

    def _DeleteBarn(self, account: str, params: Mapping[str, str]) -> tuple[int, dict[str, object]]:  # noqa: N802
        barns = self._now(account)
        if params["BarnId"] not in barns:
            return _gone()
        if self.fault != "deletes-nothing":
            del barns[params["BarnId"]]
        self._keep(account, barns)
        return 200, {}

    def _unknown(self, _account: str, _params: Mapping[str, str]) -> tuple[int, dict[str, object]]:
        return _refused(404, "InvalidAction.NotFound", "Specified api is not found.")

    def _changed(self, account: str, name: str, fields: Mapping[str, str]) -> tuple[int, dict[str, object]]:
        barns = self._now(account)
        if name not in barns:
            return _gone()
        barns[name] |= fields
        self._keep(account, barns)
        return 200, {}

    def _chosen(self, account: str, params: Mapping[str, str]) -> list[dict[str, object]]:
        filters = {} if self.fault == "filter-ignored" else {key: params[key] for key in _FILTERS if key in params}
        barns = [_as_shown(name, barn) for name, barn in self._shown(account).items()]
        found = [barn for barn in barns if all(barn[key] == value for key, value in filters.items())]
        return [{**barn, "BarnName": ""} for barn in found] if self.fault == "name-not-shown" else found


_FILTERS = ("BarnId", "BarnName")


def _as_shown(name: str, barn: Mapping[str, str]) -> dict[str, object]:
    return {
        "BarnId": name,
        "BarnName": barn.get("BarnName", name),
        "Height": int(barn.get("Height", "3")),
        "Status": "Ready",
        "CreationTime": "2026-01-01T00:00:00Z",
        "HorseId": barn.get("HorseId") or "none",
        "Tags": {"Tag": []},
    }


def _refused(status: int, code: str, message: str) -> tuple[int, dict[str, object]]:
    return status, {"HostId": "farm.example.com", "Code": code, "Message": message, "Recommend": ""}


def _gone() -> tuple[int, dict[str, object]]:
    return _refused(404, "InvalidBarnId.NotFound", "The BarnId is of no barn.")
