"""What a run creates on an account that outlives it: written down before it is sent, and again when it is known.

One JSON object a line, with the fields `run`, `endpoint` and `account` (a hash of the AccessKey id) beside these:

    {"before": OPERATION, "ids": [...]}           what was there before the run created anything
    {"intent": ID, "operation": OPERATION, "mark": TEXT}   a request that may create something is about to be sent
    {"created": ID, "operation": OPERATION, "fields": {...}}   it did; the fields of its answer that a deletion needs
    {"nothing": ID}                               it did not
    {"deleted": OPERATION, "fields": {...}}       what it created is gone
    {"foreign": OPERATION, "fields": {...}}       it is somebody else's: it is shown with another mark

A ledger names no call: what may be sent to delete something is in the data of the operation alone.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import threading
from itertools import count
from typing import IO, TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct, field

from conformance.core.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from conformance.core.exchange import Credentials

Fields: TypeAlias = "Mapping[str, str]"
"""Fields of the answer to a creation, by name: what a deletion needs to know."""

_HINT: Final = "give the ledger of a run: ledger.ndjson in its report folder"
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "before": frozenset({"ids"}),
    "intent": frozenset({"operation", "mark"}),
    "created": frozenset({"operation", "fields"}),
    "nothing": frozenset(),
    "deleted": frozenset({"fields"}),
    "foreign": frozenset({"fields"}),
}
_OWNER: Final = frozenset({"run", "endpoint", "account"})


class Owner(Struct, frozen=True):
    """Whose creations a ledger is about.

    Attributes:
        run: The id of the run.
        endpoint: Where they were sent.
        account: The hash of the AccessKey id.
    """

    run: str
    endpoint: str
    account: str


class Intent(Struct, frozen=True):
    """A request that was about to be sent, of which it is not known whether it created something.

    Attributes:
        id: Its id in the ledger.
        operation: The operation.
        mark: The text by which what it created can be recognised; empty when there is none.
    """

    id: str
    operation: str
    mark: str


class Creation(Struct, frozen=True):
    """Something that was created.

    Attributes:
        operation: By which operation.
        fields: The fields of its answer that a deletion needs.
        mark: The text by which it can be recognised; empty when there is none.
    """

    operation: str
    fields: Fields
    mark: str = ""

    @property
    def what(self) -> tuple[str, Fields]:
        """What a line that tells of its end says of it."""
        return self.operation, self.fields


def account_hash(credentials: Credentials) -> str:
    """Return what stands for an account in a ledger."""
    return hashlib.sha256((credentials.account or credentials.access_key_id).encode()).hexdigest()[:16]


class Ledger:
    """Writes a ledger, line by line, each on the disk before anything is sent; the file is made with its first line.

    Several processes may write one: each line is appended in one write.

    Args:
        path: The file.
        run: The id of the run.
        endpoint: Where the run sends its requests.
    """

    def __init__(self, path: Path, run: str = "", endpoint: str = "") -> None:
        self._path = path
        self._run = run
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._numbers = count(1)

    def __reduce__(self) -> tuple[type[Ledger], tuple[Path, str, str]]:
        """Give a process of its own a ledger of its own, of the same file."""
        return Ledger, (self._path, self._run, self._endpoint)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def run(self) -> str:
        """The id of the run."""
        return self._run

    def before(self, account: str, operation: str, ids: Sequence[str]) -> None:
        """Note what was there before the run created anything."""
        self._write(account, {"before": operation, "ids": list(ids)})

    def intent(self, account: str, operation: str, mark: str) -> Intent:
        """Note that a request is about to be sent that may create something.

        Raises:
            ReportError: When it cannot be written: then the request must not be sent.
        """
        intent = Intent(f"{os.getpid()}-{next(self._numbers)}", operation, mark)
        self._write(account, {"intent": intent.id, "operation": operation, "mark": mark})
        return intent

    def created(self, account: str, intent: Intent, fields: Fields) -> None:
        """Note that it created something."""
        self._write(account, {"created": intent.id, "operation": intent.operation, "fields": dict(fields)})

    def nothing(self, account: str, intent: Intent) -> None:
        """Note that it created nothing."""
        self._write(account, {"nothing": intent.id})

    def deleted(self, account: str, creation: Creation) -> None:
        """Note that something is gone."""
        self._write(account, {"deleted": creation.operation, "fields": dict(creation.fields)})

    def foreign(self, account: str, creation: Creation) -> None:
        """Note that something is not what the run created, though a server said so."""
        self._write(account, {"foreign": creation.operation, "fields": dict(creation.fields)})

    def _write(self, account: str, entry: dict[str, object]) -> None:
        whole = {**entry, "run": self._run, "endpoint": self._endpoint, "account": account}
        line = (json.dumps(whole, ensure_ascii=False) + "\n").encode()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Never through a link: somebody else could have put one there.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            with self._lock:
                number = os.open(self._path, flags, 0o600)
                try:
                    _append(number, line)
                finally:
                    os.close(number)
        except OSError as fault:
            raise ReportError(
                f"the ledger cannot be written: {fault.strerror}",
                where=self._path,
                hint="nothing is created on a real account without one",
            ) from None


def _append(number: int, line: bytes) -> None:
    """Append a whole line; raises `OSError` when not all of it is on the disk."""
    written = os.write(number, line)
    if written < len(line):
        os.ftruncate(number, os.fstat(number).st_size - written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(number)


class LedgerContents(Struct, dict=True):
    """What a ledger says.

    Attributes:
        owners: Whose creations it is about; several, when several runs wrote one file.
        open: What may have been created, by the owner, in the order of the file.
        there: What was created and not deleted, the same way.
        before: What was there before any process of the run created anything, by the owner and the operation.
        earlier: Those of `open` that other cases came after: each was looked for before the next began.
    """

    owners: list[Owner] = field(default_factory=list)
    open: list[tuple[Owner, Intent]] = field(default_factory=list)
    there: list[tuple[Owner, Creation]] = field(default_factory=list)
    before: dict[tuple[Owner, str], frozenset[str]] = field(default_factory=dict)
    earlier: set[tuple[Owner, str]] = field(default_factory=set)

    def of(self, run: str) -> LedgerContents:
        """Return what is about one run."""
        return LedgerContents(
            [owner for owner in self.owners if owner.run == run],
            [each for each in self.open if each[0].run == run],
            [each for each in self.there if each[0].run == run],
            {key: ids for key, ids in self.before.items() if key[0].run == run},
            {key for key in self.earlier if key[0].run == run},
        )


def read_ledger(path: Path, run: str = "") -> LedgerContents:
    """Return what a ledger says is, or may be, still there.

    A last line without its end is left out: it was never followed by a request.

    Args:
        path: The file.
        run: The id of the run that is asked about; empty for all that wrote the file.

    Raises:
        ReportError: When the file cannot be read, or has a line that is none of a ledger: then nothing of it is used.
    """
    try:
        with _opened(path, os.O_RDONLY) as stream:
            text = stream.read().decode("utf-8")
    except FileNotFoundError:
        raise ReportError(
            "there is no ledger", where=path, hint="a run that may create nothing on a real account writes none"
        ) from None
    except OSError as fault:
        raise ReportError(f"cannot be read: {fault.strerror}", where=path, hint=_HINT) from None
    except UnicodeDecodeError:
        raise ReportError("is not UTF-8 text", where=path, hint=_HINT) from None
    contents = LedgerContents()
    whole, _, _ = text.rpartition("\n")
    for number, line in enumerate(whole.split("\n") if whole else [], start=1):
        entry = _entry(line)
        if entry is None or not _take(entry, contents):
            raise ReportError("is no line of a ledger", where=f"{path}:{number}", hint=_HINT)
    return contents if not run else contents.of(run)


def repair(path: Path) -> None:
    """Take away a last line without its end, as a killed run leaves it; raises `ReportError` when that fails."""
    try:
        with _opened(path, os.O_RDWR) as stream:
            data = stream.read()
            if data and not data.endswith(b"\n"):
                stream.truncate(data.rfind(b"\n") + 1)
    except OSError as fault:
        raise ReportError(f"cannot be repaired: {fault.strerror}", where=path, hint=_HINT) from None


def _opened(path: Path, flags: int) -> IO[bytes]:
    """Open a ledger; raises `OSError` when it is a link, or no regular file, which may have no end."""
    # Without O_NONBLOCK, a pipe would be waited for until somebody writes into it.
    number = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(errno.EINVAL, "it is no regular file")
    return os.fdopen(number, "rb" if flags == os.O_RDONLY else "rb+")


def _is_text(value: object) -> bool:
    """Return whether it is text that can be written and sent: half a surrogate pair cannot."""
    return isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value)


def _entry(line: str) -> dict[str, object] | None:
    """Return the fields of a line, or `None` when it is none of a ledger."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict):
        return None
    kinds = [kind for kind in _KINDS if kind in entry]
    if len(kinds) != 1 or set(entry) != {kinds[0], *_KINDS[kinds[0]], *_OWNER}:
        return None
    texts = (value for name, value in entry.items() if name not in ("ids", "fields"))
    ids, fields = entry.get("ids", []), entry.get("fields", {})
    right = (
        all(map(_is_text, texts))
        and isinstance(ids, list)
        and all(map(_is_text, ids))
        and isinstance(fields, dict)
        and all(_is_text(name) and _is_text(value) and value for name, value in fields.items())
    )
    return entry if right else None


