"""Saving is whole or not at all, whatever fails on the way."""

import contextlib
import errno
import os
import pathlib
import resource
import signal
import stat
import subprocess
import sys
import threading
from unittest import mock

import pytest

from symbolic.errors import ArgumentError, FileError, MXNetError
from symbolic.files import atomic

OLD, NEW = b"old content", [b"new ", b"", b"content ", b"x" * 5000]
WHOLE = b"".join(NEW)
SAVED = "is saved whole"  # in the one error after which the new file is in place
REAL = {name: getattr(os, name) for name in dir(os)}


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "model-0001.params"
    path.write_bytes(OLD)
    return path


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def open_files():
    return sorted(os.listdir("/proc/self/fd"))


@contextlib.contextmanager
def failing(function, call, error=errno.EIO):
    """Let the ``call``-th call of ``os.<function>`` fail; yield a list that is not empty if it happened."""
    calls, failed = [], []

    def fail(*arguments, **keywords):
        calls.append(arguments)
        if len(calls) == call:
            failed.append(True)
            raise OSError(error, os.strerror(error))
        return REAL[function](*arguments, **keywords)

    with mock.patch.object(os, function, fail):
        yield failed


def test_new_file(tmp_path):
    atomic.write(tmp_path / "a", NEW)
    assert (tmp_path / "a").read_bytes() == WHOLE
    assert names_in(tmp_path) == ["a"]


def test_old_file_is_replaced(target):
    atomic.write(target, NEW)
    assert target.read_bytes() == WHOLE
    assert names_in(target.parent) == [target.name]


@pytest.mark.parametrize("kind", [str, os.fsencode, pathlib.Path])
def test_kinds_of_path(target, kind):
    atomic.write(kind(str(target)), NEW)
    assert target.read_bytes() == WHOLE


@pytest.mark.parametrize("name", ["漢é x.params", "n" * 255, "é" * 127, "[a].*", "-", b"\xff".decode("utf-8", "surrogateescape")])
def test_odd_names(tmp_path, name):
    for _ in range(2):
        atomic.write(tmp_path / name, NEW)
    assert names_in(tmp_path) == [name]


def test_chunks_of_any_buffer(tmp_path):
    numpy = pytest.importorskip("numpy")
    atomic.write(tmp_path / "a", [bytearray(b"ab"), memoryview(b"cd"), numpy.array([[1, 2]], "<i4")])
    assert (tmp_path / "a").read_bytes() == b"abcd\1\0\0\0\2\0\0\0"


def test_relative_path_and_change_of_folder(tmp_path, monkeypatch):
    def chunks():
        yield b"a"
        os.chdir("/")
        yield b"b"

    monkeypatch.chdir(tmp_path)
    atomic.write("a", chunks())
    assert (tmp_path / "a").read_bytes() == b"ab"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_mode_stays(target, mode):
    target.chmod(mode)
    atomic.write(target, NEW)
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_mode_of_new_file_obeys_umask(tmp_path):
    old = os.umask(0o027)
    try:
        atomic.write(tmp_path / "a", NEW)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_secret_file_is_never_readable_by_others(target):
    target.chmod(0o600)

    def chunks():
        (temporary,) = (path for path in target.parent.iterdir() if path != target)
        assert stat.S_IMODE(temporary.stat().st_mode) == 0o600
        yield b"secret"

    atomic.write(target, chunks())


def test_symbolic_link_stays(target):
    folder = target.parent / "elsewhere"
    folder.mkdir()
    link = folder / "latest.params"
    link.symlink_to("../" + target.name)
    atomic.write(link, NEW)
    assert link.is_symlink()
    assert target.read_bytes() == WHOLE
    assert names_in(folder) == ["latest.params"]


def test_dangling_link_gets_its_target(tmp_path):
    (tmp_path / "link").symlink_to("real")
    atomic.write(tmp_path / "link", NEW)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == WHOLE


def test_short_writes(target):
    with mock.patch.object(os, "write", lambda descriptor, data: REAL["write"](descriptor, data[:7])):
        atomic.write(target, NEW)
    assert target.read_bytes() == WHOLE


