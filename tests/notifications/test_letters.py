"""What a mail says, of every kind and in every language, and how it is written."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from mail_world import ALL_KINDS, PLACE, QUESTION, SENDER, START, TITLE, Recorder, World, every_kind

from campaigns.statements import watched
from config.dates import PromiseKind
from config.terms import Language, StepKind
from models.cycle import Body, Cycle, Person
from models.files import Attachment, file_hash, keep_content
from models.notice import DeliveryStatus, Notice, NoticeKind
from models.phase import Milestone, MilestoneStatus, Step
from notifications.compose import Composed, compose
from notifications.mime import Unsendable, header, mailbox
from notifications.rows import load

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage

    from models.register import Register

STRICT = policy.strict.clone(raise_on_defect=True)
ASKING = (NoticeKind.ASKED, NoticeKind.ASKED_AGAIN, NoticeKind.REMINDED, NoticeKind.MOVED)


def written(world: World, notice_id: str, now: datetime = START) -> Composed:
    delivery = world.delivery(notice_id)
    with world.register.read() as session:
        notice = session.get(Notice, notice_id)
        assert notice is not None
        return compose(session, notice, delivery, SENDER, now=now)


def parsed(made: Composed) -> EmailMessage:
    message: EmailMessage = message_from_bytes(made.raw, policy=policy.default.clone(raise_on_defect=True))
    return message


class Seen(HTMLParser):
    """The words that a person sees of a page, without the line that only lists of mails show."""

    UNSEEN = ("style", "title")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.preheader: list[str] = []
        self._hidden: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Whether what follows is seen."""
        hidden = tag in self.UNSEEN or "display: none" in (dict(attrs).get("style") or "")
        if self._hidden is None and hidden:
            self._hidden = tag

    def handle_endtag(self, tag: str) -> None:
        """Seen again."""
        if tag == self._hidden:
            self._hidden = None

    def handle_data(self, data: str) -> None:
        """Words."""
        if self._hidden == "div":
            self.preheader.append(data)
        elif self._hidden is None:
            self.words.append(data)