def _take(entry: dict[str, object], contents: LedgerContents) -> bool:
    """Add what a line says; return whether it makes sense after the lines before it."""
    text = {name: value for name, value in entry.items() if isinstance(value, str)}
    owner = Owner(text["run"], text["endpoint"], text["account"])
    if owner not in contents.owners:
        contents.owners.append(owner)
    ids, fields = entry.get("ids"), entry.get("fields")
    if isinstance(ids, list):
        # Each process of a run looks for itself: one that begins later sees what another has created meanwhile.
        key, seen = (owner, text["before"]), frozenset(map(str, ids))
        contents.before[key] = contents.before.get(key, seen) & seen
    elif "intent" in text:
        # What is sent several times at the same moment has one mark.
        others = {(who, each.id) for who, each in contents.open if who == owner and each.mark != text["mark"]}
        contents.earlier |= others
        contents.open.append((owner, Intent(text["intent"], text["operation"], text["mark"])))
    elif (operation := text.get("deleted", text.get("foreign"))) is not None and isinstance(fields, dict):
        gone = [each for each in contents.there if each[0] == owner and each[1].what == (operation, fields)]
        if not gone:
            return False
        contents.there.remove(gone[0])
    else:
        known = text.get("created", text.get("nothing"))
        settled = [each for each in contents.open if each[0] == owner and each[1].id == known]
        if not settled:
            return False
        contents.open.remove(settled[0])
        if isinstance(fields, dict):
            contents.there.append((owner, Creation(text["operation"], fields, settled[0][1].mark)))
    return True
