"""Experiments in a window of their own: what to try, how far it is, what came of it.

``window`` puts them together; ``form`` asks, ``job`` runs the work in processes beside the window,
``charts`` draw the report.  Imported when somebody opens the window.
"""
