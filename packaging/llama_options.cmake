# Read inside llama.cpp's own project. Its helper library is half of the compile time and the program never opens it;
# llama-cpp-python forces the cached variable on, which a normal variable of the same name outranks.
set(LLAMA_BUILD_COMMON OFF)
