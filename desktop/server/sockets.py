"""Listening: at the wanted address, or the reason why not and the next port that is free."""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys
from contextlib import suppress

from desktop.core.errors import AddressUnusable, PortTaken, WorldError
from desktop.core.serving import LOOPBACK
from desktop.server.policy import Binding

_BACKLOG = 256
_TRIED = 50
"""Ports after the wanted one."""
_TAKEN = {errno.EADDRINUSE, 10048}
_FORBIDDEN = {errno.EACCES, 10013}


def bound(binding: Binding) -> list[socket.socket]:
    """Sockets that listen. Raises PortTaken, AddressUnusable.

    At the loopback there are two where the system has IPv6: "localhost" may be either.
    """
    try:
        first = _listen(binding.host, binding.port)
    except OSError as error:
        raise reason(binding, error) from error
    except UnicodeError as error:
        raise AddressUnusable(host=binding.host, reason=str(error)) from error
    sockets = [first]
    if binding.host == LOOPBACK:
        with suppress(OSError):
            sockets.append(_listen("::1", first.getsockname()[1]))
    return sockets


def free_port(host: str, after: int) -> int | None:
    """The next port above `after` where nobody listens."""
    for port in range(after + 1, min(after + 1 + _TRIED, 65536)):
        try:
            _listen(host, port).close()
        except OSError:
            continue
        return port
    return None


def own_address() -> str:
    """This computer's address in its network: the first private one, else the first that is not the loopback."""
    import psutil  # only here: the window starts without it

    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [
        ipaddress.ip_address(address.address)
        for name, addresses in psutil.net_if_addrs().items()
        for address in addresses
        if name in up and address.family == socket.AF_INET
    ]
    others = [address for address in found if not address.is_loopback and not address.is_link_local]
    return str(next((address for address in others if address.is_private), next(iter(others), LOOPBACK)))


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def reason(binding: Binding, error: OSError) -> WorldError:
    """What the system's refusal means."""
    if error.errno in _TAKEN or (error.errno in _FORBIDDEN and sys.platform == "win32"):
        return PortTaken(port=binding.port, next=free_port(binding.host, binding.port))
    return AddressUnusable(host=binding.host, reason=error.strerror or str(error))
