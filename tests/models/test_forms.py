"""Every kind of form: what it asks, what it refuses, and what a rehearsal fills in agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.forms import KINDS, read_form
from models.forms.base import FieldKind
from models.forms.compilation import CompilationForm, Remark
from models.forms.subjects import Item, SubjectsForm

if TYPE_CHECKING:
    from models.forms import Form

TODAY = "2027-03-01"
keys = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True)
texts = st.text(max_size=30)
positions = st.sampled_from(["", "supports", "supports_with_changes", "opposes", "refrains", "adopts", " supports "])


@st.composite
def subject_forms(draw: st.DrawFn) -> SubjectsForm:
    subjects = draw(st.lists(keys, min_size=1, max_size=5, unique=True))
    names = [name for key in subjects for name in (key, *(f"{key}.{act}" for act in draw(st.sets(keys, max_size=3))))]
    return SubjectsForm(
        items=tuple(Item(name=name, title={"sv": name}) for name in names), approved_inside=draw(st.booleans())
    )


@st.composite
def compilation_forms(draw: st.DrawFn) -> CompilationForm:
    names = draw(st.lists(st.lists(keys, min_size=1, max_size=3).map(".".join), max_size=6, unique=True))
    return CompilationForm(remarks=tuple(Remark(name=n, title={"sv": n}, words={"sv": n}) for n in names))


forms = st.one_of(subject_forms(), compilation_forms())


def faults(form: Form, content: dict[str, str]) -> list[str]:
    return [fault.field for fault in (*form.faults(content, "submits"), *form.early_days(content, TODAY))]


@given(forms)
def test_what_a_rehearsal_fills_in_has_no_faults(form: Form) -> None:
    assert faults(form, form.rehearsed({}, TODAY)) == []


@given(subject_forms(), positions, st.data())
def test_who_is_made_to_oppose_also_says_why(form: SubjectsForm, position: str, data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(form.items))
    filled = form.rehearsed({item.position: position} if position in ("opposes", "refrains") else {}, TODAY)
    assert faults(form, filled) == []


@given(forms, st.data())
def test_tidying_changes_no_verdict(form: Form, data: st.DataObject) -> None:
    names = [field.name for field in form.fields()]
    content = data.draw(st.dictionaries(st.sampled_from([*names, "stranger"]), st.one_of(texts, positions)))
    tidied = form.tidy(content)
    assert set(tidied) <= set(names)
    assert form.tidy(tidied) == tidied
    assert faults(form, tidied) == faults(form, content)


@given(forms)
def test_names_are_unique_and_the_form_survives_its_row(form: Form) -> None:
    names = [field.name for field in form.fields()]
    assert len(names) == len(set(names))
    assert read_form(form.to_json()) == form


@given(forms)
def test_no_choice_is_made_beforehand(form: Form) -> None:
    assert not [field for field in form.fields() if field.kind is FieldKind.CHOICE and field.first]


@pytest.fixture
def one() -> SubjectsForm:
    return SubjectsForm(items=(Item(name="care", title={"sv": "Vård"}),), approved_inside=True)


APPROVED = {"approval.organ": "Kommunstyrelsen", "approval.day": "2027-02-20"}


@pytest.mark.parametrize("position", ["opposes", "supports_with_changes"])
def test_some_positions_need_a_comment(one: SubjectsForm, position: str) -> None:
    assert faults(one, {"care.position": position, **APPROVED}) == ["care.comment"]
    assert faults(one, {"care.position": position, "care.comment": "  ", **APPROVED}) == ["care.comment"]
    assert faults(one, {"care.position": position, "care.comment": "Därför", **APPROVED}) == []


@pytest.mark.parametrize("position", ["supports", "refrains"])
def test_others_do_not(one: SubjectsForm, position: str) -> None:
    assert faults(one, {"care.position": position, **APPROVED}) == []


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"care.position": ""}, ["care.position"]),
        ({"care.position": "adopts"}, ["care.position"]),
        ({"approval.organ": " "}, ["approval.organ"]),
        ({"approval.day": ""}, ["approval.day"]),
        ({"approval.day": "i går"}, ["approval.day"]),
        ({"approval.day": "2027-03-02"}, ["approval.day"]),  # tomorrow
        ({"approval.day": TODAY}, []),
        ({"approval.paragraph": "§ 25"}, []),
    ],
)
def test_what_a_reply_lacks_is_told(one: SubjectsForm, changed: dict[str, str], wrong: list[str]) -> None:
    assert faults(one, {"care.position": "supports", **APPROVED, **changed}) == wrong


def test_a_remark_is_taken_or_not_and_always_with_a_reason() -> None:
    form = CompilationForm(remarks=(Remark(name="berg.care", title={"sv": "Berg"}, words={"sv": "Mer"}),))
    assert faults(form, {}) == ["berg.care.taken", "berg.care.why"]
    assert faults(form, {"berg.care.taken": "not_taken", "berg.care.why": "Dyrt"}) == []


def test_every_kind_has_its_file() -> None:
    assert {"subjects", "compilation"} <= set(KINDS)
