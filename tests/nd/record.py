"""Record what the reference does with the snippets: ``ref/bin/python -m tests.nd.record``."""

from __future__ import annotations

import json
import warnings

import mxnet as mx  # type: ignore[import-not-found]

from tests.nd.snippets import RECORDED, described, snippets, value_of


def recorded(file, code):
    mx.util.set_np_shape(file == "np_shape")
    try:
        return described(value_of(code, mx))
    except Exception as error:
        return {"raised": type(error).__name__}
    finally:
        mx.util.set_np_shape(False)


def main():
    warnings.simplefilter("ignore")
    lines = [f"{json.dumps(f'{file}: {code}')}: {json.dumps(recorded(file, code))}" for file, code in snippets()]
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
