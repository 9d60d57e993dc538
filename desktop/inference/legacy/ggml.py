"""The part of ggml that generation 1 needs, over ctypes, in the very copy of the library that llama.cpp uses.

ctypes does not notice when a signature changes: `known` computes with a model whose answer is known before anybody's is loaded.
"""

from __future__ import annotations

import ctypes
from typing import Any

from desktop.inference.library import Library

TYPE_F32, TYPE_F16, TYPE_I32 = 0, 1, 26
ROPE_NEOX = 2
USAGE_WEIGHTS = 1
STATUS_SUCCESS = 0
KIND_CPU, KIND_GPU, KIND_IGPU, KIND_ACCEL = 0, 1, 2, 3

_P, _I, _L, _S, _F, _B = (
    ctypes.c_void_p,
    ctypes.c_int,
    ctypes.c_int64,
    ctypes.c_size_t,
    ctypes.c_float,
    ctypes.c_bool,
)


class InitParams(ctypes.Structure):
    """ggml_init_params."""

    _fields_ = (("mem_size", _S), ("mem_buffer", _P), ("no_alloc", _B))


AbortCallback = ctypes.CFUNCTYPE(_B, _P)
_SET_ABORT = ctypes.CFUNCTYPE(None, _P, AbortCallback, _P)
_SET_THREADS = ctypes.CFUNCTYPE(None, _P, _I)

_ROPE = (_P, _P, _P, _P, _I, _I, _I, _F, _F, _F, _F, _F, _F)

_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    # contexts and tensors
    "ggml_init": (_P, (InitParams,)),
    "ggml_free": (None, (_P,)),
    "ggml_reset": (None, (_P,)),
    "ggml_tensor_overhead": (_S, ()),
    "ggml_graph_overhead_custom": (_S, (_S, _B)),
    "ggml_nbytes": (_S, (_P,)),
    "ggml_new_tensor": (_P, (_P, _I, _I, ctypes.POINTER(_L))),
    "ggml_set_input": (None, (_P,)),
    "ggml_set_output": (None, (_P,)),
    # operations
    "ggml_get_rows": (_P, (_P, _P, _P)),
    "ggml_set_rows": (_P, (_P, _P, _P, _P)),
    "ggml_norm": (_P, (_P, _P, _F)),
    "ggml_mul": (_P, (_P, _P, _P)),
    "ggml_add": (_P, (_P, _P, _P)),
    "ggml_scale": (_P, (_P, _P, _F)),
    "ggml_mul_mat": (_P, (_P, _P, _P)),
    "ggml_gelu": (_P, (_P, _P)),
    "ggml_sum": (_P, (_P, _P)),
    "ggml_concat": (_P, (_P, _P, _P, _I)),
    "ggml_cont_2d": (_P, (_P, _P, _L, _L)),
    "ggml_reshape_2d": (_P, (_P, _P, _L, _L)),
    "ggml_view_2d": (_P, (_P, _P, _L, _L, _S, _S)),
    "ggml_view_3d": (_P, (_P, _P, _L, _L, _L, _S, _S, _S)),
    "ggml_permute": (_P, (_P, _P, _I, _I, _I, _I)),
    "ggml_rope_ext": (_P, _ROPE),
    "ggml_flash_attn_ext": (_P, (_P, _P, _P, _P, _P, _F, _F, _F)),
    # graphs
    "ggml_new_graph_custom": (_P, (_P, _S, _B)),
    "ggml_build_forward_expand": (None, (_P, _P)),
    "ggml_graph_n_nodes": (_I, (_P,)),
    # devices and their memory
    "ggml_backend_dev_count": (_S, ()),
    "ggml_backend_dev_get": (_P, (_S,)),
    "ggml_backend_dev_type": (_I, (_P,)),
    "ggml_backend_dev_init": (_P, (_P, ctypes.c_char_p)),
    "ggml_backend_dev_backend_reg": (_P, (_P,)),
    "ggml_backend_reg_get_proc_address": (_P, (_P, ctypes.c_char_p)),
    "ggml_backend_free": (None, (_P,)),
    "ggml_backend_get_default_buffer_type": (_P, (_P,)),
    "ggml_backend_cpu_buffer_from_ptr": (_P, (_P, _S)),
    "ggml_backend_alloc_ctx_tensors": (_P, (_P, _P)),
    "ggml_backend_buffer_set_usage": (None, (_P, _I)),
    "ggml_backend_buffer_get_size": (_S, (_P,)),
    "ggml_backend_buffer_free": (None, (_P,)),
    "ggml_backend_tensor_alloc": (_I, (_P, _P, _P)),
    "ggml_backend_tensor_set": (None, (_P, _P, _S, _S)),
    "ggml_backend_tensor_get": (None, (_P, _P, _S, _S)),
    # computing
    "ggml_backend_sched_new": (_P, (ctypes.POINTER(_P), ctypes.POINTER(_P), _I, _S, _B, _B)),
    "ggml_backend_sched_free": (None, (_P,)),
    "ggml_backend_sched_reset": (None, (_P,)),
    "ggml_backend_sched_reserve": (_B, (_P, _P)),
    "ggml_backend_sched_alloc_graph": (_B, (_P, _P)),
    "ggml_backend_sched_graph_compute": (_I, (_P, _P)),
    "ggml_backend_sched_get_buffer_size": (_S, (_P, _P)),
}


class Ggml:
    """Each function as an attribute, by its C name without "ggml_". Raises OSError if one is missing."""

    def __init__(self, library: Library) -> None:
        self._calls = {
            name.removeprefix("ggml_"): library.function(name, result, *arguments)
            for name, (result, arguments) in _FUNCTIONS.items()
        }

    def __getattr__(self, name: str) -> Any:
        try:
            return self._calls[name]
        except KeyError:
            raise AttributeError(name) from None

    def context(self, tensors: int, graph: int = 0) -> int:
        """A place for so many tensors without their data, and a graph of so many nodes. Raises MemoryError."""
        size = tensors * self.tensor_overhead() + (self.graph_overhead_custom(graph, False) if graph else 0)
        if not (context := self.init(InitParams(size + 1024, None, True))):
            raise MemoryError
        return int(context)

    def tensor(self, context: int, kind: int, *sizes: int) -> int:
        """A new tensor, the inner dimension first."""
        return int(self.new_tensor(context, kind, len(sizes), (ctypes.c_int64 * len(sizes))(*sizes)))

    def set_threads(self, device: int, backend: int, count: int) -> None:
        """How many threads a backend of this device uses, if it can be told."""
        if address := self._of_device(device, b"ggml_backend_set_n_threads"):
            _SET_THREADS(address)(backend, count)

    def set_abort(self, device: int, backend: int, callback: Any) -> None:
        """What is asked between two operations, if it can be; keep the callback as long as the backend."""
        if address := self._of_device(device, b"ggml_backend_set_abort_callback"):
            _SET_ABORT(address)(backend, callback, None)

    def _of_device(self, device: int, name: bytes) -> int:
        return self.backend_reg_get_proc_address(self.backend_dev_backend_reg(device), name) or 0
