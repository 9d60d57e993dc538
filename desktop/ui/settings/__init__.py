"""The settings page, generated from the table in desktop.storage.settings."""
