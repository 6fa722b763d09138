"""What the formula panel says about the selected number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnsim.document.model import Document
from nnsim.engine.record import Quantity
from nnsim.explain import Explanation, NumberStyle, Role, explain
from nnsim.explain.names import names_of
from nnsim.session.frame import Frame
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace

# A sum over a layer of hundreds has hundreds of terms: the first ones lead on, too.
MAX_TERMS = 16
_ROLES: tuple[Role, ...] = ("chain", "symbols", "numbers", "result")
_WITHOUT_SAMPLE = ("L", "step")


@dataclass(frozen=True)
class Block:
    """Lines of LaTeX that belong together, with a word above them."""

    role: Role
    caption: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """A number that the selected one was computed from, as LaTeX."""

    quantity: Quantity
    latex: str


@dataclass(frozen=True)
class Content:
    """A title, formulas, a sentence or two, and the numbers it all comes from.

    ``title`` is empty where there is nothing to explain; ``note`` then says what to do.
    """

    title: str = ""
    blocks: tuple[Block, ...] = ()
    pending: str = ""
    note: str = ""
    terms_caption: str = ""
    terms: tuple[Term, ...] = ()
    more: str = ""

    @property
    def latex(self) -> str:
        """All formulas, to be pasted into a document."""
        lines = (line for block in self.blocks for line in block.lines)
        return "\n".join(rf"\[ {line} \]" for line in lines)

    def without_terms(self) -> Content:
        """The same without the links."""
        return replace(self, terms=(), terms_caption="", more="")


def content_of(workspace: Workspace, preferences: Preferences) -> Content:
    """What to say about the number that is selected now."""
    say = preferences.say
    session, frame, quantity = workspace.session, workspace.frame, workspace.selection
    if frame is None:
        errors = [p.message for p in session.problems if p.severity == "error"]
        return Content(note=preferences.tell(errors[0]) if errors else "")
    if quantity is None:
        return Content(note=say("formula.nothing_selected"))
    if not frame.has(quantity):
        return Content(note=say("formula.no_such_number"))
    style = NumberStyle(preferences.mark, preferences.digits)
    settings = session.document.settings_at(session.position.iteration - 1)
    explanation = explain(session.document, frame.spec, frame.record, quantity, style, settings)
    terms = explanation.terms
    more = len(terms) - MAX_TERMS
    is_shown = frame.is_shown(quantity)
    return Content(
        title=preferences.tell(explanation.title),
        blocks=_blocks(explanation, is_shown, preferences),
        pending="" if is_shown else say("formula.still_to_come"),
        note=preferences.tell(explanation.note) if explanation.note and is_shown else "",
        terms_caption=say("formula.computed_from") if terms else "",
        terms=_terms(session.document, frame, terms[:MAX_TERMS], style),
        more=say("formula.more_terms", n=more) if more > 0 else "",
    )


def _blocks(
    explanation: Explanation, is_shown: bool, preferences: Preferences
) -> tuple[Block, ...]:
    blocks = []
    for role in _ROLES:
        lines = explanation.with_role(role)
        if not is_shown:
            # Numbers that are still to come are not given away: of the chain rule, the symbols.
            lines = {"chain": lines[:1], "symbols": lines}.get(role, ())
        if lines:
            blocks.append(Block(role, preferences.say(f"formula.{role}"), lines))
    return tuple(blocks)


def _terms(
    document: Document, frame: Frame, quantities: Sequence[Quantity], style: NumberStyle
) -> tuple[Term, ...]:
    _, names = names_of(document, frame.spec)
    assert frame.record.metrics is not None
    samples = frame.record.metrics.samples
    # Samples are told apart where there are several, as in the formula above.
    several = len({q.sample for q in quantities if _has_sample(q)}) > 1
    terms = []
    for quantity in quantities:
        has_sample = several and _has_sample(quantity)
        mark = f"({samples[quantity.sample] + 1})" if has_sample else ""
        latex = names.symbol(quantity, mark)
        value = frame.value(quantity)
        if value is not None:
            latex += f" {style.relation(value)} {style.latex(value)}"
        terms.append(Term(_canonical(quantity), latex))
    return tuple(terms)


def _canonical(quantity: Quantity) -> Quantity:
    """The address the other views use: what has no samples is at sample 0."""
    return quantity if _has_sample(quantity) else replace(quantity, sample=0)


def _has_sample(quantity: Quantity) -> bool:
    return quantity.parameter is None and quantity.kind not in _WITHOUT_SAMPLE
