"""The canvas: the diagram drawn, lit up and edited."""
