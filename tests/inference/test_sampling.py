"""Our shortcuts choose what llama.cpp's own samplers choose."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from desktop.core.models import GenerateOptions
from desktop.inference.client import worker_environment
from desktop.inference.families import CHATGLM3, GLM_47_FLASH
from desktop.inference.sampling import tuning
from tests.inference.conftest import TINY


def test_what_is_asked_for_goes_before_what_is_usual() -> None:
    usual = tuning(CHATGLM3.sampling, GenerateOptions())
    assert (usual.temperature, usual.top_p, usual.repeat_penalty, usual.typical_p) == (0.8, 0.8, 1.1, 1.0)
    assert usual.counts
    asked = tuning(CHATGLM3.sampling, GenerateOptions(temperature=1.5, top_p=1.0, min_p=0.2, mirostat=True))
    assert (asked.temperature, asked.top_p, asked.min_p, asked.mirostat) == (1.5, 1.0, 0.2, True)
    flash = tuning(GLM_47_FLASH.sampling, GenerateOptions(presence_penalty=0.0, dry_multiplier=0.8))
    assert (flash.min_p, flash.dry_multiplier, flash.counts) == (0.01, 0.8, False)


def test_at_temperature_0_only_an_explicit_penalty_counts() -> None:
    assert not tuning(CHATGLM3.sampling, GenerateOptions(temperature=0.0)).counts
    assert tuning(CHATGLM3.sampling, GenerateOptions(temperature=0.0, repeat_penalty=1.3)).repeat_penalty == 1.3
    assert tuning(CHATGLM3.sampling, GenerateOptions(temperature=0.0, presence_penalty=0.5)).counts


# In a child: the tests' process must stay free of llama.cpp. Chooses `steps` tokens from random logits twice: with our sampler (over
# a context's row, which is what it is given), and with a chain put together the way llama.cpp's own tools do it.
_COMPARE = """
import ctypes, json, random, sys
from desktop.core.models import GenerateOptions, LogitBias
from desktop.inference import bare
bare.package("llama_cpp")
import llama_cpp.llama_cpp as native
from desktop.inference.families import Sampling
from desktop.inference.sampling import Samplers
from desktop.inference.vocabulary import Vocabulary
path, asked, steps = json.load(sys.stdin)
quiet = native.llama_log_callback(lambda *_: None)
native.llama_log_set(quiet, None)
params = native.llama_model_default_params()
params.vocab_only = True
model = native.llama_model_load_from_file(path.encode(), params)
vocabulary = Vocabulary(native, native.llama_model_get_vocab(model))
size, seed = vocabulary.size, 11
bias = tuple(LogitBias(*pair) for pair in asked.pop("logit_bias", ()))
options = GenerateOptions(seed=seed, logit_bias=bias, **asked)
samplers = Samplers(native, vocabulary, Sampling(1.0, 1.0), ())
sampler = samplers.start(options, range(20, 90))


chain = native.llama_sampler_chain_init(native.llama_sampler_chain_default_params())
def link(made):
    native.llama_sampler_chain_add(chain, made)
if bias:
    array = (native.llama_logit_bias * len(bias))(*[(b.token, float("-inf") if b.bias <= -100 else b.bias) for b in bias])
    link(native.llama_sampler_init_logit_bias(size, len(bias), array))
link(native.llama_sampler_init_penalties(size, 64, options.repeat_penalty or 1.0, options.frequency_penalty or 0.0, options.presence_penalty or 0.0))
if options.dry_multiplier:
    breakers = (ctypes.c_char_p * 4)(b"\\n", b":", b'"', b"*")
    link(native.llama_sampler_init_dry(vocabulary.native, options.dry_multiplier, 1.75, 2, 1024, breakers, 4))
if options.temperature == 0:
    link(native.llama_sampler_init_greedy())
elif options.mirostat:
    link(native.llama_sampler_init_temp(options.temperature))
    link(native.llama_sampler_init_mirostat_v2(seed, 5.0, 0.1))
else:
    if options.top_k:
        link(native.llama_sampler_init_top_k(options.top_k))
    link(native.llama_sampler_init_typical(options.typical_p or 1.0, 1))
    link(native.llama_sampler_init_top_p(options.top_p or 1.0, 1))
    link(native.llama_sampler_init_min_p(options.min_p or 0.0, 1))
    link(native.llama_sampler_init_temp(options.temperature or 1.0))
    link(native.llama_sampler_init_dist(seed))
for token in range(20, 90):
    native.llama_sampler_accept(chain, token)

def chosen(chain, logits):
    entries, array = vocabulary.candidates(logits)
    native.llama_sampler_apply(chain, ctypes.byref(array))
    return int(entries[array.selected].id)

dice = random.Random(5)
ours, theirs = [], []
for _ in range(steps):
    values = [dice.gauss(0, 3) for _ in range(size)]
    for token in range(30, 60):
        values[token] += 9
    row = (ctypes.c_float * size)(*values)
    theirs.append(chosen(chain, row))
    native.llama_sampler_accept(chain, theirs[-1])
    sampler._adjust(row)
    ours.append(chosen(sampler._chain, row))
    sampler.accept(ours[-1])
json.dump([ours, theirs], sys.stdout)
"""


@pytest.mark.model
@pytest.mark.parametrize(
    "options",
    [
        {"temperature": 0.0},
        {"temperature": 0.0, "repeat_penalty": 1.3},
        {"temperature": 0.0, "presence_penalty": 2.0, "frequency_penalty": 0.7},
        {"temperature": 0.8, "top_p": 0.8, "repeat_penalty": 1.1},
        {"temperature": 1.0, "top_p": 0.95, "min_p": 0.01},
        {"temperature": 0.6, "top_p": 0.95, "top_k": 40},
        {"temperature": 1.2, "typical_p": 0.7},
        {"temperature": 1.0, "mirostat": True},
        {"temperature": 4.0, "top_p": 1.0},
        {"temperature": 0.8, "dry_multiplier": 1.5, "repeat_penalty": 0.9},
        {"temperature": 1.0, "logit_bias": [[35, 5.0], [36, -100], [40, -2.5]], "repeat_penalty": 1.5},
    ],
    ids=str,
)
def test_the_same_tokens_as_llama_cpp(options: dict[str, Any]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COMPARE],
        input=json.dumps([str(TINY), options, 60]),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=worker_environment(),
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    ours, theirs = json.loads(done.stdout)
    assert ours == theirs
    assert len(set(ours)) > 3
