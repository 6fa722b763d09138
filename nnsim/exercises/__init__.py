"""Exercises: sheets to be filled in by hand, solved by the engine, marked cell by cell.

``sheet`` says what a sheet is; ``tracing`` makes one from the trace of a document, ``forms`` from
other questions; ``marking`` compares what a person typed with what the engine computes.  An
``exercise`` joins a sheet with its statement and variants; ``file`` reads and writes it, ``bank``
has those that travel with nnsim.
"""
