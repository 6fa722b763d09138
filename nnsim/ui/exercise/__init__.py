"""Solving an exercise in the window: its room beside which the person's own project rests.

A room of ``ui`` of its own, and no panel: it has a workspace, a canvas and panels that belong to
the exercise, so that the person's document, trace, undo stack and layout are never touched.
"""
