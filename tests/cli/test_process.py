"""The command as a process: exit codes, streams, completion, and how little its help loads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT.parent / "shared" / "models"


def start(*args, **environment):
    command = [sys.executable, "-m", "symbolic.cli", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}, timeout=120)


def test_codes_and_streams(net):
    done = start("infer", net, "--shape", "data=2,5")
    assert done.returncode == 0 and "softmax_output" in done.stdout and done.stderr == ""
    missing = start("info", "nothing-at-all")
    assert missing.returncode == 1 and missing.stdout == "" and "Traceback" not in missing.stderr
    assert start("info").returncode == 2
    assert start("--version").stdout.startswith("symbind")


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from symbolic.cli import cli; cli.main(['--help'], standalone_mode=False);"
        "print([m for m in ('networkx', 'graphviz', 'symbolic.ops', 'executors', 'symbolic.show.dot', 'tqdm') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip().endswith("[]")


def test_a_shell_completes_commands():
    done = start(COMP_WORDS="symbind in", COMP_CWORD="1", _SYMBIND_COMPLETE="bash_complete")
    found = {line.partition(",")[2] for line in done.stdout.splitlines()}
    if not found:  # the variable is named after the program, here python -m symbolic.cli
        pytest.skip("click did not take the variable")
    assert found == {"info", "infer"}


def test_a_reader_that_goes_away_is_no_error(net):
    command = f"'{sys.executable}' -m symbolic.cli infer '{net}' -s data=2,5 --all | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert "Traceback" not in done.stderr and done.stdout.startswith("name")


@pytest.mark.skipif(not MODELS.exists(), reason="the folder of real models is not here")
@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("mtcnn_det1", ()),
        ("lenet_gluon_export", ()),
        ("tiny_mlp_gluon_13", ()),
    ],
)
def test_real_models_give_what_mxnet_gave(call, name, inputs):
    recorded = MODELS / name / "expected.npz"
    arrays = list((MODELS / name).glob("*.params"))
    if not arrays:
        pytest.skip("the model comes without arrays")
    answer = call("run", MODELS / name, "--input", recorded, "--check", recorded, "--rtol", 1e-3)
    assert answer.code == 0, answer.err + answer.out
    assert "equal" in answer.out


@pytest.mark.long
@pytest.mark.skipif(not MODELS.exists(), reason="the folder of real models is not here")
@pytest.mark.parametrize("path", sorted(MODELS.glob("*/*-symbol.json")), ids=lambda path: path.parent.name)
def test_info_and_upgrade_of_real_models(call, path, tmp_path):
    answer = call("info", path, "--json")
    assert answer.code == 0 and answer.json["graph"]["nodes"] > 1
    assert call("upgrade", path, "-o", tmp_path / "new.json").code == 0
    if not answer.json["graph"]["unknown_operators"]:
        assert call("diff", path, tmp_path / "new.json").code == 0
