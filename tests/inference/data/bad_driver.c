/* Preloaded into the real worker: a graphics driver that dies while it is asked for its cards, or never answers (BAD_DRIVER_HANGS).
 *
 * It sits where llama.cpp meets a driver: in the Vulkan of a module, and, for builds that have everything linked in, where
 * what was registered is counted for the first time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void meet(void) {
    if (getenv("BAD_DRIVER_HANGS"))
        for (;;)
            pause();
    fprintf(stderr, "bad_driver: imitating a graphics driver\n");
    raise(SIGSEGV);
}

static void *loaded(const char *library) {
    /* libllama's own copy: the libraries are opened locally, so RTLD_NEXT does not see them */
    return dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
}

size_t ggml_backend_reg_count(void) {
    void *library = loaded("libggml.so.0");
    size_t (*real)(void) = library ? (size_t (*)(void))dlsym(library, "ggml_backend_reg_count") : NULL;
    if (!real) {
        fprintf(stderr, "bad_driver: ggml_backend_reg_count not found\n");
        abort();
    }
    if (loaded("libggml-cpu.so.0") && !getenv("GGML_DISABLE_VULKAN"))
        meet();
    return real();
}

void *vkGetInstanceProcAddr(void *instance, const char *name) {
    meet();
    return NULL;
}
