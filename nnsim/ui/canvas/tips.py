"""Tooltips: what is under the pointer, in full."""

from __future__ import annotations

from nnsim.core.messages import Message
from nnsim.document.naming import row_name, unit_name
from nnsim.document.sequences import steps_of
from nnsim.ui.canvas.hits import Hit, quantity_at
from nnsim.ui.canvas.loss_item import LOSS
from nnsim.ui.canvas.stage import Stage


def tip_for(stage: Stage, hit: Hit) -> str:
    """A few lines about what was hit; "" for the bare canvas."""
    if hit.loss:
        return stage.preferences.say("canvas.tip.loss", value=stage.diagram.readings.number(LOSS))
    if hit.port is not None:
        return stage.preferences.say(f"canvas.tip.port_{hit.port}")
    if hit.connection is not None and hit.place is not None:
        return _line(stage, hit)
    return _node(stage, hit) if hit.node is not None else ""


def _line(stage: Stage, hit: Hit) -> str:
    assert hit.connection is not None
    assert hit.place is not None
    document, say = stage.workspace.document, stage.preferences.say
    link = stage.diagram.connections[hit.connection]
    row, column = hit.place
    names = {
        "source": unit_name(document, link.connection.source, column),
        "target": row_name(document, link.connection.target, row),
    }
    reading = link.reading
    lines = [say("canvas.tip.weight", value=float(reading.weights[hit.place]), **names)]
    if reading.fresh[hit.place]:
        lines.append(say("canvas.tip.before", value=float(reading.before[hit.place])))
    lines.append(say("canvas.tip.edit_weight"))
    return "\n".join(lines)


def _node(stage: Stage, hit: Hit) -> str:
    assert hit.node is not None
    document, say = stage.workspace.document, stage.preferences.say
    item = stage.diagram.nodes[hit.node]
    node = item.node
    lines = []
    problem = stage.diagram.notes.text_of(node.id)
    if problem:
        lines += [problem, ""]
    if node.is_input:
        lines.append(say("canvas.tip.input", name=node.name, n=node.units))
        if node.steps > 1:
            lines.append(say("canvas.tip.sequence", steps=node.steps))
    else:
        activation = Message(f"activation.{node.activation.name}")
        lines.append(say("canvas.tip.dense", name=node.name, n=node.units, activation=activation))
    if node.is_recurrent:
        lines.append(say("canvas.tip.recurrent", steps=steps_of(document, node.id)))
    part = hit.part
    quantity = quantity_at(stage.diagram, hit)
    if part is not None and part.what == "own":
        lines.append(say("canvas.tip.own", n=node.units))
    elif part is not None and quantity is not None:
        is_row = part.what in ("sum", "delta", "bias")
        namer = row_name if is_row else unit_name
        name = namer(document, node.id, part.row)
        value = stage.diagram.readings.number(quantity)
        if part.what == "bias":
            value = float(item.reading.bias[part.row])
        if value is not None:
            lines.append(say(f"canvas.tip.{part.what}", name=name, value=value))
    if part is not None and part.what == "bias" and item.reading.bias_fresh[part.row]:
        before = float(item.reading.bias_before[part.row])
        lines.append(say("canvas.tip.before", value=before))
    return "\n".join(lines)
