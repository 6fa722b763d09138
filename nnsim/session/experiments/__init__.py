"""Experiments: many trainings whose results are compared, on one process or several.

``kfold``: cross-validation beside a hold-out split.  ``complexity``: bias and variance as the
course defines them.  ``decomposition``: the statistical bias² + variance + noise.  ``race``: the
same start and samples under several choices of one setting.  All are functions from values to a
``Report``; they run on any ``concurrent.futures.Executor`` (``pool``), and give the same numbers
whatever the number of workers.
"""
