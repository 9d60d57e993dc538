"""What is set for one model: who is asked first, and that the engine and the answers follow it."""

from __future__ import annotations

import pytest

from desktop.app import Application
from desktop.core.errors import BadSetting, UnknownModel
from desktop.core.events import EngineChanged, ModelChanged, TurnFinished
from desktop.core.library import ModelOptions
from desktop.core.models import ConversationId, EngineState, FinishReason, GenerateOptions, LoadedModel, ModelId
from tests.recorder import Recorder
from tests.services.conftest import Start, add_model

PLAIN = ModelId("plain")


def put(app: Application, model: ModelId = PLAIN, **changes: object) -> ModelOptions:
    return app.model_options.set(model, changes).result(10)


def answer(
    app: Application,
    recorder: Recorder,
    text: str,
    *,
    conversation: ConversationId | None = None,
    system: str | None = None,
    options: GenerateOptions | None = None,
    model: ModelId | None = None,
) -> TurnFinished:
    after = recorder.position
    app.chat.send(conversation, text, system=system, options=options, model=model)
    return recorder.wait(TurnFinished, after=after)


def said(finished: TurnFinished) -> str:
    assert finished.answer is not None
    return finished.answer.text


def loaded(app: Application, recorder: Recorder, model: ModelId = PLAIN) -> LoadedModel:
    after = recorder.position
    app.engine.load(model)
    status = recorder.wait(EngineChanged, lambda e: e.status.state is EngineState.READY, after).status
    assert status.loaded is not None
    return status.loaded


def test_they_are_stored_and_told(app: Application, recorder: Recorder) -> None:
    assert app.model_options.get(PLAIN) == ModelOptions()
    assert put(app, threads="2", temperature=0.3) == ModelOptions(threads=2, temperature=0.3)
    assert put(app, temperature=None, top_k=5) == ModelOptions(threads=2, top_k=5)
    assert app.model_options.get(PLAIN) == ModelOptions(threads=2, top_k=5)
    assert [event.model for event in recorder.of(ModelChanged)] == [PLAIN, PLAIN]


def test_what_cannot_be_set_changes_nothing(app: Application, recorder: Recorder) -> None:
    with pytest.raises(BadSetting):
        put(app, threads=2, top_p=7)
    with pytest.raises(UnknownModel):
        put(app, ModelId("nobody"), threads=2)
    assert app.model_options.get(PLAIN) == ModelOptions()
    assert recorder.of(ModelChanged) == []


def test_what_is_inherited(app: Application) -> None:
    app.settings.set("context", 2048)
    model = app.library.get(PLAIN)
    assert app.model_options.inherited(model) == {
        "context": 2048, "gpu_layers": -1, "threads": 0, "temperature": 0.8, "top_p": 0.8, "top_k": 0, "min_p": 0.0,
        "repeat_penalty": 1.1, "max_tokens": None, "system_prompt": None, "thinking": True, "thought_tokens": None,
        "stop": None, "presence_penalty": 0.0, "frequency_penalty": 0.0, "dry_multiplier": 0.0, "typical_p": 1.0,
        "mirostat": False,
    }  # fmt: skip


def test_a_load_follows_the_model_then_the_settings(app: Application, recorder: Recorder) -> None:
    app.settings.set("context", 2048)
    app.settings.set("threads", 3)
    put(app, context=1024)
    first = loaded(app, recorder)
    assert (first.context, first.threads) == (1024, 3)
    other = loaded(app, recorder, add_model(app, "other"))
    assert other.context == 2048  # the other model's own business
    put(app, context=0, threads=5)  # 0 is a value too: automatic
    again = loaded(app, recorder)
    assert (again.context, again.threads) == (4096, 5)


def test_an_answer_follows_the_request_then_the_model(app: Application, recorder: Recorder) -> None:
    put(app, max_tokens=2)
    finished = answer(app, recorder, "one two three four")
    assert (said(finished), finished.reason) == ("one two", FinishReason.LENGTH)
    assert said(answer(app, recorder, "one two three four", options=GenerateOptions(max_tokens=3))) == "one two three"
    put(app, max_tokens=None)
    assert said(answer(app, recorder, "one two three four")) == "one two three four"


def test_the_sampling_is_laid_under_the_request(app: Application) -> None:
    put(app, temperature=0.1, top_k=3, min_p=0.2, repeat_penalty=1.3, top_p=0.4, max_tokens=9)
    asked = GenerateOptions(temperature=0.0, seed=7, thinking=False)
    assert app.model_options.sampling(PLAIN, asked) == GenerateOptions(
        temperature=0.0, top_k=3, min_p=0.2, repeat_penalty=1.3, top_p=0.4, max_tokens=9, seed=7, thinking=False
    )


