"""Samples: the truth table or data set a diagram learns from."""

from nnsim.data.table import Table, gate_table, write_csv

__all__ = ["Table", "gate_table", "write_csv"]
