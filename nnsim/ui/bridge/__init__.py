"""Between Qt and the rooms below: the workspace, the player, preferences, themes, pictures."""
