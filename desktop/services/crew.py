"""The connections of one file: each fetches a piece, writes it where it belongs, and takes the next one.

The first connection finds out whether the server knows ranges; only then others join. A connection that gives up leaves its
piece to the others; the last one that gives up, and every error that is not the line's, ends the work of all.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from desktop.core.errors import HubBusy, HubError, HubUnreachable, WrongSize
from desktop.core.models import RemoteFile
from desktop.core.ports import Hub, RangeStream
from desktop.services.pace import LOOK_S
from desktop.services.segments import Plan, Segment, piece_size, useful_connections
from desktop.services.trying import Changed, Halt, Manner, Stopped, Tries, Watch
from desktop.storage.partfile import PartFile

_TRICKLE = 1024
"""Bytes per second that are no progress."""
_LIMITED = 500_000
"""Bytes per second of a limit for which one more connection is worth its while."""


class Crew:
    """Fetches what a part file lacks. One use."""

    def __init__(self, hub: Hub, remote: RemoteFile, part: PartFile, halt: Halt, watch: Watch, manner: Manner) -> None:
        self._hub = hub
        self._remote = remote
        self._part = part
        self._halt = halt
        self._watch = watch
        self._manner = manner
        self._lock = threading.Lock()
        self._streams: dict[Segment, RangeStream] = {}
        self._error: BaseException | None = None
        self._aborted = False
        self._working = 1
        self._helpers: list[threading.Thread] = []
        size = remote.size
        if size is None:
            self._connections = 1
            self._plan = Plan([(part.front(), None)], None)
            return
        missing = part.missing(size)
        self._connections = self._useful(sum(end - start for start, end in missing))
        self._plan = Plan(missing, piece_size(size, self._connections))

    def work(self) -> None:
        """Blocks until everything is here. Raises Stopped, Changed, HubError, WrongSize, DiskError."""
        try:
            self._halt.attach(self._abort)
            self._member()
        finally:
            for helper in self._helpers:
                helper.join()
            self._halt.attach(None)
        if self._error is not None:
            raise self._error
        self._halt.check()

    def _useful(self, missing: int) -> int:
        if not self._remote.url.startswith("http"):
            return 1  # a folder: one reader is the quickest
        wanted = self._manner.connections()
        if (limit := self._manner.throttle.limit) > 0:  # each would wait so long that the server hangs up
            wanted = min(wanted, max(1, limit // _LIMITED))
        return useful_connections(missing, wanted)

    # each connection, on its own thread

    def _member(self) -> None:
        tries = Tries(self._halt, self._manner.waits)
        speed = 0.0
        try:
            while (segment := self._plan.take(speed, may_help=self._may_help)) is not None:
                self._cut_lost()
                before = self._part.received
                try:
                    self._stream(segment)
                except (HubUnreachable, HubBusy) as error:
                    lost = segment.lost
                    self._plan.leave(segment)
                    if not lost and not self._aborted:
                        tries.again(error, self._part.received - before)
                finally:
                    self._plan.leave(segment)
                speed = self._plan.rate(segment)
        except (HubUnreachable, HubBusy) as error:
            self._gives_up(error)
        except BaseException as error:
            self._fail(error)
        else:
            with self._lock:
                self._working -= 1

    def _stream(self, segment: Segment) -> None:
        """One connection. Raises HubUnreachable if it ends early."""
        self._halt.check()
        stream = self._hub.open(self._remote, segment.position, segment.end)
        try:
            self._register(segment, stream)
            if self._is_other(stream):
                raise Changed
            bounded = segment.end not in (None, self._remote.size)
            if stream.offset != segment.position or (bounded and not stream.partial):
                self._plan.alone(segment, self._remote.size)  # the server ignores ranges
                self._cut_lost()
            else:
                self._call_helpers()
            if self._copy(segment, stream):
                return
        finally:
            with self._lock:
                self._streams.pop(segment, None)
            stream.close()
        if segment.lost:
            return
        if segment.end is None and stream.total in (None, segment.position):
            self._plan.complete(segment)
        elif segment.end is None or segment.left > 0:
            raise HubUnreachable(endpoint=self._hub.endpoint, reason="the connection ended early")

    def _copy(self, segment: Segment, stream: RangeStream) -> bool:
        """Write what comes. True when the segment is done and its connection may bring what nobody asked for."""
        manner, size = self._manner, self._remote.size if self._remote.size is not None else stream.total
        since, moved = time.monotonic(), 0
        for chunk in stream:
            self._halt.check()
            start, keep = self._plan.accept(segment, len(chunk))
            if keep < len(chunk) and not segment.lost and size is not None and start + keep == size:
                raise WrongSize(file=self._remote.file, expected=size, actual=start + len(chunk))
            if keep:
                self._part.write(start, chunk if keep == len(chunk) else chunk[:keep])
                self._watch.receiving(self._part.received)
            if segment.lost or (segment.end is not None and segment.left == 0 and segment.end != size):
                return True
            moved += len(chunk)
            manner.throttle.take(len(chunk))
            if manner.throttle.due() > 0:
                while (wait := manner.throttle.due()) > 0:
                    self._halt.wait(min(wait, LOOK_S))
                since, moved = time.monotonic(), 0
            elif (span := time.monotonic() - since) >= manner.stall:
                if moved < _TRICKLE * span:
                    raise HubUnreachable(endpoint=self._hub.endpoint, reason="hardly anything comes")
                since, moved = time.monotonic(), 0
        return False

    def _is_other(self, stream: RangeStream) -> bool:
        ours = self._remote
        if stream.total is not None and ours.size is not None and stream.total != ours.size:
            return True
        return stream.etag is not None and ours.etag is not None and stream.etag != ours.etag

    def _may_help(self) -> bool:
        return self._manner.throttle.limit == 0

    # all together

    def _register(self, segment: Segment, stream: RangeStream) -> None:
        with self._lock:
            self._streams[segment] = stream
            aborted = self._aborted
        if aborted:
            raise Stopped

    def _call_helpers(self) -> None:
        """The server knows ranges: the others begin."""
        with self._lock:
            if self._helpers or self._aborted or self._connections < 2:
                return
            self._helpers = [
                threading.Thread(target=self._member, name="connection", daemon=True)
                for _ in range(self._connections - 1)
            ]
            self._working += len(self._helpers)
        for helper in self._helpers:
            helper.start()

    def _cut_lost(self) -> None:
        """End the connections whose bytes somebody else fetches now."""
        with self._lock:
            lost = [stream for segment, stream in self._streams.items() if segment.lost]
        for stream in lost:
            stream.close()

    def _gives_up(self, error: HubError) -> None:
        with self._lock:
            self._working -= 1
            last = self._working == 0
        if last:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            self._error = self._error or error
        self._abort()

    def _abort(self) -> None:
        with self._lock:
            self._aborted = True
            streams = list(self._streams.values())
        self._plan.abort()
        for stream in streams:
            with suppress(HubError):
                stream.close()
