"""What is set for a load → the fields of llama.cpp's parameter structs, which are given and not imported."""

from __future__ import annotations

from typing import Any

from desktop.core.loading import CacheType, FlashAttention, SplitMode
from desktop.core.models import EngineMode, LoadOptions
from desktop.inference.plan import Plan

_FLASH = {FlashAttention.AUTO: -1, FlashAttention.OFF: 0, FlashAttention.ON: 1}
_SPLIT = {SplitMode.NONE: 0, SplitMode.LAYER: 1, SplitMode.ROW: 2}
_TYPES = {CacheType.F16: 1, CacheType.Q8_0: 8}
"""ggml's numbers of the types."""
_LOAD = {(True, False): -1, (False, False): 0, (False, True): 2, (True, True): 3}
"""llama_load_mode by (mapped, locked); -1 leaves the mapping to llama.cpp, which knows the cards that cannot."""


def model(params: Any, options: LoadOptions, plan: Plan) -> None:
    """Fill in llama_model_params."""
    how = plan.how
    params.n_gpu_layers = plan.gpu_layers
    params.use_extra_bufts = options.mode is EngineMode.FULL and how.repack
    params.load_mode = _LOAD[how.mapped, how.locked]
    params.split_mode = _SPLIT[how.split]
    params.main_gpu = how.main_gpu if plan.gpu_layers else 0


def context(params: Any, plan: Plan, threads: int) -> None:
    """Fill in llama_context_params, whose `n_ctx` is set."""
    how = plan.how
    params.n_batch = min(how.batch, params.n_ctx)
    params.n_ubatch = min(how.micro_batch, params.n_ctx)
    params.n_threads = threads
    params.n_threads_batch = how.reading_threads or threads
    params.flash_attn_type = _FLASH[how.flash]
    params.type_k = params.type_v = _TYPES[how.cache]
    params.offload_kqv = params.op_offload = plan.gpu_layers > 0


def fingerprint(plan: Plan) -> tuple[object, ...]:
    """What of it makes the cache of keys and values another one."""
    return _TYPES[plan.how.cache], _FLASH[plan.how.flash], plan.gpu_layers
