"""The only home of sqlite3: conversations, models, downloads; and the settings file."""
