"""Training symbols: modules, optimizers, metrics, initializers, iterators; and a whole training step as one graph."""