FUNCTIONS = ["open", "write", "fsync", "replace", "stat", "fstat", "fchmod", "fchown", "fdopen", "listdir", "access"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_failure(target, function):
    """Fail each call of each function in turn: the file is whole, nothing is left, the error names the path."""
    leftover = target.parent / f".{target.name}.0123456789abcdef.tmp"
    for call in range(1, 100):
        target.write_bytes(OLD)
        leftover.write_bytes(b"of a dead process")
        files = open_files()
        error = None
        with failing(function, call) as failed:
            try:
                atomic.write(target, NEW)
            except FileError as caught:
                error = caught
        assert open_files() == files
        assert set(names_in(target.parent)) <= {target.name, leftover.name}
        assert target.read_bytes() == (WHOLE if error is None or SAVED in str(error) else OLD)
        if error is not None:
            assert str(target) in str(error)
            assert error.errno == errno.EIO
        if not failed:
            break
    assert not failed
    assert call > 1


@pytest.mark.parametrize("function", ["open", "write", "fsync", "replace"])
def test_each_failure_of_a_new_file(tmp_path, function):
    for call in range(1, 100):
        with failing(function, call, errno.ENOSPC) as failed, contextlib.suppress(FileError):
            atomic.write(tmp_path / "a", NEW)
        if not failed:
            break
        assert names_in(tmp_path) in ([], ["a"])
        assert not (tmp_path / "a").exists() or (tmp_path / "a").read_bytes() == WHOLE
        (tmp_path / "a").unlink(missing_ok=True)
    assert call > 1


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt, ValueError])
def test_failure_in_the_chunks(target, error):
    def chunks():
        yield b"half of it"
        raise error

    files = open_files()
    with pytest.raises(error):
        atomic.write(target, chunks())
    assert target.read_bytes() == OLD
    assert names_in(target.parent) == [target.name]
    assert open_files() == files


def test_folder_cannot_be_synced(target):
    """Some network drives know no fsync of folders."""
    with failing("fsync", 2, errno.EINVAL) as failed:
        atomic.write(target, NEW)
    assert failed
    assert target.read_bytes() == WHOLE


def test_folder_cannot_be_listed(target):
    def no_folders(path, *arguments, **keywords):
        if os.path.isdir(path):
            raise PermissionError(errno.EACCES, "no")
        return REAL["open"](path, *arguments, **keywords)

    with mock.patch.object(os, "open", no_folders), failing("listdir", 1, errno.EACCES):
        atomic.write(target, NEW)
    assert target.read_bytes() == WHOLE


def test_disk_full(target):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(FileError, match="File too large") as caught:
            atomic.write(target, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert caught.value.errno == errno.EFBIG
    assert target.read_bytes() == OLD
    assert names_in(target.parent) == [target.name]


def test_read_only_file(target):
    with mock.patch.object(os, "access", lambda *_, **__: False), pytest.raises(FileError, match="read-only"):
        atomic.write(target, NEW)
    assert target.read_bytes() == OLD


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_devices():
    files = open_files()
    with pytest.raises(FileError, match="No space left") as caught:
        atomic.write("/dev/full", NEW)
    assert caught.value.errno == errno.ENOSPC
    atomic.write("/dev/null", NEW)
    assert os.path.exists("/dev/full")
    assert open_files() == files


def test_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    got = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    atomic.write(tmp_path / "pipe", NEW)
    reader.join()
    assert got == [WHOLE]


def test_failing_sync_of_a_device():
    with failing("fsync", 1), pytest.raises(FileError, match="/dev/null"):
        atomic.write("/dev/null", NEW)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nonexistent/folder/x", ["/nonexistent/folder/x", "No such file"]),
        ("", ["''", "No such file"]),
        ("a\0b", ["NUL"]),
        ("x" * 5000, ["xxx", "too long"]),
        ("/", ["'/'", "directory"]),
        ("/dev/null/x", ["/dev/null/x", "Not a directory"]),
    ],
)
def test_bad_paths(path, words):
    with pytest.raises(FileError) as caught:
        atomic.write(path, NEW)
    assert isinstance(caught.value, MXNetError)
    assert isinstance(caught.value, OSError)
    assert all(word in str(caught.value) for word in words)
    assert len(str(caught.value)) <= 2000


@pytest.mark.parametrize("path", [3, None, 1.5, ["a"]])
def test_no_paths(path):
    with pytest.raises(ArgumentError, match=r"path(.|\n)*str"):
        atomic.write(path, NEW)


# ------------------------------------------------------------------ leftovers and concurrent saves
CHILD = """
import sys
from symbolic.files import atomic
def chunks():
    yield b"half"
    print("writing", flush=True)
    sys.stdin.read()
    yield b" and half"
atomic.write(sys.argv[1], chunks())
"""


def start_child(code, *arguments):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdin=pipe, stdout=pipe, env=environment, text=True)


def finish(child, kill=False):
    if kill:
        child.kill()
    child.communicate()
    return child.returncode


