"""One HTML page of a report: no script, no other file, readable in light and in dark, and never too large to open."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2
from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined

from conformance.contract.languages import REGISTRY
from conformance.core.cache import NO_CACHE, Cache
from conformance.judging.divergence import promise_at
from conformance.judging.verdicts import VERDICTS
from conformance.reports.by_operation import counts_by_operation, of_several_operations
from conformance.reports.formats.cause_text import changes_of, sources_of
from conformance.reports.formats.text import (
    expected_text,
    follows_text,
    languages_text,
    not_passed_text,
    observed_text,
    promise_text,
    retry_text,
    shown_counts,
    value_text,
)
from conformance.reports.stored_cases import cases_where, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Template
    from jinja2.bccache import Bucket

    from conformance.judging.report_entries import Report
    from conformance.reports.tally import TalliedCase

_ORDER: Final = ("mismatch", "error", "divergent", "not_run", "pass", "not_applicable")
_HEADINGS: Final = {
    "mismatch": "Differs from the documents",
    "error": "Nothing known: the target or the network failed",
    "divergent": "Follows one document and not the other",
    "not_run": "Not run",
    "pass": "Conforms",
    "not_applicable": "The documents asked say nothing about it",
}
_SHORT: Final = ("pass", "not_run", "not_applicable")
"""Verdicts of which no exchange is shown."""
_MOST_SHORT: Final = 2_000
"""Cases of one of these verdicts above which only their ids are listed."""
_MOST_DETAIL: Final = 8_000_000
"""Characters of cases shown in full, after which the others are listed by their ids."""


class _Compiled(BytecodeCache):
    """Templates as jinja2 compiled them in an earlier run.

    Attributes:
        cache: Where they are kept.
    """

    cache: Cache = NO_CACHE

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what was kept for it."""
        value = self.cache.get(self._key(bucket))
        if value is not None:
            bucket.bytecode_from_string(value)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what the bucket holds."""
        self.cache.put(self._key(bucket), bucket.bytecode_to_string())

    @staticmethod
    def _key(bucket: Bucket) -> str:
        # A template's code depends on its text, on the environment made here, and on the compiler.
        made_by = f"{jinja2.__version__} {bucket.key} {bucket.checksum}".encode()
        return sha256(made_by + Path(__file__).read_bytes()).hexdigest()


_compiled: Final = _Compiled()


@cache
def _environment() -> Environment:
    environment = Environment(
        bytecode_cache=_compiled,
        loader=PackageLoader("conformance.reports.formats"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["value"] = value_text
    environment.filters["promise"] = promise_text
    environment.filters["follows"] = follows_text
    environment.filters["expected"] = expected_text
    environment.filters["observed"] = observed_text
    environment.filters["not_passed"] = not_passed_text
    environment.filters["sources"] = sources_of
    environment.filters["changes"] = changes_of
    environment.filters["retry"] = retry_text
    environment.filters["languages"] = languages_text
    environment.globals["promise_at"] = promise_at
    environment.globals["languages"] = {entry.code: entry.name for entry in REGISTRY}
    return environment


@cache
def _template(name: str) -> Template:
    return _environment().get_template(f"{name}.html.j2")


def prepare(cache: Cache) -> None:
    """Load the templates, so that the page costs less later.

    Args:
        cache: Where they are kept, compiled.
    """
    _compiled.cache = cache
    for name in ("report", "case", "heading", "ids"):
        _template(name)


def html_page(report: Report) -> str:
    """Return a report as one self-contained HTML page; see `html_parts`."""
    return "".join(html_parts(report))


def html_parts(report: Report) -> Iterator[str]:
    """Yield a report as one self-contained HTML page, part by part; whatever a server answered is escaped.

    Cases are shown in full up to a size that a browser opens at once; of the others the page has the ids, and a note.
    """
    judged_by = languages_text(report["coverage"])
    yield _render(
        "report",
        report={"notes": [], "groups": [], **report, "target": {"sdk": None, "core": None, **report["target"]}},
        counts=shown_counts(report),
        judged_by=f"the {judged_by} document" + ("s" if len(report["coverage"]) > 1 else ""),
        verdicts=VERDICTS,
        operations=sorted(counts_by_operation(report), key=lambda each: not each.differs),
        several=of_several_operations(report),
    )
    by_verdict: dict[str, list[TalliedCase]] = {verdict: [] for verdict in _ORDER}
    for entry in tallied_cases(report):
        by_verdict[entry.verdict].append(entry)
    room = _MOST_DETAIL
    for verdict, entries in by_verdict.items():
        if entries:
            yield _render("heading", verdict=verdict, heading=_HEADINGS[verdict], count=len(entries))
            shown = 0
            if verdict not in _SHORT or len(entries) <= _MOST_SHORT:
                for part in _cases(report, verdict):
                    if len(part) > room:
                        break
                    room -= len(part)
                    shown += 1
                    yield part
            yield _listed(verdict, entries[shown:])
    yield "</body>\n</html>\n"


def _cases(report: Report, verdict: str) -> Iterator[str]:
    cases = cases_where(report, lambda entry: entry.verdict == verdict)
    for number, case in enumerate(cases, start=1):
        yield _render("case", case=case, verdict=verdict, number=number, short=verdict in _SHORT)


def _listed(verdict: str, entries: Sequence[TalliedCase]) -> str:
    return _render("ids", verdict=verdict, names=[entry.id for entry in entries]) if entries else ""


def _render(name: str, **values: object) -> str:
    # A lone half of a surrogate pair, which JSON may carry and UTF-8 may not, is shown as its escape.
    return _template(name).render(**values).encode("utf-8", "backslashreplace").decode("utf-8")
