/* A graphics driver that dies while it is asked for its cards.
 *
 * Vulkan's loader takes it for a driver. Builds that have everything linked in need no card to be tested: preloaded into
 * the worker, it dies where what was registered is counted for the first time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static void meet(void) {
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

void *vk_icdGetInstanceProcAddr(void *instance, const char *name) {
    meet();
    return NULL;
}