def test_leftover_of_a_killed_process_is_removed_by_the_next_save(target):
    other = target.parent / "other.params"
    children = [start_child(CHILD, path) for path in (target, other)]
    for child in children:
        assert child.stdout.readline() == "writing\n"
        finish(child, kill=True)
    assert target.read_bytes() == OLD
    assert len(names_in(target.parent)) == 3
    atomic.write(target, NEW)
    left = names_in(target.parent)
    assert len(left) == 2  # the other's leftover is none of ours
    assert left[0].startswith(".other.params.")


def test_temporary_file_of_a_living_process_stays(target):
    child = start_child(CHILD, target)
    assert child.stdout.readline() == "writing\n"
    atomic.write(target, NEW)
    assert len(names_in(target.parent)) == 2
    assert target.read_bytes() == WHOLE
    assert finish(child) == 0
    assert target.read_bytes() == b"half and half"
    assert names_in(target.parent) == [target.name]


def test_leftovers_are_recognised_by_their_whole_name(target):
    innocent = [f".{target.name}.tmp", f".{target.name}.0123.tmp", f".{target.name}.0123456789abcdef.tmp.bak", "model-0001.params.tmp"]
    for name in innocent:
        (target.parent / name).write_bytes(b"mine")
    (target.parent / f".{target.name}.0000000000000000.tmp").symlink_to(target)
    (target.parent / f".{target.name}.0000000000000001.tmp").mkdir()
    os.mkfifo(target.parent / f".{target.name}.0000000000000002.tmp")
    atomic.write(target, NEW)
    assert set(innocent) < set(names_in(target.parent))
    assert target.read_bytes() == WHOLE


def test_kill_at_any_moment(target):
    """The file is one whole version after each kill; BAR 8 wants this a thousand times, this is the quick form."""
    code = (
        "import sys\nfrom symbolic.files import atomic\nprint('go', flush=True)\nv = 0\n"
        "while True:\n    v = v % 250 + 1\n    atomic.write(sys.argv[1], [bytes([v]) * 100000] * 3)\n"
    )
    target.write_bytes(b"\0" * 300000)
    for kill in range(6):
        child = start_child(code, target)
        assert child.stdout.readline() == "go\n"
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(0.004 * kill + 0.001)
        finish(child, kill=True)
        content = target.read_bytes()
        assert content == content[:1] * 300000
        assert len(names_in(target.parent)) <= 2
    atomic.write(target, NEW)
    assert names_in(target.parent) == [target.name]


def test_concurrent_saves_and_reads(target):
    """Four writers and a reader of one file: every content read is whole, every save succeeds."""
    target.write_bytes(b"\0" * 30000)
    failures = []

    def save(value):
        try:
            for _ in range(40):
                atomic.write(target, [bytes([value]) * 10000] * 3)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=save, args=(value,)) for value in range(1, 5)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        content = target.read_bytes()
        assert content == content[:1] * 30000
    assert not failures
    assert names_in(target.parent) == [target.name]


def test_temporary_file_taken_for_a_leftover(target):
    """Another save may come between creation and lock; then a new temporary file is made."""
    answers = [False, False, True]
    with mock.patch.object(atomic, "_lock", lambda _: answers.pop(0)):
        atomic.write(target, NEW)
    assert not answers
    assert target.read_bytes() == WHOLE
    assert names_in(target.parent) == [target.name]


def test_lock_sees_that_a_file_is_gone(tmp_path):
    def descriptor():
        return os.open(tmp_path / "a", os.O_RDWR | os.O_CREAT)

    first = descriptor()
    second = descriptor()
    assert atomic._lock(first)
    assert not atomic._lock(second)
    os.unlink(tmp_path / "a")
    assert not atomic._lock(first)
    os.close(first)
    os.close(second)


def test_file_system_without_locks(target):
    leftover = target.parent / f".{target.name}.0123456789abcdef.tmp"
    leftover.write_bytes(b"perhaps of a living process")
    with mock.patch.object(atomic.fcntl, "flock", side_effect=OSError(errno.ENOLCK, "no locks")):
        atomic.write(target, NEW)
    assert target.read_bytes() == WHOLE
    assert names_in(target.parent) == [leftover.name, target.name]


def test_system_without_locks(target):
    leftover = target.parent / f".{target.name}.0123456789abcdef.tmp"
    leftover.write_bytes(b"perhaps of a living process")
    with mock.patch.object(atomic, "fcntl", None):
        atomic.write(target, NEW)
    assert target.read_bytes() == WHOLE
    assert names_in(target.parent) == [leftover.name, target.name]