def texts(message: EmailMessage) -> tuple[str, str]:
    """The plain text and the words of the HTML, with any run of white space as one space."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return " ".join(plain.get_content().split()), " ".join(" ".join(Seen(html.get_content()).words).split())


@pytest.mark.parametrize("language", [Language.SV, Language.EN, Language.DA])
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_is_a_well_formed_mail(register: Register, kind: NoticeKind, language: Language) -> None:
    world = World(register, language=language)
    made = written(world, every_kind(world)[kind])
    message = message_from_bytes(made.raw, policy=STRICT)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]
    assert made.raw.isascii()
    assert max(map(len, made.raw.split(b"\r\n"))) <= 998  # RFC 5322 section 2.1.1
    assert b"\n" not in made.raw.replace(b"\r\n", b"")
    html = parsed(made).get_body(("html",))
    assert html is not None
    assert f'<html lang="{language}">' in html.get_content()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_text_and_html_say_the_same(register: Register, kind: NoticeKind, language: Language) -> None:
    """Every word of the plain text is in the HTML in the same order, but for the addresses behind buttons."""
    world = World(register, language=language)
    plain, html = texts(parsed(written(world, every_kind(world)[kind])))
    same_words(plain, html)


def same_words(plain: str, html: str) -> None:
    """Signs that only one of the two needs are left out."""
    plain = re.sub(r"https://\S+", "", plain).replace("-- ", "")
    assert len(plain.split()) > 20
    assert re.sub(r"[\s:-]+", "", plain) == re.sub(r"[\s:-]+", "", html)


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_html_is_made_for_old_and_small_programs(world: World, kind: NoticeKind) -> None:
    """Styles in the elements, tables to lay out, nothing from elsewhere, and a page that dark screens may turn."""
    html = parsed(written(world, every_kind(world)[kind])).get_body(("html",))
    assert html is not None
    page = html.get_content()
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "prefers-color-scheme: dark" in page
    assert not re.search(r"<(img|script|link|div(?! class=.preheader))", page)
    assert not re.search(r"url\(|@import|src=", page)
    assert page.count('class="button"') <= 1
    assert re.search(r'<td[^>]+class="letter"[^>]+style="[^"]*font-family', page)
    assert all('role="presentation"' in table for table in re.findall("<table[^>]*>", page))
    seen = Seen(page)
    said = " ".join("".join(seen.preheader).split())
    first = said.split(" · ")[0].rstrip("…").partition(": ")[2]
    assert not said or first in " ".join(" ".join(seen.words).split())


@pytest.mark.parametrize("kind", ASKING)
def test_who_is_asked_is_told_all_that_matters(world: World, kind: NoticeKind) -> None:
    message = parsed(written(world, every_kind(world)[kind]))
    body = message.get_body(("plain",))
    assert body is not None
    link = re.search(r"https://samsyn\.example/a/[\w-]{43}\s", body.get_content())
    assert link
    html = message.get_body(("html",))
    assert html is not None
    assert f'href="{link[0].strip()}"' in html.get_content()
    for words in texts(message):
        for fact in (
            "Projektkontoret ber Kommun 0",
            "Du svarar som sekreterare för Kommun 0.",
            " ".join(QUESTION.split()),
            "söndag 30 juni 2013, till dagens slut",
            "aldrig som samtycke",
            "Politiskt inriktningsdokument",
            "contact@office.example",
            TITLE,
            "2012/555",
        ):
            assert fact in words


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_a_subject_is_one_short_line_with_the_title(world: World, kind: NoticeKind) -> None:
    made = written(world, every_kind(world)[kind])
    assert TITLE in made.subject
    assert len(made.subject) <= 110
    assert str(parsed(made)["Subject"]) == made.subject
    assert made.subject[0].isupper() or made.subject[0].isdigit()


def test_headers(world: World) -> None:
    first, later = world.owe(NoticeKind.ASKED), world.owe(NoticeKind.REMINDED, at=START)
    asked, reminded = parsed(written(world, first)), parsed(written(world, later))
    assert str(asked["From"]) == f"Projektkontoret <{SENDER.mail_from}>"
    assert str(asked["To"]) == "Åsa p0000 <secretary@p0000.example>"
    assert str(asked["Reply-To"]) == "Projektkontoret <contact@office.example>"
    assert asked["Auto-Submitted"] == "auto-generated"
    assert asked["X-Samsyn-Kind"] == "asked"
    assert re.fullmatch("[0-9a-f]{16}", str(asked["X-Samsyn-Notice"]))
    assert asked["Date"].datetime == START
    assert asked["In-Reply-To"] is None
    assert asked["Message-ID"] == world.delivery(first).message_id
    assert reminded["In-Reply-To"] == reminded["References"] == asked["Message-ID"]
    assert reminded["Message-ID"] == world.delivery(later).message_id


def test_a_reminder_quotes_the_deadline_of_today(world: World) -> None:
    notice = world.owe(NoticeKind.REMINDED)
    later = PLACE.last_day_before(PLACE.end_of(START.date().replace(month=7, day=5)))
    world.edit(Step, "c/groups/s", due_before=PLACE.end_of(later))
    world.edit(Milestone, "c/:done", due_on=later, status=MilestoneStatus.MOVED)
    made = written(world, notice)
    assert "5 juli 2013" in made.subject
    for words in texts(parsed(made)):
        assert "fredag 5 juli 2013, till dagens slut (tidigare söndag 30 juni 2013)" in words


def test_a_promise_for_a_quarter_is_said_as_one(world: World) -> None:
    notice = world.owe(NoticeKind.ASKED)
    quarter = {"promise": PromiseKind.IN, "earliest": START.date().replace(month=4, day=1)}
    world.edit(Milestone, "c/:done", **quarter)
    assert "(enligt planen andra kvartalet 2013)" in texts(parsed(written(world, notice)))[0]


def test_a_meeting_says_its_day(register: Register) -> None:
    world = World(register, kind=StepKind.MEET)
    words, _ = texts(parsed(written(world, world.owe(NoticeKind.ASKED))))
    assert "Mötesdag: tisdag 11 juni 2013" in words
    assert written(world, world.owe(NoticeKind.SUMMONED)).subject.startswith("Möte 11 juni 2013")


def test_a_meeting_that_is_only_held_is_not_asked_for_decisions(register: Register) -> None:
    world = World(register, kind=StepKind.MEET)
    world.edit(Step, "c/groups/s", offers=["confirms"])
    made = written(world, world.owe(NoticeKind.ASKED))
    assert made.subject.startswith("Bekräfta att mötet har hållits senast")
    assert "ber dig att bekräfta att Kommun 0 har haft sitt möte" in texts(parsed(made))[0]


def test_a_body_does_not_ask_itself(world: World) -> None:
    world.edit(Body, "c/p0000", name="Projektkontoret")
    assert "Nästa steg ligger hos Projektkontoret." in texts(parsed(written(world, world.owe(NoticeKind.ASKED))))[0]


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"then": "close"}, "Det räknas som att svar saknas, aldrig som samtycke."),
        ({"then": "hold"}, "Arbetet väntar tills du har svarat. Tystnad räknas aldrig som samtycke."),
        ({"extend": "2w", "then": "close"}, "förlängs tiden en gång, med 14 dagar. Därefter går arbetet vidare"),
        ({"extend": "14d", "then": "hold"}, "förlängs tiden en gång, med 14 dagar. Därefter väntar arbetet"),
    ],
)
def test_silence_is_explained(register: Register, missing: dict[str, str], words: str) -> None:
    world = World(register, missing=missing)
    for said in texts(parsed(written(world, world.owe(NoticeKind.ASKED)))):
        assert words in said


def test_after_the_deadline_a_reminder_says_so(register: Register) -> None:
    world = World(register, missing={"then": "hold"})
    made = written(world, world.owe(NoticeKind.REMINDED), PLACE.end_of(START.date().replace(month=7, day=14)))
    assert "tiden gick ut 30 juni 2013" in made.subject
    assert "Tiden har gått ut, men ditt svar behövs fortfarande." in texts(parsed(made))[0]


def test_a_title_with_line_breaks_cannot_begin_another_header(register: Register) -> None:
    """Line breaks in a title become spaces, in the subject as in the sender's name."""
    world = World(register, title="Policy\r\nBcc: victim@x.example\n\n<b>body</b>")
    made = written(world, world.owe(NoticeKind.ASKED))
    message = parsed(made)
    assert message["Bcc"] is None
    assert "\n" not in made.subject
    assert "Policy Bcc: victim@x.example <b>body</b>" in str(message["Subject"])
    assert message["From"].addresses[0].addr_spec == SENDER.mail_from
    html = message.get_body(("html",))
    assert html is not None
    assert "<b>body</b>" not in html.get_content()


