"""The settings of the local server: a part of the table in `settings`."""

from __future__ import annotations

from desktop.i18n import mark
from desktop.storage.setting import Kind, Setting

SERVER: tuple[Setting, ...] = (
    Setting(
        "server_enabled",
        Kind.SWITCH,
        False,
        mark("Local server"),
        mark("Local server"),
        mark(
            "Programs on this computer can ask the model, as they would ask ChatGLM's or OpenAI's. Starts with the program."
        ),
    ),
    Setting(
        "server_port",
        Kind.INTEGER,
        8000,
        mark("Local server"),
        mark("Port"),
        mark("ChatGLM's own programs expect 8000."),
        minimum=1024,
        maximum=65535,
        figure=False,
    ),
    Setting(
        "server_lan",
        Kind.SWITCH,
        False,
        mark("Local server"),
        mark("Other computers may use it"),
        mark("Those in your network, and only with the key. The connection is not encrypted."),
    ),
    Setting(
        "server_keep",
        Kind.SWITCH,
        False,
        mark("Local server"),
        mark("Keep what programs ask"),
        mark("Their questions and answers are stored in the list like your own conversations."),
    ),
    Setting(
        "server_log_texts",
        Kind.SWITCH,
        False,
        mark("Local server"),
        mark("Texts in the request log"),
        mark("Shows questions and answers there. Only in memory, until the program ends."),
    ),
    Setting(
        "server_origins",
        Kind.TEXT,
        "",
        mark("Local server"),
        mark("Web pages that may use it"),
        mark("Their addresses up to the first slash (origins), separated by blanks. Empty means none."),
        placeholder="http://localhost:3000",
        advanced=True,
    ),
    Setting(
        "server_body_mb",
        Kind.INTEGER,
        16,
        mark("Local server"),
        mark("Largest request"),
        mark("Anything larger is turned away."),
        minimum=1,
        maximum=256,
        unit="MB",
        advanced=True,
    ),
    Setting(
        "server_plain_stream",
        Kind.SWITCH,
        False,
        mark("Local server"),
        mark("Plain answers for LangChain's ChatGLM3"),
        mark(
            "With streaming=True it asks for a stream it cannot read. Then requests from Python's httpx get one whole answer."
        ),
        advanced=True,
    ),
)
