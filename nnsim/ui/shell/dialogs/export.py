"""What of the trace to export, and as what."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nnsim.document.model import LAYER_RULES, Document
from nnsim.document.naming import is_single_neuron
from nnsim.document.preparation import prepared
from nnsim.export import FORMATS, Extent, Format, Options, length_of
from nnsim.session import Session
from nnsim.session.session import Position
from nnsim.session.table import (
    Group,
    TableStyle,
    available_groups,
    default_groups,
)
from nnsim.ui.bridge.preferences import Preferences

_MOST = 10_000_000
# So many iterations of a single neuron are run to see whether they come to an end.
_LOOK_AHEAD = 300


def _epoch(document: Document) -> int:
    """Iterations of one epoch of a rule that presents each sample once."""
    training = document.training
    if training.rule == "gradient_descent":
        return 1
    return max(math.ceil(len(prepared(document).training_rows) / training.batch_size), 1)


class ExportDialog(QDialog):
    """Format, how much of the run, which columns, in which form."""

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self._document = session.document
        self._preferences = preferences
        say = preferences.say
        self.setWindowTitle(say("export_dialog.title"))
        spec = session.spec_at(1)
        self._is_single = is_single_neuron(spec)
        self._format = QComboBox()
        self._format.setObjectName("export_format")
        for name in FORMATS:
            self._format.addItem(say(f"export_dialog.format.{name}"), name)
        self._style = QComboBox()
        self._style.setObjectName("export_style")
        for style in ("course", "numbers"):
            self._style.addItem(say(f"export_dialog.style.{style}"), style)
        self._mark = QComboBox()
        self._mark.setObjectName("export_mark")
        for mark, word in ((".", "point"), (",", "comma")):
            self._mark.addItem(say(f"export_dialog.mark.{word}"), mark)
        self._mark.setCurrentIndex(self._mark.findData(preferences.mark))
        form = QFormLayout()
        form.addRow(say("export_dialog.format.name"), self._format)
        self._about = QLabel()
        self._about.setWordWrap(True)
        form.addRow("", self._about)
        form.addRow(say("export_dialog.style.name"), self._style)
        form.addRow(say("export_dialog.mark.name"), self._mark)
        self._form = form
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(self._extent_box(session))
        layout.addWidget(self._columns_box(), 1)
        layout.addWidget(self._buttons())
        self._format.currentIndexChanged.connect(self._format_chosen)
        self._style.currentIndexChanged.connect(self._choose_defaults)
        stored = str(preferences.settings.value("export/format", "csv"))
        self._format.setCurrentIndex(max(self._format.findData(stored), 0))
        self._format_chosen()
        self.resize(round(440 * preferences.zoom), round(620 * preferences.zoom))

    # -- parts -----------------------------------------------------------------------------------

    def _extent_box(self, session: Session) -> QGroupBox:
        say = self._preferences.say
        # The first iteration is computed to show its inputs: nothing has been seen of it yet.
        is_untouched = session.computed == 1 and session.position == Position(1, 0)
        computed = 0 if is_untouched else session.computed
        box = QGroupBox(say("export_dialog.extent.name"))
        grid = QGridLayout(box)
        self._seen = QRadioButton(say("export_dialog.extent.seen", n=computed))
        self._seen.setEnabled(computed > 0)
        self._until_end = QRadioButton(self._words_of_end(session))
        self._exactly = QRadioButton(say("export_dialog.extent.exactly"))
        self._computed = computed
        self._count = QSpinBox()
        self._count.setObjectName("export_count")
        self._count.setRange(1, _MOST)
        self._count.setValue(computed or _epoch(self._document))
        group = QButtonGroup(box)
        for row, (button, name) in enumerate(
            ((self._until_end, "until_end"), (self._seen, "seen"), (self._exactly, "exactly"))
        ):
            button.setObjectName(f"export_{name}")
            group.addButton(button)
            grid.addWidget(button, row, 0)
        grid.addWidget(self._count, 2, 1)
        grid.setColumnStretch(1, 1)
        self._count.valueChanged.connect(lambda: self._exactly.setChecked(True))
        # The exercises of one neuron are of a few rows up to the end; other runs may be of any
        # length, and whoever has looked at some iterations wants those.
        training, _ = self._document.settings_at(max(computed - 1, 0))
        if training.rule in LAYER_RULES and computed < len(self._document.data):
            self._until_end.setChecked(True)
        else:
            (self._seen if computed else self._exactly).setChecked(True)
        return box

    def _words_of_end(self, session: Session) -> str:
        """How far the run goes if it is let, with the number of iterations where that is known."""
        say, verdict, length = self._preferences.say, session.verdict, None
        latest_change = max((change.iteration for change in self._document.changes), default=0)
        if verdict is not None and verdict.iteration > latest_change:
            length = verdict.iteration
        elif self._is_single:
            length = length_of(self._document, Extent(until_converged=True), _LOOK_AHEAD)
        if length is not None:
            return say("export_dialog.extent.until_end_known", n=length)
        limit = self._document.settings_at(latest_change)[0].limit
        return say("export_dialog.extent.until_end", limit=limit)

    def _columns_box(self) -> QGroupBox:
        box = QGroupBox(self._preferences.say("export_dialog.columns"))
        layout = QVBoxLayout(box)
        self._columns = QListWidget()
        self._columns.setObjectName("export_columns")
        for group in available_groups(self._document):
            item = QListWidgetItem(self._preferences.say(f"column_group.{group}"))
            item.setData(Qt.ItemDataRole.UserRole, group)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            self._columns.addItem(item)
        self._columns.itemChanged.connect(self._refresh)
        layout.addWidget(self._columns)
        return box

    def _buttons(self) -> QDialogButtonBox:
        say = self._preferences.say
        buttons = QDialogButtonBox()
        self._ok = QPushButton(say("export_dialog.ok"))
        self._ok.setObjectName("export_ok")
        self._ok.setDefault(True)
        cancel = QPushButton(say("export_dialog.cancel"))
        cancel.setObjectName("export_cancel")
        buttons.addButton(self._ok, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    # -- what is chosen --------------------------------------------------------------------------

    def _format_chosen(self) -> None:
        self._about.setText(self._preferences.say(f"export_dialog.about.{self.format}"))
        is_read = self.format in ("md", "latex", "html")
        self._form.setRowVisible(self._style, is_read and self._is_single)
        self._form.setRowVisible(self._mark, self.format == "csv")
        self._choose_defaults()

    def _choose_defaults(self) -> None:
        chosen = default_groups(self._document, self._chosen_style())
        for row in range(self._columns.count()):
            item = self._columns.item(row)
            is_chosen = item.data(Qt.ItemDataRole.UserRole) in chosen
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
        self._refresh()

    def _chosen_style(self) -> TableStyle:
        is_read = self.format in ("md", "latex", "html")
        if is_read and self._is_single and self._style.currentData() == "course":
            return "course"
        return "numbers"

    def _groups(self) -> frozenset[Group]:
        items = [self._columns.item(row) for row in range(self._columns.count())]
        return frozenset(
            Group(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        )

    def _refresh(self) -> None:
        self._ok.setEnabled(bool(self._groups()))

    @property
    def format(self) -> Format:
        """The chosen format."""
        chosen: Format = self._format.currentData()
        return chosen

    def options(self) -> Options:
        """Everything else that was chosen."""
        if self._until_end.isChecked():
            extent = Extent(until_converged=True)
        else:
            count = self._count.value() if self._exactly.isChecked() else self._computed
            extent = Extent(iterations=count)
        return Options(
            extent=extent,
            locale=self._preferences.locale,
            groups=self._groups(),
            style=self._chosen_style(),
            mark=self._mark.currentData() if self.format == "csv" else ".",
        )

    def accept(self) -> None:
        self._preferences.settings.setValue("export/format", self.format)
        super().accept()
