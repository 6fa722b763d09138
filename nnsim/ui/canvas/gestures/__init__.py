"""One class per mouse gesture; each can be cancelled, and then nothing has happened."""
