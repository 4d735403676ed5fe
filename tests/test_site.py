"""The site of the documents: every page has its place, and what is built asks nothing of another host."""

from __future__ import annotations

import html
import os
import re
import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

import pytest
from commands import REPOSITORY, environment, run_program
from pages import NARROW, broken_rules, browser, needs_chromium, scrolled_width

sys.path.insert(0, str(REPOSITORY / "tools"))
from site_contents import CHINESE, CONTENTS, NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

MADE = {"commands", f"commands.{CHINESE}", "docs/decisions/index"}
"""Pages that the build writes."""
LOADED = re.compile(r'<(?:script|img|iframe|source)[^>]*\bsrc="([^"]+)"|<link[^>]*\bhref="([^"]+)"')
LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
NAME = re.compile(r'\bid="([^"]+)"')
LANGUAGE = re.compile(r'<html\b[^>]*\blang="([^"]+)"')


def placed() -> list[str]:
    return [re.sub(r".*<(.*)>", r"\1", page) for pages in CONTENTS.values() for page in pages]


def test_every_page_has_one_place_in_the_site() -> None:
    paths = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
    named = [str(path.relative_to(REPOSITORY)) for path in paths if path.parent.name != "decisions"]
    pages = {NAMES.get(name, name.removesuffix(".md")) for name in named} - {"index"}
    assert sorted(placed()) == sorted(pages | MADE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built by what `requirements/site.txt` has."""
    beside, output = tmp_path_factory.mktemp("sphinx"), tmp_path_factory.mktemp("site")
    command = (os.environ.get("UV") or shutil.which("uv") or f"{sys.executable} -m uv").split()
    command += ["pip", "install", "--quiet", "--python", sys.executable, "--target", str(beside), "--no-deps"]
    done = run_program(*command, "--require-hashes", "-r", str(REPOSITORY / "requirements" / "site.txt"))
    if done.returncode:
        pytest.skip(f"requirements/site.txt cannot be installed: {done.stderr[-300:]}")
    program = str(REPOSITORY / "tools" / "docs_site.py")
    done = run_program(sys.executable, program, str(output), env=environment(PYTHONPATH=str(beside)))
    assert (done.returncode, done.stderr) == (0, "")
    return output


@pytest.fixture(scope="module")
def texts(site: Path) -> dict[Path, str]:
    """The pages that are built of documents; samples are pages of their own."""
    own = [path for path in site.rglob("*.html") if path.parent.name != "samples"]
    return {path: path.read_text(encoding="utf-8") for path in own}


@pytest.mark.deep
def test_nothing_is_loaded_from_another_host(site: Path, texts: dict[Path, str]) -> None:
    loaded = [one or other for text in texts.values() for one, other in LOADED.findall(text)]
    assert len(loaded) > len(texts)
    assert [url for url in loaded if "//" in url] == []
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", text) == [], style
    assert [path for path in site.rglob("*") if path.suffix in {".woff", ".woff2", ".ttf", ".eot"}] == []


@pytest.mark.deep
def test_every_link_leads_to_a_file_and_to_a_place_in_it(texts: dict[Path, str]) -> None:
    names = {path: set(NAME.findall(text)) for path, text in texts.items()}
    nowhere = []
    for page, text in texts.items():
        for link in map(html.unescape, LINK.findall(text)):
            path, _, anchor = unquote(link).partition("#")
            target = (page.parent / path.partition("?")[0]).resolve() if path else page
            found = link.startswith("https://") or (
                target.is_file() and (not anchor or target not in names or anchor in names[target])
            )
            nowhere += [] if found else [(page.name, link)]
    assert nowhere == []


@pytest.mark.deep
def test_a_page_says_its_language_and_the_first_one_leads_to_the_chinese_ones(
    site: Path, texts: dict[Path, str]
) -> None:
    chinese = {str(path.relative_to(site)) for path in texts if path.stem.endswith(CHINESE)}
    for path, text in texts.items():
        assert LANGUAGE.findall(text) == [CHINESE if str(path.relative_to(site)) in chinese else "en"], path
    assert chinese <= set(LINK.findall(texts[site / "index.html"]))
    assert {f"docs/tutorials/mock-author.{CHINESE}.html", f"commands.{CHINESE}.html"} <= chinese


@pytest.mark.deep
def test_the_samples_and_schemas_are_there_as_they_are(site: Path) -> None:
    files = [*(REPOSITORY / "docs" / "samples").glob("*.html"), REPOSITORY / "docs" / "report.schema.json"]
    assert all((site / path.relative_to(REPOSITORY)).read_bytes() == path.read_bytes() for path in files)


@pytest.fixture(scope="module")
def endpoint(site: Path) -> Iterator[str]:
    """The site on a server, as people read it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.mark.deep
@needs_chromium
def test_the_pages_fit_a_narrow_screen_and_ask_for_nothing_elsewhere(
    site: Path, endpoint: str, texts: dict[Path, str], chromium: Browser
) -> None:
    view = chromium.new_page(viewport={"width": NARROW, "height": 844})
    asked: list[str] = []
    view.on("request", lambda request: asked.append(request.url))
    names = sorted(str(path.relative_to(site)) for path in texts)
    wide = []
    for name in names:
        view.goto(f"{endpoint}/{name}")
        wide += [name] if scrolled_width(view) > NARROW else []
    view.close()
    assert wide == []
    assert len(asked) > len(names)
    assert [url for url in asked if not url.startswith((endpoint, "data:"))] == []


@pytest.mark.deep
@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_break_no_rule_of_accessibility(
    scheme: Literal["light", "dark"], endpoint: str, chromium: Browser
) -> None:
    view = chromium.new_page(color_scheme=scheme)
    for name in ("index", f"docs/tutorials/mock-author.{CHINESE}", "docs/targets", "commands"):
        view.goto(f"{endpoint}/{name}.html")
        broken = [each for each in broken_rules(view) if each[0] != "landmark-unique"]  # of the theme's two sidebars
        assert broken == [], name
    view.close()


@pytest.mark.deep
@needs_chromium
def test_the_search_finds_a_page(endpoint: str, chromium: Browser) -> None:
    view = chromium.new_page()
    view.goto(f"{endpoint}/search.html?q=idempotent_by")
    view.locator("ul.search li a[href*='reference-server']").first.wait_for()
    view.close()
