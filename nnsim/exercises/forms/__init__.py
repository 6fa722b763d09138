"""Kinds of forms by name.  A kind has a schema for what its file gives, and builds the form."""

from nnsim.exercises.forms.kinds import KINDS, FormKind, make_form

__all__ = ["KINDS", "FormKind", "make_form"]
