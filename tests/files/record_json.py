"""Let MXNet 1.9.1 write the graphs of ``compositions.py``, and say what it makes of ``old_files.py``, for the tests to compare with.

Run in the environment that has MXNet, from the project's folder::

    python -m tests.files.record_json

All becomes ``tests/files/recorded/symbols.json``.
"""

import json
import warnings
from pathlib import Path

from tests.files.compositions import COMPOSITIONS, NESTED
from tests.files.old_files import OLD

RECORDED = Path(__file__).resolve().parent / "recorded" / "symbols.json"


def text(mx, compose):
    """Compose under names that count from zero and write the graph."""
    with mx.name.NameManager():
        return compose(mx).tojson()


def upgraded(mx, top):
    """Load a graph and write it again; None if it is refused."""
    try:
        return mx.sym.load_json(json.dumps(top)).tojson()
    except mx.base.MXNetError:
        return None


def main():
    warnings.simplefilter("ignore")
    import mxnet as mx  # the tests import this file without having MXNet

    recorded = {
        "compositions": {name: text(mx, compose) for name, compose in COMPOSITIONS.items()},
        "nested": {name: text(mx, compose) for name, compose in NESTED.items()},
        "old": {name: upgraded(mx, top) for name, top in OLD.items()},
    }
    RECORDED.write_text(json.dumps(recorded, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    print(RECORDED, RECORDED.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