def test_rare_options_are_laid_under_it_too(app: Application) -> None:
    put(app, presence_penalty=0.5, frequency_penalty=-0.5, dry_multiplier=0.8, typical_p=0.9, mirostat=True)
    put(app, thought_tokens=100, stop="END\n\\n\\n\n\\\\n  完")
    assert app.model_options.sampling(PLAIN, GenerateOptions()) == GenerateOptions(
        presence_penalty=0.5,
        frequency_penalty=-0.5,
        dry_multiplier=0.8,
        typical_p=0.9,
        mirostat=True,
        thought_tokens=100,
        stop=("END", "\n\n", "\\n  完"),
    )
    asked = GenerateOptions(stop=("x",), mirostat=False, thought_tokens=0, presence_penalty=0.0)
    laid = app.model_options.sampling(PLAIN, asked)
    assert (laid.stop, laid.mirostat, laid.thought_tokens, laid.presence_penalty) == (("x",), False, 0, 0.0)


@pytest.mark.parametrize(
    ("own", "asked", "thinks"),
    [(None, True, True), (None, False, False), (False, True, False), (True, False, False), (True, True, True)],
)
def test_a_model_that_may_not_think_never_does(app: Application, own: bool | None, asked: bool, thinks: bool) -> None:
    put(app, thinking=own)
    assert app.model_options.sampling(PLAIN, GenerateOptions(thinking=asked)).thinking is thinks


def test_new_conversations_begin_with_the_system_prompt(app: Application, recorder: Recorder) -> None:
    before = answer(app, recorder, "!history x")
    put(app, system_prompt="Be a cat.")
    fresh = answer(app, recorder, "!history x")
    assert said(fresh) == "2 messages: su"
    assert fresh.conversation is not None
    assert app.conversations.get(fresh.conversation).system == "Be a cat."
    assert said(answer(app, recorder, "!history x", system="")) == "1 messages: u"  # explicitly none
    assert said(answer(app, recorder, "!history x", conversation=before.conversation)) == "3 messages: uau"
    after = recorder.position
    app.chat.send(None, "!history x", temporary=True)
    assert said(recorder.wait(TurnFinished, after=after)) == "2 messages: su"


def test_the_system_prompt_is_that_of_the_model_asked_for(app: Application, recorder: Recorder) -> None:
    other = add_model(app, "other")
    put(app, other, system_prompt="Be a dog.")
    assert said(answer(app, recorder, "!history x", model=other)) == "2 messages: su"
    assert said(answer(app, recorder, "!history x", model=PLAIN)) == "1 messages: u"


def test_they_are_still_there_after_a_restart(start: Start) -> None:
    app = start()
    add_model(app, "plain")
    put(app, threads=4, system_prompt="短一点")
    app.close()
    assert start().model_options.get(PLAIN) == ModelOptions(threads=4, system_prompt="短一点")


def test_another_name_shows_at_once(app: Application, recorder: Recorder) -> None:
    loaded(app, recorder)
    app.library.rename(PLAIN, "My 模型").result(10)
    recorder.wait(EngineChanged, lambda e: e.status.model_name == "My 模型" and e.status.state is EngineState.READY)


@pytest.mark.model
class TestOnTheRealEngine:
    @pytest.fixture
    def app(self, start: Start) -> Application:
        app = start("llama")
        add_model(app, "plain")
        return app

    def test_the_longest_answer_and_the_engine_follow_it(self, app: Application, recorder: Recorder) -> None:
        put(app, max_tokens=5, context=512, threads=1, temperature=0)
        finished = answer(app, recorder, "Tell me a long story.")
        assert finished.reason is FinishReason.LENGTH
        assert finished.usage is not None
        assert finished.usage.completion_tokens == 5
        assert (status := app.engine.status.loaded) is not None
        assert (status.context, status.threads) == (512, 1)

    def test_temperature_decides_whether_answers_differ(self, app: Application, recorder: Recorder) -> None:
        put(app, max_tokens=24, temperature=0)
        steady = {said(answer(app, recorder, "Tell me a long story.")) for _ in range(2)}
        assert len(steady) == 1
        put(app, temperature=5, top_p=1, repeat_penalty=1)
        wild = {said(answer(app, recorder, "Tell me a long story.")) for _ in range(3)}
        assert len(wild | steady) > 2

    def test_the_system_prompt_reaches_the_model(self, app: Application, recorder: Recorder) -> None:
        put(app, max_tokens=4, temperature=0)
        without = answer(app, recorder, "Hello!")
        put(app, system_prompt="You are a cat. Say nothing but meow.")
        with_it = answer(app, recorder, "Hello!")
        assert without.usage is not None
        assert with_it.usage is not None
        assert with_it.usage.prompt_tokens >= without.usage.prompt_tokens + 8
