"""Questions that have to be answered before going on."""

from __future__ import annotations

import enum

from PySide6.QtWidgets import QMessageBox, QWidget

from nnsim.ui.bridge.preferences import Preferences


class Answer(enum.Enum):
    """What to do about changes that are in no file."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


def ask_to_save(parent: QWidget, preferences: Preferences, name: str) -> Answer:
    """Whether to save the changes of a project before it is left."""
    say = preferences.say
    box = QMessageBox(parent)
    box.setObjectName("ask_to_save")
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(say("question.save.title"))
    box.setText(say("question.save.text", name=name))
    box.setInformativeText(say("question.save.more"))
    role = QMessageBox.ButtonRole
    save = box.addButton(say("question.save.save"), role.AcceptRole)
    discard = box.addButton(say("question.save.discard"), role.DestructiveRole)
    cancel = box.addButton(say("question.save.cancel"), role.RejectRole)
    for button, answer in ((save, Answer.SAVE), (discard, Answer.DISCARD), (cancel, Answer.CANCEL)):
        button.setObjectName(f"answer_{answer.value}")
    box.setDefaultButton(save)
    box.setEscapeButton(cancel)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    if clicked is save:
        return Answer.SAVE
    return Answer.DISCARD if clicked is discard else Answer.CANCEL


def ask_to_finish(parent: QWidget, preferences: Preferences, blanks: int) -> bool:
    """Whether to hand in an exercise that still has blank cells."""
    say = preferences.say
    box = QMessageBox(parent)
    box.setObjectName("ask_to_finish")
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(say("question.finish.title"))
    box.setText(say("question.finish.text", n=blanks))
    box.setInformativeText(say("question.finish.more"))
    role = QMessageBox.ButtonRole
    finish = box.addButton(say("question.finish.finish"), role.AcceptRole)
    go_on = box.addButton(say("question.finish.go_on"), role.RejectRole)
    finish.setObjectName("answer_finish")
    go_on.setObjectName("answer_go_on")
    box.setDefaultButton(go_on)
    box.setEscapeButton(go_on)
    box.exec()
    is_wanted = box.clickedButton() is finish
    box.deleteLater()
    return is_wanted
