"""Kernels, file for file as in ``symbolic/ops``; `KernelTable` loads them as they are needed."""
