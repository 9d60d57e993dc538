"""Children that download, made by the dozen: imported once, forked for each, so that kill -9 costs no start.

    python -m tests.services.nursery HOME URL

Each line on stdin starts a child and prints its process id; the child prints `{"state", "error"}` when it ends. A child that gets
SIGUSR1 pauses its download and ends.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from pathlib import Path

import huggingface_hub.hf_api
import psutil

import desktop.hub.client
from tests.downloadkit import FILE, REPOSITORY, Station

WAITS = (0.02, 0.05, 0.1, 0.2)


def say(what: object) -> None:
    """One line for the parent."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def child(home: Path, url: str) -> None:
    """Download to the end, whichever it is."""
    stop = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: stop.set())
    with Station(home, url, connections=4, stall=1.0, waits=WAITS) as station:
        station.downloads.recover().result()
        download = station.downloads.start(REPOSITORY, [FILE]).result()
        while (found := station.downloads.wait(download.id, 0.05)).state in ("queued", "running", "verifying"):
            if stop.is_set():
                station.downloads.pause(download.id).result()
    say({"state": str(found.state), "error": found.error})


def main() -> None:
    """See the module's docstring."""
    home, url = Path(sys.argv[1]), sys.argv[2]
    assert huggingface_hub.hf_api
    assert psutil.boot_time()
    assert desktop.hub.client
    gc.freeze()
    for _ in sys.stdin:
        if (pid := os.fork()) == 0:
            try:
                child(home, url)
            finally:
                sys.stdout.flush()
                os._exit(0)
        say({"pid": pid})
        os.waitpid(pid, 0)
        say({"ended": pid})


if __name__ == "__main__":
    main()
