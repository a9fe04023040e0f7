"""Record what MXNet 1.9.1 answers to ``tests/symbol/questions.py``.

Run in the environment that has MXNet: ``python -m tests.symbol.record``.
"""

import json
from pathlib import Path

import mxnet

from tests.symbol.ask import answers
from tests.symbol.questions import QUESTIONS

RECORDED = Path(__file__).resolve().parents[1] / "recorded" / "symbol.json"

if __name__ == "__main__":
    recorded = {topic: answers(mxnet, text) for topic, text in QUESTIONS.items()}
    RECORDED.write_text(json.dumps(recorded, indent=0, sort_keys=True) + "\n")
    print(f"{sum(map(len, recorded.values()))} answers in {RECORDED}")
