from __future__ import annotations

import io
from pathlib import Path

import pytest

from conformance.cli.support.diffs.diff_input import told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "files", "lines"), [(Terminal(), 120, 13), (Terminal(), 9, 0), (io.StringIO(), 120, 0)]
)
def test_progress_is_told_on_a_terminal_for_many_files(stream: io.StringIO, files: int, lines: int) -> None:
    paths = [Path(str(number)) for number in range(files)]
    assert list(told(paths, "farm", stream)) == paths
    text = stream.getvalue()
    assert text.count("\r") == lines
    assert ("reading farm: 110 of 120" in text) is bool(lines)
    assert not text or text.endswith("\r\x1b[K")  # the line is gone
