"""The settings of the engine: a part of the table in `settings`."""

from __future__ import annotations

from desktop.i18n import mark
from desktop.storage.setting import Kind, Setting

CONTEXT_HINT = mark(
    "How much of a conversation the model sees at a time. A token is about three quarters of a word. "
    "More needs more memory. Applies when a model is loaded."
)

ENGINE: tuple[Setting, ...] = (
    Setting(
        "overflow",
        Kind.CHOICE,
        "drop",
        mark("Engine"),
        mark("When a conversation is full"),
        mark("A model sees only a part of a long conversation. The messages themselves are always kept."),
        (
            ("drop", mark("Leave out the oldest")),
            ("summarise", mark("Summarise the oldest")),
            ("stop", mark("Stop and ask")),
        ),
    ),
    Setting(
        "context",
        Kind.INTEGER,
        0,
        mark("Engine"),
        mark("Context"),
        CONTEXT_HINT,
        minimum=0,
        maximum=1_048_576,
        zero_text=mark("Automatic"),
        unit=mark("tokens"),
    ),
    Setting(
        "read_ahead",
        Kind.SWITCH,
        True,
        mark("Engine"),
        mark("Read while you type"),
        mark(
            "The model reads your question before you send it, and the answer begins sooner. Not on a battery below 20 %."
        ),
    ),
    Setting(
        "idle_unload",
        Kind.INTEGER,
        60,
        mark("Engine"),
        mark("Give memory back"),
        mark("When nothing was asked for this long. The next question loads the model again by itself."),
        minimum=0,
        maximum=10_080,
        zero_text=mark("Never"),
        unit=mark("min"),
    ),
    Setting(
        "saved_states_mb",
        Kind.INTEGER,
        2000,
        mark("Engine"),
        mark("Keep what was read"),
        mark(
            "On disk: conversations go on at once after a switch or a restart, without being read again. "
            "Deleted with the conversation."
        ),
        minimum=0,
        maximum=1_000_000,
        zero_text=mark("Nothing"),
        unit="MB",
    ),
    Setting(
        "gpu_layers",
        Kind.INTEGER,
        -1,
        mark("Engine"),
        mark("GPU layers"),
        mark("How many layers of the model run on the graphics card; 0 means none. Applies when a model is loaded."),
        minimum=-1,
        maximum=999,
        zero_text=mark("As many as possible"),
        advanced=True,
    ),
    Setting(
        "threads",
        Kind.INTEGER,
        0,
        mark("Engine"),
        mark("Threads"),
        mark("Processor threads of the engine. Applies when a model is loaded."),
        minimum=0,
        maximum=512,
        zero_text=mark("Automatic"),
        advanced=True,
    ),
    Setting(
        "flash_attention",
        Kind.CHOICE,
        "auto",
        mark("Engine"),
        mark("Flash attention"),
        mark("Takes less memory and is mostly faster. Automatic: wherever the model and the device can."),
        (("auto", mark("Automatic")), ("on", mark("On")), ("off", mark("Off"))),
        advanced=True,
    ),
    Setting(
        "kv_cache",
        Kind.CHOICE,
        "f16",
        mark("Engine"),
        mark("Memory of the conversation"),
        mark(
            "8 bits take half the memory of a long conversation and are a little less exact. They need flash attention; "
            "GLM-4.7-Flash always keeps 16 bits."
        ),
        (("f16", mark("16 bits")), ("q8_0", mark("8 bits"))),
        advanced=True,
    ),
    Setting(
        "batch",
        Kind.INTEGER,
        0,
        mark("Engine"),
        mark("Reading step"),
        mark("How many tokens of a question are read in one step at most."),
        minimum=0,
        maximum=4096,
        zero_text=mark("Automatic"),
        advanced=True,
    ),
    Setting(
        "micro_batch",
        Kind.INTEGER,
        0,
        mark("Engine"),
        mark("Computed at once"),
        mark(
            "How many of these tokens are computed together. More can be faster on a graphics card and takes more memory; "
            "if answers are gibberish on an old card, try 32."
        ),
        minimum=0,
        maximum=4096,
        zero_text=mark("Automatic"),
        advanced=True,
    ),
    Setting(
        "memory_map",
        Kind.SWITCH,
        True,
        mark("Engine"),
        mark("Map the file into memory"),
        mark("The model starts sooner, and what is read can be given back at any time. Off: everything is read first."),
        advanced=True,
    ),
    Setting(
        "memory_lock",
        Kind.SWITCH,
        False,
        mark("Engine"),
        mark("Lock in memory"),
        mark("The system may not swap the model out. Only where there is memory to spare."),
        advanced=True,
    ),
    Setting(
        "split_mode",
        Kind.CHOICE,
        "layer",
        mark("Engine"),
        mark("Several graphics cards"),
        mark("How they share a model."),
        (
            ("layer", mark("Each has some of the layers")),
            ("row", mark("All compute each layer")),
            ("none", mark("One card has everything")),
        ),
        advanced=True,
        cards=2,
    ),
    Setting(
        "main_gpu",
        Kind.INTEGER,
        0,
        mark("Engine"),
        mark("Main graphics card"),
        mark("The number of the card that has everything, or what cannot be shared. The first is 0."),
        minimum=0,
        maximum=15,
        advanced=True,
        cards=2,
    ),
)
