"""Words: every sentence nnsim says, in Spanish and English, for the window and the command line."""

from nnsim.language.catalogue import (
    LOCALES,
    decimal_mark,
    has_text,
    message_text,
    system_locale,
    text,
)

__all__ = ["LOCALES", "decimal_mark", "has_text", "message_text", "system_locale", "text"]
