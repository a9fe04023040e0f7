"""How long the library takes beside its peers, and the bars it is held to; `python -m benchmarks run all`."""
