"""What panels about the inside of a run share: its history, the time line, the layers."""
