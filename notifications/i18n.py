"""The languages of mails: `config.i18n` with the catalogues of this package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from config import i18n
from config.i18n import BABEL_LOCALE, N_, Tongue, translator

__all__ = ["BABEL_LOCALE", "LOCALES", "N_", "Tongue", "tongue", "translator"]

LOCALES = Path(__file__).parent / "locales"


@cache
def tongue(language: str, domain_dir: Path = LOCALES) -> Tongue:
    """The language, with the catalogue in `domain_dir`; that of the mails and of the field's terms by default."""
    return i18n.tongue(language, domain_dir)
