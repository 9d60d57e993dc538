"""Models: the welcome page, what is on this computer, what can be had, what is on its way."""
