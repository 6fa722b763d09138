"""The open project: its document, the session that runs it, what is selected, undo and redo.

Every view listens to the workspace and asks it; no view knows another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from nnsim.core.messages import Message, NnsimError
from nnsim.document.edits import without_changes
from nnsim.document.model import Document
from nnsim.engine.learners import Verdict
from nnsim.engine.record import Quantity
from nnsim.session import Level, Session
from nnsim.session.frame import Frame
from nnsim.ui.bridge.preferences import Sentence
from nnsim.ui.bridge.turns import Turns

if TYPE_CHECKING:
    from nnsim.session.history import History

Edit = Callable[[Document], Document]


class Workspace(QObject):
    """Holds a session and tells every view what happened to it.

    ``document_changed(before, after)``: an edit, undo, redo or another project.
    ``position_changed()``: another position, so another ``frame``; follows every document change.
    ``settled()``: a change of position has been told whole, with the selection that followed.
    ``computed_changed()``: the trace has grown or shrunk, or the verdict changed.
    ``selection_changed()``: another selected quantity; ``nodes_changed()``: other selected ids of
    nodes and connections.  ``sample_changed()``: another selected sample.
    ``arranged()``: an edit has laid the diagram out anew; follows its ``document_changed``.
    ``pointed_changed()``: another unit is pointed at, or none any more.
    ``refused(messages)``: an edit that could not be made, tuple of Message.
    ``told(message)``: something done that a person may want to know, a Message.
    ``project_changed()``: another file or title of the project.
    """

    document_changed = Signal(object, object)
    position_changed = Signal()
    settled = Signal()
    computed_changed = Signal()
    selection_changed = Signal()
    nodes_changed = Signal()
    sample_changed = Signal()
    pointed_changed = Signal()
    arranged = Signal()
    refused = Signal(object)
    told = Signal(object)
    project_changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = Session(document)
        self.undo_stack = QUndoStack(self)
        self.turns = Turns(self)
        self.path: Path | None = None
        self._selection: Quantity | None = None
        self._is_followed = False
        self._nodes: frozenset[str] = frozenset()
        self._sample: int | None = None
        self._pointed: Quantity | None = None
        self._frame: Frame | None = None
        self._history: History | None = None
        self._computed: tuple[int, Verdict | None] = (0, None)
        self._refresh()

    # -- the document ----------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self.session.document

    def open(self, document: Document, path: Path | None = None) -> None:
        """Another project: nothing of the former one is left to undo."""
        before = self.document
        # A training of the former one has nobody left to train for.
        self.session.halt()
        self.undo_stack.clear()
        self.path = path
        self.session = Session(document)
        self._history = None
        self._selection = None
        self._is_followed = False
        self._nodes = frozenset()
        self.point_at(None)
        self._tell(before)
        self.project_changed.emit()
        self.selection_changed.emit()
        self.nodes_changed.emit()

    def saved_as(self, path: Path) -> None:
        """The document as it is now stands in this file."""
        self.path = path
        self.undo_stack.setClean()
        self.project_changed.emit()

    def edit(self, edit: Edit, label: str, merge: str = "") -> bool:
        """Make an undoable edit; False where it was refused (and told through ``refused``).

        ``label`` is what undo says, in words.  Edits with the same non-empty ``merge`` that follow
        each other become one, so that a dragged slider is undone at once.
        """
        before = self.document
        try:
            after = edit(before)
        except NnsimError as error:
            self.refused.emit(error.messages)
            return False
        if after is not before:
            self.undo_stack.push(_DocumentEdit(self, before, after, label, merge))
        return True

    def is_going_on(self, merge: str) -> bool:
        """Whether an edit with this ``merge`` would become one with the edit before it."""
        stack = self.undo_stack
        former = stack.command(stack.index() - 1) if stack.index() else None
        return bool(merge) and isinstance(former, _DocumentEdit) and former.merge == merge

    def say_again(self, say: Callable[..., str]) -> None:
        """Say what undo and redo undo in another language; ``say(key, **params)`` speaks it."""
        for number in range(self.undo_stack.count()):
            command = self.undo_stack.command(number)
            if isinstance(command, _DocumentEdit) and isinstance(command.label, Sentence):
                command.label = say(command.label.key, **command.label.params)
                command.setText(command.label)

    def replace_document(self, document: Document, keep_run: bool = True) -> None:
        """Put a version of the document in place; for the undo stack alone.

        ``keep_run``: the run that ends so is kept (``Session.set_document``).
        """
        before = self.document
        was_shown = self._selection is not None and self._is_shown(self._selection)
        self.session.set_document(document, keep_run)
        known = {n.id for n in document.nodes} | {c.id for c in document.connections}
        if self._pointed is not None and self._pointed.owner not in known:
            self.point_at(None)
        self._tell(before)
        if not self._nodes <= known:
            self.select_nodes(self._nodes & known)
        self._follow_change(before, was_shown)

    def _follow_change(self, before: Document, was_shown: bool) -> None:
        """Select the weight or bias that was just set, or what is to be seen of the selection.

        After a change the walk is at the start of an iteration again, where results such as a new
        weight are still to come.
        """
        # Not sooner: a start does not wait for it.
        from nnsim.document.differences import changed_parameter

        place = changed_parameter(before, self.document)
        selected, frame = self._selection, self._frame
        if frame is None:
            return
        chosen, is_followed = None, False
        if place is not None:
            chosen = Quantity.at(*place)
        elif selected is not None and was_shown and not self._is_shown(selected):
            if selected.parameter is not None:
                chosen, is_followed = selected.parameter, self._is_followed
            elif frame.last is not None:
                chosen, is_followed = frame.last.quantity, True
        if chosen is not None and frame.has(chosen):
            self._take_selection(chosen, is_followed)

    def _tell(self, before: Document) -> None:
        self._frame = None
        if self.document.data is not before.data:
            self.select_sample(None)
        self._refresh()
        self.document_changed.emit(before, self.document)
        self._moved()

    @property
    def history(self) -> History:
        """The inner figures of the run over time, shared by all who look at them."""
        if self._history is None:
            # Not sooner: a start does not wait for it.
            from nnsim.session.history import History

            self._history = History(self.session)
        return self._history

    # -- position --------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame | None:
        """What can be seen at the position; None where the document cannot run."""
        return self._frame

    def step(self, level: Level) -> None:
        """One step on; nothing where the document cannot run."""
        self._walk(lambda: self.session.forward(level), level)

    def step_back(self, level: Level) -> None:
        """One step back."""
        self._walk(lambda: self.session.back(level), level)

    def _walk(self, walk: Callable[[], None], level: Level) -> None:
        if not self.session.is_ready:
            return
        walk()
        self._moved(follow=level < Level.SAMPLE)

    def go_to(self, iteration: int, done: int | None = None) -> None:
        """Stand in an iteration (from 1), by default at its end."""
        if self.session.is_ready:
            self.session.go_to(iteration, done)
            self._moved()

    def show(self, quantity: Quantity, iteration: int) -> None:
        """Stand in an iteration and select one of its numbers, which then has come about."""
        if not self.session.is_ready:
            return
        if self.session.position.iteration != iteration or not self._is_shown(quantity):
            self.session.go_to(iteration)
            self._moved()
        self.select(quantity)

    def _is_shown(self, quantity: Quantity) -> bool:
        return self._frame is not None and self._frame.is_shown(quantity)

    def reset(self, label: str) -> None:
        """Back to the very same start; what was changed in the middle of the run is taken back."""
        had_changes = bool(self.document.changes)
        self.edit(without_changes, label)
        self.session.reset()
        self._moved()
        if had_changes:
            self.told.emit(Message("action.reset.told"))

    def computed(self) -> None:
        """Tell the views that the session has computed more; the player calls it."""
        self._moved()

    def _moved(self, follow: bool = False) -> None:
        self._refresh()
        self.position_changed.emit()
        computed = (self.session.computed, self.session.verdict)
        if computed != self._computed:
            self._computed = computed
            self.computed_changed.emit()
        last = self._frame.last if self._frame else None
        if last is not None and (follow or self._selection is None):
            self._take_selection(last.quantity, is_followed=True)
        self.settled.emit()

    def _refresh(self) -> None:
        self._frame = self.session.frame if self.session.is_ready else None

    # -- selection -------------------------------------------------------------------------------

    @property
    def selection(self) -> Quantity | None:
        """The selected number, the same in every view."""
        return self._selection

    def select(self, quantity: Quantity | None) -> None:
        """Select a number anywhere: every view shows it."""
        self._take_selection(quantity, is_followed=False)

    @property
    def chosen(self) -> Quantity | None:
        """The selected number, unless it is only the one the walk has come to."""
        return None if self._is_followed else self._selection

    def _take_selection(self, quantity: Quantity | None, is_followed: bool) -> None:
        if quantity is not None:
            self.select_sample(None)
        if (quantity, is_followed) != (self._selection, self._is_followed):
            self._selection, self._is_followed = quantity, is_followed
            self.selection_changed.emit()

    @property
    def sample(self) -> int | None:
        """Row of the selected sample in the table, whatever the run is learning from; or None."""
        return self._sample

    def select_sample(self, row: int | None) -> None:
        """Select a sample in every view, until a number is selected."""
        if row != self._sample:
            self._sample = row
            self.sample_changed.emit()

    @property
    def nodes(self) -> frozenset[str]:
        """Ids of the selected nodes and connections."""
        return self._nodes

    def select_nodes(self, ids: Iterable[str]) -> None:
        """Select nodes and connections, and no others."""
        chosen = frozenset(ids)
        if chosen != self._nodes:
            self._nodes = chosen
            self.nodes_changed.emit()

    @property
    def pointed(self) -> Quantity | None:
        """The output of the unit that is pointed at: shown enlarged for as long."""
        return self._pointed

    def point_at(self, output: Quantity | None) -> None:
        """Point at a unit by its output ("a"), or at none."""
        if output != self._pointed:
            self._pointed = output
            self.pointed_changed.emit()

    def refuse(self, *messages: Message) -> None:
        """Tell the person why something was not done."""
        self.refused.emit(messages)


class _DocumentEdit(QUndoCommand):
    """An edit keeps the values before and after; unchanged parts are shared between them."""

    def __init__(
        self, workspace: Workspace, before: Document, after: Document, label: str, merge: str
    ) -> None:
        super().__init__(label)
        self.label = label
        self._workspace = workspace
        self._before = before
        self._after = after
        self.merge = merge

    def redo(self) -> None:
        # The runs between two moments of a drag are nobody's former run.
        is_within_drag = self._workspace.is_going_on(self.merge)
        self._workspace.replace_document(self._after, keep_run=not is_within_drag)

    def undo(self) -> None:
        self._workspace.replace_document(self._before)

    def id(self) -> int:
        # -1 never merges; Qt asks mergeWith only for equal ids.
        return 1 if self.merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _DocumentEdit) or other.merge != self.merge:
            return False
        self._after = other._after
        return True
