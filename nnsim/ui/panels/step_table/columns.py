"""The columns of the step table: the chosen ones, and one more for a number that none shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nnsim.document.model import Document
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Quantity
from nnsim.session.frame import Frame
from nnsim.session.table import Column, Group, quantity_column


class ShownColumns:
    """The chosen columns, and after them the extra one.

    The extra column shows the quantity that was selected last of those without a column of their
    own.  Once there it stays, also while another number is selected, so that a table which is
    stepped through does not change its shape; its heading always names what it shows.
    """

    def __init__(self) -> None:
        self.chosen: tuple[Column, ...] = ()
        self.extra: Column | None = None
        #: the chosen columns and the extra one
        self.all: tuple[Column, ...] = ()
        self.has_captions = False
        self._at: dict[tuple[str, str, int, int, int | None], list[tuple[int, int]]] = {}
        self._outputs: dict[int, int] = {}
        # For what the extra column was made, compared by identity: to compare documents number by
        # number would take too long.
        self._made_for: tuple[Document, PlanSpec] | None = None

    def choose(self, columns: Sequence[Column], has_captions: bool) -> None:
        """Show these columns, and no extra one."""
        self.chosen, self.has_captions = tuple(columns), has_captions
        self.set_extra(None)
        outputs = [k for k, column in enumerate(columns) if column.group is Group.OUTPUTS]
        self._outputs = {column: output for output, column in enumerate(outputs)}
        self._at = {}
        for number, column in enumerate(columns):
            for part, quantity in enumerate(column.quantities):
                self._at.setdefault(_key(quantity), []).append((number, part))

    def wanted_extra(
        self, document: Document, frame: Frame | None, selected: Quantity | None
    ) -> Column | None:
        """What the extra column has to be now; ``selected``: as columns address it."""
        if frame is None:
            return None
        extra, made = self.extra, self._made_for
        if selected is not None and _key(selected) not in self._at:
            quantity = replace(selected, sample=0)
        elif extra is None:
            return None
        else:
            quantity = extra.quantities[0]
        is_same_document = made is not None and made[0] is document
        if extra is not None and extra.quantities[0] == quantity and is_same_document:
            # An iteration with another rule may have none such: then its cells are blank.
            if (made and made[1] is frame.spec) or not frame.has(quantity):
                return extra
        elif not frame.has(quantity):
            return None
        self._made_for = (document, frame.spec)
        return on_screen(quantity_column(document, frame.spec, quantity))

    def set_extra(self, column: Column | None) -> None:
        """Have this extra column, or none."""
        self.extra = column
        self.all = self.chosen if column is None else (*self.chosen, column)
        if column is None:
            self._made_for = None

    def is_extra(self, column: int) -> bool:
        """Whether a column is the extra one."""
        return self.extra is not None and column == len(self.chosen)

    def find(self, quantity: Quantity) -> list[tuple[int, int]]:
        """The columns that show a quantity, each with the part of the cell."""
        found = self._at.get(_key(quantity))
        if found is not None:
            return found
        if self.extra is not None and _key(self.extra.quantities[0]) == _key(quantity):
            return [(len(self.chosen), 0)]
        return []

    def output(self, column: int) -> int | None:
        """Which output of the network a column of outputs shows; None for other columns."""
        return self._outputs.get(column)


def on_screen(column: Column) -> Column:
    """On screen "-" stands for an unchanged parameter in every table."""
    return replace(column, dashes=column.dashes or column.group is Group.AFTER)


def _key(quantity: Quantity) -> tuple[str, str, int, int, int | None]:
    return quantity.kind, quantity.owner, quantity.row, quantity.column, quantity.step
