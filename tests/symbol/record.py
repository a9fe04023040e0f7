"""Record what MXNet 1.9.1 answers to ``tests/symbol/questions``.

Run in the environment that has MXNet: ``python -m tests.symbol.record``.
"""

import json
from pathlib import Path

import mxnet

from tests.symbol.ask import answers, topics

RECORDED = Path(__file__).resolve().parents[1] / "recorded" / "symbol"

if __name__ == "__main__":
    RECORDED.mkdir(exist_ok=True)
    for topic in topics():
        found = answers(mxnet, topic)
        (RECORDED / f"{topic}.json").write_text(json.dumps(found, indent=0, sort_keys=True) + "\n")
        print(f"{topic}: {len(found)} answers")
