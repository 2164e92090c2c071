"""Reading a form with files: no more of it is kept than may be handed in, and nothing before the link is known.

What is beyond a limit is read and dropped, so that the texts of the same form are not lost with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations

from engine.documents.refusals import Refusal
from portal import access
from portal.form import tidy
from portal.headers import BODY_LIMIT, MULTIPART
from portal.pages import BAD_REQUEST, TOO_LARGE

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from config.uploads import UploadLimits
    from portal.services import PortalServices

MOST_FIELDS = 10_000
"""How many are read before it is known which form they belong to; the size of a request has its own limit."""
MOST_FILES = 100
"""How many are read at all; how many are taken has a limit of its own, which is told in words."""


@dataclass(frozen=True)
class PostedFile:
    """A file as it came; nothing is kept of one that is refused already."""

    name: str
    content: bytes = b""
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Posted:
    """What a form brought."""

    fields: dict[str, str]
    files: tuple[PostedFile, ...] = ()
    dropped: tuple[str, ...] = ()  # the names of files that came from somebody who may not hand any in


async def read_posted(request: Request) -> Posted:
    """The texts and the files of a form; files only from who has opened the link.

    Raises:
        HTTPException: it is no form, or its texts are too long.
    """
    services: PortalServices = request.app.state.services
    known = _is_multipart(request) and await run_in_threadpool(_opens, services, request)
    return await read_files(request, services.uploads, keep=known)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form that are texts; files are not taken here.

    Raises:
        HTTPException: it is no form.
    """
    try:
        async with request.form(max_fields=MOST_FIELDS, max_files=1) as form:
            _remember(request, form)
            return _texts(form)
    except UnicodeError as unread:  # a request may name an encoding that nothing can be read in
        raise HTTPException(BAD_REQUEST) from unread


async def read_files(request: Request, limits: UploadLimits, *, keep: bool) -> Posted:
    """The texts and, where they are to be kept, the files of a form in any encoding.

    Raises:
        HTTPException: it is no form, or its texts are too long.
    """
    if not _is_multipart(request):
        return Posted(await read_form(request))
    parser = BoundedParser(request, limits, keep=keep)
    try:
        form = await parser.parse()
    except MultiPartException as broken:
        raise HTTPException(BAD_REQUEST, broken.message) from broken
    except UnicodeError as unread:  # a request may name an encoding that nothing can be read in
        raise HTTPException(BAD_REQUEST) from unread
    try:
        _remember(request, form)
        fields = _texts(form)
        came = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        files = [await _read(upload, parser.refused.get(id(upload))) for upload in came if upload.filename]
    finally:
        await form.close()
    return Posted(fields, tuple(files)) if keep else Posted(fields, dropped=tuple(file.name for file in files))


def _remember(request: Request, form: FormData) -> None:
    """Keep what was sent with the request, for the page that has to give it back."""
    request.state.sent = [(name, tidy(text)) for name, text in form.multi_items() if isinstance(text, str)]
    files = [file.filename for _, file in form.multi_items() if isinstance(file, UploadFile)]
    request.state.files = [name for name in files if name]


def _texts(form: FormData) -> dict[str, str]:
    """The fields that are texts.

    Raises:
        HTTPException: a name has a NUL in it, which no form of ours has.
    """
    if any("\0" in name for name in form):
        raise HTTPException(BAD_REQUEST)
    return {name: tidy(value) for name, value in form.items() if isinstance(value, str)}


def _is_multipart(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == MULTIPART


PostedForm = Annotated[Posted, Depends(read_posted)]


class BoundedParser(MultiPartParser):
    """Multipart form data (RFC 7578) of which the files are kept within limits."""

    def __init__(self, request: Request, limits: UploadLimits, *, keep: bool) -> None:
        super().__init__(
            request.headers, request.stream(), max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=BODY_LIMIT
        )
        self.limits = limits
        self.keep = keep
        self.refused: dict[int, Refusal] = {}  # by the identity of the upload
        self._of_file: dict[int, int] = {}  # bytes that came
        self._texts = self._kept = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Keep what may be kept of the part that is being read.

        Raises:
            HTTPException: the texts alone are too long.
        """
        upload, length = self._current_part.file, end - start
        if upload is None:
            self._texts += length
            if self._texts > BODY_LIMIT:
                raise HTTPException(TOO_LARGE)
        elif not self._may_keep(id(upload), length):
            return
        super().on_part_data(data, start, end)

    def _may_keep(self, upload: int, length: int) -> bool:
        self._of_file[upload] = self._of_file.get(upload, 0) + length
        if self._of_file[upload] > self.limits.file_bytes:
            self.refused.setdefault(upload, Refusal.TOO_LARGE)
        elif self._kept + length > self.limits.total_bytes:
            self.refused.setdefault(upload, Refusal.TOGETHER_TOO_LARGE)
        if not self.keep or upload in self.refused:
            return False
        self._kept += length
        return True


async def _read(upload: UploadFile, refusal: Refusal | None) -> PostedFile:
    if refusal is not None:
        return PostedFile(upload.filename or "", refusal=refusal)
    return PostedFile(upload.filename or "", await upload.read())


def _opens(services: PortalServices, request: Request) -> bool:
    with services.register.read() as session:
        link_id = request.path_params.get("link_id", "")
        return access.permitted_link(session, link_id, access.token_of(request)) is not None
