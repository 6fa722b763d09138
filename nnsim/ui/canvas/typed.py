"""Reading what is typed on the empty canvas: "x", "neurona sigmoide", "layer 4 relu", "2-4-1".

Both languages are understood at any time; accents and capitals do not matter.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from nnsim.core.messages import NnsimError
from nnsim.document.edits import MAX_NAME_LENGTH
from nnsim.document.model import Document
from nnsim.document.templates import parse_layers
from nnsim.engine.activations import ACTIVATIONS
from nnsim.language import LOCALES, text
from nnsim.ui.canvas.wishes import Units, Wish, Wishes

_CHAIN = re.compile(r"\d+(?: ?[-–>→] ?\d+)+")
_INPUT_NAME = re.compile(r"x\d{1,3}")
_KINDS = ("input", "output", "neuron", "layer", "noise", "filler")
_LONGEST = 80
# A layer without a number gets so many units.
_LAYER_UNITS = 4


def read_wishes(document: Document, typed: str) -> Wishes:
    """What the typed words ask for.

    A chain such as 2-4-1 begins with an input layer where the diagram has no inputs yet.
    Raises NnsimError ``canvas.entry.unreadable``, ``canvas.entry.word`` (with the word that is not
    understood), ``canvas.entry.activations``, ``edit.name`` or ``template.layers``.
    """
    name, words = _named(typed)
    plain = _plain(words)
    if not plain or len(typed) > _LONGEST:
        raise NnsimError.of("canvas.entry.unreadable", text=typed.strip()[:_LONGEST])
    chain = _CHAIN.match(plain)
    if chain is not None:
        return _chain(document, re.sub(r" ?[-–>→] ?", "-", chain[0]), plain[chain.end() :])
    return (_single(plain, name),)


def _named(typed: str) -> tuple[str, str]:
    """The name before a colon, if there is one, and the rest."""
    name, colon, rest = typed.partition(":")
    name = " ".join(name.split())
    if not colon:
        return "", typed
    if not 0 < len(name) <= MAX_NAME_LENGTH:
        raise NnsimError.of("edit.name", n=MAX_NAME_LENGTH)
    return name, rest


def _plain(words: str) -> str:
    """Lower case, without accents, single spaces."""
    letters = unicodedata.normalize("NFD", words.casefold().replace(",", " "))
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split())


def _chain(document: Document, sizes: str, rest: str) -> Wishes:
    layers = parse_layers(sizes)
    activations: list[str] = []
    for kind, value in _tokens(rest):
        if kind == "activation":
            activations.append(value)
        elif kind != "filler":
            raise NnsimError.of("canvas.entry.word", word=value)
    if len(activations) > 2:
        raise NnsimError.of("canvas.entry.activations")
    wishes = [Wish("dense", units) for units in layers]
    first = 0
    if not document.inputs:
        wishes[0] = Wish("input", layers[0])
        first = 1
    if activations:
        # One is for the hidden layers, or for the only layer; a second one for the output.
        last = len(wishes) - 1
        hidden = range(first, last) if last > first else range(last, last + 1)
        for place in hidden:
            wishes[place] = Wish("dense", layers[place], activations[0])
        if len(activations) == 2:
            wishes[last] = Wish("dense", layers[last], activations[1])
    return tuple(wishes)


def _single(plain: str, name: str) -> Wish:
    kinds: list[str] = []
    activation = ""
    units = 0
    for kind, value in _tokens(plain):
        if kind == "number" and not units and int(value) > 0:
            units = int(value)
        elif kind == "activation" and not activation:
            activation = value
        elif kind == "input_name" and not name:
            name = value
            kinds.append("input")
        elif kind in _KINDS:
            kinds.append(kind)
        else:
            raise NnsimError.of("canvas.entry.word", word=value)
    if "noise" in kinds:
        if activation or "neuron" in kinds or "output" in kinds:
            raise NnsimError.of("canvas.entry.input_activation")
        return Wish("input", units or 1, "", name or "z", is_noise=True)
    if "input" in kinds:
        if activation or "neuron" in kinds:
            raise NnsimError.of("canvas.entry.input_activation")
        return Wish("input", units or ("columns" if "layer" in kinds else 1), "", name)
    usual: Units = "columns" if "output" in kinds else _LAYER_UNITS if "layer" in kinds else 1
    return Wish("dense", units or usual, activation, name)


def _tokens(plain: str) -> list[tuple[str, str]]:
    """The words by what they are; phrases of several words count as one."""
    vocabulary = _vocabulary()
    tokens: list[tuple[str, str]] = []
    words = plain.split()
    at = 0
    while at < len(words):
        for length in (3, 2, 1):
            phrase = " ".join(words[at : at + length])
            if phrase in vocabulary:
                kind = vocabulary[phrase]
                tokens.append(("activation", kind) if kind in ACTIVATIONS else (kind, phrase))
                at += length
                break
        else:
            tokens.append(_other(words[at]))
            at += 1
    return tokens


def _other(word: str) -> tuple[str, str]:
    if word.isascii() and word.isdigit() and len(word) < 6:
        return "number", word
    if _INPUT_NAME.fullmatch(word):
        return "input_name", word
    return "unknown", word


@functools.cache
def _vocabulary() -> Mapping[str, str]:
    """Every word and phrase of both languages, and what it means."""
    meanings: dict[str, str] = {}
    for locale in LOCALES:
        for kind in _KINDS:
            for phrase in text(f"canvas.words.{kind}", locale).split("|"):
                meanings[_plain(phrase)] = kind
        for activation in ACTIVATIONS:
            for phrase in text(f"canvas.words.{activation}", locale).split("|"):
                meanings[_plain(phrase)] = activation
    return meanings
