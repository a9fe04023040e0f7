"""Densities of what was drawn."""

from executors.numpy.table import view

view("_insert_axes")
