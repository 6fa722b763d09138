"""What of the trace to export, and as what."""

from __future__ import annotations

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

from nnsim.document.naming import is_single_neuron
from nnsim.export import FORMATS, Extent, Format, Options
from nnsim.session import Session
from nnsim.session.table import (
    Group,
    TableStyle,
    available_groups,
    default_groups,
)
from nnsim.ui.bridge.preferences import Preferences

_MOST = 10_000_000


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
        layout.addWidget(self._extent_box(session.computed))
        layout.addWidget(self._columns_box(), 1)
        layout.addWidget(self._buttons())
        self._format.currentIndexChanged.connect(self._format_chosen)
        self._style.currentIndexChanged.connect(self._choose_defaults)
        stored = str(preferences.settings.value("export/format", "csv"))
        self._format.setCurrentIndex(max(self._format.findData(stored), 0))
        self._format_chosen()
        self.resize(round(440 * preferences.zoom), round(620 * preferences.zoom))

    # -- parts -----------------------------------------------------------------------------------

    def _extent_box(self, computed: int) -> QGroupBox:
        say = self._preferences.say
        box = QGroupBox(say("export_dialog.extent.name"))
        grid = QGridLayout(box)
        self._seen = QRadioButton(say("export_dialog.extent.seen", n=max(computed, 1)))
        self._until_end = QRadioButton(say("export_dialog.extent.until_end"))
        self._exactly = QRadioButton(say("export_dialog.extent.exactly"))
        self._computed = max(computed, 1)
        self._count = QSpinBox()
        self._count.setObjectName("export_count")
        self._count.setRange(1, _MOST)
        self._count.setValue(max(computed, 1))
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
        self._until_end.setChecked(True)
        return box

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
