"""The generations of GLM: how to tell them apart, how their prompts are built, where they stop, how they like to be sampled.

Pure. The sources of every number are the model cards and the official demos.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from desktop.core.models import PromptMessage, Role
from desktop.inference import tools as functions

OTHER = "other"
"""Family id of everything that is not listed here; such files bring their own template."""

MARKS = ("<|system|>", "<|user|>", "<|assistant|>", "<|observation|>")
"""Role marks of every generation: special tokens, and where an answer ends."""

THINK = "<think>"
END_THINK = "</think>"

WRITTEN_MARKS = (THINK, END_THINK, *functions.MARKS)
"""Marks that are part of what an answer says."""

LANDMARKS = frozenset({*MARKS, "[gMASK]", "[sMASK]", "sop", "<sop>", THINK, END_THINK})
"""Tokens whose presence in a vocabulary `detect` asks for."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a prompt. Only pieces with `special` may become special tokens; a user's words never do."""

    text: str
    special: bool


@dataclass(frozen=True)
class Sampling:
    """Defaults of a family, by the names of GenerateOptions; what is off is said there."""

    temperature: float
    top_p: float
    top_k: int = 0
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    typical_p: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    dry_multiplier: float = 0.0
    mirostat: bool = False


@dataclass(frozen=True)
class Rounds:
    """How the first generations write a conversation: one text of numbered rounds, without role marks."""

    first: int
    """The number of the first round."""
    gap: str
    """Between a question, its answer and the next round."""
    bare: bool
    """The first question of a conversation stands alone, without a frame."""


@dataclass(frozen=True)
class Family:
    """One generation. `after_mark` stands between a role mark and the words; the model writes it itself in answers."""

    id: str
    prefix: tuple[str, ...]
    """Special tokens at the very start."""
    after_mark: str
    sampling: Sampling
    context: int
    """Context in tokens when the user does not choose: a compromise between memory and memory."""
    trained_context: int
    """The real one, for files that declare less; 0 = believe the file."""
    thinks: bool = False
    """May write its thoughts between <think> and </think> before the answer."""
    opens_thought: bool = False
    """The prompt already ends with <think>."""
    no_think_user: str = ""
    """Appended to each question when thoughts are not wanted."""
    no_think_answer: str = ""
    """What the prompt ends with, after the assistant's mark, when thoughts are not wanted."""
    answer_prefix: str = ""
    """What stands before earlier answers, whose thoughts are left out."""
    system: str = ""
    """Its own system text, used when there is none."""
    rounds: Rounds | None = None
    """For families without role marks; theirs have no place for a system text, so it stands before the first question."""

    @property
    def thinking(self) -> str:
        """Whether it thinks first: "no", "always", or "switch" if that can be chosen."""
        if not self.thinks:
            return "no"
        return "switch" if self.no_think_answer else "always"

    @property
    def thought_end(self) -> str:
        """How a thought is ended for the model."""
        return END_THINK + self.after_mark


_CODEGEEX = (
    "你是一位智能编程助手，你叫CodeGeeX。你会为用户回答关于编程、代码、计算机方面的任何问题，"
    "并提供格式规范、可以执行、准确安全的代码，并在必要时提供详细的解释。"
)
_GLM4_PREFIX = ("[gMASK]", "<sop>")

