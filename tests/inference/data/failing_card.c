/* Preloaded into the real worker: a graphics card with less room than it says (FAILING_CARD_ROOM bytes), or one that is gone
 * after some computations (FAILING_CARD_STEPS). Buffers whose names begin with FAILING_CARD are the card's. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long long taken;

static void *genuine(const char *name) {
    /* libllama's own copy: the libraries are opened locally, so RTLD_NEXT does not see them */
    void *library = dlopen("libggml-base.so.0", RTLD_LAZY | RTLD_NOLOAD);
    void *function = library ? dlsym(library, name) : NULL;
    if (!function) {
        fprintf(stderr, "failing_card: %s not found\n", name);
        abort();
    }
    return function;
}

void *ggml_backend_alloc_ctx_tensors_from_buft(void *context, void *kind) {
    void *(*real)(void *, void *) = (void *(*)(void *, void *))genuine("ggml_backend_alloc_ctx_tensors_from_buft");
    size_t (*size)(void *, void *) = (size_t (*)(void *, void *))genuine("ggml_backend_alloc_ctx_tensors_from_buft_size");
    const char *(*name)(void *) = (const char *(*)(void *))genuine("ggml_backend_buft_name");
    const char *card = getenv("FAILING_CARD"), *room = getenv("FAILING_CARD_ROOM");
    void *buffer;
    if (card && !strncmp(name(kind), card, strlen(card))) {
        long long wanted = (long long)size(context, kind);
        if (room && wanted > atoll(room))
            return NULL;
        buffer = real(context, kind);
        taken += buffer ? wanted : 0;
        return buffer;
    }
    return real(context, kind);
}

int ggml_backend_sched_graph_compute_async(void *scheduler, void *graph) {
    int (*real)(void *, void *) = (int (*)(void *, void *))genuine("ggml_backend_sched_graph_compute_async");
    const char *steps = getenv("FAILING_CARD_STEPS");
    static int done;
    if (taken && steps && ++done > atoi(steps)) {
        fprintf(stderr, "failing_card: the card is gone\n");
        abort();
    }
    return real(scheduler, graph);
}
