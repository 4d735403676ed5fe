"""A server returns the secrets of the run in every form and in every place of an answer: none is written anywhere."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from echoing import ACCOUNTS, PLACES, SECRETS, Echo, canaries, target_text, written
from servers import Server, whole
from spellings import SPELLINGS, Canaries

from conformance.core.redaction import Redactor

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command
    from servers import Link

REFUSALS = "CreateFlowLog and not success and not interval"
ONE_PLACE_EACH = "ParameterInvalid/project or ParameterInvalid/tag"


@pytest.fixture(autouse=True)
def _accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ACCOUNTS.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("form", SPELLINGS)
def test_the_search_finds_every_form(form: str) -> None:
    assert Canaries(SECRETS).left_in(f"a text with {SPELLINGS[form](SECRETS[1])} in it")
    assert Canaries(SECRETS).left_in(f"a text with {SPELLINGS[form](SECRETS[1])[:-3]}")


@pytest.mark.parametrize("form", SPELLINGS)
def test_the_redactor_leaves_nothing_of_any_form(form: str) -> None:
    signatures = ["3859a10d43f7d7a2ad8ba1c940d7bebe6c7ee123f6a486599eaedfa2dfe9b3d9", "7fjySCX22h/C8z4Q4nFke4z5m9o="]
    redactor, search = Redactor(SECRETS, signatures), Canaries([*SECRETS, *signatures])
    query = f"Action=X&AccessKeyId={SECRETS[0]}&SecurityToken={quote(SECRETS[2])}&Signature={quote(signatures[1])}&x=1"
    spelled = [SPELLINGS[form](text) for text in (*SECRETS, *signatures)]
    texts = [f"it is {spelled[0]}.", " ".join(spelled), "; ".join(spelled[::-1]), SPELLINGS[form](query)]
    texts += ["</p> <b>x</b> <p>".join([spelled[1]] * 3)]
    assert search.left_in("\n".join(map(redactor.text, texts))) == []
    assert search.left_in(str(redactor.value({"a": texts[1], "b": [texts[0], {"c": texts[2]}], "n": 1}))) == []


def test_the_search_finds_nothing_in_other_texts() -> None:
    assert Canaries(SECRETS).left_in(f"{PLACES} {SPELLINGS} {__doc__} LTAI5tQ8 yPv3Zq8wX") == []


@pytest.mark.parametrize("signature", ["v1", "acs3"])
def test_no_form_in_any_place_is_written(signature: str, quick: Command, tmp_path: Path) -> None:
    echo = Echo()
    with Server(echo.answer) as server:
        (tmp_path / "target.yaml").write_text(target_text(server, signature))
        outcome = quick.run("--target", "target.yaml", "-k", ONE_PLACE_EACH)
    assert outcome.status == 1
    assert {place for place, _ in echo.said} == set(PLACES)
    assert len(echo.signatures) >= len(PLACES)
    assert canaries(echo).left_in(written(tmp_path, outcome.out, outcome.err)) == []
    assert canaries(echo).left_in(quick("report", str(outcome.folder)).out) == []


@pytest.mark.deep
@pytest.mark.parametrize("signature", ["v1", "acs3", "none"])
def test_every_form_in_every_place_is_written_nowhere(signature: str, quick: Command, tmp_path: Path) -> None:
    said: set[tuple[str, str]] = set()
    first = 0
    while len(said) < len(PLACES) * len(SPELLINGS):
        echo = Echo(numbers=count(first))
        with Server(echo.answer) as server:
            (tmp_path / "target.yaml").write_text(target_text(server, signature))
            # Another endpoint needs another folder: the ledger in it is about this one.
            folder = tmp_path / f"report-{first}"
            outcome = quick("run", "--report-dir", str(folder), "--target", "target.yaml", "-k", REFUSALS)
        assert echo.said, outcome.err
        assert canaries(echo).left_in(written(folder, outcome.out, outcome.err)) == []
        said |= echo.said
        first = next(echo.numbers)


def test_what_the_states_url_says_is_written_without_secrets(quick: Command, tmp_path: Path) -> None:
    forms = count()

    def refuse(link: Link) -> bool:
        form = list(SPELLINGS)[next(forms) % len(SPELLINGS)]
        text = " ".join(SPELLINGS[form](each) for each in SECRETS)
        link.send(whole(f"no such account: {text}".encode(), 400))
        return True

    with Server(refuse) as server:
        text = target_text(server).replace("/_states", "/elsewhere")
        (tmp_path / "target.yaml").write_text(text)
        outcome = quick.run("--target", "target.yaml", "-k", "not-activated or quota or missing or deleted")
    assert outcome.status in (1, 3)
    assert Canaries(SECRETS).left_in(written(tmp_path, outcome.out, outcome.err)) == []
