"""Names of files as they are shown and saved. What somebody's computer called a file is a wish, not an order."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100
"""Characters of a name without its extension."""
FORBIDDEN = dict.fromkeys(map(ord, '<>:"|?*%'), "_")
"""What some system does not take in a name, or takes for something else."""
KNOWN = re.compile(r"\.(?:[a-z][a-z0-9]{1,4}|7z)$", re.IGNORECASE)
NAMELESS = "document"


def shown_name(given: str, extension: str) -> str:
    """A name without folders, control and direction marks, with the extension of the type that was recognised."""
    base = re.split(r"[/\\]", given)[-1]
    plain = "".join(sign for sign in unicodedata.normalize("NFC", base) if unicodedata.category(sign)[0] != "C")
    words = " ".join(plain.translate(FORBIDDEN).split())
    while KNOWN.search(words):
        words = KNOWN.sub("", words)
    stem = words[:LONGEST].strip(" ._-") or NAMELESS
    return stem + extension
