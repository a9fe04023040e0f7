"""LLVM's language to machine code, made once: kept in memory, and on disk for later processes."""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
import os
import platform
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import llvmlite  # type: ignore[import-not-found]
import llvmlite.binding as llvm  # type: ignore[import-not-found]

__all__ = ["FUSES", "HAS_HALF", "HAS_YIELD", "LANES", "REGISTER", "address_of", "cache_folder"]

VERSION = "1"  # part of the names on disk: to be raised when what a name stands for changes
LIBRARY = ("fmod", "sin", "cos", "tan", "floor", "ceil", "trunc", "rint")  # the last four for processors without such instructions

_lock = threading.Lock()
_addresses: dict[str, int] = {}
_engine: Any = None
_machine: Any = None
_library: dict[str, int] = {}
_kept: list[Any] = []


def _features() -> dict[str, bool]:
    try:
        return dict(llvm.get_host_cpu_features())
    except RuntimeError:  # a processor that LLVM cannot ask
        return {}


FEATURES = _features()
REGISTER = 64 if FEATURES.get("avx512f") else 32 if FEATURES.get("avx") else 16  # bytes
LANES = REGISTER // 4
IS_X86 = platform.machine().lower() in ("x86_64", "amd64", "i686", "x86")
FUSES = FEATURES.get("fma", False) or not IS_X86  # multiplies and adds, rounding once
HAS_YIELD = hasattr(os, "sched_yield")  # the C library has it, too
HAS_HALF = FEATURES.get("f16c", False) or not IS_X86  # converts float16
_processor = ",".join(sorted(name for name, there in FEATURES.items() if there))
SALT = "\n".join(
    (VERSION, llvmlite.__version__, str(llvm.llvm_version_info), llvm.get_host_cpu_name(), _processor, platform.machine(), sys.platform)
)


def cache_folder() -> Path:
    """Find the folder for machine code: below ``$XDG_CACHE_HOME``, or the system's place for such."""
    if given := os.environ.get("SYMBOLIC_CACHE"):
        return Path(given) / "numba"
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        home = Path.home() / "Library" / "Caches"
    else:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "symbind" / "numba"


def address_of(text: str) -> int:
    """Compile a module whose one public function is called ``NAME``; return where it lies in memory.

    Parameters
    ----------
    text : str
        The module; ``NAME`` is replaced by a name of its own.
    """
    key = hashlib.sha256(f"{SALT}\n{text}".encode()).hexdigest()
    found = _addresses.get(key)
    if found is None:
        with _lock:
            found = _addresses.get(key)
            if found is None:
                found = _addresses[key] = _load(key, text)
    return found


def _load(key: str, text: str) -> int:
    engine = _start()
    path = cache_folder() / f"{key}.o"
    try:
        made = path.read_bytes()
    except OSError:
        made = b""
    seal = len(made) - 32
    if seal <= 0 or hashlib.sha256(made[:seal]).digest() != made[seal:]:  # nothing there, or half a file
        made = _compile(text.replace("NAME", f"region_{key}"))
        _write(path, made + hashlib.sha256(made).digest())
    else:
        made = made[:seal]
    name = f"region_{key}"
    library = llvm.JITLibraryBuilder().add_object_img(made).export_symbol(name)
    for other, address in _library.items():
        library.import_symbol(other, address)
    tracker = library.link(engine, f"{name}.{len(_kept)}")
    _kept.append(tracker)
    return tracker[name]


def _start() -> Any:
    """Set up LLVM at first use."""
    global _engine, _machine
    if _engine is None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        if sys.platform == "win32":
            library = ctypes.cdll.msvcrt
        else:
            library = ctypes.CDLL(ctypes.util.find_library("m"))
        for name in LIBRARY:
            for spelt in (name, f"{name}f"):
                function = getattr(library, spelt)
                _kept.append(function)
                _library[spelt] = ctypes.cast(function, ctypes.c_void_p).value or 0
        if HAS_YIELD:
            for name in ("sched_yield", "clock_gettime"):
                _library[name] = ctypes.cast(getattr(ctypes.CDLL(None), name), ctypes.c_void_p).value or 0
        _machine = _target()
        _engine = llvm.create_lljit_compiler(_target(), use_jit_link=False, suppress_errors=True)
    return _engine


def _target() -> Any:
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.FeatureMap(FEATURES).flatten(), opt=2, reloc="pic", codemodel="jitdefault", jit=True
    )


def _compile(text: str) -> bytes:
    """Optimise a module and make an object file of it; its loops are vectors already, so that this takes milliseconds."""
    module = llvm.parse_assembly(text)
    module.triple = _machine.triple
    module.data_layout = str(_machine.target_data)
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = False
    options.slp_vectorization = False
    options.loop_unrolling = False
    builder = llvm.create_pass_builder(_machine, options)
    builder.getModulePassManager().run(module, builder)
    return _machine.emit_object(module)


def _write(path: Path, made: bytes) -> None:
    """Keep a file for later processes, whole or not at all; where nothing can be written, nothing is kept."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(made)
        os.replace(temporary, path)
    except OSError:
        pass
