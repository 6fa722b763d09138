"""The commands of the Exercises menu, and the exercise that is open in place of the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from nnsim.core.messages import Message, NnsimError
from nnsim.ui.bridge.file_dialogs import choose_to_open
from nnsim.ui.shell.menus import Menus

if TYPE_CHECKING:
    from nnsim.exercises.attempt import Attempt
    from nnsim.exercises.exercise import Mode, Variant
    from nnsim.ui.exercise.room import ExerciseRoom
    from nnsim.ui.shell.window import MainWindow

#: What may be done while an exercise is open; all else would show answers, or belongs to the
#: project that rests meanwhile.
_OPEN_MENUS = ("exercises", "view", "help")
_OPEN_SUBMENUS = ("zoom", "digits", "language", "theme", "shipped")
_OPEN_ACTIONS = frozenset(
    {"quit", "full_screen", "larger", "smaller", "normal_size", "keys", "what_is", "about"}
)
_OPEN_KINDS = ("exercise_", "language_", "theme_", "digits_")
_WHILE_OPEN = ("hint", "show_me", "finish", "again", "variant", "leave")


def attempts_folder() -> Path:
    """Where attempts are kept."""
    import platformdirs

    return Path(platformdirs.user_data_path("nnsim")) / "attempts"


class ExerciseCommands(QObject):
    """Opens exercises and leaves them; ``opened()`` and ``left()`` tell of it.

    While an exercise is open the person's project rests untouched: its workspace, its panels and
    their layout are hidden, and everything that acts on it is locked.
    """

    opened = Signal()
    left = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = window.preferences
        self.room: ExerciseRoom | None = None
        self._layout = QByteArray()
        self._filled_for = ""
        self._hidden: list[QAction] = []
        actions = window.commands
        actions.add("exercise_open", self.open_file)
        actions.add("exercise_resume", self.resume_last)
        actions.add("exercise_hint", lambda: self._do("hint"), ("Ctrl+H",))
        actions.add("exercise_show_me", lambda: self._do("show_me"), ("Ctrl+M",))
        actions.add("exercise_finish", lambda: self._do("finish"), ("Ctrl+Return",))
        actions.add("exercise_again", lambda: self._do("again"))
        actions.add("exercise_variant", lambda: self._do("variant"))
        actions.add("exercise_leave", lambda: self._do("leave"), ("Ctrl+W",))
        self._preferences.language_changed.connect(self._refresh)
        self._refresh()

    # -- menus -----------------------------------------------------------------------------------

    def fill(self, menus: Menus) -> None:
        """Read the shipped exercises when the menu is opened for the first time."""
        menus["exercises"].aboutToShow.connect(lambda: self._fill_shipped(menus["shipped"]))

    def _fill_shipped(self, menu: QMenu) -> None:
        # A start must not wait for forty files and what reads them.
        from nnsim.exercises.bank import GROUPS, exercises
        from nnsim.language import has_text

        locale = self._preferences.locale
        if self._filled_for == locale:
            return
        try:
            found = exercises()
        except NnsimError as error:
            self._tell(*error.messages)
            return
        self._filled_for = locale
        for former in menu.findChildren(QMenu):
            former.deleteLater()
        menu.clear()
        others = sorted({e.group for e in found} - set(GROUPS))
        for group in (*GROUPS, *others):
            members = [exercise for exercise in found if exercise.group == group]
            if not members:
                continue
            key = f"exercise.group.{group}"
            submenu = QMenu(self._preferences.say(key) if has_text(key) else group, menu)
            for exercise in members:
                variant = exercise.title.get(locale) or next(iter(exercise.title.values()))
                action = submenu.addAction(variant.replace("&", "&&"))
                action.setObjectName(f"exercise_{exercise.id}")
                action.triggered.connect(lambda _=False, e=exercise: self._open_seed(e, 0))
            menu.addMenu(submenu)

    # -- opening ---------------------------------------------------------------------------------

    def open_file(self) -> bool:
        """Ask for an exercise file and open it."""
        from nnsim.exercises.file import SUFFIX, load

        path = choose_to_open(
            self._window,
            self._preferences,
            self._window.projects.folder(),
            "exercise_room.filter",
            (SUFFIX,),
        )
        if path is None:
            return False
        try:
            exercise = load(path)
        except NnsimError as error:
            self._tell(*error.messages)
            return False
        return self._open_seed(exercise, 0)

    def _open_seed(self, exercise, seed: int) -> bool:  # type: ignore[no-untyped-def]
        try:
            return self.open_exercise(exercise.variant(seed))
        except NnsimError as error:
            self._tell(*error.messages)
            return False

    def open_exercise(self, variant: Variant, mode: Mode | None = None) -> bool:
        """Begin a new attempt at a variant; False where that cannot be, and it was told why."""
        from nnsim.exercises import attempts
        from nnsim.ui.exercise.person import name_of
        from nnsim.ui.exercise.run import now

        try:
            name = name_of(self._preferences)
            attempt = attempts.start(variant, attempts_folder(), now(), mode, name)
        except NnsimError as error:
            self._tell(*error.messages)
            return False
        self._enter(attempt)
        return True

    def try_out(self, variant: Variant) -> bool:
        """Solve a variant as a student would; the attempt is kept nowhere."""
        from nnsim.exercises.attempt import Attempt
        from nnsim.ui.exercise.run import now

        try:
            attempt = Attempt(variant, now())
        except NnsimError as error:
            self._tell(*error.messages)
            return False
        self._enter(attempt)
        return True

    def resume(self, path: Path) -> bool:
        """Go on with the attempt of a file, exactly where it was left."""
        from nnsim.exercises import attempts

        try:
            attempt = attempts.resume(path)
        except NnsimError as error:
            self._tell(*error.messages)
            return False
        self._enter(attempt)
        return True

    def resume_last(self) -> bool:
        """Go on with the newest attempt that is not finished."""
        from nnsim.exercises import attempts

        for listed in attempts.listed(attempts_folder()):
            if isinstance(listed, attempts.Kept) and listed.finished is None:
                return self.resume(listed.path)
        self._tell(Message("exercise_room.nothing_to_resume"))
        return False

    # -- the room --------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether an exercise is open."""
        return self.room is not None

    @property
    def title(self) -> str:
        """What the open exercise is called; "" where none is."""
        if self.room is None:
            return ""
        return self.room.run.attempt.variant.title(self._preferences.locale)

    def _enter(self, attempt: Attempt) -> None:
        from nnsim.ui.exercise.room import ExerciseRoom

        room = ExerciseRoom(attempt, self._preferences)
        if self.room is None:
            self._put_project_away()
        else:
            self._take_away(self.room)
        self.room = room
        self._window.centre.show_instead(room)
        # Later: the room whose button is being pressed may be taken away by it.
        later = Qt.ConnectionType.QueuedConnection
        room.panel.wanted.connect(self._do, later)
        room.panel.seed_typed.connect(self._open_typed, later)
        for signal in (room.run.marked, room.run.moved, room.run.finished, room.run.hinted):
            signal.connect(self._refresh)
        room.panel.sheet.take_keyboard()
        self._refresh()
        self.opened.emit()

    def leave(self) -> None:
        """Back to the person's own project, exactly as it was; the attempt is on disk."""
        if self.room is None:
            return
        room, self.room = self.room, None
        self._take_away(room)
        self._window.centre.show_own()
        self._bring_project_back()
        self._refresh()
        self.left.emit()

    def _take_away(self, room: ExerciseRoom) -> None:
        room.leave()
        room.hide()
        room.deleteLater()

    def _put_project_away(self) -> None:
        window = self._window
        window.player.pause()
        window.messages.clear()
        self._layout = window.docks.put_away()
        window.transport.hide()
        window.statusBar().hide()
        window.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._lock()

    def _bring_project_back(self) -> None:
        window = self._window
        window.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        for action in self._hidden:
            action.setVisible(True)
        self._hidden = []
        window.statusBar().show()
        window.transport.show()
        window.docks.bring_back(self._layout)
        window.canvas.setFocus()

    def _lock(self) -> None:
        """Hide what acts on the project: an action that is not visible has no keys either."""
        window = self._window
        commands, menus = window.commands, window.menus
        for name in commands:
            if name not in _OPEN_ACTIONS and not name.startswith(_OPEN_KINDS):
                self._hide(commands[name])
        for name, menu in menus.all().items():
            if name not in (*_OPEN_MENUS, *_OPEN_SUBMENUS, "file"):
                self._hide(menu.menuAction())

    def _hide(self, action: QAction) -> None:
        if action.isVisible():
            action.setVisible(False)
            self._hidden.append(action)

    # -- commands --------------------------------------------------------------------------------

    def _do(self, command: str) -> None:
        from nnsim.ui.exercise.seeds import fresh_seed

        room = self.room
        if room is None:
            return
        if command == "hint":
            room.hint()
        elif command == "show_me":
            room.show_me()
        elif command == "finish":
            self._finish(room)
        elif command == "again":
            self.open_exercise(room.run.attempt.variant, room.run.attempt.mode)
        elif command == "variant":
            self._open_seed(room.run.attempt.variant.exercise, fresh_seed())
        elif command == "leave":
            self.leave()

    def _finish(self, room: ExerciseRoom) -> None:
        from nnsim.ui.shell.dialogs.questions import ask_to_finish

        if room.run.is_finished:
            return
        room.settle()
        blanks = room.run.blanks
        if not blanks or ask_to_finish(self._window, self._preferences, blanks):
            room.run.finish()

    def _open_typed(self, text: str) -> None:
        from nnsim.ui.exercise.seeds import read_seed

        room = self.room
        if room is None:
            return
        seed = read_seed(text)
        if seed is None:
            room.messages.tell((Message("exercise_room.no_seed", {"text": text}),))
            return
        self._open_seed(room.run.attempt.variant.exercise, seed)

    def _tell(self, *messages: Message) -> None:
        if self.room is not None:
            self.room.messages.tell(messages)
        else:
            self._window.messages.tell(messages)

    def _refresh(self) -> None:
        actions, room = self._window.commands, self.room
        for name in _WHILE_OPEN:
            actions[f"exercise_{name}"].setEnabled(room is not None)
        if room is None:
            return
        run = room.run
        exercise = run.attempt.variant.exercise
        actions["exercise_hint"].setEnabled(run.can_hint)
        actions["exercise_show_me"].setEnabled(run.can_hint and room.may_show())
        actions["exercise_finish"].setEnabled(not run.is_finished)
        actions["exercise_variant"].setEnabled(exercise.has_variants)
