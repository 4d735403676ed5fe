"""Build the site of the documents: `tools/site.sh [FOLDER]`, by Sphinx, with warnings as errors and no network.

The pages are those of the repository, with their links as they are; a file that a page links to (a sample, a schema) is
beside the pages. `README.md` is the first page. The reference of the command line is what the program itself says with
`--help`, in each of its languages.
"""

from __future__ import annotations

import contextlib
import io
import posixpath
import re
import shutil
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from docutils import nodes
from site_contents import CHINESE, CONTENTS, NAMES
from sphinx import addnodes
from sphinx.application import Sphinx

from conformance import __version__
from conformance.cli.command_line import COMMANDS, run_command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent
STYLE: Final = "site.css"
COMMAND_PAGES: Final = {
    "commands": ("en", "The command line", "What each command says with `--help`; `--lang zh` has it in Chinese."),
    f"commands.{CHINESE}": ("zh", "命令行", "每个命令的 `--help`。选项和命令名在两种语言中相同。"),
}
"""The pages of the command line: language, title, first sentence."""
SETTINGS: Final[Mapping[str, object]] = {
    "project": "conformance",
    "version": __version__,
    "release": __version__,
    "language": "en",
    "extensions": ["myst_parser", "docs_site"],
    "myst_heading_anchors": 4,
    "myst_links_external_new_tab": False,
    "smartquotes": False,
    "highlight_language": "none",
    "html_theme": "furo",
    "html_title": "conformance",
    "html_static_path": [],
    "html_copy_source": False,
    "html_show_sphinx": False,
    "html_use_index": False,
    "html_domain_indices": False,
    "html_permalinks_icon": "#",
    "html_theme_options": {"top_of_page_buttons": []},
}


def commands_page(language: str, title: str, sentence: str) -> str:
    """Return the page of the command line, in Markdown: the help of each command."""
    parts = [f"# {title}", sentence]
    for words in commands():
        parts += [f"## `{' '.join(['conformance', *words])}`", f"```text\n{help_of(words, language)}\n```"]
    return "\n\n".join(parts) + "\n"


@cache
def commands() -> tuple[tuple[str, ...], ...]:
    """Return the words of each command: of none, of each, and of those that are below one."""
    found: list[tuple[str, ...]] = [()]
    for name in COMMANDS:
        found.append((name,))
        _, _, below = help_of((name,), "en").partition("\nCommands:\n")
        found += [(name, each) for each in re.findall(r"^  (\S+)  ", below, re.MULTILINE)]
    return tuple(found)


def help_of(words: Sequence[str], language: str) -> str:
    """Return what a command says of itself."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        run_command([*words, "--help", "--lang", language])
    return said.getvalue().strip("\n")


def decisions_page() -> str:
    """Return the list of decisions, in Markdown."""
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    toctree = "\n".join(path.stem for path in files)
    return (
        f"# Decisions\n\nWhat was chosen, instead of what, and why.\n\n```{{toctree}}\n:maxdepth: 1\n\n{toctree}\n```\n"
    )


def stage(folder: Path) -> None:
    """Make the folder that Sphinx reads: what is in the repository, and the pages that are written here."""
    for path in ROOT.iterdir():
        if path.suffix == ".md":
            shutil.copyfile(path, folder / f"{NAMES.get(path.name, path.stem)}.md")
        elif path.name != "docs" and not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    shutil.copytree(ROOT / "docs", folder / "docs")
    for name, page in COMMAND_PAGES.items():
        (folder / f"{name}.md").write_text(commands_page(*page), encoding="utf-8")
    (folder / "docs" / "decisions" / "index.md").write_text(decisions_page(), encoding="utf-8")
    with (folder / "index.md").open("a", encoding="utf-8") as first:
        first.write(contents())


def contents() -> str:
    """Return the lists of pages, which the first page has and does not show."""
    lists = ("\n".join(pages) for pages in CONTENTS.values())
    return "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{pages}\n```\n"
        for caption, pages in zip(CONTENTS, lists, strict=True)
    )


# What Sphinx asks for while it builds.


def setup(app: Sphinx) -> None:
    """Be an extension of Sphinx."""
    app.connect("doctree-read", links_as_in_the_repository, priority=100)
    app.connect("html-page-context", for_every_reader, priority=900)  # after those of the theme
    app.add_css_file(STYLE)


def links_as_in_the_repository(app: Sphinx, doctree: nodes.document) -> None:
    """Have a link to a file show it, and one to a page of another name or to a folder lead there."""
    page = app.env.docname
    for link in list(doctree.findall(addnodes.download_reference)):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), link["reftarget"]))
        beside(app, path)
        shown = nodes.reference("", "", *link.children, refuri=posixpath.relpath(path, posixpath.dirname(page) or "."))
        link.replace_self(shown)
    for link in doctree.findall(addnodes.pending_xref):
        if link["reftype"] != "myst" or link["refdomain"]:
            continue
        target, _, anchor = link["reftarget"].partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
        name = NAMES.get(path, f"{path}/index")
        if target and (path in NAMES or name in app.env.found_docs):
            link["refdomain"], link["reftarget"], link["reftargetid"] = "doc", name, anchor or None


def beside(app: Sphinx, path: str) -> None:
    """Have a file of the repository in the site, at the same path."""
    copy = Path(app.outdir) / path
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / path, copy)


def for_every_reader(app: Sphinx, name: str, _template: str, context: dict[str, object], _tree: object) -> None:
    """Have a page say that it is Chinese, for readers aloud and for fonts, and have all of it work by the keyboard.

    Sphinx says of captions that they are headings and not of which level; blocks of code scroll by the mouse alone.
    """
    del app
    if name.endswith(CHINESE):
        context["language"] = CHINESE
    for part in ("body", "furo_navigation_tree"):
        text = str(context.get(part, ""))
        context[part] = text.replace('role="heading"', 'role="heading" aria-level="2"').replace(
            "<pre>", '<pre tabindex="0">'
        )


# Building.


def no_network(event: str, _arguments: tuple[object, ...]) -> None:
    """Refuse to look for a host or to connect to one (an audit hook).

    Raises:
        OSError: When the build would use the network.
    """
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
        raise OSError(f"the site is built without a network: {event}")


def build(output: Path) -> int:
    """Build the site into a folder, of which nothing is kept; return the exit status."""
    sys.addaudithook(no_network)
    shutil.rmtree(output, ignore_errors=True)
    with TemporaryDirectory() as folder:
        source = Path(folder) / "pages"
        source.mkdir()
        stage(source)
        others = [path.name for path in source.iterdir() if path.is_dir() and path.name != "docs"]
        app = Sphinx(
            source,
            confdir=None,
            outdir=output,
            doctreedir=Path(folder) / "doctrees",
            buildername="html",
            confoverrides={**SETTINGS, "exclude_patterns": others},
            status=None,
            warningiserror=True,
            exception_on_warning=False,
        )
        (output / "_static").mkdir(parents=True, exist_ok=True)
        app.build()
        shutil.copyfile(ROOT / "tools" / STYLE, output / "_static" / STYLE)
        return int(app.statuscode)


def main() -> int:
    """Build the site into the folder that is named, or into `site`."""
    if len(sys.argv) > 2:  # noqa: PLR2004 - the program and one word
        sys.stderr.write("tools/site.sh [FOLDER]\n")
        return 2
    return build(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "site").resolve())


if __name__ == "__main__":
    sys.exit(main())
