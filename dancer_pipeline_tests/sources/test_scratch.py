"""Room for copies: private to a process, bounded, and nobody's once the process is dead."""

import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dancer_pipeline.sources.scratch import FOLDER_PREFIX, Scratch, ScratchFullError

HOLD = """
import sys, time
from pathlib import Path
from dancer_pipeline.sources.scratch import Scratch

def fetch(path):
    path.write_bytes(b"half")
    print(path.parent, flush=True)
    time.sleep(600)

with Scratch(Path(sys.argv[1])).copy("name", 4, fetch):
    pass
"""

FORK = """
import os, sys
from pathlib import Path
from dancer_pipeline.sources.scratch import Scratch

def fetch(path):
    path.write_bytes(b"x")
    return "unused"

with Scratch(Path(sys.argv[1])).copy("name", 1, fetch) as path:
    child = os.fork()
    if not child:
        sys.exit(0)  # as a process ends that was forked, with all that it does at its end
    os.waitpid(child, 0)
    sys.exit(0 if path.exists() else "the fork took the copy with it")
"""


def writing(content: bytes):
    def fetch(path: Path) -> str:
        path.write_bytes(content)
        return hashlib.sha256(content).hexdigest()

    return fetch


def never(path: Path) -> str:
    raise AssertionError(f"{path} was fetched again")


def homes(root: Path) -> list[Path]:
    return list(root.glob(f"{FOLDER_PREFIX}*"))


@pytest.fixture
def half_way(tmp_path: Path):
    """Start a process that is in the middle of a copy; return it and its folder."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_nothing_is_touched_before_the_first_copy(tmp_path: Path):
    Scratch(tmp_path / "none")

    assert not (tmp_path / "none").exists()


def test_a_copy_is_made_once_and_others_may_not_look_at_it(tmp_path: Path):
    scratch = Scratch(tmp_path)
    with scratch.copy("name", 1, writing(b"x")) as path:
        assert path.read_bytes() == b"x"
        assert path.parent.stat().st_mode & 0o077 == 0

    with scratch.copy("name", 1, never) as again:
        assert again == path


def test_a_copy_goes_when_another_is_needed_but_not_while_it_is_read(tmp_path: Path):
    scratch = Scratch(tmp_path)
    with scratch.copy("one", 1, writing(b"1")) as one:
        with scratch.copy("two", 1, writing(b"2")) as two:
            assert one.exists()
        with scratch.copy("three", 1, writing(b"3")):
            assert one.exists()
            assert not two.exists()


def test_a_copy_that_fails_leaves_nothing_and_can_be_made_again(tmp_path: Path):
    scratch = Scratch(tmp_path)

    def fail(path: Path) -> str:
        path.write_bytes(b"half")
        raise ConnectionError

    with pytest.raises(ConnectionError), scratch.copy("name", 1, fail):
        pass
    (home,) = homes(tmp_path)
    assert [path.name for path in home.iterdir()] == ["lock"]
    with scratch.copy("name", 1, writing(b"x")) as path:
        assert path.read_bytes() == b"x"


def test_d58_what_does_not_fit_is_refused_before_anything_is_fetched(tmp_path: Path):
    scratch = Scratch(tmp_path)

    with (
        pytest.raises(ScratchFullError, match="set DANCER_SCRATCH"),
        scratch.copy("name", 10**15, never),
    ):
        pass
    with scratch.copy("small", 1, writing(b"x")):
        pass


def test_c35_what_a_killed_process_left_in_the_middle_of_a_copy_goes_with_the_next(
    tmp_path: Path, half_way: tuple[subprocess.Popen[str], Path]
):
    process, left = half_way
    assert (left / "name.partial").read_bytes() == b"half"
    process.send_signal(signal.SIGKILL)
    process.wait()

    with Scratch(tmp_path).copy("name", 1, writing(b"x")):
        assert not left.exists()


def test_the_folder_of_a_process_that_lives_is_left_alone(
    tmp_path: Path, half_way: tuple[subprocess.Popen[str], Path]
):
    _, theirs = half_way

    with Scratch(tmp_path).copy("name", 1, writing(b"x")) as path:
        assert path.parent != theirs
    assert (theirs / "name.partial").exists()


def test_two_of_one_process_leave_each_other_alone_and_take_their_folders_with_them(
    tmp_path: Path,
):
    one, two = Scratch(tmp_path), Scratch(tmp_path)
    with one.copy("name", 1, writing(b"1")) as first, two.copy("name", 1, writing(b"2")) as second:
        assert (first.read_bytes(), second.read_bytes()) == (b"1", b"2")
    del one, two

    assert homes(tmp_path) == []


def test_what_only_looks_like_a_scratch_folder_is_not_removed(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    root = tmp_path / "root"
    root.mkdir()
    (root / f"{FOLDER_PREFIX}link").symlink_to(elsewhere)
    (root / f"{FOLDER_PREFIX}file").write_text("x")
    (root / "other").mkdir()

    with Scratch(root).copy("name", 1, writing(b"x")):
        pass

    assert (elsewhere / "precious").exists()
    assert (root / "other").exists()
    assert not (elsewhere / "lock").exists()


def test_a_fork_does_not_take_the_folder_away(tmp_path: Path):
    process = subprocess.run([sys.executable, "-c", FORK, str(tmp_path)], check=False)

    assert process.returncode == 0
    assert homes(tmp_path) == []