@pytest.mark.parametrize("value", ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\x00b"])
def test_a_line_break_in_a_header_is_refused(value: str) -> None:
    with pytest.raises(Unsendable, match="line break"):
        header("Subject", value)
    with pytest.raises(Unsendable):
        mailbox("", f"{value}@x.example")


def test_texts_are_data_and_never_code(world: World) -> None:
    nasty = "{{ 7 * 7 }} {% raw %} %(cycle)s <script>alert(1)</script> \u202egnp.exe"
    world.edit(Step, "c/groups/s", question=nasty)
    world.edit(Body, "c/p0000", name='%(x)s "><img src=x>')
    message = parsed(written(world, world.owe(NoticeKind.ASKED)))
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert "{{ 7 * 7 }} {% raw %} %(cycle)s <script>alert(1)</script> gnp.exe" in " ".join(plain.get_content().split())
    assert "<script>" not in html.get_content()
    assert "<img" not in html.get_content()


def test_a_domain_outside_ascii_is_written_in_ascii(world: World) -> None:
    world.edit(Person, "c/p0000@", address="asa@åre.example")
    made = written(world, world.owe(NoticeKind.ASKED))
    assert made.address == "asa@xn--re-xia.example"
    assert made.raw.isascii()


def test_a_name_outside_ascii_needs_smtputf8(world: World) -> None:
    world.edit(Person, "c/p0000@", address="åsa@x.example")
    made = written(world, world.owe(NoticeKind.ASKED))
    assert made.address == "åsa@x.example"
    assert "åsa@x.example".encode() in made.raw


def test_a_mail_that_cannot_be_made_fails_alone(world: World) -> None:
    bad = world.owe(NoticeKind.ASKED, 0)
    world.owe(NoticeKind.ASKED, 1)
    world.edit(Person, "c/p0000@", address="no address")
    tally = world.mailer(recorder := Recorder()).send_due_blocking(START)
    assert (tally.sent, tally.refused) == (1, 1)
    assert [mail.address for mail in recorder.mails] == ["secretary@p0001.example"]
    failed = world.delivery(bad)
    assert failed.status is DeliveryStatus.FAILED
    assert "is no e-mail address" in str(failed.response)


def test_a_batch_is_read_in_few_queries(world: World) -> None:
    """The number of queries does not grow with the number of mails."""
    world.owe_all()
    counted: list[str] = []
    with (
        watched(lambda _, statement, __: counted.append(statement), world.register.engine),
        world.register.read() as session,
    ):
        from sqlmodel import select

        notices = list(session.exec(select(Notice)))
        counted.clear()
        load(session, notices[:1])
        one = len(counted)
        counted.clear()
        load(session, notices)
    assert len(counted) == one <= 14


def test_what_every_kind_carries_is_known() -> None:
    assert set(ALL_KINDS) == set(NoticeKind)


def test_a_cancelled_cycle_is_told_as_such(world: World) -> None:
    world.edit(Cycle, "c", outcome="cancelled")
    assert "avbrutet" in written(world, world.owe(NoticeKind.CONCLUDED)).subject


@pytest.mark.parametrize(("language", "label"), [("sv", "Filer"), ("da", "Filer"), ("en", "Files")])
def test_receipt_names_the_files_in_their_order(on_disk: World, language: str, label: str) -> None:
    with on_disk.register.change("c", at=START, actor="test") as change:
        change.get(Person, "c/p0000@").language = Language(language)
        change.record("renamed", "c")
    on_disk.answer()
    with on_disk.register.change("c", at=START, actor="test") as change:
        keep_content(change.session, file_hash(b"a"), b"a")
        for number, name in enumerate(("Yttrande.pdf", "b <b>&.docx"), start=1):
            change.add(
                Attachment(
                    id=f"c/groups/s/p0000#1!{number}", cycle_id="c", answer_id="c/groups/s/p0000#1", number=number,
                    name=name, media_type="application/pdf", size=1, sha256=file_hash(b"a"),
                )
            )  # fmt: skip
        change.record("attached", "c")
    message = parsed(written(on_disk, on_disk.owe(NoticeKind.RECEIPT)))
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert f"{label}:\n    Yttrande.pdf; b <b>&.docx\n" in text.replace("\r\n", "\n")
    assert "Yttrande.pdf; b &lt;b&gt;&amp;.docx" in html


@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_has_a_gap_where_a_name_is_unknown(world: World, language: Language) -> None:
    """A meeting whose body is not known, and a substitute for nobody in particular, are spoken of all the same."""
    for number in range(world.principals):
        world.edit(Person, f"c/p{number:04}@", language=language)
    world.edit(Person, "c/office@", language=language)
    for notice_id in every_kind(world).values():
        body = parsed(written(world, notice_id)).get_body(("plain",))
        assert body is not None
        assert not re.search(r"\w {2,}\w", body.get_content()), notice_id
