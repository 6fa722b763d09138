"""Help: what nnsim is, its keys, its version."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QTextBrowser, QVBoxLayout, QWidget

from nnsim import __version__
from nnsim.ui.bridge.icons import application_icon
from nnsim.ui.bridge.preferences import Preferences

#: A heading, and (keys, what they do) below it.
KeyGroup = tuple[str, Sequence[tuple[str, str]]]


def _dialog(parent: QWidget, preferences: Preferences, name: str, title: str) -> QDialog:
    dialog = QDialog(parent)
    dialog.setObjectName(name)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(20, 18, 20, 14)
    layout.setSpacing(12)
    return dialog


def _add_close(dialog: QDialog, preferences: Preferences) -> None:
    buttons = QDialogButtonBox()
    close = buttons.addButton(preferences.say("help.close"), QDialogButtonBox.ButtonRole.RejectRole)
    close.setObjectName("help_close")
    buttons.rejected.connect(dialog.reject)
    layout = dialog.layout()
    assert layout is not None
    layout.addWidget(buttons)


def _page(dialog: QDialog, preferences: Preferences, content: str, size: QSize) -> None:
    browser = QTextBrowser()
    browser.setObjectName("help_text")
    browser.setOpenExternalLinks(True)
    browser.setFrameShape(QTextBrowser.Shape.NoFrame)
    browser.viewport().setAutoFillBackground(False)
    browser.document().setDefaultStyleSheet(
        f"h3 {{ color: {preferences.theme.accent}; }} td {{ padding: 3px 24px 3px 0; }}"
    )
    browser.setHtml(content)
    layout = dialog.layout()
    assert layout is not None
    layout.addWidget(browser)
    _add_close(dialog, preferences)
    dialog.resize(size * preferences.zoom)


def keys_dialog(parent: QWidget, preferences: Preferences, groups: Iterable[KeyGroup]) -> QDialog:
    """All keys, made from the actions, so that none is missing or wrong."""
    dialog = _dialog(parent, preferences, "keys_dialog", preferences.say("help.keys_title"))
    parts = []
    for heading, rows in groups:
        parts.append(f"<h3>{html.escape(heading)}</h3><table>")
        for keys, text in rows:
            parts.append(
                f"<tr><td><b>{html.escape(keys)}</b></td><td>{html.escape(text)}</td></tr>"
            )
        parts.append("</table>")
    _page(dialog, preferences, "".join(parts), QSize(560, 620))
    return dialog


def what_is_dialog(parent: QWidget, preferences: Preferences) -> QDialog:
    """What nnsim is and how to begin."""
    say = preferences.say
    dialog = _dialog(parent, preferences, "what_is_dialog", say("help.what_is_title"))
    parts = []
    for part in ("idea", "step", "select", "change", "take_home"):
        parts.append(f"<h3>{html.escape(say(f'help.{part}_heading'))}</h3>")
        parts.append(f"<p>{html.escape(say(f'help.{part}'))}</p>")
    _page(dialog, preferences, "".join(parts), QSize(560, 560))
    return dialog


def about_dialog(parent: QWidget, preferences: Preferences) -> QDialog:
    """The name, the version and what it is made for."""
    say = preferences.say
    dialog = _dialog(parent, preferences, "about_dialog", say("help.about_title"))
    layout = dialog.layout()
    assert layout is not None
    picture = QLabel()
    size = round(96 * preferences.zoom)
    picture.setPixmap(application_icon().pixmap(size, size))
    picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
    words = QLabel(
        f"<p align='center'><b style='font-size:large'>nnsim {html.escape(__version__)}</b></p>"
        f"<p align='center'>{html.escape(say('help.about'))}</p>"
    )
    words.setObjectName("about_text")
    words.setWordWrap(True)
    words.setMinimumWidth(round(340 * preferences.zoom))
    layout.addWidget(picture)
    layout.addWidget(words)
    _add_close(dialog, preferences)
    return dialog
