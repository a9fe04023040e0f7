"""Record what MXNet 1.9.1 computes for the cases of ``tests/ops``.

Run in the environment that has MXNet::

    python -m tests.record ops/nn/convolution ops/reduce      # the lists named, new and changed cases only
    python -m tests.record --all --force                      # everything, from scratch
    python -m tests.record ops/nn/pooling --case Pooling-1a2b3c4d --show

``tests/ops/<path>.py`` becomes ``tests/recorded/<path>.npz`` with the entries

=====================  ==========================================================================================
``<key>/output<i>``    every visible output of a forward pass in the mode ``case.train``
``<key>/grad/<slot>``  the gradients that ``case.gradient`` asks for, after a forward pass in training mode
``<key>/state/<slot>`` auxiliary states after a run in the mode ``case.train``; for an eager case the inputs that changed
``<key>/refused``      why the reference refuses a case with ``refused=True``, or one drawn at random
``<key>/crashed``      how the reference died of a case drawn at random
``how``                one line a case: how it was recorded, so that a change of that records it again
=====================  ==========================================================================================

The slots of operators that take a list are positions: ``grad/0``. Outputs that ``case.heads`` leaves out are recorded
too, but the gradient that enters there is zero. What ``case.expect`` states is not recorded; a case that states
something may fail in the reference.

MXNet runs in child processes (``tests/reference.py``): one that dies takes a single case with it, and oneDNN, which is
chosen when the library is loaded, is off in one child and on in the other.
"""

import argparse
import contextlib
import importlib
import io
import os
import pickle
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

TESTS = Path(__file__).resolve().parent
RECORDED = Path(os.environ.get("SWEEP_RECORDED", TESTS / "recorded"))
SECONDS_PER_CASE = 120  # a case that takes longer hangs
SECONDS_TO_START = 300  # importing MXNet on a busy machine

# Plain kernels, each operator by itself, at the moment it is called, on one thread: the same numbers every time,
# and an error or a crash in the case it belongs to.
ENVIRONMENT = {
    "MXNET_SUBGRAPH_BACKEND": "NONE",
    "MXNET_ENGINE_TYPE": "NaiveEngine",
    "MXNET_STORAGE_FALLBACK_LOG_VERBOSE": "0",
    "OMP_NUM_THREADS": "1",
}


def load_cases(path):
    """Import the list at ``path``: key -> case."""
    module = importlib.import_module("tests." + path.replace("/", "."))
    cases = {}
    for case in module.CASES:
        if case.key in cases:
            raise SystemExit(f"{path}: {case} and {cases[case.key]} are the same case, {case.key}")
        cases[case.key] = case
    return cases


def all_paths():
    """Find every file below ``tests/ops`` and ``tests/sweep`` that holds a list."""
    files = sorted([*(TESTS / "ops").rglob("*.py"), *(TESTS / "sweep").rglob("*.py")])
    return [str(file.relative_to(TESTS).with_suffix("")) for file in files if "\nCASES" in file.read_text()]


def how(case):
    """Describe what of a case decides its record and is not part of its key."""
    flags = ["onednn" if case.onednn else "plain"]
    flags += [flag for flag in ("eager", "refused", "np_shape") if getattr(case, flag)]
    flags += [f"-{entry}" for entry in sorted(case.expect or ())]
    return " ".join([case.key, *flags])


def load_record(file):
    """Read a file of recorded values; empty if there is none."""
    if not file.exists():
        return {}
    with np.load(file) as archive:
        return {name: archive[name] for name in archive.files}


def save_record(file, record):
    """Write ``record`` so that the same values give the same bytes, and the file is never seen half-written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(record):
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(record[name]), allow_pickle=False)
            entry = zipfile.ZipInfo(name + ".npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.getvalue())
    os.replace(part, file)


class Child:
    """A process with MXNet that answers one case after the other."""

    def __init__(self, onednn):
        reader, writer = os.pipe()
        environment = {**os.environ, **ENVIRONMENT, "MXNET_MKLDNN_ENABLED": str(int(onednn))}
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed in close; a pipe would fill, MXNet talks at every bind)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.reference", str(writer)],
            cwd=TESTS.parent,
            env=environment,
            pass_fds=[writer],
            stdin=subprocess.PIPE,
            stdout=self.complaints,
            stderr=self.complaints,
        )
        os.close(writer)
        self.answers = os.fdopen(reader, "rb")
        self.seconds = SECONDS_TO_START

    def ask(self, path, key):
        """Record one case: a dictionary of arrays, or the text of what went wrong; ``None`` if the child died."""
        try:
            pickle.dump((path, key), self.process.stdin)
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        ready, _, _ = select.select([self.answers], [], [], self.seconds)
        self.seconds = SECONDS_PER_CASE
        if not ready:
            self.process.kill()
            return None
        head = self.answers.read(8)
        if len(head) < 8:
            return None
        return pickle.loads(self.answers.read(struct.unpack("<q", head)[0]))

    def close(self):
        """End the process; return how it ended, in words."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        code = self.process.wait()
        self.answers.close()
        self.complaints.seek(0)
        said = [line for line in self.complaints.read().decode(errors="replace").splitlines() if line.strip()]
        self.complaints.close()
        if code >= 0:  # MXNet catches SIGSEGV, says so and exits
            return f"the process ended with {code}: {said[-1] if said else ''}"
        return f"the process was killed by {signal.Signals(-code).name}"


