"""Options are read as Typer reads them, whatever reads them."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path  # noqa: TC003 - Typer reads the annotations
from typing import Annotated, Any

import pytest
import typer
from commands import Command, environment, run_program, script

from conformance.cli.support.plain_options import PlainCommand

CALLS: list[dict[str, Any]] = []


def called(
    *,
    words: Annotated[list[str] | None, typer.Argument()] = None,
    text: str = "some",
    number: Annotated[int | None, typer.Option()] = None,
    rate: Annotated[float | None, typer.Option()] = None,
    times: int = 3,
    most: Annotated[int, typer.Option(min=1, max=10)] = 5,
    file: Annotated[Path | None, typer.Option()] = None,
    there: Annotated[Path | None, typer.Option(exists=True)] = None,
    many: Annotated[list[int] | None, typer.Option()] = None,
    on: Annotated[bool, typer.Option("--on")] = False,
    either: bool = True,
) -> None:
    CALLS.append(locals().copy())


def outcome(words: list[str], capsys: pytest.CaptureFixture[str], **how: Any) -> object:
    app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None, add_completion=False)
    app.command("called", **how)(called)
    app.callback()(lambda: None)
    CALLS.clear()
    capsys.readouterr()
    try:
        app(["called", *words], prog_name="program")
    except SystemExit as stop:
        return stop.code, list(CALLS), *capsys.readouterr()
    return None


def test_the_classes_of_options_are_of_a_typer_that_was_tried() -> None:
    """Typer documents the classes of `typer.core`, but not `process_value` and `type_descriptor` of an option."""
    assert version("typer").rpartition(".")[0] == "0.29"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["a", "", "ü b"],
        ["--text", ""],
        ["--text", "--"],
        *(["--number", text] for text in ("7", "-7", "+7", "007", "1_000", " 7", "7.0", "", "x", "٣", "9" * 30)),
        *(["--rate", text] for text in ("7", "0.5", ".5", "5.", "1e3", "nan", "inf", "-1", "x")),
        ["--times", "4"],
        *(["--most", text] for text in ("1", "0", "11")),
        *(["--file", text] for text in ("a", ".", "nowhere/b", "", "-")),
        *(["--there", text] for text in (".", "nowhere")),
        ["--many", "1", "--many", "2"],
        ["--many", "x"],
        ["--on", "--no-either"],
        ["--unknown"],
    ],
)
def test_every_value_and_every_fault_is_typers(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    plain = outcome(words, capsys)
    assert plain is not None
    # `repr`, because not-a-number equals nothing.
    assert repr(outcome(words, capsys, cls=PlainCommand)) == repr(plain)


def test_help_has_no_word_of_a_programming_language(capsys: pytest.CaptureFixture[str]) -> None:
    shown = repr(outcome(["--help"], capsys, cls=PlainCommand))
    for line in (
        "words...\\n",
        "--text <text> ",
        "--rate <number>",
        "--most <number>",
        "--file <path>",
        "--many <number>",
    ):
        assert line in shown
    assert "[default: 5; from 1 to 10]" in shown


@pytest.mark.parametrize("words", [(), ("drivers",), ("report",)])
def test_a_list_of_commands_has_whole_sentences(conformance: Command, words: tuple[str, ...]) -> None:
    assert "..." not in conformance(*words, "-h").out.partition("Commands:")[2]


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [("run --last-f", "--last-failed"), ("self", "selftest"), ("drivers inst", "install")],
)
def test_a_shell_completes_commands_and_options(typed: str, becomes: str) -> None:
    words = f"conformance {typed}"
    env = environment(_CONFORMANCE_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(len(words.split()) - 1))
    done = run_program(script(), env=env)
    assert done.stdout.split() == [becomes]
