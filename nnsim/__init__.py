"""nnsim: see how a neural network computes and learns, number by number."""

__version__ = "0.1.0"
