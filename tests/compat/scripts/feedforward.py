"""The oldest interface: FeedForward with arrays, validation, prediction, a checkpoint."""

import os
import tempfile

import mxnet as mx
import numpy as np

from start import ByName, blobs, mlp, tell

X, y = blobs()
model = mx.model.FeedForward(
    symbol=mlp(), ctx=mx.cpu(), num_epoch=4, learning_rate=0.1, momentum=0.9, wd=0.0001, initializer=ByName(), numpy_batch_size=20
)
np.random.seed(0)
model.fit(X=mx.io.NDArrayIter(X, y, batch_size=20), eval_metric="acc")
probabilities = model.predict(mx.io.NDArrayIter(X, batch_size=20))
with tempfile.TemporaryDirectory() as folder:
    prefix = os.path.join(folder, "old")
    model.save(prefix)
    loaded = mx.model.FeedForward.load(prefix, 4, ctx=mx.cpu())
    again = loaded.predict(mx.io.NDArrayIter(X, batch_size=20))
score = model.score(mx.io.NDArrayIter(X, y, batch_size=20))
tell(probabilities=probabilities[:5], again=again[:5], score=score, weight=model.arg_params["fc1_weight"].asnumpy())
