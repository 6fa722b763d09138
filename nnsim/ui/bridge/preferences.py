"""What a person prefers: language, theme, zoom; kept between starts."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

from PySide6.QtCore import QObject, QSettings, Signal

from nnsim.core.messages import Message
from nnsim.core.numbers import Number, format_number
from nnsim.language import LOCALES, decimal_mark, message_text, system_locale, text
from nnsim.ui.bridge.theme import THEMES, Theme

MIN_ZOOM, MAX_ZOOM = 0.8, 3.0
MIN_DIGITS, MAX_DIGITS = 2, 12
_PERCENT_DIGITS = 4
#: When neurons show heat maps; "auto": where there are more samples than a truth table has.
MAPS = ("auto", "always", "never")


class Sentence(str):
    """A sentence that knows its key, so that it can be said again in another language."""

    key: str
    params: Mapping[str, object]

    @classmethod
    def of(cls, key: str, locale: str, params: Mapping[str, object]) -> Sentence:
        """The sentence of the catalogue, in a language."""
        sentence = cls(text(key, locale, **params))
        sentence.key = key
        sentence.params = params
        return sentence


@functools.cache
def _said(key: str, locale: str) -> Sentence:
    """A sentence without parameters; there are as many as the catalogue has keys."""
    return Sentence.of(key, locale, {})


class Preferences(QObject):
    """Preferences of the person, and the words and numbers in their language.

    ``language_changed`` asks every widget to say its words again, ``theme_changed`` to take the
    colours again, ``zoom_changed`` (presentation zoom, 1.0 is normal) the sizes.  ``maps_changed``:
    another wish about heat maps.
    """

    language_changed = Signal()
    theme_changed = Signal()
    zoom_changed = Signal()
    maps_changed = Signal()

    def __init__(self, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings or QSettings("nnsim", "nnsim")
        locale = str(self.settings.value("locale", ""))
        self._locale = locale if locale in LOCALES else system_locale()
        theme = str(self.settings.value("theme", ""))
        self._theme = THEMES.get(theme, THEMES["light"])
        self._zoom = self._number("zoom", 1.0, MIN_ZOOM, MAX_ZOOM)
        self._digits = round(self._number("digits", 6, MIN_DIGITS, MAX_DIGITS))
        maps = str(self.settings.value("maps", ""))
        self._maps = maps if maps in MAPS else MAPS[0]

    def _number(self, key: str, default: float, low: float, high: float) -> float:
        # Settings are a text file that anyone may have edited.
        try:
            value = float(str(self.settings.value(key, default)))
        except ValueError:
            return default
        return min(max(value, low), high) if value == value else default

    @property
    def locale(self) -> str:
        """ "es" or "en"."""
        return self._locale

    def set_locale(self, locale: str) -> None:
        """Speak another language from now on.  Raises ValueError for one nnsim does not speak."""
        if locale not in LOCALES:
            raise ValueError(locale)
        if locale != self._locale:
            self._locale = locale
            self.settings.setValue("locale", locale)
            self.language_changed.emit()

    @property
    def theme(self) -> Theme:
        """The colours."""
        return self._theme

    def set_theme(self, name: str) -> None:
        """Use the theme "light" or "dark"."""
        if THEMES[name] is not self._theme:
            self._theme = THEMES[name]
            self.settings.setValue("theme", name)
            self.theme_changed.emit()

    @property
    def zoom(self) -> float:
        """Presentation zoom: how many times larger text and drawings are than normal."""
        return self._zoom

    def set_zoom(self, zoom: float) -> None:
        """Set the presentation zoom, within its limits."""
        zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        if zoom != self._zoom:
            self._zoom = zoom
            self.settings.setValue("zoom", zoom)
            self.zoom_changed.emit()

    @property
    def digits(self) -> int:
        """Significant digits of numbers on screen."""
        return self._digits

    def set_digits(self, digits: int) -> None:
        """Show numbers with so many significant digits."""
        digits = min(max(digits, MIN_DIGITS), MAX_DIGITS)
        if digits != self._digits:
            self._digits = digits
            self.settings.setValue("digits", digits)
            # Every shown number is made again, as when the decimal mark changes.
            self.language_changed.emit()

    @property
    def maps(self) -> str:
        """When neurons show heat maps: "auto", "always" or "never"."""
        return self._maps

    def set_maps(self, wish: str) -> None:
        """Show heat maps in this way.  Raises ValueError for an unknown one."""
        if wish not in MAPS:
            raise ValueError(wish)
        if wish != self._maps:
            self._maps = wish
            self.settings.setValue("maps", wish)
            self.maps_changed.emit()

    @property
    def mark(self) -> str:
        """The decimal mark of the language."""
        return decimal_mark(self._locale)

    def say(self, key: str, **params: object) -> Sentence:
        """A sentence of the catalogue in the person's language."""
        return Sentence.of(key, self._locale, params) if params else _said(key, self._locale)

    def tell(self, message: Message) -> str:
        """A message in the person's language."""
        return message_text(message, self._locale)

    def number(self, value: Number | None, digits: int | None = None) -> str:
        """A number as shown; "" for one that has not come about."""
        return "" if value is None else format_number(value, self.mark, digits or self._digits)

    def percentage(self, share: float) -> str:
        """A share such as an accuracy, 0 to 1, as it is shown: "97.61 %"; NaN as such."""
        shown = self.number(100 * share, _PERCENT_DIGITS)
        return f"{shown} %" if math.isfinite(share) else shown
