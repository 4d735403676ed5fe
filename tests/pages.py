"""Web pages as a person sees them: in a headless Chromium."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
WIDE, NARROW = 1280, 390


@contextmanager
def browser() -> Iterator[Browser]:
    """Yield a browser that reaches nothing but files."""
    with sync_playwright() as playwright:
        # Without its sandbox it starts for the administrator too, as in CI; the pages are ours.
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield started
        finally:
            started.close()


@contextmanager
def opened(
    started: Browser, page: Path, fragment: str = "", *, width: int = WIDE, dark: bool = False, script: bool = True
) -> Iterator[Page]:
    """Yield a page; what its script complains of fails the test.

    A tab of its own costs a page more than all else, so the tab of the page before is taken, and left as a new one is.
    """
    free = _FREE.setdefault(started, {True: [], False: []})[script]
    view = free.pop() if free else _new_tab(started, script=script)
    complaints: list[str] = []
    heard = {
        "pageerror": lambda fault: complaints.append(str(fault)),
        "console": lambda said: complaints.append(said.text) if said.type == "error" else None,
    }
    view.set_viewport_size({"width": width, "height": 900})
    view.emulate_media(media="screen", color_scheme="dark" if dark else "light", reduced_motion="no-preference")
    for name, hear in heard.items():
        view.on(name, hear)  # type: ignore[call-overload]
    try:
        view.goto(f"{page.as_uri()}{fragment}")
        yield view
        assert complaints == []
    except BaseException:
        view.context.close()
        raise
    for name, hear in heard.items():
        view.remove_listener(name, hear)
    if script:
        view.evaluate("localStorage.clear()")
    view.goto("about:blank")
    free.append(view)


_FREE: WeakKeyDictionary[Browser, dict[bool, list[Page]]] = WeakKeyDictionary()
"""The tabs of a browser that show nothing, of those with scripts and of those without."""


def _new_tab(started: Browser, *, script: bool) -> Page:
    context = started.new_context(
        java_script_enabled=script,
        permissions=["clipboard-read", "clipboard-write"],
    )
    return context.new_page()


def scrolled_width(view: Page) -> int:
    """Return how wide a page is, with what only scrolling shows."""
    width: int = view.evaluate("document.documentElement.scrollWidth")
    return width


def broken_rules(view: Page) -> list[tuple[str, str]]:
    """Return the rules of accessibility that axe-core finds broken, each with the first element that breaks it."""
    view.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = view.evaluate("axe.run().then(result => result.violations)")
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


def all_open(view: Page) -> None:
    """Open every fold of a page."""
    view.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


def faults_of(started: Browser, page: Path, *, rules: bool = True) -> list[str]:
    """Return what any page must not have: it is wide, breaks rules of accessibility, or is less without its script.

    In both themes, at both widths and in both languages; the rules of accessibility, which take seconds, if wanted.
    """
    found = []
    for dark in (False, True):
        with opened(started, page, width=NARROW if dark else WIDE, dark=dark) as view:
            view.emulate_media(media="screen", reduced_motion="reduce")
            all_open(view)
            found += [f"dark {dark}: {rule}" for rule in (broken_rules(view) if rules else ())]
            for width in (NARROW, WIDE):
                view.set_viewport_size({"width": width, "height": 900})
                for language in ("zh-CN", "en"):
                    view.eval_on_selector(f"button[data-language='{language}']", "each => each.click()")
                    wide = scrolled_width(view)
                    found += [f"{width} {language}: {wide} pixels wide"] if wide > width else []
            english = view.inner_text("body")
    with opened(started, page, script=False) as view:
        found += [
            f"visible without the script: {name}" for name in (".languages", "#controls") if view.is_visible(name)
        ]
        view.emulate_media(media="print")
        closed = view.locator("main details:not([open]) > :not(summary)").all()
        found += ["folds are closed on paper"] * any(not each.is_visible() for each in closed[:20])
    chinese = [each for each in english.split() if any("\u4e00" <= sign <= "\u9fff" for sign in each)]
    return [*found, *(f"Chinese in the English page: {each}" for each in chinese if each != "中文")]
