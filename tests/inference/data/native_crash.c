/* Preloaded into the real worker, this makes llama.cpp die the way it does on processors with AMX under GCC 12:
 * SIGSEGV in the first computation after extra buffer types (repacked weights) were asked for, and never otherwise. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int repacks;

static void *genuine(const char *name) {
    /* libllama's own copy: the libraries are opened locally, so RTLD_NEXT does not see them */
    void *library = dlopen("libggml-base.so.0", RTLD_LAZY | RTLD_NOLOAD);
    void *function = library ? dlsym(library, name) : NULL;
    if (!function) {
        fprintf(stderr, "native_crash: %s not found\n", name);
        abort();
    }
    return function;
}

void *ggml_backend_reg_get_proc_address(void *registry, const char *name) {
    static void *(*real)(void *, const char *);
    if (!real)
        real = (void *(*)(void *, const char *))genuine("ggml_backend_reg_get_proc_address");
    if (!strcmp(name, "ggml_backend_dev_get_extra_bufts"))
        repacks = 1;
    return real(registry, name);
}

int ggml_backend_sched_graph_compute_async(void *scheduler, void *graph) {
    static int (*real)(void *, void *);
    if (repacks) {
        fprintf(stderr, "native_crash: imitating ldtilecfg\n");
        raise(SIGSEGV);
    }
    if (!real)
        real = (int (*)(void *, void *))genuine("ggml_backend_sched_graph_compute_async");
    return real(scheduler, graph);
}
