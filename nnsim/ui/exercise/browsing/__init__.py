"""Choosing an exercise, looking through attempts, handing out, and the results of a class.

Dialogs that hand back what was chosen; what comes of it is the window's business.
"""
