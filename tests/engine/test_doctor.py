"""The doctor looks at everything, changes nothing, and says how to mend what is wrong."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from aiosmtpd.smtp import AuthResult
from sqlmodel import col, select, update

from config.secret import FILE
from config.settings import Settings
from engine.doctor import Examined, Level, examine
from engine.incoming.server import incoming_server
from engine.mailbox import LoopbackServer
from engine.services import build_services
from models.journal import PhaseRun
from models.migrate import upgrade
from models.notice import Delivery, DeliveryStatus
from models.register import Register
from portal.serving import portal_app
from tests.engine.going_on import OnDisk
from tests.models.test_migrations import newer  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 1, 15, tzinfo=UTC)
OK, LOOK, NO = Level.OK, Level.WARNING, Level.ERROR


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation of which nothing is there yet."""
    for name in os.environ:
        if name.startswith(("SAMSYN_", "PREFECT_")):
            monkeypatch.delenv(name)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    ports = {name: free_port() for name in ("portal_port", "mailbox_port", "prefect_port")}
    return Settings(data_dir=tmp_path / "here" / "not" / "there" / "yet", **ports)


def but(settings: Settings, **changed: Any) -> Settings:
    """The same with something else set."""
    return Settings(**{**settings.model_dump(), **changed})


def found(settings: Settings, now: datetime = NOW) -> dict[str, Examined]:
    """What the doctor says, by what was looked at."""
    return {one.what: one for one in examine(settings, now)}


def test_empty_machine(settings: Settings) -> None:
    """Nothing runs, and that is told; what is made at the first start is no fault."""
    said = found(settings)
    assert {what for what, one in said.items() if one.level is NO} == {"mail server", "Prefect", "portal"}
    assert all(one.mend for one in said.values() if not one.well)
    assert not any(one.mend for one in said.values() if one.well)
    assert list(Path.cwd().iterdir()) == []


