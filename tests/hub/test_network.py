"""Ways into the network: SOCKS, no proxy at all, certificates of one's own."""

from __future__ import annotations

import shutil
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from desktop.core.errors import HubUnreachable
from desktop.hub.client import HuggingFaceHub
from desktop.hub.lazy import Network
from tests.hubserver import HubServer

DATA = bytes(range(256)) * 400


@pytest.fixture
def server() -> Iterator[HubServer]:
    with HubServer() as hub:
        hub.add("a/b", "x.gguf", DATA)
        yield hub


class Socks:
    """A SOCKS5 proxy without a password that notes where it was sent."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._open: list[socket.socket] = []

    def __enter__(self) -> Socks:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._begin(self._listener.accept()[0])

    def _begin(self, client: socket.socket) -> None:
        self._open.append(client)
        _, count = client.recv(2)
        client.recv(count)
        client.sendall(b"\x05\x00")
        _, _, _, kind = client.recv(4)
        host = socket.inet_ntoa(client.recv(4)) if kind == 1 else client.recv(client.recv(1)[0]).decode()
        (port,) = struct.unpack(">H", client.recv(2))
        self.asked.append((host, port))
        try:
            far = socket.create_connection(("127.0.0.1", port))
        except OSError:
            client.sendall(b"\x05\x05\x00\x01" + bytes(6))
            return
        self._open.append(far)
        client.sendall(b"\x05\x00\x00\x01" + bytes(6))
        for one, other in ((client, far), (far, client)):
            thread = threading.Thread(target=self._pump, args=(one, other))
            thread.start()
            self._threads.append(thread)

    @staticmethod
    def _pump(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_socks(server: HubServer, scheme: str) -> None:
    with Socks() as proxy:
        hub = HuggingFaceHub(server.url, network=Network(proxy=f"{scheme}://127.0.0.1:{proxy.port}"))
        assert b"".join(hub.open(hub.file("a/b", "x.gguf"), 0)) == DATA
        assert ("127.0.0.1", server.port) in proxy.asked


def test_a_socks_proxy_that_is_not_there(server: HubServer) -> None:
    with pytest.raises(HubUnreachable):
        HuggingFaceHub(server.url, network=Network(proxy="socks5://127.0.0.1:9")).file("a/b", "x.gguf")


def test_the_systems_proxy_and_none(server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(HubUnreachable):
        HuggingFaceHub(server.url).file("a/b", "x.gguf")
    assert HuggingFaceHub(server.url, network=Network(proxy="direct")).file("a/b", "x.gguf").size == len(DATA)


def test_certificates_of_ones_own(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "我的 cert.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    words += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(words, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_greet, args=(listener, context))
        thread.start()
        url = f"https://localhost:{listener.getsockname()[1]}"
        with pytest.raises(HubUnreachable):
            HuggingFaceHub(url, network=Network(proxy="direct")).file("a/b", "x.gguf")
        found = HuggingFaceHub(url, network=Network(proxy="direct", ca_file=str(certificate))).file("a/b", "x.gguf")
        assert found.size == 7
        thread.join(10)


def _greet(listener: socket.socket, context: ssl.SSLContext) -> None:
    answer = f'HTTP/1.1 200 OK\r\nX-Repo-Commit: {"a" * 40}\r\nETag: "{"b" * 64}"\r\nContent-Length: 7\r\nConnection: close\r\n\r\n'
    for _ in range(2):
        client, _ = listener.accept()
        with suppress(OSError), context.wrap_socket(client, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(answer.encode())


@pytest.mark.parametrize("content", [None, b"no certificates"])
def test_a_certificate_file_that_is_none(server: HubServer, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "x.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(HubUnreachable):
        HuggingFaceHub(server.url, network=Network(ca_file=str(file))).file("a/b", "x.gguf")
