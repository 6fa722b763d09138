"""How fast the engine is: ratios to bare matrix products, to peers, to other ways of doing it.

``measures`` lists them by name, each with its goal; ``python -m tests.support.speed`` prints a line
each.  Both sides of a ratio are timed in turns in one process, in processor time, on one BLAS
thread.
"""
