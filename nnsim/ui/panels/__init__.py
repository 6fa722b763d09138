"""Panels: views of one state, each of the same recorded numbers."""
