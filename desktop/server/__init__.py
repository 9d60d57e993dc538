"""The local HTTP server: ChatGLM's two protocols and OpenAI's shape on one port. Off unless somebody switches it on."""