CHATGLM = Family("chatglm", (), "", Sampling(0.95, 0.7), 2048, 2048, rounds=Rounds(0, "\n", bare=True))
CHATGLM2 = Family(
    "chatglm2", ("[gMASK]", "sop"), "", Sampling(0.95, 0.8), 8192, 0, rounds=Rounds(1, "\n\n", bare=False)
)
CHATGLM3 = Family("chatglm3", ("[gMASK]", "sop"), "\n ", Sampling(0.8, 0.8, repeat_penalty=1.1), 8192, 0)
GLM_EDGE = Family("glm-edge", (), "\n", Sampling(0.6, 0.8), 8192, 8192)
GLM_4 = Family("glm-4", _GLM4_PREFIX, "\n", Sampling(0.8, 0.8), 8192, 131_072)
CODEGEEX4 = Family("codegeex4", _GLM4_PREFIX, "\n", Sampling(0.2, 1.0), 8192, 131_072, system=_CODEGEEX)
GLM_4_0414 = Family("glm-4-0414", _GLM4_PREFIX, "\n", Sampling(0.6, 0.8), 8192, 0)
GLM_Z1 = Family("glm-z1", _GLM4_PREFIX, "\n", Sampling(0.6, 0.95, top_k=40), 16_384, 0, thinks=True)
GLM_45 = Family(
    "glm-4.5",
    _GLM4_PREFIX,
    "\n",
    Sampling(0.6, 0.95),
    16_384,
    0,
    thinks=True,
    no_think_user="/nothink",
    no_think_answer="\n<think></think>",
    answer_prefix="\n<think></think>",
)
GLM_46 = Family(
    "glm-4.6",
    _GLM4_PREFIX,
    "\n",
    Sampling(1.0, 0.95, min_p=0.01),
    16_384,
    0,
    thinks=True,
    no_think_user="/nothink",
    no_think_answer="\n<think></think>",
    answer_prefix="\n<think></think>",
)
GLM_47_FLASH = Family(
    "glm-4.7-flash",
    _GLM4_PREFIX,
    "",
    Sampling(1.0, 0.95, min_p=0.01),
    16_384,
    0,
    thinks=True,
    opens_thought=True,
    no_think_answer="</think>",
    answer_prefix="</think>",
)

FAMILIES: dict[str, Family] = {
    family.id: family
    for family in (
        CHATGLM,
        CHATGLM2,
        CHATGLM3,
        GLM_EDGE,
        GLM_4,
        CODEGEEX4,
        GLM_4_0414,
        GLM_Z1,
        GLM_45,
        GLM_46,
        GLM_47_FLASH,
    )
}

OTHER_SAMPLING = Sampling(0.8, 0.95, top_k=40, min_p=0.05)
"""For models that are no GLM: llama.cpp's own defaults."""
OTHER_CONTEXT = 8192


def usual_sampling(family: str) -> dict[str, int | float]:
    """How the family of this id is sampled when nobody says otherwise, by the names of GenerateOptions."""
    found = FAMILIES.get(family)
    return asdict(found.sampling if found else OTHER_SAMPLING)


def detect(architecture: str, name: str, vocabulary: int, tokens: Collection[str]) -> Family | None:
    """The family of a file, or None for one we have no prompt for.

    `name` is the file's general.name (and basename), `vocabulary` the number of its tokens, `tokens` those of LANDMARKS
    that are among them. Metadata lie now and then (GLM-Edge and GLM-4 share an architecture, a quantizer writes any
    name), so tokens and sizes count first.
    """
    name = name.lower()
    if architecture == "chatglm" and {"[gMASK]", "[sMASK]", "sop"} <= set(tokens) and not {*MARKS} & set(tokens):
        return CHATGLM2
    if not {"<|user|>", "<|assistant|>"} <= set(tokens):
        return None
    if architecture == "chatglm":
        if "<sop>" in tokens:
            if vocabulary < 100_000:  # GLM-Edge 59,264; GLM-4 151,552
                return GLM_EDGE
            return CODEGEEX4 if "codegeex" in name else GLM_4
        return CHATGLM3 if "sop" in tokens else None
    if "<sop>" not in tokens:
        return None
    if architecture == "glm4":
        return GLM_Z1 if re.search(r"(?<![a-z0-9])z1(?![a-z0-9])", name) else GLM_4_0414
    if architecture == "glm4moe":
        return GLM_46 if "4.6" in name or "4.7" in name else GLM_45
    if architecture == "deepseek2":
        return GLM_47_FLASH
    return None


def real_context(family: Family | None, declared: int) -> int:
    """Context in tokens the model was made for, where files are known to declare less."""
    return max(declared, family.trained_context) if family is not None else declared


