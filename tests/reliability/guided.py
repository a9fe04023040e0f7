"""A fuzzer that coverage guides: what reaches a new branch of a reader is kept, and changed further. Needs ``atheris``.

    python -m tests.reliability.guided symbol -max_total_time=60 FOLDER

Damaged files that were found to matter stay in FOLDER; without one, the sound files of the kind are where it begins. An exception
other than the library's ends it, and the file is kept as ``crash-...``.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["symbolic.files", "symbolic.operator.text", "symbolic.training.recordio"]):
    import symbolic as mx
    from tests.reliability.readers import READERS, SOUND

DICTIONARY = ["nodes", "op", "name", "inputs", "attrs", "attr", "param", "heads", "arg_nodes", "node_row_ptr", "subgraphs", "null"]
WORDS = [
    "\\x12\\x01\\x00\\x00",
    "\\xc8\\xfa\\x93\\xf9",
    "\\xc9\\xfa\\x93\\xf9",
    "\\xca\\xfa\\x93\\xf9",
    "\\x0a\\x23\\xd7\\xce",
    "\\x80\\x04",
]


def main(name: str, arguments: list[str]) -> None:
    """Fuzz one reader."""
    warnings.simplefilter("error")
    reader = READERS[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for place, content in enumerate(SOUND[name]()):
            (corpus / str(place)).write_bytes(content)
        words = Path(folder) / "words"
        words.write_text("".join(f'"{word}"\n' for word in (*(f'\\"{key}\\":' for key in DICTIONARY), *WORDS)))

        def one(content: bytes) -> None:
            try:
                reader.read(content, path)
            except mx.MXNetError as error:
                if len(str(error)) > 2000:
                    raise AssertionError("a message is too long") from error

        atheris.Setup([sys.argv[0], f"-dict={words}", "-max_len=8192", "-timeout=10", *arguments, str(corpus)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
