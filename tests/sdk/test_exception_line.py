"""What a driver died of is found in its standard error, in whatever language it is written."""

from __future__ import annotations

import pytest

from conformance.sdk.exception_line import exception_line

PYTHON = """WARNING: slow
Traceback (most recent call last):
  File "driver.py", line 3, in <module>
    call()
  File "driver.py", line 2, in call
    raise {raised}
{line}
"""
NODE = """node:internal/modules/cjs/loader:1080
  throw err;
  ^

Error: Cannot find module '@alicloud/none'
Require stack:
- /tmp/driver.mjs
    at Module._resolveFilename (node:internal/modules/cjs/loader:1077:15)
  code: 'MODULE_NOT_FOUND',

Node.js v20.20.2
"""
JAVA = """SLF4J: No providers were found.
Exception in thread "main" java.lang.NoClassDefFoundError: com/aliyun/Tea
\tat driver.Driver.main(Driver.java:7)
Caused by: java.lang.ClassNotFoundException: com.aliyun.Tea
\t... 1 more
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (PYTHON.format(raised="x", line="ValueError: no JSON"), "ValueError: no JSON"),
        (PYTHON.format(raised="x", line="sdk.core.Refused: no"), "sdk.core.Refused: no"),
        (PYTHON.format(raised="x", line="KeyboardInterrupt"), "KeyboardInterrupt"),
        (
            PYTHON.format(raised="x", line="KeyError: 'a'")
            + "\nDuring handling of the above exception, another exception occurred:\n\n"
            + PYTHON.format(raised="y", line="TypeError: b"),
            "KeyError: 'a'",
        ),
        (NODE, "Error: Cannot find module '@alicloud/none'"),
        ("file:///d.mjs:3\n  x()\n  ^\n\nTypeError [ERR_X]: no\n    at x (d.mjs:3:1)\n", "TypeError [ERR_X]: no"),
        (JAVA, 'Exception in thread "main" java.lang.NoClassDefFoundError: com/aliyun/Tea'),
        (
            "Error: Could not find or load main class X\nCaused by: java.lang.ClassNotFoundException: X\n",
            "Error: Could not find or load main class X",
        ),
        (
            "panic: runtime error: index out of range [3]\n\ngoroutine 1 [running]:\n",
            "panic: runtime error: index out of range [3]",
        ),
        ("fatal error: all goroutines are asleep - deadlock!\n", "fatal error: all goroutines are asleep - deadlock!"),
        (
            "thread 'main' panicked at src/main.rs:2:5:\nno answer\nnote: run\n",
            "thread 'main' panicked at src/main.rs:2:5: no answer",
        ),
        (
            "Unhandled exception. System.InvalidOperationException: no\n   at P.Main()\n",
            "Unhandled exception. System.InvalidOperationException: no",
        ),
        (
            "PHP Fatal error:  Uncaught Exception: no in /d.php:3\n",
            "PHP Fatal error:  Uncaught Exception: no in /d.php:3",
        ),
        ("d.rb:1:in `call': no (RuntimeError)\n\tfrom d.rb:3\n", "d.rb:1:in `call': no (RuntimeError)"),
        ("2026-11-30 ERROR sdk: TimeoutError: again\nsh: 1: foo: not found\n", ""),
        ("", ""),
        ("Traceback (most recent call last):\n  File x\n", ""),
    ],
)
def test_the_first_line_that_names_an_exception(text: str, line: str) -> None:
    assert exception_line(text) == line
    assert exception_line(text.replace("\n", "\r\n")) == line


@pytest.mark.parametrize(
    "text", ["a." * 40_000, "Error" * 20_000, "x:1:in " * 20_000, "(" * 50_000, "Uncaught " * 9_000]
)
def test_a_long_line_takes_no_time(text: str) -> None:
    exception_line(text)
