"""Publish a new version of a text: written, or as a file. Who has not decided yet decides on the new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.accounts.permissions import may_coordinate
from engine.commands.coordinate import ChangedMeanwhile
from engine.commands.publish import MOST, publish, publish_file
from engine.documents.given import GivenFile, take_file
from engine.documents.refusals import FileRefused
from models.files import keep_content
from notifications.i18n import N_
from portal.desk.acting import Act, Field, Option, attempt, cycle_address, reason_faults, reason_field, show_act
from portal.files import about, refusal_words
from tasks.documents import newest_of
from tasks.phase import definition_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from models.assignment import Document
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

TITLE = N_("Publish a version of a text")
LEAD = N_("Who has referred it back or not answered is asked about it. Decisions that were made stay as they are.")


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/publish`."""
    routes.page("/desk/{slug}/publish", show, may=may_coordinate)
    routes.act("/desk/{slug}/publish/review", review, may=may_coordinate, files=True)
    routes.act("/desk/{slug}/publish/confirm", put, may=may_coordinate)


def _texts(visit: Visit) -> dict[str, Document | None]:
    """The texts of the cycle with their newest versions."""
    definition = definition_of(visit.here.definition)
    with visit.register.read() as session:
        return {key: newest_of(session, visit.here.id, key) for key in definition.texts}


def show(visit: Visit) -> Response:
    """Which text, and the new version."""
    return show_act(visit, _act(visit, _texts(visit)))


def _act(visit: Visit, texts: dict[str, Document | None]) -> Act:
    say, definition = visit.say, definition_of(visit.here.definition)
    options = tuple(
        Option(key, f"{definition.text_title(key)} – {_version(visit, held)}", language=str(visit.here.language))
        for key, held in texts.items()
    )
    fields = (
        Field("text", say(N_("Text")), "choice", options=options, value=visit.asked("text")),
        Field("content", say(N_("The new version")), "area", rows=12, optional=True),
        Field(
            "file", say(N_("Or a file")), "file", optional=True,
            hint=say(N_("PDF, Word (DOCX), OpenDocument (ODT) or plain text.")),
        ),
        reason_field(visit, N_("It becomes part of the record.")),
    )  # fmt: skip
    return Act(
        title=say(TITLE), address=cycle_address(visit, "publish/review"), back=cycle_address(visit), fields=fields,
        lead=say(LEAD),
    )  # fmt: skip


def _version(visit: Visit, held: Document | None) -> str:
    return visit.say(N_("version %(version)s"), version=held.version) if held else visit.say(N_("none yet"))


def review(visit: Visit) -> Response:
    """What will be published."""
    texts, say, form = _texts(visit), visit.say, visit.form
    given, faults = _given(visit)
    key, written = form.get("text", ""), form.get("content", "")
    held = texts.get(key)
    if key not in texts:
        faults["text"] = say(N_("Choose a text."))
    elif not faults:
        faults |= _content_faults(visit, held, given, written)
    if faults := faults | reason_faults(visit):
        return show_act(visit, _act(visit, texts), faults)
    if given is not None and given.content is not None:
        with visit.register.operate() as session:  # kept by its hash; the document that refers to it comes with the act
            keep_content(session, given.sha256, given.content)
    what = f"{given.name} ({about(given, say)})" if given else written
    return visit.review(
        title=say(TITLE), act=cycle_address(visit, "publish/confirm"), back=cycle_address(visit, "publish"),
        facts=[
            (say(N_("Text")), definition_of(visit.here.definition).text_title(key)),
            (say(N_("Until now")), _version(visit, held)), (say(N_("The new version")), what),
            (say(N_("Reason")), form["reason"]),
        ],
        content=_sealed(key, held, given, written, form["reason"]), button=say(N_("Publish")),
    )  # fmt: skip


def _sealed(key: str, held: Document | None, given: GivenFile | None, written: str, reason: str) -> dict[str, Any]:
    file = [given.name, given.media_type, given.size, given.sha256] if given else None
    was = held.version if held else 0
    return {"text": key, "was": was, "content": "" if given else written, "file": file, "reason": reason}


def _given(visit: Visit) -> tuple[GivenFile | None, dict[str, str]]:
    """The file that came, or why it is not taken."""
    limits = visit.request.app.state.services.uploads
    for posted in visit.files[:1]:
        try:
            if posted.refusal is None:
                return take_file(posted.name, posted.content, limits), {}
        except FileRefused as refused:
            return None, {"file": refusal_words(posted.name, refused.refusal, refused.detail, limits, visit.say)}
        return None, {"file": refusal_words(posted.name, posted.refusal, "", limits, visit.say)}
    return None, {}


def _content_faults(visit: Visit, held: Document | None, given: GivenFile | None, written: str) -> dict[str, str]:
    say = visit.say
    if given is not None and written:
        return {"file": say(N_("Write the text or choose a file, not both."))}
    if given is None and not written:
        return {"content": say(N_("Write the text, or choose a file."))}
    if len(written) > MOST:
        return {"content": say(N_("The text is too long: publish it as a file."))}
    same = held is not None and (held.sha256 == given.sha256 if given else held.content == written)
    return {"file" if given else "content": say(N_("This is the newest version already."))} if same else {}


def put(visit: Visit) -> Response:
    """Publish it, if no other version has come meanwhile."""
    content = visit.reviewed()

    def work() -> str:
        held = _texts(visit).get(content["text"])
        if (held.version if held else 0) != content["was"]:
            raise ChangedMeanwhile("there is another version by now")
        said = {"reason": content["reason"], "now": visit.now, "actor": visit.actor}
        if content["file"]:
            publish_file(visit.register, visit.here.id, content["text"], _file(content["file"]), **said)
        else:
            publish(visit.register, visit.here.id, content["text"], content["content"], **said)
        return visit.say(N_("The new version is published."))

    return attempt(visit, work, done=cycle_address(visit), back=cycle_address(visit, "publish"))


def _file(said: list[Any]) -> GivenFile:
    name, media_type, size, sha256 = said
    return GivenFile(str(name), str(media_type), int(size), str(sha256))
