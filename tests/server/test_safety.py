"""Who may come in: hosts, origins, keys, sizes, and clients that only want to hold the door."""

from __future__ import annotations

import base64
import errno
import json
import os
import socket
import stat
import sys
from http.client import HTTPResponse
from pathlib import Path

import pytest

from desktop.core.errors import AddressUnusable, PortTaken, ServerNeedsKey
from desktop.core.events import RequestAnswered, ServerChanged, SettingChanged
from desktop.server.key import KeyStore, new_key
from desktop.server.policy import Binding, Limits, Patience, host_allowed
from desktop.server.service import LocalServer
from desktop.server.sockets import bound, free_port, own_address, reason
from tests.recorder import Recorder
from tests.server.conftest import Serve, Served
from tests.services.conftest import Start

HERE = Binding("127.0.0.1", 8000)
ABROAD = Binding("0.0.0.0", 8000, "key")
CHAT = {"messages": [{"role": "user", "content": "hi"}]}


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "127.8.9.1", "[::1]:8000", "localhost."]
)
def test_names_of_this_computer(host: str) -> None:
    assert host_allowed(host, "127.0.0.1", HERE)
    assert host_allowed(host, "192.168.1.2", ABROAD)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "localhost@evil.example",
        "192.168.1.2",
        "0.0.0.0",
        "[::1",
        "[::1]x",
        "localhost:80x",
        "2130706433",
        "127.0.0.1:8000:1",
    ],
)
def test_names_of_others(host: str) -> None:
    assert not host_allowed(host, "127.0.0.1", HERE)


def test_addresses_in_the_network() -> None:
    assert host_allowed("192.168.1.2:8000", "192.168.1.2", ABROAD)
    assert not host_allowed("192.168.1.3", "192.168.1.2", ABROAD)
    assert not host_allowed("evil.example", "192.168.1.2", ABROAD)
    assert not host_allowed("0.0.0.0", "192.168.1.2", ABROAD)


