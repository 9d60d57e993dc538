"""ChatGLM Desktop: offline desktop chat for the GLM family."""

__version__ = "0.1.0"
