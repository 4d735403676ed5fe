"""What `docs/reference-server.md` says of starting the server from other languages works, to the letter."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from commands import REPOSITORY, environment, run_program

PAGE = REPOSITORY / "docs" / "reference-server.md"
HEALTH = '{"status":"ok"}'
NODE = """import { startMock } from "./mock.mjs";
const mock = await startMock("CreateFlowLog");
console.log(await (await fetch(`${mock.endpoint}/_health`)).text());
mock.stop();
"""
JAVA = """
class Main {
    public static void main(String[] words) throws Exception {
        try (Mock mock = new Mock("CreateFlowLog");
                java.io.InputStream answer = new java.net.URL(mock.endpoint + "/_health").openStream()) {
            System.out.println(new String(answer.readAllBytes()));
        }
    }
}
"""
GO = """package mock

import (
	"io"
	"net/http"
	"testing"
)

func TestServes(t *testing.T) {
	endpoint, stop, err := Start("CreateFlowLog")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(endpoint + "/_health")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(answer.Body)
	t.Log(string(text))
	if err := stop(); err != nil {
		t.Log(err)
	}
}
"""


def block(language: str) -> str:
    """Return what the page has for a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return str(found)


def run(tool: str, *words: str, folder: Path) -> str:
    program = shutil.which(tool)
    if program is None:
        pytest.skip(f"{tool} is not installed")
    path = f"{Path(sys.executable).parent}:{Path(program).parent}:/usr/bin:/bin"
    done = run_program(program, *words, folder=folder, env=environment(PATH=path, GOFLAGS="-mod=mod"))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.replace(" ", "")


def test_node(tmp_path: Path) -> None:
    (tmp_path / "mock.mjs").write_text(block("js"), encoding="utf-8")
    (tmp_path / "main.mjs").write_text(NODE, encoding="utf-8")
    assert HEALTH in run("node", "main.mjs", folder=tmp_path)


def test_java(tmp_path: Path) -> None:
    # One file, so that the launcher compiles it; the class with `main` comes first.
    imports, _, mock = block("java").partition("\n\n")
    (tmp_path / "Main.java").write_text(imports + JAVA + mock, encoding="utf-8")
    assert HEALTH in run("java", "Main.java", folder=tmp_path)


@pytest.mark.deep
def test_go(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module mock\n\ngo 1.21\n", encoding="utf-8")
    (tmp_path / "mock.go").write_text(block("go"), encoding="utf-8")
    (tmp_path / "mock_test.go").write_text(GO, encoding="utf-8")
    assert HEALTH in run("go", "test", "-v", "./...", folder=tmp_path)
