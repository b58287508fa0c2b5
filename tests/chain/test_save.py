"""Saving: whole or not at all, wherever the path leads."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from autograd_mini.chain.render import save

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")


def test_text_is_saved_as_utf_8_with_its_line_ends(tmp_path: Path) -> None:
    path = save("∂C/∂w\r\n\n", tmp_path / "a.svg")
    assert path == (tmp_path / "a.svg").resolve()
    assert path.read_bytes() == "∂C/∂w\r\n\n".encode()
    assert save(b"\x00\xff", str(path)).read_bytes() == b"\x00\xff"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.svg"]


@pytest.mark.parametrize("name", ["-rf", "--help", "; touch x", "$(x)", "ünï 🙂.svg", " "])
def test_odd_names_are_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save("x", name)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@posix
def test_the_mode_is_that_of_any_new_file_or_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    assert save("x", tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "old").touch(0o600)
    (tmp_path / "old").chmod(0o640)
    assert stat.S_IMODE(save("x", tmp_path / "old").stat().st_mode) == 0o640


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    save("new", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("existing", [True, False])
def test_a_failure_keeps_the_old_file_and_leaves_nothing_else(
    failure: BaseException, existing: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "graph.svg"
    if existing:
        target.write_text("old")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(type(failure)) as caught:
        save("new", target)
    if isinstance(caught.value, OSError):
        assert caught.value.errno == errno.ENOSPC
        assert caught.value.filename == str(target)
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ["old"] * existing


def test_places_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="create it first") as caught:
        save("x", tmp_path / "no" / "such" / "a.svg")
    assert caught.value.filename == str(tmp_path / "no" / "such")
    with pytest.raises(IsADirectoryError, match="add the name of a file"):
        save("x", tmp_path)
    with pytest.raises(IsADirectoryError):
        save("x", "")
    with pytest.raises(OSError, match=r"too long|not written"):
        save("x", tmp_path / ("n" * 300))
    with pytest.raises(UnicodeEncodeError):
        save("\ud800", tmp_path / "a.svg")
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_what_may_not_be_written_stays(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.write_text("old")
    locked.chmod(0o444)
    with pytest.raises(PermissionError, match="may not be written"):
        save("new", locked)
    assert locked.read_text() == "old"
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(PermissionError, match="not written"):
            save("new", tmp_path / "a.svg")
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no /dev/full here")
def test_a_device_is_written_and_not_replaced() -> None:
    with pytest.raises(OSError, match="No space left"):
        save("x", "/dev/full")
    assert Path("/dev/full").is_char_device()
    assert not list(Path("/dev").glob(".*.tmp"))
