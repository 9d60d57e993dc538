"""The local server in the window: its state, how programs reach it, what they asked."""