def test_dns_rebinding(echo: Served) -> None:
    for path in ("/", "/health", "/v1/models"):
        answer = echo.client.get(path, headers={"Host": "evil.example"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden_host")
    assert echo.post("/", {"prompt": "x"}, Host="evil.example").status_code == 403


def test_pages_of_other_origins(echo: Served) -> None:
    for origin in ("https://evil.example", "null", "http://localhost:3000", f"https://127.0.0.1:{echo.port}"):
        answer = echo.post("/v1/chat/completions", CHAT, Origin=origin)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
        preflight = echo.client.options(
            "/v1/chat/completions", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
        )
        assert preflight.status_code == 403
        assert "access-control-allow-origin" not in preflight.headers
    assert echo.client.get("/v1/models", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert echo.client.get("/v1/models", headers={"Sec-Fetch-Site": "none"}).status_code == 200
    assert echo.post("/", {"prompt": "x"}, Origin=echo.url).status_code == 200
    assert [record.error for record in echo.server.journal.records()[:2]] == ["forbidden_origin"] * 2


def test_listed_origins(serve: Serve) -> None:
    served = serve(settings={"server_origins": "http://localhost:3000, https://app.example/"})
    answer = served.post("/v1/chat/completions", CHAT, Origin="http://localhost:3000")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert answer.headers["vary"] == "Origin"
    asked = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    preflight = served.client.options("/v1/chat/completions", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-headers"] == "content-type"
    assert preflight.headers["access-control-allow-private-network"] == "true"
    assert served.post("/", {"prompt": "x"}, Origin="https://evil.example").status_code == 403
    failed = served.post("/v1/chat/completions", {"messages": []}, Origin="http://localhost:3000")
    assert failed.headers["access-control-allow-origin"] == "http://localhost:3000", "pages may read why it failed"


def test_keys(serve: Serve) -> None:
    served = serve(key="the key à")
    del served.client.headers["Authorization"]
    basic = base64.b64encode("anybody:the key à".encode()).decode()
    for headers, query, status in (
        ({}, "", 401),
        ({"Authorization": "Bearer wrong"}, "", 401),
        ({"Authorization": "Bearer"}, "", 401),
        ({"Authorization": "Basic nonsense"}, "", 401),
        ({"Authorization": "Basic /w=="}, "", 401),
        ({}, "?api_key=wrong", 401),
        ({"Authorization": f"Basic {basic}"}, "", 200),
        ({}, "?api_key=the%20key%20%C3%A0", 200),
        ({"Authorization": "Bearer wrong"}, "?api_key=the%20key%20%C3%A0", 200),
    ):
        answer = served.client.post(f"/{query}", json={"prompt": "x"}, headers=headers)
        assert answer.status_code == status, (headers, query)
    as_curl_sends_it = {b"Authorization": "Bearer the key à".encode()}
    assert served.client.get("/v1/models", headers=as_curl_sends_it).status_code == 200
    assert served.client.get("/v1/models").headers["www-authenticate"] == "Bearer"
    assert served.client.get("/health").status_code == 200
    shown = repr(served.server.journal.records())
    assert "the key" not in shown
    assert "?" not in shown


def test_a_network_needs_a_key(start: Start) -> None:
    app = start()
    server = LocalServer(app)
    try:
        with pytest.raises(ServerNeedsKey):
            server.start(Binding("0.0.0.0", 0)).result(30)
        assert not server.status.running
        assert server.status.error == "server.no_key"
    finally:
        server.close()


def test_a_key_is_kept_where_only_its_user_reads(tmp_path: Path) -> None:
    file = tmp_path / "钥 key" / "server-key.json"
    store = KeyStore(file)
    assert store.get() == ""
    assert not file.exists(), "who only asks leaves nothing"
    key = store.ensure()
    assert len(key) >= 32
    assert KeyStore(file).get() == store.ensure() == key
    if sys.platform != "win32":
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    store.set("mine")
    assert KeyStore(file).get() == "mine"
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    store.set("")
    assert store.get() == ""
    assert new_key() != new_key()


def test_large_requests(serve: Serve) -> None:
    served = serve(settings={"server_body_mb": 1})
    big = "x" * 1_100_000
    answer = served.post("/", {"prompt": big})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    chunked = served.client.post("/", content=iter([b'{"prompt": "', big.encode(), b'"}']))
    assert chunked.status_code == 413
    assert served.post("/", {"prompt": big[:900_000]}).status_code == 200


def test_a_header_that_never_ends(serve: Serve) -> None:
    served = serve(patience=Patience(header=0.3))
    with served.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert connection.recv(1024) == b""
    with served.connect() as silent:
        assert silent.recv(1024) == b""
    assert served.chat("still here")["choices"][0]["message"]["content"] == "still here"


def test_a_body_that_never_ends(serve: Serve) -> None:
    served = serve(patience=Patience(body=0.3))
    with served.connect() as connection:
        recorder = Recorder(served.app.bus)
        connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
        assert connection.recv(1024).startswith(b"HTTP/1.1 408 ")
        assert recorder.wait(RequestAnswered).record.error == "timeout"


def test_those_who_only_hold_the_door(serve: Serve) -> None:
    served = serve(limits=Limits(waiting=8), patience=Patience(header=60))
    held = [served.connect() for _ in range(40)]
    try:
        for connection in held:
            connection.sendall(b"GET / HTTP/1.1\r\n")
        assert served.chat("room for me")["choices"][0]["message"]["content"] == "room for me"
    finally:
        for connection in held:
            connection.close()


def test_a_client_that_does_not_read(serve: Serve) -> None:
    served = serve(patience=Patience(write=0.5))
    words = "word " * 3000
    body = json.dumps({"stream": True, "messages": [{"role": "user", "content": words}]}).encode()
    with served.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        recorder = Recorder(served.app.bus)
        connection.sendall(
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        record = recorder.wait(RequestAnswered).record
    assert record.status == 200
    assert served.chat("next")["choices"][0]["message"]["content"] == "next"


def test_a_port_that_is_taken(serve: Serve, start: Start) -> None:
    served = serve()
    other = LocalServer(served.app)
    try:
        with pytest.raises(PortTaken) as caught:
            other.start(Binding("127.0.0.1", served.port)).result(30)
        free = caught.value.data["next"]
        assert isinstance(free, int)
        assert free > served.port
        assert other.start(Binding("127.0.0.1", free)).result(30).port == free
    finally:
        other.close()
    gone = reason(HERE, OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"))
    assert isinstance(gone, AddressUnusable)


def test_the_settings_switch_it(start: Start) -> None:
    app = start()
    server = LocalServer(app)
    recorder = Recorder(app.bus)

    def change(name: str, value: object) -> None:
        app.settings.set(name, value)
        app.bus.publish(SettingChanged(name))

    try:
        server.follow()
        assert not server.status.running
        app.settings.set("server_port", _free())
        change("server_enabled", True)
        status = recorder.wait(ServerChanged).status
        assert (status.running, status.shown_host) == (True, "127.0.0.1")
        at = recorder.position
        change("server_lan", True)
        status = recorder.wait(ServerChanged, lambda event: event.status.running, at).status
        assert (status.host, status.shown_host) == ("0.0.0.0", own_address())
        assert server.key().result(30), "the network needs a key, so one was made up"
        at = recorder.position
        change("offline", True)
        assert recorder.wait(ServerChanged, lambda event: event.status.running, at).status.host == "127.0.0.1"
        at = recorder.position
        change("server_enabled", False)
        assert not recorder.wait(ServerChanged, after=at).status.running
    finally:
        server.close()


def _free() -> int:
    port = free_port("127.0.0.1", 20000 + os.getpid() % 20000)
    assert port is not None
    return port


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", '{"where": "file"}', '{"where": "file", "key": 3}', '{"where": "keyring"}']
)
def test_a_key_that_cannot_be_read_lets_nobody_in(start: Start, kept: str) -> None:
    app = start()
    server = LocalServer(app)
    try:
        (app.paths.config / "server-key.json").write_text(kept)
        app.settings.set("server_port", free_port("127.0.0.1", 20_000))
        app.settings.set("server_enabled", True)
        status = server.apply().result(30)
        assert not status.running
        assert status.error in ("disk.denied", "hub.no_keyring")
        assert server.set_key("mine").result(30) == "mine"
        assert server.apply().result(30).running
    finally:
        server.close()


def test_a_client_that_is_answered_and_goes_on_sending(serve: Serve) -> None:
    served = serve(key="key", patience=Patience(body=0.5))
    with served.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n")
        answer = HTTPResponse(connection)
        answer.begin()
        assert answer.status == 401
        assert answer.read().startswith(b"{"), "its head and its body may come apart"
        connection.settimeout(0.05)
        for _ in range(100):
            try:
                connection.sendall(b" ")
                assert connection.recv(1) == b""
                return
            except TimeoutError:  # it is still there
                continue
            except ConnectionError:
                return
        pytest.fail("it may go on for ever")


def test_a_listed_page_is_told_that_its_key_is_wrong(serve: Serve) -> None:
    served = serve(key="key", settings={"server_origins": "http://localhost:3000"})
    answer = served.post("/", {"prompt": "x"}, Origin="http://localhost:3000", Authorization="Bearer wrong")
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"


def test_a_name_that_no_host_can_have() -> None:
    for name in ("a" * 64, "a..b"):
        with pytest.raises(AddressUnusable):
            bound(Binding(name, 0, "key"))
