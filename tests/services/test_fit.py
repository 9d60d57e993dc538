"""Estimates of a whole application: of models here and on a hub, and what loads teach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.app import Application
from desktop.app import _memory as needed
from desktop.core import errors
from desktop.core.builds import RemoteBuild, builds
from desktop.core.memory import Verdict
from desktop.core.models import Device, EngineState, LoadOptions, ModelId
from desktop.inference.gguf import read_header
from desktop.services.fit import MOST_CONTEXT, FitService
from desktop.services.safemode import key_of
from desktop.storage.estimates import EstimateStore, LoadMemory
from tests.hubserver import Fault, HubServer
from tests.models_factory import SHAPES, few_layers, write_model
from tests.services.conftest import Start, add_model


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with HubServer() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


@pytest.fixture
def fit(app: Application) -> FitService:
    return app.fit


def offered(app: Application, hub: HubServer, repository: str) -> tuple[RemoteBuild, ...]:
    return builds(app.hub(hub.url).files(repository))


def test_a_model_here_and_the_context_that_is_set(app: Application, fit: FitService) -> None:
    model = ModelId("plain")
    usual = fit.installed(model).result(30)
    assert (usual.context, usual.verdict, usual.learnt) == (2048, Verdict.CPU, False)
    assert fit.installed(model, 512).result(30).context == 512
    assert fit.installed(model, MOST_CONTEXT).result(30).context == 2048
    app.settings.set("context", 1024)
    assert fit.installed(model).result(30).context == 1024
    app.model_options.set(model, {"context": 768}).result(30)
    assert fit.installed(model).result(30).context == 768


def test_what_is_not_here(fit: FitService) -> None:
    with pytest.raises(errors.UnknownModel):
        fit.installed(ModelId("nothing")).result(30)


def test_a_file_that_vanished_or_changed(app: Application, fit: FitService) -> None:
    path = app.library.get(add_model(app, "other")).path
    before = fit.installed(ModelId("other")).result(30)
    path.unlink()
    with pytest.raises(errors.FileMissing):
        fit.installed(ModelId("other")).result(30)
    write_model(path, few_layers(SHAPES["glm-edge-1.5b"], 1), "Q8_0", data=False)
    assert fit.installed(ModelId("other")).result(30).kv != before.kv


def test_every_recommended_build_can_be_estimated(app: Application, fit: FitService) -> None:
    for entry in app.library.catalog():
        found = fit.catalog(entry, 8192).result(30)
        assert found is not None, entry.id
        assert abs(found.weights / entry.size - 1) < 0.01
        assert found.context == min(8192, entry.context)
        longest = fit.catalog(entry, MOST_CONTEXT).result(30)
        assert longest is not None
        assert longest.context == entry.context


def test_the_shapes_of_the_catalogue_are_those_of_the_files(app: Application, fit: FitService, tmp_path: Path) -> None:
    """Against headers of the same models."""
    for id, shape in (
        ("chatglm3-6b-q4_k_m", "chatglm3-6b"),
        ("glm-4-9b-0414-q4_k_m", "glm-4-9b-0414"),
        ("glm-4-32b-0414-q4_k_m", "glm-4-32b-0414"),
        ("glm-edge-1.5b-q4_k_m", "glm-edge-1.5b"),
        ("glm-edge-4b-q4_k_m", "glm-edge-4b"),
        ("glm-4.7-flash-q4_k_m", "glm-4.7-flash"),
        ("glm-4.5-air-q4_k_m", "glm-4.5-air"),
    ):
        entry = next(entry for entry in app.library.catalog() if entry.id == id)
        path = write_model(tmp_path / "m.gguf", SHAPES[shape], "Q4_K_M", data=False)
        real = read_header(path).footprint
        found = fit.catalog(entry, 4096).result(30)
        assert real is not None
        assert found is not None
        assert found.kv == 4096 * 2 * (sum(real.keys) + sum(real.values)), id
        assert found.layers == len(real.blocks)


def test_one_header_tells_of_all_quantizations(app: Application, hub: HubServer, tmp_path: Path) -> None:
    shape = few_layers(SHAPES["glm-edge-1.5b"], 2)
    for quantization in ("Q4_K_M", "Q8_0"):
        path = write_model(tmp_path / f"glm-edge.{quantization}.gguf", shape, quantization, data=False)
        hub.add("a/edge-GGUF", path.name, path)
    offers = offered(app, hub, "a/edge-GGUF")
    found = app.fit.remotes(offers, 4096).result(60)
    assert found.keys() == {"glm-edge.Q4_K_M.gguf", "glm-edge.Q8_0.gguf"}
    assert len(hub.gets()) == 1
    small, large = (found[f"glm-edge.{quantization}.gguf"] for quantization in ("Q4_K_M", "Q8_0"))
    assert small.kv == large.kv == 4096 * 2 * 2048
    exact = read_header(tmp_path / "glm-edge.Q8_0.gguf").footprint
    assert exact is not None
    assert abs(large.weights / exact.weights - 1) < 0.03
    app.fit.remotes(offers, 8192).result(60)
    assert len(hub.gets()) == 1


def test_of_many_models_in_one_repository_a_few_headers_are_read(
    app: Application, hub: HubServer, tmp_path: Path
) -> None:
    path = write_model(tmp_path / "m.gguf", few_layers(SHAPES["glm-edge-1.5b"], 1), "Q8_0", data=False)
    for name in "abcdef":
        hub.add("a/b", f"model {name}.Q8_0.gguf", path)
    offers = offered(app, hub, "a/b")
    assert len(app.fit.remotes(offers, 4096).result(60)) == 4
    assert len(app.fit.remotes(offers, 4096).result(60)) == 6  # those known cost nothing
    assert len(hub.gets()) == 6


def test_headers_are_kept_and_read_again_when_the_file_changed(start: Start, hub: HubServer, tmp_path: Path) -> None:
    path = write_model(tmp_path / "m-Q8_0.gguf", few_layers(SHAPES["glm-edge-1.5b"], 1), "Q8_0", data=False)
    hub.add("a/b", path.name, path)
    first = start()
    one = first.fit.remote(offered(first, hub, "a/b")[0], 2048).result(60)
    first.close()
    again = start()
    (build,) = offered(again, hub, "a/b")
    assert again.fit.remote(build, 2048).result(60).kv == one.kv
    assert len(hub.gets()) == 1
    other = write_model(tmp_path / "n.gguf", few_layers(SHAPES["glm-edge-1.5b"], 2), "Q8_0", data=False)
    hub.add("a/b", path.name, other)
    (build,) = offered(again, hub, "a/b")
    assert again.fit.remote(build, 2048).result(60).kv == 2 * one.kv
    assert len(hub.gets()) == 2


def test_a_header_that_cannot_be_had(app: Application, hub: HubServer, tmp_path: Path) -> None:
    path = write_model(tmp_path / "good.Q8_0.gguf", few_layers(SHAPES["glm-edge-1.5b"], 1), "Q8_0", data=False)
    hub.add("a/b", path.name, path)
    hub.add("a/b", "bad.Q8_0.gguf", b"this is a text" * 1000)
    offers = {build.file: build for build in offered(app, hub, "a/b")}
    with pytest.raises(errors.NotAModel):
        app.fit.remote(offers["bad.Q8_0.gguf"]).result(60)
    assert app.fit.remotes(tuple(offers.values())).result(60).keys() == {"good.Q8_0.gguf"}
    with pytest.raises(errors.NotAModel):
        app.fit.remotes((offers["bad.Q8_0.gguf"],)).result(60)
    hub.faults.append(Fault(status=404, on="cdn", times=99))
    hub.add("a/b", "gone.Q8_0.gguf", path)
    gone = next(build for build in offered(app, hub, "a/b") if build.file == "gone.Q8_0.gguf")
    with pytest.raises(errors.HubError):
        app.fit.remote(gone).result(60)


def test_offline_says_so(app: Application, hub: HubServer, tmp_path: Path) -> None:
    path = write_model(tmp_path / "m-Q8_0.gguf", few_layers(SHAPES["glm-edge-1.5b"], 1), "Q8_0", data=False)
    hub.add("a/b", path.name, path)
    (build,) = offered(app, hub, "a/b")
    app.settings.set("offline", True)
    with pytest.raises(errors.HubOffline):
        app.fit.remote(build).result(60)
    assert hub.gets() == []


@pytest.mark.model
def test_a_load_teaches(start: Start, wait_until: Callable[..., None]) -> None:
    app = start("llama")
    model = add_model(app, "plain")
    before = app.fit.installed(model).result(30)
    app.engine.load(model)
    wait_until(lambda: app.engine.status.state is EngineState.READY, 60)
    loaded = app.engine.status.loaded
    assert loaded is not None
    wait_until(lambda: app.fit.installed(model).result(30).learnt, 30)
    after = app.fit.installed(model).result(30)
    assert before.kv == after.kv == loaded.kv_bytes
    assert abs(after.compute - loaded.compute_bytes) < 1000
    assert abs(after.weights - loaded.weights_bytes) < 1000
    half = app.fit.installed(model, 1024).result(30)
    assert half.learnt
    assert half.kv * 2 == after.kv


def test_a_lesson_counts_for_its_build_and_the_nearest_context(app: Application, fit: FitService) -> None:
    plain = fit.installed(ModelId("plain"), 2048).result(30)
    assert app.engine.hello is not None  # asked for its devices
    key = key_of(app.library.get(ModelId("plain")))
    store = EstimateStore(app._database)
    expected = (plain.weights, plain.kv, plain.compute)

    def lesson(build: str, context: int, factor: int) -> None:
        real = (plain.weights, plain.kv, plain.compute * factor)
        app.writer.submit(store.put_load, LoadMemory(build, key, context, 0, *real, 0, *expected, factor)).result(30)

    lesson("another build", 2048, 3)
    assert not fit.installed(ModelId("plain"), 2048).result(30).learnt
    lesson(app.engine.hello.build, 512, 2)
    lesson(app.engine.hello.build, 2048, 4)
    assert fit.installed(ModelId("plain"), 2048).result(30).compute == 4 * plain.compute
    near_512 = fit.installed(ModelId("plain"), 512).result(30).compute
    lesson(app.engine.hello.build, 512, 1)
    assert near_512 == 2 * fit.installed(ModelId("plain"), 512).result(30).compute
    lesson(app.engine.hello.build, 2048, 1000)  # nonsense is bounded
    assert fit.installed(ModelId("plain"), 2048).result(30).compute == 4 * plain.compute


def test_after_close_nothing_is_answered(start: Start) -> None:
    app = start()
    model = add_model(app, "plain")
    app.fit.close()
    with pytest.raises(RuntimeError):
        app.fit.installed(model)


def test_what_a_load_must_find_in_memory(app: Application) -> None:
    """A card takes its part off the processor's memory; one that shares it does not."""
    model = app.library.get(ModelId("plain"))
    without, total = needed(model, LoadOptions(model.path), ())
    assert 4_000_000 < without < total
    assert needed(model, LoadOptions(model.path, context=512), ())[0] < without
    card = Device("CUDA0", "A card", "gpu", 8 << 30, 8 << 30)
    assert needed(model, LoadOptions(model.path), (card,))[0] < without
    assert needed(model, LoadOptions(model.path, gpu_layers=0), (card,))[0] == without
    built_in = Device("Vulkan0", "An integrated one", "igpu", 8 << 30, 8 << 30)
    assert needed(model, LoadOptions(model.path), (built_in,))[0] == without
