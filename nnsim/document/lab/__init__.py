"""The lab's edits: other samples, other inputs, other layers, an output that fits, each in one.

Each is a function from a document to a document as in ``nnsim.document.edits``; ``said`` tells what
one has changed beside what was asked for.
"""

from nnsim.document.lab.features import (
    MOST_SPLIT,
    column_of,
    feature_name,
    features_offered,
    has_feature,
    with_feature,
    without_feature,
)
from nnsim.document.lab.layers import (
    add_hidden,
    add_neuron,
    hidden_activation,
    hidden_layers,
    layer_sizes,
    remove_hidden,
    remove_neuron,
    set_hidden_activation,
)
from nnsim.document.lab.outputs import OutputFit, fit_in_force, possible_fits, with_fit
from nnsim.document.lab.samples import (
    TABLE_SETS,
    chosen_options,
    is_drawn,
    with_real,
    with_set,
    with_table,
)
from nnsim.document.lab.saying import said

__all__ = [
    "MOST_SPLIT",
    "TABLE_SETS",
    "OutputFit",
    "add_hidden",
    "add_neuron",
    "chosen_options",
    "column_of",
    "feature_name",
    "features_offered",
    "fit_in_force",
    "has_feature",
    "hidden_activation",
    "hidden_layers",
    "is_drawn",
    "layer_sizes",
    "possible_fits",
    "remove_hidden",
    "remove_neuron",
    "said",
    "set_hidden_activation",
    "with_feature",
    "with_fit",
    "with_real",
    "with_set",
    "with_table",
    "without_feature",
]
