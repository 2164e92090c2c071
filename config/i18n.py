"""Words in several languages: gettext catalogues, read from their `.po` files when first wanted.

English is the language of the message ids, so it needs no catalogue. Another language is one more file,
`locales/<language>.po`; what it lacks is said in English. Every package that speaks to people has such a folder, and
all of them are read here.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LOCALES = Path(__file__).parent / "locales"
"""What this package says: faults and findings of definitions, and dates."""
BABEL_LOCALE = {"sv": "sv_SE", "da": "da_DK", "en": "en_GB"}
"""How each language writes its dates and lists; English as it is written in Europe."""


def N_(message: str) -> str:  # noqa: N802 - the name that extraction looks for
    """Mark a message for translation where it stands; it is translated where it is used."""
    return message


@cache
def translator(language: str, domain_dir: Path) -> NullTranslations:
    """The translations of a language from `domain_dir/<language>.po`, compiled in memory and kept.

    Raises:
        ValueError: the file is no catalogue, or has an entry whose placeholders do not fit.
    """
    source = domain_dir / f"{language}.po"
    if not source.exists():
        return NullTranslations()
    with source.open("rb") as stream:
        catalogue = read_po(stream, locale=language, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@dataclass(frozen=True)
class Tongue:
    """A language to write in: called with a message id and its values, it gives the words."""

    language: str
    translations: NullTranslations

    def __call__(self, message: str, /, **values: Any) -> str:
        """The message in this language, with `%(name)s` filled in."""
        words = self.translations.gettext(message)
        return words % values if values else words


@cache
def tongue(language: str, domain_dir: Path = LOCALES) -> Tongue:
    """The language, with the catalogue in `domain_dir`."""
    return Tongue(language, translator(language, domain_dir))
