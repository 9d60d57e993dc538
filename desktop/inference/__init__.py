"""The worker process that runs llama.cpp, and our end of its pipe."""
