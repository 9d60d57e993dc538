/* Preloaded into the real worker, this makes every computation of llama.cpp take at least 30 ms, so that an answer of
 * the tiny model lasts long enough to be interrupted in the middle. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int ggml_backend_sched_graph_compute_async(void *scheduler, void *graph) {
    static int (*real)(void *, void *);
    if (!real) {
        /* libllama's own copy: the libraries are opened locally, so RTLD_NEXT does not see it */
        void *library = dlopen("libggml-base.so.0", RTLD_LAZY | RTLD_NOLOAD);
        real = library ? (int (*)(void *, void *))dlsym(library, "ggml_backend_sched_graph_compute_async") : NULL;
        if (!real) {
            fprintf(stderr, "slow: the real function was not found\n");
            abort();
        }
    }
    usleep(30000);
    return real(scheduler, graph);
}
