"""Help and usage errors of commands in another language than English; loaded only where one of them is shown."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from conformance.core.sentences.recognition import in_reader_language, recognised
from conformance.core.sentences.sentence import reader_language, sentence
from conformance.core.sentences.widths import columns, padded, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDEST_NAME: Final = 30
"""Columns of the names of options: behind a longer one the text begins on a line of its own."""
_LEAST_WIDTH: Final = 10
_INDENT: Final = 2
_DEFAULTS: Final = {"all": sentence("all"), "none": sentence("none"), "random": sentence("random")}
"""Defaults of one word that say what happens."""
_EXTRA: Final = re.compile(r"(?:^|\s{2,})\[([^\[\]]*)\]$")
"""What follows the text of an option: its default, and whether it is required."""


class SpokenHelp:
    """Takes the help of a command as Typer gives it, and has it in the language of the reader.

    Args:
        width: Columns of a line.
    """

    def __init__(self, width: int) -> None:
        self.width: Final = width
        self.current_indent = 0
        self._lines: list[str] = []

    def getvalue(self) -> str:
        """Return what was written."""
        return "\n".join(self._lines)

    @contextmanager
    def indentation(self) -> Iterator[None]:
        """Write further to the right."""
        self.current_indent += _INDENT
        try:
            yield
        finally:
            self.current_indent -= _INDENT

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Write a heading, and further to the right what belongs to it."""
        self.write_paragraph()
        self.write_heading(name)
        with self.indentation():
            yield

    def write_paragraph(self) -> None:
        """Write an empty line."""
        self._write_lines([""])

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:  # noqa: ARG002 - Typer's own
        """Write the line that says how a command is called."""
        begin = sentence("Usage: {program} ", program=prog).in_language(reader_language())
        # Words that stand for options and arguments of no name of their own are translated.
        named = " ".join(map(in_reader_language, args.split(" ")))
        self._write_lines(wrapped(named, self.width, begin, " " * columns(begin)))

    def write_heading(self, heading: str) -> None:
        """Write what begins a list."""
        named = sentence("{heading}:", heading=in_reader_language(heading))
        self._write_lines([" " * self.current_indent + named.in_language(reader_language())])

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        indent = " " * self.current_indent
        paragraphs = [in_reader_language(" ".join(each.split())) for each in re.split(r"\n\s*\n", text.strip())]
        for number, paragraph in enumerate(paragraphs):
            self._write_lines([*([""] if number else []), *wrapped(paragraph, self.width, indent, indent)])

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = _WIDEST_NAME, col_spacing: int = 2) -> None:
        """Write names and what each means."""
        indent = " " * self.current_indent
        first = min(max(columns(name) for name, _ in rows), col_max) + col_spacing
        for name, text in rows:
            lines = wrapped(help_of(text), max(self.width - first - len(indent), _LEAST_WIDTH))
            if columns(name) > first - col_spacing:
                self._write_lines([indent + name])
                name = ""  # noqa: PLW2901 - it is on the line above
            before = [padded(name, first), *[" " * first] * (len(lines) - 1)]
            self._write_lines([(indent + each + line).rstrip() for each, line in zip(before, lines, strict=True)])

    def _write_lines(self, lines: Sequence[str]) -> None:
        self._lines += lines


def help_of(text: str) -> str:
    """Return the help of one option: its text, and in brackets its default and whether it must be given."""
    extra = _EXTRA.search(text)
    if extra is None:
        return in_reader_language(text)
    default = extra[1].removeprefix("default: ")
    if default != extra[1] and recognised(default) is not None:
        parts = [_extra(extra[1])]
    else:
        parts = [_extra(part) for part in extra[1].split("; ")]
    between = sentence("; ").in_language(reader_language())
    return f"{in_reader_language(text[: extra.start()])}  [{between.join(parts)}]".strip()


def first_sentence(text: str) -> str:
    """Return the first sentence of a help without its full stop, in the language of the reader."""
    paragraph = in_reader_language(" ".join(text.partition("\n\n")[0].split()))
    return re.split(r"。|\. ", paragraph, maxsplit=1)[0].removesuffix(".")


def _extra(part: str) -> str:
    name, colon, value = part.partition(": ")
    if name != "default" or not colon:
        return in_reader_language(part)
    # Another default of one word is what is written on the command line.
    known = _DEFAULTS.get(value)
    said = known or (in_reader_language(value) if " " in value else value)
    return sentence("default: {default}", default=said).in_language(reader_language())


def spoken_help(command: Any, ctx: Any) -> str:  # noqa: ANN401 - Typer does not say which types these are
    """Return the help of a command."""
    formatter = SpokenHelp(ctx.make_formatter().width)
    command.format_help(ctx, formatter)
    return formatter.getvalue()


def show_fault(fault: Any) -> None:  # noqa: ANN401 - Typer does not say which types these are
    """Write a usage error: how the command is called, where its help is, and what is wrong."""
    lines = []
    if fault.ctx is not None:
        usage = SpokenHelp(fault.ctx.make_formatter().width)
        fault.ctx.command.format_usage(fault.ctx, usage)
        asked = f"Try '{fault.ctx.command_path} {fault.ctx.help_option_names[0]}' for help."
        lines = [usage.getvalue(), in_reader_language(asked), ""]
    told = sentence("Error: {message}", message=in_reader_language(fault.format_message()))
    lines.append(told.in_language(reader_language()))
    sys.stderr.write("\n".join(lines) + "\n")
