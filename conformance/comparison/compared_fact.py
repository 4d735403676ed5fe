"""One fact of two documents compared: the verdict, how much it matters, and a fingerprint to recognise it by."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from conformance.comparison.levels import level_of
from conformance.contract.openapi.writer import fact_data

if TYPE_CHECKING:
    from conformance.comparison.agreement import Agreement
    from conformance.comparison.levels import Level
    from conformance.contract.model import Fact
    from conformance.contract.when import When


class ComparedFact(Struct, frozen=True):
    """One fact of two documents, compared.

    Attributes:
        operation: The operation that both documents are about.
        path: The folded path of a parameter, `responses/<path>`, `errors/<code>`, `async`, or `operation`.
        fact: The fact's name; `parameter`, `field`, `code` or `operation` when one side does not have the thing at all.
        verdict: How the two documents compare.
        left: What the left document has.
        right: What the right document has.
        note: What a reader should know of it.
        kind: How the two differ, where that changes how much it matters; see `conformance.comparison.levels`.
        when: The condition on which the fact holds; `None` where it holds for all requests.
    """

    operation: str
    path: str
    fact: str
    verdict: Agreement
    left: Fact
    right: Fact
    note: str = ""
    kind: str = ""
    when: When | None = None

    @property
    def subject(self) -> str:
        """What kind of thing it is about: `parameter`, `response`, `error`, `async` or `operation`."""
        if self.fact == "operation":
            return "operation"
        head, slash, _ = self.path.partition("/")
        return head.removesuffix("s") if slash else "async" if self.path == "async" else "parameter"

    @property
    def name(self) -> str:
        """Where it is, among all operations: `<Operation>#<parameter>`."""
        return self.operation if self.subject == "operation" else f"{self.operation}#{self.path}"

    @property
    def rule(self) -> str:
        """The stable name of the difference, e.g. `parameter/required/disagree`, `parameter/enum/disagree/subset`."""
        return "/".join(part for part in (self.subject, self.fact, self.verdict, self.kind) if part)

    @property
    def level(self) -> Level:
        """How much it matters: `error` is a contradiction, `warning` a gap or a doubt, `note` nothing to act on."""
        return level_of(self.subject, self.fact, self.verdict, self.kind)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what differs, not of where: the same when lines move, another when a value changes."""
        values = [[fact.state.value, fact.value] for fact in (self.left, self.right)]
        parts = [self.operation, self.path, self.rule, values, *([self.when.data] if self.when is not None else [])]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "backslashreplace")).hexdigest()

    def mirrored(self) -> ComparedFact:
        """Return the finding that the same two documents give with their sides changed."""
        verdict = self.verdict.mirrored()
        return replace(self, verdict=verdict, left=self.right, right=self.left)

    def data(self) -> dict[str, object]:
        """Return the finding as JSON data."""
        return {
            "path": self.path,
            "fact": self.fact,
            **({"when": self.when.data} if self.when is not None else {}),
            "verdict": self.verdict.value,
            "left": fact_data(self.left),
            "right": fact_data(self.right),
            "note": self.note,
            "rule": self.rule,
            "level": self.level,
            "fingerprint": self.fingerprint,
        }
