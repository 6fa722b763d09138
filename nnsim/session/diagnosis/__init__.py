"""Watching runs: what is wrong with one, the evidence, and the edits that cure it.

``Doctor`` looks at a session and reports ``Diagnosis`` values; ``cures`` says what may be done.
"""

from nnsim.session.diagnosis.cures import Cure, cures
from nnsim.session.diagnosis.diagnosis import Diagnoses, Diagnosis, Severity, Trouble
from nnsim.session.diagnosis.doctor import Doctor, Report, Task
from nnsim.session.diagnosis.looked_at import looked_at
from nnsim.session.diagnosis.standing import Standing, iterations_to_compare, standing_of

__all__ = [
    "Cure",
    "Diagnoses",
    "Diagnosis",
    "Doctor",
    "Report",
    "Severity",
    "Standing",
    "Task",
    "Trouble",
    "cures",
    "iterations_to_compare",
    "looked_at",
    "standing_of",
]
