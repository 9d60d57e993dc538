"""chatglm.cpp's files: the only quantized builds of the first two generations. See `ggml_file` for their layout."""
