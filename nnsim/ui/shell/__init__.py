"""The shell: main window, actions, dialogs, projects."""
