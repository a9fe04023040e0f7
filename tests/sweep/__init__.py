"""Cases nobody chose: drawn at random, one file a family, and answered by MXNet 1.9.1.

A file defines ``draw(rs) -> Case`` and ``CASES = drawn(draw, count)``. The list of the default seed is recorded in
``tests/recorded/sweep`` and tested like every other; ``python -m tests.sweep reduce --seed 7 --count 2000`` hunts in new ones.
"""
