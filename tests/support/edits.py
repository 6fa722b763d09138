"""Random edits of documents, and all that a document holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from nnsim.document import clipboard, edits
from nnsim.document.head import arrays_of, head_of
from nnsim.document.model import Conventions, Document, Training
from tests.support.documents import activation_specs


def everything(document: Document) -> Any:
    """All that a document holds, to compare by value."""
    return head_of(document), [(name, a.tobytes(), a.shape) for name, a in arrays_of(document)]


def drawn_edit(draw: Callable[..., Any], document: Document) -> Callable[[], Document]:
    """Some edit of the document, as a function without arguments."""
    ids = [node.id for node in document.nodes] + [c.id for c in document.connections]
    nodes = st.sampled_from([node.id for node in document.nodes])
    some = draw(st.lists(st.sampled_from(ids), unique=True))
    node = draw(nodes)
    iteration = draw(st.integers(0, 5))
    parameters = [c for c in document.connections if c.weights.size]
    value = draw(st.sampled_from((0.0, 0.5, -2.0)))
    choices = [
        lambda: edits.add_node(document, draw(st.sampled_from(("input", "dense"))), 2)[0],
        lambda: edits.move(document, {node: (value, 3.0)}),
        lambda: edits.rename(document, node, draw(st.text(max_size=50))),
        lambda: edits.set_units(document, node, draw(st.integers(0, 4))),
        lambda: edits.set_activation(document, node, draw(activation_specs())),
        lambda: edits.connect(document, node, draw(nodes))[0],
        lambda: edits.connect_all(document, [node], [n.id for n in document.nodes]),
        lambda: edits.set_training(document, Training(learning_rate=0.3), iteration),
        lambda: edits.set_conventions(document, Conventions(threshold=">"), iteration),
        lambda: edits.set_texts(document, title="t", notes="n"),
        lambda: clipboard.paste(document, clipboard.copy(document, some), 1.0, 1.0)[0],
        lambda: clipboard.align(document, some, draw(st.sampled_from(EDGES))),
    ]
    if len(document.nodes) > len([i for i in some if i[0] == "n"]):
        choices.append(lambda: edits.remove(document, some))
    if parameters:
        name = f"w:{parameters[0].id}"
        choices.append(lambda: edits.set_parameter(document, name, (0, 0), value, iteration))
    return draw(st.sampled_from(choices))


EDGES = ("left", "right", "top", "bottom", "middle_x", "middle_y", "spread_x", "spread_y")
