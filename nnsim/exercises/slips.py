"""Known slips in the numbers of a trace: what each would give, computed from the person's own.

A slip is a formula with one thing wrong: a convention taken the other way, a factor forgotten.  It
is computed by the same explanations as the right number, under other settings where it can be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from nnsim.core.numbers import Number, as_float
from nnsim.engine.record import Quantity
from nnsim.exercises.carrying import Carrying, Settings

_LN_10 = 2.302585092994046

Slip: TypeAlias = Callable[[Carrying, int, Quantity], "Number | None"]


@dataclass(frozen=True)
class KnownSlip:
    """A slip by name (``mistake.<name>`` in the catalogue) and the number it gives, if any."""

    name: str
    number: Slip


def slips_of(kind: str) -> tuple[KnownSlip, ...]:
    """The slips that are known for a kind of quantity, the likeliest first."""
    return _SLIPS.get(kind, ()) + _ALWAYS


def _right(carrying: Carrying, iteration: int, quantity: Quantity) -> Number:
    return carrying.recomputed(iteration, quantity)


def _with(changed: Callable[[Settings], Settings]) -> Slip:
    """The number under other settings."""

    def number(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
        return carrying.under(iteration, quantity, changed)

    return number


def _other_threshold(settings: Settings) -> Settings:
    training, conventions = settings
    fires = conventions.threshold == ">="
    return training, replace(conventions, threshold=">" if fires else ">=")


def _with_timing(timing: Literal["after", "during"]) -> Slip:
    """The number under the other timing of updates; None where this one is in force."""

    def changed(settings: Settings) -> Settings:
        training, conventions = settings
        return training, replace(conventions, update_timing=timing)

    def number(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
        if carrying.settings(iteration)[1].update_timing == timing:
            return None
        return _with(changed)(carrying, iteration, quantity)

    return number


def _other_half(settings: Settings) -> Settings:
    training, conventions = settings
    return training, replace(conventions, loss_half=not conventions.loss_half)


def _other_reduction(settings: Settings) -> Settings:
    training, conventions = settings
    is_mean = conventions.loss_reduction == "mean"
    return training, replace(conventions, loss_reduction="sum" if is_mean else "mean")


def _sign(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
    return -_right(carrying, iteration, quantity)


def _without_bias(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
    bias = carrying.value(iteration, Quantity("b", quantity.owner, quantity.row))
    return _right(carrying, iteration, quantity) - bias


def _without_activation(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
    try:
        return carrying.value(iteration, replace(quantity, kind="z"))
    except KeyError:
        return None  # an input: it has no sum


def _without_slope(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
    return carrying.value(iteration, replace(quantity, kind="da"))


def _changed(quantity: Quantity) -> Quantity:
    return replace(quantity, kind=f"d{quantity.kind.rstrip('+')}")


def _before(carrying: Carrying, iteration: int, quantity: Quantity) -> Number:
    return carrying.value(iteration, replace(quantity, kind=quantity.kind.lstrip("dg").rstrip("+")))


def _uphill(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
    change = carrying.value(iteration, _changed(quantity))
    return _before(carrying, iteration, quantity) - change


def _only_change(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
    # A parameter that does not change is 0 here: that is no slip of its own.
    return carrying.value(iteration, _changed(quantity)) or None


def _unchanged(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
    return _before(carrying, iteration, quantity)


def _without_rate(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
    """w + Δ / α: the step size was taken as 1."""
    change = carrying.value(iteration, _changed(quantity))
    rate = _rate(carrying, iteration, quantity)
    return _before(carrying, iteration, quantity) + change / rate


def _rate(carrying: Carrying, iteration: int, quantity: Quantity) -> float:
    training = carrying.settings(iteration)[0]
    if training.rule != "course":
        return training.learning_rate
    is_bias = quantity.kind.lstrip("dg").startswith("b")
    return training.bias_step if is_bias else training.weight_step


def _bias_too(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
    """The course rule with the bias changed although some input is active."""
    training = carrying.settings(iteration)[0]
    if training.rule != "course":
        return None
    error = carrying.value(iteration, Quantity("e", row=quantity.row))
    step = type(error)(training.bias_step) if isinstance(error, float) else int(training.bias_step)
    if step != training.bias_step:
        return None
    return _before(carrying, iteration, quantity) + step * error


def _base_ten(carrying: Carrying, iteration: int, quantity: Quantity) -> Number | None:
    training = carrying.settings(iteration)[0]
    if not training.loss.endswith("cross_entropy"):
        return None
    return as_float(_right(carrying, iteration, quantity)) / _LN_10


_HALF = KnownSlip("half", _with(_other_half))
_MEAN = KnownSlip("mean_or_sum", _with(_other_reduction))
_TIMING = (
    KnownSlip("updated_weights", _with_timing("during")),
    KnownSlip("old_weights", _with_timing("after")),
)
_ALWAYS = (KnownSlip("sign", _sign),)
_PARAMETER = (
    KnownSlip("uphill", _uphill),
    KnownSlip("rate_forgotten", _without_rate),
    KnownSlip("only_change", _only_change),
    KnownSlip("not_changed", _unchanged),
)
_SLIPS: dict[str, tuple[KnownSlip, ...]] = {
    "z": (KnownSlip("bias_forgotten", _without_bias),),
    "a": (
        KnownSlip("threshold", _with(_other_threshold)),
        KnownSlip("activation_forgotten", _without_activation),
    ),
    "e": (KnownSlip("error_sign", _sign),),
    "l": (_HALF, KnownSlip("base_ten", _base_ten)),
    "L": (_HALF, _MEAN, KnownSlip("base_ten", _base_ten)),
    "da": (*_TIMING, _HALF, _MEAN),
    "dz": (*_TIMING, KnownSlip("slope_forgotten", _without_slope), _HALF, _MEAN),
    "gw": (_HALF, _MEAN),
    "gb": (_HALF, _MEAN),
    "w+": _PARAMETER,
    "b+": (KnownSlip("bias_too", _bias_too), *_PARAMETER),
}
