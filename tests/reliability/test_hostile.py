"""Whatever is done to a file of any kind, it is read, or refused by an error of the library; and nothing else happens."""

from __future__ import annotations

import random
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

import symbolic as mx
from symbolic.errors import LONGEST
from tests.reliability.damage import damaged, misplaced
from tests.reliability.readers import READERS, SOUND

ROOT = Path(__file__).resolve().parents[2]
CASES = 150
MEMORY = {"symbol": 60, "params": 3, "states": 12}  # bytes for each of the file, at most, beside a megabyte


def hostile(name, seed, count=CASES):
    """Damage sound files of a kind; the same ones for the same seed."""
    chance = random.Random(f"{name} {seed}")
    sound = SOUND[name]()
    for _ in range(count):
        content = chance.choice(sound)
        if READERS[name].text and chance.random() < 0.6:
            content = misplaced(content, chance)
        yield content if READERS[name].text and chance.random() < 0.5 else damaged(content, chance, sound)


def well_said(error):
    """Whether a message is short, and shows nothing as it was in the file that a terminal would obey."""
    text = str(error)
    return 8 <= len(text) <= LONGEST and all(character.isprintable() or character == "\n" for character in text)


def meets(name, seed, path):
    refused = 0
    for content in hostile(name, seed):
        try:
            READERS[name].read(content, path)
        except mx.MXNetError as error:
            refused += 1
            assert well_said(error), repr(str(error))
    return refused


@pytest.mark.parametrize("name", READERS)
def test_sound_files_are_read(name, tmp_path):
    for content in SOUND[name]():
        READERS[name].read(content, tmp_path / "file")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", READERS)
def test_damage(name, seed, tmp_path, capfd):
    assert meets(name, seed, tmp_path / "file") > CASES / 10
    assert capfd.readouterr() == ("", "")


@pytest.mark.long
@pytest.mark.parametrize("name", READERS)
def test_much_damage(name, tmp_path):
    for seed in range(100, 140):
        meets(name, seed, tmp_path / "file")


@pytest.mark.parametrize("name", MEMORY)
def test_memory_is_a_small_multiple_of_the_file(name, tmp_path):
    """Sizes that a file claims are believed when the bytes are there, not before."""
    for content in (*SOUND[name](), *hostile(name, "memory", 200)):
        tracemalloc.start()
        try:
            READERS[name].read(content, tmp_path / "file")
        except mx.MXNetError:
            pass
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peak < (2 << 20) + MEMORY[name] * len(content), content[:100]


ALONE = """
import sys, tempfile
from pathlib import Path
from tests.reliability.readers import READERS, SOUND
from tests.reliability.test_hostile import hostile
import symbolic as mx

HARMLESS = ("object.__getattr__", "builtins.id", "sys._getframe", "marshal", "array.__new__", "code.__new__")
folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "file"
phase, seen, annotations, compiled = None, [], set(), False

def watch(event, arguments):
    global compiled
    if phase is None or event.startswith(HARMLESS):
        return
    first = arguments[0] if arguments else None
    if event.startswith(("open", "glob.glob", "os.listdir", "os.scandir")) and str(first).startswith(folder.name):
        return
    if event == "compile" and phase == "sound":
        annotations.add(first)  # the library's own, of classes that it makes for operators nobody knows
    if event == "compile" and first in annotations:
        compiled = True
    elif event == "exec" and compiled:
        compiled = False
    elif phase == "hostile":
        seen.append((event, repr(arguments)[:200]))

def read(reader, content, now):
    global phase
    phase = now
    try:
        reader.read(content, path)
    except mx.MXNetError:
        pass
    finally:
        phase = None

sys.addaudithook(watch)
for name, reader in READERS.items():  # imports happen at first use
    for content in SOUND[name]():
        read(reader, content, "sound")
    for content in hostile(name, "before", 40):
        read(reader, content, "before")
for name, reader in READERS.items():
    for content in (*SOUND[name](), *hostile(name, "alone", 150)):
        read(reader, content, "hostile")
assert not seen, seen
folder.cleanup()
"""


def test_nothing_but_the_file_is_touched():
    """No other file, no import, no code, no process, no address: Python itself tells of each of these."""
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("deed", ["compile('1', 'x', 'eval')", "open('/dev/null').close()", "__import__('colorsys')"])
def test_the_watch_sees(deed):
    """The test above can fail: what it forbids is seen."""
    watched = ALONE.replace("    try:\n", f"    try:\n        if now == 'hostile':\n            {deed}\n", 1)
    done = subprocess.run([sys.executable, "-c", watched], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert deed.split("(")[0].strip("_") in done.stderr
