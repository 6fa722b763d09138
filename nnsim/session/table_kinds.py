"""Kinds of quantities as columns of a table: their groups, and their names in keys."""

from __future__ import annotations

from nnsim.session.cells import Group

#: Kind of quantity -> its group and its name in keys.
KINDS: dict[str, tuple[Group, str]] = {
    "p": (Group.PRODUCTS, "p"),
    "z": (Group.SUMS, "z"),
    "a": (Group.ACTIVATIONS, "a"),
    "y": (Group.OUTPUTS, "y"),
    "t": (Group.TARGETS, "t"),
    "e": (Group.ERRORS, "e"),
    "l": (Group.LOSS_TERMS, "l"),
    "da": (Group.ACTIVATION_GRADIENTS, "dL/da"),
    "dz": (Group.DELTAS, "delta"),
    "s": (Group.SUMS, "s"),
    "h": (Group.ACTIVATIONS, "h"),
    "dh": (Group.ACTIVATION_GRADIENTS, "dL/dh"),
    "ds": (Group.DELTAS, "delta"),
    "w": (Group.BEFORE, "w"),
    "u": (Group.BEFORE, "u"),
    "b": (Group.BEFORE, "b"),
    "gw": (Group.GRADIENTS, "dL/dw"),
    "gu": (Group.GRADIENTS, "dL/du"),
    "gb": (Group.GRADIENTS, "dL/db"),
    "dw": (Group.CHANGE, "change.w"),
    "du": (Group.CHANGE, "change.u"),
    "db": (Group.CHANGE, "change.b"),
    "w+": (Group.AFTER, "new.w"),
    "u+": (Group.AFTER, "new.u"),
    "b+": (Group.AFTER, "new.b"),
}
#: Stands behind the name of a unit of D for what it makes of a generated sample.
OF_GENERATED = "G(z)"
#: Codes of headings that are not the kind itself.
CODES = {
    "p": "product",
    "dz": "delta",
    "ds": "delta",
    "w+": "w_new",
    "u+": "u_new",
    "b+": "b_new",
}
#: What is of a weight, between two units.
OF_WEIGHTS = ("w", "gw", "dw", "w+", "p")
OF_OWN_WEIGHTS = ("u", "gu", "du", "u+")


#: What a recurrent layer has of each time step.
STEPPED = {
    Group.SUMS: "s",
    Group.ACTIVATIONS: "h",
    Group.ACTIVATION_GRADIENTS: "dh",
    Group.DELTAS: "ds",
}
