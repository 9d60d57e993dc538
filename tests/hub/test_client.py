"""The client against real HTTP: what the hub says, what the network does, and who sees the token."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from desktop.core.errors import HubBusy, HubDenied, HubError, HubNonsense, HubNotFound, HubUnreachable
from desktop.hub.client import HuggingFaceHub
from desktop.hub.lazy import Network
from tests.hubserver import CHUNK, Fault, HubServer, html

REPOSITORY = "zai-org/glm-tiny-gguf"
FILE = "Q4/glm tiny 中文.gguf"
DATA = bytes(range(256)) * 2048  # 512 KiB


@pytest.fixture
def server() -> Iterator[HubServer]:
    with HubServer() as hub:
        hub.add(REPOSITORY, FILE, DATA)
        hub.add(REPOSITORY, "README.md", b"# hello", lfs=False)
        yield hub


@pytest.fixture
def hub(server: HubServer) -> HuggingFaceHub:
    return HuggingFaceHub(server.url, token=lambda: "hf_0123456789abcdef")


def test_metadata_of_a_file(server: HubServer, hub: HuggingFaceHub) -> None:
    remote = hub.file(REPOSITORY, FILE)
    assert remote.size == len(DATA)
    assert remote.sha256 == remote.etag == server.add("other/x", "y", DATA)
    assert remote.revision == server.commit(REPOSITORY)
    assert remote.url.startswith(f"{server.url}/{REPOSITORY}/resolve/{remote.revision}/Q4/glm%20tiny%20")


def test_small_files_have_no_sha256_but_an_etag(server: HubServer, hub: HuggingFaceHub) -> None:
    remote = hub.file(REPOSITORY, "README.md")
    assert (remote.size, remote.sha256) == (7, None)
    assert remote.etag
    assert b"".join(hub.open(remote, 0)) == b"# hello"


def test_list_of_files(server: HubServer, hub: HuggingFaceHub) -> None:
    listed = {remote.file: remote for remote in hub.files(REPOSITORY)}
    assert set(listed) == {FILE, "README.md"}
    assert listed[FILE] == hub.file(REPOSITORY, FILE)
    assert (listed["README.md"].size, listed["README.md"].sha256) == (7, None)


def test_size_and_hash_come_from_the_list_when_a_mirror_loses_the_headers(
    server: HubServer, hub: HuggingFaceHub
) -> None:
    server.faults.append(Fault(on="hub", headers={"X-Linked-Etag": "", "X-Linked-Size": "", "ETag": ""}))
    remote = hub.file(REPOSITORY, FILE)
    assert (remote.size, remote.sha256) == (len(DATA), server.add("other/x", "y", DATA))


def test_bytes_and_ranges(server: HubServer, hub: HuggingFaceHub) -> None:
    remote = hub.file(REPOSITORY, FILE)
    whole = hub.open(remote, 0)
    assert (whole.offset, whole.total, whole.etag) == (0, len(DATA), remote.etag)
    assert b"".join(whole) == DATA
    rest = hub.open(remote, 100_000)
    assert (rest.offset, rest.total) == (100_000, len(DATA))
    assert b"".join(rest) == DATA[100_000:]
    assert [request.start for request in server.gets()] == [0, 100_000]
    assert all(request.headers["accept-encoding"] == "identity" for request in server.gets())


def test_a_server_that_ignores_ranges_is_noticed(server: HubServer, hub: HuggingFaceHub) -> None:
    server.faults.append(Fault(ignore_range=True))
    stream = hub.open(hub.file(REPOSITORY, FILE), 5)
    assert stream.offset == 0
    assert b"".join(stream) == DATA


def test_all_of_a_file_of_unknown_size_is_here(server: HubServer, hub: HuggingFaceHub) -> None:
    stream = hub.open(hub.file(REPOSITORY, FILE), len(DATA))
    assert (stream.offset, stream.total, b"".join(stream)) == (len(DATA), len(DATA), b"")


def test_no_length_is_no_obstacle(server: HubServer, hub: HuggingFaceHub) -> None:
    server.faults.append(Fault(no_length=True))
    stream = hub.open(hub.file(REPOSITORY, FILE), 0)
    assert stream.total is None
    assert b"".join(stream) == DATA


def test_a_dropped_line_is_an_error_after_what_came(server: HubServer, hub: HuggingFaceHub) -> None:
    server.faults.append(Fault(cut=100_000))
    got = bytearray()

    def read() -> None:
        for chunk in hub.open(hub.file(REPOSITORY, FILE), 0):
            got.extend(chunk)

    with pytest.raises(HubUnreachable):
        read()
    assert got == DATA[: len(got)]
    assert len(got) >= CHUNK


def test_close_from_another_thread_ends_a_waiting_read(server: HubServer, hub: HuggingFaceHub) -> None:
    fault = Fault(hold=CHUNK)
    server.faults.append(fault)
    stream = hub.open(hub.file(REPOSITORY, FILE), 0)
    ended = threading.Event()

    def read() -> None:
        try:
            for _ in stream:
                pass
        except HubUnreachable:
            ended.set()

    thread = threading.Thread(target=read)
    thread.start()
    assert fault.reached.wait(10)
    stream.close()
    thread.join(10)
    assert ended.is_set()


def test_a_stream_closed_late_leaves_the_next_one_alone(server: HubServer, hub: HuggingFaceHub) -> None:
    remote = hub.file(REPOSITORY, FILE)
    first = hub.open(remote, 0)
    assert b"".join(first) == DATA
    second = hub.open(remote, 0)
    first.close()
    assert b"".join(second) == DATA


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=401), HubDenied),
        (Fault(status=403), HubDenied),
        (Fault(status=404), HubNotFound),
        (Fault(status=429, headers={"Retry-After": "7"}), HubBusy),
        (Fault(status=500), HubBusy),
        (Fault(status=503), HubBusy),
        (Fault(status=418), HubNonsense),
        (html(), HubNonsense),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value.status),
)
@pytest.mark.parametrize("on", ["hub", "api", "cdn"])
def test_refusals(server: HubServer, hub: HuggingFaceHub, fault: Fault, error: type[HubError], on: str) -> None:
    remote = hub.file(REPOSITORY, FILE)
    server.faults.append(Fault(on=on, status=fault.status, headers=fault.headers, body=fault.body))
    if on == "cdn" and error is HubDenied:
        error = HubBusy  # an expired address, not a closed door
    ask: dict[str, Callable[[], object]] = {
        "hub": lambda: hub.file(REPOSITORY, FILE),
        "api": lambda: hub.files(REPOSITORY),
        "cdn": lambda: hub.open(remote, 0),
    }
    with pytest.raises(error) as caught:
        ask[on]()
    assert caught.value.data["endpoint"] == server.url
    if fault.status == 429:
        assert caught.value.data["retry_after"] == 7


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"siblings": [{"size": 1}]}', b"\xff\xfe"])
def test_broken_json(server: HubServer, hub: HuggingFaceHub, body: bytes) -> None:
    server.faults.append(Fault(on="api", status=200, body=body))
    with pytest.raises(HubNonsense):
        hub.files(REPOSITORY)


@pytest.mark.parametrize("shift", [-1, 1, 1000])
def test_a_wrong_range_is_nonsense(server: HubServer, hub: HuggingFaceHub, shift: int) -> None:
    server.faults.append(Fault(shift_range=shift))
    with pytest.raises(HubNonsense):
        hub.open(hub.file(REPOSITORY, FILE), 2000)


def test_what_does_not_exist(server: HubServer, hub: HuggingFaceHub) -> None:
    with pytest.raises(HubNotFound) as caught:
        hub.file(REPOSITORY, "nothing.gguf")
    assert caught.value.data["file"] == "nothing.gguf"
    with pytest.raises(HubNotFound):
        hub.file(REPOSITORY, FILE, "0" * 40)
    with pytest.raises(HubDenied):  # the hub does not tell missing from private
        hub.file("nobody/nothing", FILE)
    with pytest.raises(HubNotFound):
        hub.files("not a repository/../x")


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused at once
        hub = HuggingFaceHub(f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(HubUnreachable):
            hub.file(REPOSITORY, FILE)
        with pytest.raises(HubUnreachable):
            hub.files(REPOSITORY)


@pytest.mark.parametrize("endpoint", ["http://", "http://127.0.0.1:99999", "ftp://127.0.0.1"])
def test_an_address_that_is_none(endpoint: str) -> None:
    with pytest.raises((HubUnreachable, HubNonsense)):
        HuggingFaceHub(endpoint).file(REPOSITORY, FILE)


def test_a_server_that_hangs_up(server: HubServer, hub: HuggingFaceHub) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            connection, _ = listener.accept()
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(HubUnreachable):
            HuggingFaceHub(f"http://127.0.0.1:{listener.getsockname()[1]}").file(REPOSITORY, FILE)
        thread.join(10)


def test_requests_go_through_the_proxy(server: HubServer) -> None:
    hub = HuggingFaceHub(
        "http://hub.invalid", network=Network(proxy=server.url)
    )  # a proxy gets the whole URL in the request line
    with pytest.raises(HubNotFound):
        hub.file(REPOSITORY, "not there.gguf")
    with pytest.raises(HubUnreachable):
        HuggingFaceHub(server.url, network=Network(proxy="http://127.0.0.1:9")).file(REPOSITORY, FILE)
    assert HuggingFaceHub(server.url).file(REPOSITORY, FILE).size == len(DATA)


@pytest.mark.parametrize(
    ("variable", "value"), [("HTTP_PROXY", "no such scheme://x"), ("SSL_CERT_FILE", "/nowhere/certificates.pem")]
)
def test_an_environment_that_makes_no_sense(
    server: HubServer, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    remote = HuggingFaceHub(server.url).file(REPOSITORY, FILE)
    monkeypatch.setenv(variable, value)
    with pytest.raises(HubUnreachable):
        HuggingFaceHub(server.url).file(REPOSITORY, FILE)
    with pytest.raises(HubUnreachable):
        HuggingFaceHub(server.url).open(remote, 0)


def test_no_tls_where_there_should_be(server: HubServer) -> None:
    with pytest.raises(HubUnreachable):
        HuggingFaceHub(f"https://127.0.0.1:{server.port}").file(REPOSITORY, FILE)


class TestToken:
    def test_a_mirror_never_sees_it(
        self, server: HubServer, hub: HuggingFaceHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HF_TOKEN", "hf_fromtheenvironment")
        for client in (hub, HuggingFaceHub(server.url)):
            client.files(REPOSITORY)
            assert b"".join(client.open(client.file(REPOSITORY, FILE), 0)) == DATA
        assert server.requests
        assert not [request for request in server.requests if "authorization" in request.headers]

    def test_the_content_server_never_sees_it(self, server: HubServer) -> None:
        server.gated.add(REPOSITORY)
        with pytest.raises(HubDenied):
            HuggingFaceHub(server.url, token=lambda: server.token).file(REPOSITORY, FILE)
        trusting = HuggingFaceHub(server.url, token=lambda: server.token, trusts=lambda url: url.startswith(server.url))
        trusting.files(REPOSITORY)
        assert b"".join(trusting.open(trusting.file(REPOSITORY, FILE), 0)) == DATA
        seen = {request.on for request in server.requests if "authorization" in request.headers}
        assert seen == {"hub", "api"}
        assert server.gets()

    def test_an_outdated_one_is_left_out(self, server: HubServer) -> None:
        server.faults.append(Fault(on="hub", status=401))
        trusting = HuggingFaceHub(server.url, token=lambda: "hf_outdatedoutdated", trusts=lambda url: True)
        assert b"".join(trusting.open(trusting.file(REPOSITORY, FILE), 0)) == DATA
        first, *others = server.requests
        assert "authorization" in first.headers
        assert not [request for request in others if "authorization" in request.headers]


@pytest.mark.parametrize(
    "location", ["", "file:///etc/passwd", "http://[", "http://127.0.0.1:99999999/x", "data:text/plain,x"]
)
def test_redirects_to_nowhere(server: HubServer, hub: HuggingFaceHub, location: str) -> None:
    remote = hub.file(REPOSITORY, FILE)
    server.faults.append(Fault(on="hub", status=302, headers={"Location": location}))
    with pytest.raises(HubNonsense):
        hub.open(remote, 0)


def test_redirects_without_end(server: HubServer, hub: HuggingFaceHub) -> None:
    remote = hub.file(REPOSITORY, FILE)
    server.faults.append(Fault(on="hub", status=302, times=100, headers={"Location": remote.url}))
    with pytest.raises(HubNonsense):
        hub.open(remote, 0)
    with pytest.raises(HubNonsense):
        hub.file(REPOSITORY, FILE)
