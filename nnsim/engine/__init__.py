"""The engine: arrays in, arrays out.  NumPy only; no words, no files, no window."""