class Recorder:
    """Records cases, starting a child where there is none."""

    def __init__(self):
        self.children = {}

    def record(self, path, case):
        """Record one case: what it gave, and what went wrong (empty if nothing)."""
        if case.onednn not in self.children:
            self.children[case.onednn] = Child(case.onednn)
        answer = self.children[case.onednn].ask(path, case.key)
        if answer is None:
            answer = self.children.pop(case.onednn).close()
        return self.judge(case, answer)

    @staticmethod
    def judge(case, answer):
        """Decide whether an answer, values or a message, is what the case states."""
        refused = isinstance(answer, str)
        if case.refused is None and refused:  # drawn at random: whatever the reference says is right
            return {f"{case.key}/{'crashed' if answer.startswith('the process') else 'refused'}": np.array(answer)}, ""
        if case.refused:
            return ({f"{case.key}/refused": np.array(answer)}, "") if refused else ({}, "the reference does not refuse it")
        if refused:
            return {}, "" if case.expect else answer
        stated = case.expect or {}
        return {f"{case.key}/{entry}": value for entry, value in answer.items() if entry not in stated}, ""

    def close(self):
        for child in self.children.values():
            child.close()


def record_file(recorder, path, force, only):
    """Bring the record of one list up to date; return how many cases failed."""
    file = RECORDED / Path(path).with_suffix(".npz")
    cases, old = load_cases(path), load_record(file)
    old_how = set(old.pop("how", np.array([], str)).tolist())
    by_key = {}
    for name, value in old.items():
        by_key.setdefault(name.split("/")[0], {})[name] = value
    record, lines, failed, done = {}, [], {}, []
    for key, case in cases.items():
        is_chosen = key in only if only else force
        if how(case) in old_how and not is_chosen:
            record.update(by_key.get(key, {}))
            lines.append(how(case))
            continue
        values, trouble = recorder.record(path, case)
        if trouble:
            failed[case] = trouble
            continue
        record.update(values)
        lines.append(how(case))
        done.append(key)
    record["how"] = np.array(sorted(lines), dtype=str)
    save_record(file, record)
    print(f"{path}: {len(done)} recorded, {len(lines) - len(done)} kept, {len(failed)} failed", flush=True)
    for case, trouble in failed.items():
        print(f"  {case.key} {case}\n    {trouble}", flush=True)
    return len(failed)


def remove_orphans(paths):
    """Delete the records of lists that are gone."""
    for file in sorted(RECORDED.rglob("*.npz")):
        path = str(file.relative_to(RECORDED).with_suffix(""))
        if path not in paths:
            print(f"{path}: no such list any more, record deleted")
            file.unlink()


def show(path, only):
    """Print what is recorded."""
    record = load_record(RECORDED / Path(path).with_suffix(".npz"))
    for key, case in load_cases(path).items():
        if not only or key in only:
            print(f"{key} {case}")
            for name in sorted(name for name in record if name.startswith(key + "/")):
                print(f"    {name[len(key) + 1 :]} {record[name].dtype} {record[name].shape} {record[name].tolist()}")


def main():
    parser = argparse.ArgumentParser(description="Record what MXNet computes for the cases of tests/ops.")
    parser.add_argument("paths", nargs="*", metavar="ops/...", help="case lists, as paths below tests")
    parser.add_argument("--all", action="store_true", help="every case list")
    parser.add_argument("--force", action="store_true", help="record unchanged cases too")
    parser.add_argument("--case", action="append", default=[], metavar="KEY", help="record this case again")
    parser.add_argument("--show", action="store_true", help="print what is recorded; records nothing")
    options = parser.parse_args()
    paths = [re.sub(r"^(tests/)?(.*?)(\.py)?$", r"\2", path) for path in options.paths]
    paths = all_paths() if options.all else paths
    if not paths and not options.all:
        parser.error("name case lists, or --all")
    if options.show:
        for path in paths:
            show(path, options.case)
        return 0
    if options.all:
        remove_orphans(paths)
    recorder = Recorder()
    try:
        return int(sum(record_file(recorder, path, options.force, options.case) for path in paths) > 0)
    finally:
        recorder.close()


if __name__ == "__main__":
    sys.exit(main())