class TestMachine:
    """Clock and secret key."""

    def test_clock_that_is_past(self, settings: Settings) -> None:
        """A machine that has lost its battery."""
        said = found(settings, datetime(1970, 1, 1, tzinfo=UTC))["clock"]
        assert (said.level, said.said) == (NO, "1970-01-01 00:00:00 UTC, which is past")

    def test_zones_that_are_not_there(self) -> None:
        """A machine without time zone data; in a process of its own, which has not read any yet."""
        program = (
            "import sys; from engine.doctor.machine import _zones\n"
            "sys.modules['tzdata'] = None; import zoneinfo; zoneinfo.reset_tzpath(['/nowhere']); "
            "zoneinfo.ZoneInfo.clear_cache(); print(_zones().said)"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
        assert "is not known here" in done.stdout, done.stderr

    def test_key_that_others_can_read(self, settings: Settings) -> None:
        """The links of every participant hang on it."""
        key = given_key(settings, "kq8Zt1Lw0mXv5bYc2NhRjD7sGfPa3EuT9oIi4WxQ")
        key.chmod(0o644)
        said = found(settings)["secret key"]
        assert (said.level, said.mend) == (NO, f"chmod 600 {key}")
        key.chmod(0o600)
        assert found(settings)["secret key"].well

    def test_key_that_somebody_made_up(self, settings: Settings) -> None:
        """From the file or the environment."""
        given_key(settings, "changeme" * 5).chmod(0o600)
        assert "can be guessed" in found(settings)["secret key"].said
        said = found(but(settings, secret_key="k" * 40))["secret key"]
        assert (said.level, said.said) == (NO, "from the settings, and can be guessed")


class TestAddresses:
    """What stands in mails."""

    SMTP = "smtp://mail.samsyn.example"

    @pytest.mark.parametrize(
        ("base", "level"),
        [
            ("http://127.0.0.1:8700", NO),
            ("http://localhost:8700", NO),
            ("http://samsyn.town.example", NO),
            ("https://samsyn.town.example", OK),
        ],
    )
    def test_base_url_once_mails_go_out(self, settings: Settings, base: str, level: Level) -> None:
        """Links must lead to us, and answers must not be read on the way."""
        from engine.doctor.addresses import addresses

        said, _ = addresses(but(settings, smtp_url=self.SMTP, base_url=base))
        assert said.level is level, said

    @pytest.mark.parametrize(
        ("sender", "level"),
        [("samsyn@samsyn.example", NO), ("office@town.example", OK), ("office@else.example", LOOK)],
    )
    def test_sender(self, settings: Settings, sender: str, level: Level) -> None:
        """Ours, and of the house that the links lead to."""
        from engine.doctor.addresses import addresses

        more = {"smtp_url": self.SMTP, "base_url": "https://samsyn.town.example", "mail_from": sender}
        _, said = addresses(but(settings, **more))
        assert said.level is level, said


class TestRegister:
    """The database, and what waits in it."""

    def test_up_to_date(self, settings: Settings) -> None:
        """With how much waits."""
        made(settings)
        said = found(settings)
        assert said["register"].well
        assert said["phases"].said == "0 waiting, 0 due now"
        assert said["mail queue"].well

    def test_file_that_is_no_database(self, settings: Settings) -> None:
        """One finding, no traceback."""
        settings.data_dir.mkdir(parents=True)
        (settings.data_dir / "samsyn.db").write_bytes(b"this is no database, and long enough to show it" * 100)
        said = found(settings)["register"]
        assert (said.level, "SAMSYN_DATABASE_URL" in said.mend) == (NO, True)

    def test_empty_database(self, settings: Settings) -> None:
        """Somebody made the file and nothing else; looking makes no tables."""
        settings.data_dir.mkdir(parents=True)
        path = settings.data_dir / "samsyn.db"
        path.touch()
        assert "first start" in found(settings)["register"].said
        with sqlite3.connect(path) as connection:
            assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        connection.close()

    def test_tables_of_another_version(self, settings: Settings, newer: Path) -> None:  # noqa: F811
        """A newer one is no good; an older one is brought up to date, and a backup is a good idea before that."""
        made(settings)
        upgrade(settings.database_url, newer)
        said = found(settings)["register"]
        assert (said.level, "newer Samsyn (revision 0002)" in said.said) == (NO, True)
        with Register(settings.database_url).operate() as session:
            session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        assert found(settings)["register"].well

    def test_register_that_may_not_be_written(self, settings: Settings) -> None:
        """It belongs to somebody else."""
        folder = Path(mkdtemp(dir="/tmp"))
        try:
            theirs = but(settings, data_dir=folder, database_url=f"sqlite:///{folder}/samsyn.db")
            made(theirs)
            folder.chmod(0o755)
            with nobody_in_particular(folder):
                said = found(theirs)["register"]
            assert (said.level, "readonly" in said.said) == (NO, True), said
        finally:
            folder.chmod(0o700)
            shutil.rmtree(folder)

    def test_worker_that_does_not_run(self, settings: Settings) -> None:
        """Looks are due and nobody looks; mails are due and nobody sends."""
        cycle = half_way(settings)
        due = cycle._next_instant()
        assert due is not None
        late = found(settings, due + timedelta(hours=5))
        assert late["phases"].level is NO
        assert late["phases"].said.endswith("1 due now, the first of them for 5 hours")
        assert found(settings, due + timedelta(seconds=30))["phases"].well
        cycle.now = due
        cycle._pass_phases()
        cycle.register.close()
        late = found(settings, due + timedelta(hours=5))
        assert (late["mail queue"].level, "the oldest due for 5 hours" in late["mail queue"].said) == (NO, True)

    def test_passes_that_fail(self, settings: Settings) -> None:
        """With what went wrong."""
        cycle = half_way(settings)
        with cycle.register.operate() as session:
            session.execute(update(PhaseRun).values(failures=3, last_error="LookupError: no body 'office'"))
        cycle.register.close()
        said = found(settings)["pass"]
        assert (said.level, "no body 'office'" in said.said) == (NO, True)

    def test_addresses_that_fail_and_a_clock_that_is_stepped(self, settings: Settings) -> None:
        """Somebody should know; nothing is broken."""
        services = build_services(settings, "test")
        cycle = half_way(settings)
        with cycle.register.operate() as session:
            one = session.exec(select(Delivery).where(col(Delivery.status) == DeliveryStatus.SENT)).first()
            assert one is not None
            one.status = DeliveryStatus.FAILED
        from engine.clock import RegisterClock

        RegisterClock(services.register).set(cycle.now)
        said = found(settings)
        assert (said["mail queue"].level, "1 undeliverable" in said["mail queue"].said) == (LOOK, True)
        assert said["cycle clock"].level is LOOK
        services.close()
        cycle.register.close()


class TestMail:
    """A real mail server, and everything that may be wrong with its address."""

    def test_server_that_takes_us(self, settings: Settings) -> None:
        """With user and password."""
        with serving(auth_require_tls=False, authenticator=known) as port:
            said = found(but(settings, smtp_url=f"smtp://user:right@127.0.0.1:{port}"))["mail server"]
            assert said.well, said
            said = found(but(settings, smtp_url=f"smtp://user:wrong@127.0.0.1:{port}"))["mail server"]
            assert (said.level, "does not accept the user: 535" in said.said) == (NO, True), said
            assert "wrong" not in said.said

    def test_server_without_what_the_address_says(self, settings: Settings) -> None:
        """STARTTLS, TLS and a user, none of which it has."""
        with serving() as port:
            for scheme, why in (
                ("smtp+starttls://", "STARTTLS extension not supported"),
                ("smtps://", "WRONG_VERSION_NUMBER"),
                ("smtp://user:password@", "AUTH extension not supported"),
            ):
                said = found(but(settings, smtp_url=f"{scheme}127.0.0.1:{port}"))["mail server"]
                assert (said.level, why in said.said) == (NO, True), said

    def test_server_that_is_not_there(self, settings: Settings) -> None:
        """Nothing listens."""
        assert "refused" in found(but(settings, smtp_url=f"smtp://127.0.0.1:{free_port()}"))["mail server"].said

    def test_replies(self, settings: Settings) -> None:
        """A domain without a listener, a listener that is not up, one that is something else, and one that works."""
        domain = {"reply_domain": "reply.town.example"}
        assert "nothing takes them" in found(but(settings, **domain))["incoming mail"].said
        port = free_port()
        with_port = but(settings, **domain, incoming_port=port, incoming_protocol="smtp")
        assert found(with_port)["incoming mail"].mend == "Start it with: samsyn incoming"
        services = build_services(with_port, "incoming")
        server = incoming_server(with_port, services.register, services.clock.now)
        server.start()
        try:
            assert found(with_port)["incoming mail"].well
        finally:
            server.stop()
            services.close()


class TestPortal:
    """From this machine and from outside."""

    def test_portal_that_answers(self, settings: Settings) -> None:
        """The real one."""
        with portal(settings):
            assert found(settings)["portal"].well

    def test_something_else_on_the_port(self, settings: Settings) -> None:
        """It answers, and is no Samsyn."""
        with something_else() as port:
            said = found(but(settings, portal_port=port))["portal"]
            assert (said.level, said.mend) == (NO, "Start it with: samsyn portal.")

    def test_portal_that_is_not_reached_by_its_own_address(self, settings: Settings) -> None:
        """The proxy is down, or the name leads nowhere."""
        outside = but(settings, base_url="https://samsyn.nowhere.invalid")
        assert found(outside)["portal from outside"].level is NO


def test_prefect_that_is_something_else(settings: Settings) -> None:
    """Another server has the port."""
    with something_else() as port:
        assert found(but(settings, prefect_port=port))["Prefect"].level is NO


ROOT = Path(__file__).parents[2]


def given_key(settings: Settings, key: str) -> Path:
    """A secret key in the data folder."""
    settings.data_dir.mkdir(parents=True)
    path = settings.data_dir / FILE
    path.write_text(key, encoding="ascii")
    return path


def made(settings: Settings) -> None:
    """A register with nothing in it."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database_url)


def half_way(settings: Settings) -> OnDisk:
    """A cycle that waits."""
    cycle = OnDisk.begun(settings, "jamtland-2012")
    cycle.on_to(date(2013, 6, 20))
    return cycle


@contextmanager
def nobody_in_particular(folder: Path) -> Iterator[None]:
    """As a user who owns nothing of it."""
    if os.geteuid() != 0:
        folder.chmod(0o555)
        (folder / "samsyn.db").chmod(0o444)
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def known(_server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
    """Whether it is the user."""
    return AuthResult(success=(data.login, data.password) == (b"user", b"right"), handled=False)


class Anything:
    """A handler that keeps no mail."""


@contextmanager
def serving(**options: Any) -> Iterator[int]:
    """A mail server on a free port."""
    controller = LoopbackServer(Anything(), hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def portal(settings: Settings) -> Iterator[None]:
    """The portal on its port."""
    services = build_services(settings, "portal")
    server = uvicorn.Server(uvicorn.Config(portal_app(services), port=settings.portal_port, log_level="warning"))
    listener = server.config.bind_socket()
    listener.listen()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        services.close()


@contextmanager
def something_else() -> Iterator[int]:
    """A web server that answers everything with a page."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<h1>It works</h1>")

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
