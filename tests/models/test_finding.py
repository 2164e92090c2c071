"""What is looked for in names is found whatever its case, in both kinds of database and in Python alike."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlmodel import SQLModel, col, select

from engine.accounts.accounts import add_account
from models.account import Account
from models.finding import has, holds
from models.register import Register
from tests.registers import registers

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
NAMES = ("Östra Göinge", "O\u0308stervåla", "ÅRE", "Ærø", "Løgstør", "100 %", "a_b", "Straße", None)
LOOKED_FOR = {
    "östra": ["Östra Göinge"],
    "öster": ["O\u0308stervåla"],
    "o\u0308ster": ["O\u0308stervåla"],
    "ÖSTRA GÖ": ["Östra Göinge"],
    "o\u0308stra": ["Östra Göinge"],  # as some keyboards write it: a letter and a sign over it
    "åre": ["ÅRE"],
    "æRØ": ["Ærø"],
    "løgSTØR": ["Løgstør"],
    "%": ["100 %"],
    "_": ["a_b"],
    "/": [],
    "straße": ["Straße"],
    "nobody": [],
    "'": [],
}


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """Accounts of those names, with addresses that say nothing of them."""
    register = Register(registers.at(tmp_path_factory.mktemp("finding") / "register.db"))
    SQLModel.metadata.create_all(register.engine)
    for number, name in enumerate(NAMES):
        add_account(register, f"x{number}@region.example", now=NOW, name=name or "")
    return register


@pytest.mark.parametrize("wanted", LOOKED_FOR)
def test_it_is_found_in_the_register(register: Register, wanted: str) -> None:
    with register.read() as session:
        query = select(Account.name).where(holds(wanted, Account.name)).order_by(col(Account.address))
        assert list(session.exec(query)) == LOOKED_FOR[wanted]


@pytest.mark.parametrize("wanted", LOOKED_FOR)
def test_it_is_found_in_python(wanted: str) -> None:
    assert [name for name in NAMES if has(wanted, name)] == LOOKED_FOR[wanted]


@pytest.mark.parametrize("wanted", ["", "  "])
def test_nothing_wanted_is_everybody(register: Register, wanted: str) -> None:
    with register.read() as session:
        assert len(session.exec(select(Account).where(holds(wanted, Account.name))).all()) == len(NAMES)
    assert all(has(wanted, name) for name in NAMES)


def test_several_columns_are_looked_through(register: Register) -> None:
    with register.read() as session:
        found = session.exec(select(Account.address).where(holds("X1@", Account.name, Account.address))).all()
    assert list(found) == ["x1@region.example"]