def render(
    family: Family,
    messages: Sequence[PromptMessage],
    thinking: bool,
    open_thought: bool = False,
    tools: str = "",
) -> list[Piece]:
    """The prompt for the next answer: frame and words apart, neighbouring words joined as one text.

    `open_thought`: begin the thought here if there is one, though the model would do so by itself. `tools` as in
    GenerateOptions: the functions the model may ask for stand in a system message of their own, first.
    """
    pieces = [Piece(mark, True) for mark in family.prefix]
    if family.rounds is not None:
        return [*pieces, Piece(_in_rounds(family.rounds, functions.plain(messages, tools)), False)]
    form = functions.form_of(family.id)
    if offered := functions.functions(tools):
        pieces += [Piece("<|system|>", True), *_words(family.after_mark, functions.introduction(form, offered))]
    spoken = list(messages)
    if family.system and not any(message.role is Role.SYSTEM for message in spoken):
        spoken.insert(0, PromptMessage(Role.SYSTEM, family.system))
    before: Role | None = None
    for message in spoken:
        match message.role:
            case Role.TOOL:
                if before is not Role.TOOL or not functions.joins_results(form):
                    pieces.append(Piece("<|observation|>", True))
                pieces += _words("", functions.result(form, message.text, family.after_mark))
            case Role.ASSISTANT:
                pieces += _answer(family, form, message)
            case _:
                text = message.text
                if message.role is Role.USER and not thinking and family.no_think_user:
                    text += "" if text.endswith(family.no_think_user) else family.no_think_user
                pieces += [Piece(f"<|{message.role}|>", True), Piece(family.after_mark + text, False)]
        before = message.role
    pieces.append(Piece("<|assistant|>", True))
    if not thinking and family.no_think_answer:
        pieces.append(Piece(family.no_think_answer, True))
    elif family.opens_thought or (open_thought and family.thinks):
        pieces.append(Piece(("" if family.opens_thought else family.after_mark) + THINK, True))
    return [piece for piece in pieces if piece.text]


def _answer(family: Family, form: functions.Form, message: PromptMessage) -> list[Piece]:
    """An earlier answer, and what it asked to be called."""
    head = [Piece("<|assistant|>", True), Piece(family.answer_prefix, True)]
    words = [Piece(family.after_mark + message.text, False)]
    if not message.calls:
        return [*head, *words]
    calls = [functions.written(form, call) for call in message.calls]
    if functions.joins_results(form):
        return [*head, *(words if message.text else ()), *(piece for call in calls for piece in _words("", call))]
    pieces = [*head, *words] if message.text else []
    # each call is an answer of its own, without the mark's white space: that is how it is told from words
    for call in calls:
        pieces += [*head, *_words("", call)]
    return pieces


def _words(before: str, parts: Sequence[functions.Part]) -> list[Piece]:
    return [Piece(before, False), *(Piece(text, special) for text, special in parts)]


def _in_rounds(rounds: Rounds, messages: Sequence[PromptMessage]) -> str:
    """A conversation as one text that ends where the answer begins."""
    system = "\n".join(message.text for message in messages if message.role is Role.SYSTEM)
    spoken = [message for message in messages if message.role is not Role.SYSTEM]
    if rounds.bare and len(spoken) == 1:
        return f"{system}\n{spoken[0].text}" if system else spoken[0].text
    text, number, answered = "", rounds.first, True
    for message in spoken:
        if message.role is Role.ASSISTANT and not answered:
            text += message.text + rounds.gap
            answered = True
            continue
        if not answered:
            text += rounds.gap
        begin = f"{system}\n" if system and number == rounds.first else ""
        text += f"[Round {number}]{rounds.gap}问：{begin}{message.text}{rounds.gap}答："
        number, answered = number + 1, False
        if message.role is Role.ASSISTANT:  # an answer to nothing
            text, answered = text.removesuffix(f"{rounds.gap}答：") + rounds.gap, True
    return text if not answered else f"{text}答："
