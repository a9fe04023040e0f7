"""Symbols of MXNet 1.x on today's NumPy: compose, infer, differentiate, save, draw, bind and run."""

from symbolic import symbol

sym = symbol
