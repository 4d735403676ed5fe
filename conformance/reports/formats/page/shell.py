"""What every page shares: the templates, sentences in each language, the style, and a script beside which none runs.

A page has each of its own sentences in every language of the registry; its style shows those of the language that its
root element names. What a server or a document said is a value, escaped, and in no language.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from conformance import __version__
from conformance.contract.languages import LANGUAGES, REGISTRY, entry_of
from conformance.core.cache import NO_CACHE, Cache
from conformance.core.sentences.sentence import (
    Sentence,
    catalogue_of,
    counted_sentence,
    keep_in,
    put_together,
    reader_language,
    sentence,
)
from conformance.judging.verdicts import VERDICTS
from conformance.reports.formats.page import filters
from conformance.reports.formats.words import language_words

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.bccache import Bucket

_TEMPLATES: Final = Path(__file__).parent.with_name("templates")
REPORT_TEMPLATES: Final = ("head", "report", "section", "case", "foot")


class _Compiled(BytecodeCache):
    """Templates as jinja2 compiled them in an earlier run.

    Attributes:
        cache: Where they are kept.
    """

    cache: Cache = NO_CACHE

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what was kept for it."""
        value = self.cache.get(self._key(bucket))
        if value is not None:
            bucket.bytecode_from_string(value)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what the bucket holds."""
        self.cache.put(self._key(bucket), bucket.bytecode_to_string())

    @staticmethod
    def _key(bucket: Bucket) -> str:
        # A template's code depends on its text, on the environment made here, and on the compiler.
        made_by = f"{jinja2.__version__} {bucket.key} {bucket.checksum}".encode()
        return sha256(made_by + Path(__file__).read_bytes()).hexdigest()


_compiled: Final = _Compiled()


@cache
def _environment() -> Environment:
    environment = Environment(
        bytecode_cache=_compiled,
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "both": both,
        "shown": in_all,
        **{name: _shown(name, each) for name, each in filters.FILTERS.items()},
    }
    environment.globals |= {
        "t": lambda text, **values: both(sentence(text, **values)) if values else _constant(text),
        "tn": lambda one, many, count, **values: both(counted_sentence(one, many, count, **values)),
        "attribute": attribute,
        "option": _option,
        "texts_of": lambda language: _texts(language_words(language)),
        "name_in": lambda language, reader: language_words(language).in_language(reader),
        "text_in": lambda text, reader: sentence(text).template(reader),
        "place": Markup('<span data-count=""></span>'),
        "verdicts": VERDICTS,
        "languages": REGISTRY,
        **filters.GLOBALS,
    }
    return environment


def in_all(found: object) -> object:
    """Return words in every language, as HTML; anything else as it is."""
    return both(found) if isinstance(found, Sentence) else found


def _shown(name: str, function: filters.Filter) -> filters.Filter:
    def shown(*values: object) -> object:
        return in_all(function(*values))

    return cache(shown) if name in filters.OF_FEW_WORDS else shown


@cache
def _template(name: str) -> Template:
    return _environment().get_template(f"{name}.html.j2")


def prepare(kept: Cache) -> None:
    """Load the templates and sentences, so that a page costs less later.

    Args:
        kept: Where they are kept, compiled.
    """
    _compiled.cache = kept
    keep_in(kept)
    for name in REPORT_TEMPLATES:
        _template(name)
    for language in LANGUAGES:
        catalogue_of(language)


def render(name: str, **values: object) -> str:
    """Return a template filled in."""
    return _template(name).render(**values)


def encodable(part: str) -> str:
    """Return a part of a page with the escapes of lone halves of surrogate pairs, which UTF-8 does not have."""
    return part.encode("utf-8", "backslashreplace").decode("utf-8")


def both(given: Sentence) -> Markup:
    """Return a sentence in every language, as HTML; of one that is the same in all, the sentence alone."""
    texts = {language: _in_html(given, language) for language in LANGUAGES}
    if len(set(texts.values())) == 1:
        return texts[LANGUAGES[0]]
    # Tags are names of languages, and the texts are escaped; to format each as `Markup` would take five times as long.
    spans = "".join(f'<span lang="{entry_of(each).tag}">{text}</span>' for each, text in texts.items())
    return Markup(f'<span class="t">{spans}</span>')  # noqa: S704 - see above


@cache
def _constant(text: str) -> Markup:
    return both(sentence(text))


def _in_html(given: Sentence, language: str) -> Markup:
    values = {
        name: _in_html(value, language) if isinstance(value, Sentence) else value
        for name, value in given.values.items()
    }
    template, escaped = str(escape(given.template(language))), {name: escape(value) for name, value in values.items()}
    return Markup(put_together(template, escaped, language))  # noqa: S704 - both are escaped here


def attribute(name: str, text: str, **values: object) -> Markup:
    """Return an attribute of an element with its text, and the text in the other languages for the script."""
    given = sentence(text, **values)
    texts = {name: {entry.tag: given.in_language(entry.code) for entry in REGISTRY}}
    return Markup('{}="{}" data-texts="{}"').format(name, given.in_language(page_language()), json.dumps(texts))


def _option(text: str) -> Markup:
    return Markup('<option value="" {}</option>').format(_texts(sentence(text)))


def _texts(given: Sentence, name: str = "label") -> Markup:
    """Return the rest of the start of an element whose text the script sets: in some there are no elements."""
    texts = {name: {entry.tag: given.in_language(entry.code) for entry in REGISTRY}}
    return Markup('data-texts="{}">{}').format(json.dumps(texts), given.in_language(page_language()))


def page_language() -> str:
    """Return the language that a page opens in: that of its first reader."""
    return reader_language() or LANGUAGES[0]


@cache
def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8").strip()


def head(title: Sentence, heading: Markup, identity: Markup) -> str:
    """Return what a page begins with, up to its header.

    Args:
        title: What the browser calls it.
        heading: What it says at the top.
        identity: What was tested, by what, and when.
    """
    script = _asset("script.js")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return render(
        "head",
        title=_texts(title, "text"),
        heading=heading,
        identity=identity,
        tag=entry_of(page_language()).tag,
        script_hash=Markup(digest),  # noqa: S704 - base64
        style=Markup(_asset("style.css")),  # noqa: S704 - a file of this package
    )


def foot(*more: Sentence) -> str:
    """Return what a page ends with: who made it, and its script."""
    made = sentence("Made by conformance {version}.", version=__version__)
    maker = Markup(" ").join(map(both, (made, *more)))
    return render("foot", maker=maker, script=Markup(_asset("script.js")))  # noqa: S704 - a file of this package
