"""What each step of the way of the data comes to, in words: the same in the lab and above data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from nnsim.core.messages import NnsimError
from nnsim.data.classes import labels_of
from nnsim.document.lab import feature_name
from nnsim.document.model import Document, SplitSettings
from nnsim.document.preparation import input_features, prepared
from nnsim.ui.bridge.preferences import Preferences

#: Parts of the samples, in the order of their shares.
PARTS = ("training", "validation", "test")
_PERCENT = 100
_MOST_NAMED = 7


def step_title(preferences: Preferences, step: str) -> str:
    """The name of a step: "Parts"."""
    return str(preferences.say(f"lab.step.{step}"))


def origin_words(preferences: Preferences, document: Document) -> str:
    """Where the samples are from: the name of a set or of a file, or "own samples"."""
    origin = document.origin
    if origin is None:
        return str(preferences.say("lab.own_samples"))
    return str(preferences.say(f"data_set.title.{origin.name}")) if origin.is_set else origin.name


def class_count(document: Document) -> int:
    """How many classes the targets tell; 0 where they are values."""
    if labels_of(document.data.targets) is None:
        return 0
    return max(len(document.data.target_names), 2)


def part_sizes(document: Document) -> dict[str, int] | None:
    """Samples in each part; None where they cannot be divided (why, the problems say)."""
    try:
        rows = prepared(document).split
    except NnsimError:
        return None
    return {part: len(getattr(rows, part)) for part in PARTS}


def _samples(preferences: Preferences, document: Document) -> str:
    count = preferences.say("gallery.samples", n=len(document.data))
    return f"{origin_words(preferences, document)} · {count}"


def _columns(preferences: Preferences, document: Document) -> str:
    say, data = preferences.say, document.data
    classes = class_count(document)
    key = "lab.classes" if classes else "lab.targets"
    told = say(key, n=classes or len(data.target_names))
    return f"{say('gallery.inputs', n=len(data.input_names))}, {told}"


def _parts(preferences: Preferences, document: Document) -> str:
    sizes = part_sizes(document)
    if sizes is None:
        return str(preferences.say("lab.cannot_divide"))
    if not sizes["validation"] and not sizes["test"]:
        return str(preferences.say("lab.all_training"))
    return f"{_shares(preferences, document.split)}: {' + '.join(map(str, sizes.values()))}"


def _shares(preferences: Preferences, split: SplitSettings) -> str:
    """The shares as people say them: 70-15-15."""
    whole = split.training + split.validation + split.test or 1.0
    return "-".join(
        preferences.number(_PERCENT * getattr(split, part) / whole, 3) for part in PARTS
    )


def _scaling(preferences: Preferences, document: Document) -> str:
    say, scaling = preferences.say, document.scaling
    inputs, targets = (say(f"lab.method.{each}") for each in (scaling.inputs, scaling.targets))
    return str(say("lab.scaling_summary", inputs=inputs, targets=targets))


def _features(preferences: Preferences, document: Document) -> str:
    taken = input_features(document)
    if len(taken) > _MOST_NAMED:
        return str(preferences.say("gallery.inputs", n=len(taken)))
    return ", ".join(preferences.tell(feature_name(document.data, each)) for each in taken)


#: What each step of the data comes to, by its name and in its order.
FLOW: Mapping[str, Callable[[Preferences, Document], str]] = MappingProxyType(
    {
        "samples": _samples,
        "columns": _columns,
        "parts": _parts,
        "scaling": _scaling,
        "features": _features,
    }
)
