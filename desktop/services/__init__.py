"""What the application does: the use cases, for the window and the command line alike."""
