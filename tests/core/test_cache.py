"""The cache is a help and never a need: nothing in it, and nothing that happens to it, changes what is read."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from conformance.core import cache as module
from conformance.core.cache import NO_CACHE, Cache, user_cache

KEY = "ab" * 32

posix = pytest.mark.skipif(os.name != "posix", reason="permissions and owners are POSIX's")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "user" / "cases"


def test_what_is_put_is_there_for_the_next_process(folder: Path) -> None:
    Cache(folder).put(KEY, b"a value")
    assert Cache(folder).get(KEY) == b"a value"
    assert Cache(folder).get("cd" * 32) is None
    assert [path.name for path in folder.iterdir()] == [KEY]


def test_nothing_is_made_before_something_is_put(folder: Path) -> None:
    assert Cache(folder).get(KEY) is None
    assert not folder.parent.exists()


@pytest.mark.parametrize("damage", [b"", b"acs", b"another file\n" * 9])
def test_another_file_is_no_entry_and_is_replaced(folder: Path, damage: bytes) -> None:
    Cache(folder).put(KEY, b"a value")
    (folder / KEY).write_bytes(damage)
    assert Cache(folder).get(KEY) is None
    Cache(folder).put(KEY, b"a value")
    assert Cache(folder).get(KEY) == b"a value"


def test_any_byte_that_is_wrong_makes_an_entry_worthless(folder: Path) -> None:
    Cache(folder).put(KEY, b"a value")
    whole = (folder / KEY).read_bytes()
    for position in range(len(whole)):
        changed = bytearray(whole)
        changed[position] ^= 1
        (folder / KEY).write_bytes(bytes(changed))
        assert Cache(folder).get(KEY) is None
        (folder / KEY).write_bytes(whole[:position])
        assert Cache(folder).get(KEY) is None


def test_an_entry_is_the_one_of_its_key(folder: Path) -> None:
    Cache(folder).put(KEY, b"a value")
    (folder / KEY).rename(folder / ("cd" * 32))
    assert Cache(folder).get("cd" * 32) is None


@posix
def test_files_are_read_again_only_when_one_of_them_changed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / "one", tmp_path / "other"]
    for file in files:
        file.write_bytes(b"ab")
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    digest = Cache(folder).digest_of(files)
    assert digest == Cache(None).digest_of(files) != Cache(folder).digest_of(files[:1])
    with monkeypatch.context() as patch:
        patch.delattr(Path, "read_bytes")
        assert Cache(folder).digest_of(files) == digest
        with pytest.raises(AttributeError):
            Cache(None).digest_of(files)
    times = files[0].stat().st_mtime_ns
    files[0].write_bytes(b"abc")
    longer = Cache(folder).digest_of(files)
    files[0].write_bytes(b"ba")
    os.utime(files[0], ns=(times, times + 1))
    assert len({digest, longer, Cache(folder).digest_of(files)}) == 3
    files[0].write_bytes(b"ab")
    os.utime(files[0], ns=(times, times + 2))
    assert Cache(folder).digest_of(files) == digest  # what was kept for this content holds again
    files[1].unlink()
    with pytest.raises(FileNotFoundError):
        Cache(folder).digest_of(files)


@pytest.mark.parametrize("ahead_s", [0, 3600], ids=["of this second", "of the future"])
def test_a_file_that_may_change_again_without_another_time_is_read_again(
    folder: Path, tmp_path: Path, ahead_s: int
) -> None:
    file = tmp_path / "file"
    times = time.time_ns() + ahead_s * 10**9
    digests = set()
    for content in (b"ab", b"ba"):
        file.write_bytes(content)
        os.utime(file, ns=(times, times))  # as a file system with coarse times has it
        digests.add(Cache(folder).digest_of([file]))
    assert len(digests) == 2


@posix
def test_a_file_that_got_its_old_time_back_is_read_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    file = tmp_path / "file"
    before, digests = 0, set()
    for content in (b"ab", b"ba"):
        file.write_bytes(content)
        while file.stat().st_ctime_ns == before:
            file.write_bytes(content)  # the kernel's clock goes on by milliseconds
        os.utime(file, ns=(10**18, 10**18))
        before = file.stat().st_ctime_ns
        digests.add(Cache(folder).digest_of([file]))
    assert len(digests) == 2


def test_the_folder_is_its_owners_alone(folder: Path) -> None:
    Cache(folder).put(KEY, b"a value")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / KEY).stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.parametrize("mode", [0o755, 0o770, 0o777])
def test_a_folder_that_others_may_enter_is_not_used(folder: Path, mode: int) -> None:
    Cache(folder).put(KEY, b"a value")
    folder.chmod(mode)
    opened = Cache(folder)
    assert opened.get(KEY) is None
    opened.put("cd" * 32, b"another")
    assert [path.name for path in folder.iterdir()] == [KEY]


@posix
def test_a_folder_of_somebody_else_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Cache(folder).put(KEY, b"a value")
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    assert Cache(folder).get(KEY) is None


@posix
def test_an_entry_that_others_may_write_is_not_read(folder: Path) -> None:
    Cache(folder).put(KEY, b"a value")
    (folder / KEY).chmod(0o666)
    assert Cache(folder).get(KEY) is None


@posix
def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    Cache(folder).put(KEY, b"a value")
    (folder / KEY).rename(tmp_path / "elsewhere")
    (folder / KEY).symlink_to(tmp_path / "elsewhere")
    assert Cache(folder).get(KEY) is None
    (tmp_path / "link").symlink_to(folder)
    Cache(tmp_path / "link").put("cd" * 32, b"another")
    assert Cache(folder).get("cd" * 32) is None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    opened = Cache(tmp_path / "file" / "cases")
    opened.put(KEY, b"a value")
    assert opened.get(KEY) is None


def test_a_full_disk_leaves_nothing_half_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    opened = Cache(folder)
    opened.put(KEY, b"a value")
    monkeypatch.setattr(Path, "replace", full)
    opened.put("cd" * 32, b"another")
    assert [path.name for path in folder.iterdir()] == [KEY]


@pytest.mark.parametrize("folder", [None, Path("relative")])
def test_without_a_place_nothing_is_kept(folder: Path | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    opened = Cache(folder)
    opened.put(KEY, b"a value")
    assert opened.get(KEY) is None
    assert not opened.active
    assert not NO_CACHE.active
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the variable is of Linux desktops")
def test_the_users_cache_is_where_xdg_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    user_cache("cases").put(KEY, b"a value")
    assert (tmp_path / "cache" / "acs-conformance" / "cases" / KEY).is_file()


def test_two_that_write_at_once_leave_one_whole_entry(folder: Path) -> None:
    values = [bytes([letter]) * 100_000 for letter in b"abcd"]
    seen: list[bytes | None] = []

    def write(value: bytes) -> None:
        for _ in range(20):
            opened = Cache(folder)
            opened.put(KEY, value)
            seen.append(opened.get(KEY))

    threads = [threading.Thread(target=write, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) <= set(values)
    assert [path.name for path in folder.iterdir()] == [KEY]


def aged(path: Path, days: float) -> None:
    moment = time.time() - days * 24 * 3600
    os.utime(path, (moment, moment))


def test_what_was_not_used_for_a_month_goes_and_what_is_used_stays(folder: Path) -> None:
    opened = Cache(folder)
    for name in ("old", "used", "new"):
        opened.put(name, b"a value")
    for name in ("old", "used"):
        aged(folder / name, 31)
    assert Cache(folder).get("used") == b"a value"
    Cache(folder).put("another", b"a value")
    assert sorted(path.name for path in folder.iterdir()) == ["another", "new", "used"]


@pytest.mark.parametrize(("limit", "value"), [("_MOST_ENTRIES", 2), ("_MOST_BYTES", 400)])
def test_of_too_many_the_oldest_go(folder: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    for days, name in enumerate(("first", "second", "third", "fourth")):
        Cache(folder).put(name, b"v" * 120)
        aged(folder / name, days + 1)
    monkeypatch.setattr(module, limit, value)
    Cache(folder).put("new", b"a value")
    assert sorted(path.name for path in folder.iterdir()) == ["first", "new", "second"]
