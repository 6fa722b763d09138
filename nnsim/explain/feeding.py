"""The gradient that comes down to a unit from all that it feeds."""

from __future__ import annotations

from nnsim.engine.record import Quantity
from nnsim.explain.context import Context
from nnsim.explain.expression import Expression, Product, Sum
from nnsim.explain.names import partial


def fed(
    context: Context,
    node: str,
    unit: int,
    sample: int,
    as_chain: bool = False,
    step: int | None = None,
) -> Expression:
    """Σ_k δ_k w_kj over all rows of all layers that a unit feeds; of a sequence, at a time step."""
    feedings = context.wiring.fed[node]
    # With the update "during", a layer's weights are new before its error goes on.
    kind = "w+" if context.conventions.update_timing == "during" else "w"
    a = context.names.symbol(Quantity("a", node, unit, step=step))

    def term(k: int) -> Expression:
        for feeding in feedings:
            if k < feeding.layer.rows:
                break
            k -= feeding.layer.rows
        delta = Quantity(
            "dz" if step is None else "ds", feeding.layer.node, k, sample=sample, step=step
        )
        weight = Quantity(kind, feeding.connection, k, unit)
        if not as_chain:
            return Product(context.known(delta), context.known(weight))
        z = context.names.symbol(
            Quantity("z" if step is None else "s", feeding.layer.node, k, step=step)
        )
        return Product(
            context.known(delta, partial("L", z)),
            context.known(weight, partial(z, a)),
            dotted=True,
        )

    return Sum(sum(feeding.layer.rows for feeding in feedings), term)
