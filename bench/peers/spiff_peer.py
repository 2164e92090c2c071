"""SpiffWorkflow at the measured work. Runs in the peers' environment, knows nothing of Samsyn, prints JSON.

A phase is a user task with nine parallel instances; after every answer the workflow is serialised and written in
one durable transaction, and before the next it is loaded again, as a web application would (its documentation's
"serialization" chapter: the host keeps what the serializer makes).
"""

from __future__ import annotations

import argparse
import itertools
import json
import sqlite3
import time
from io import BytesIO

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

PHASES, PEOPLE = 5, 9
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def process() -> BytesIO:
    """The process as BPMN: parallel gateways instead would make its tree of predicted tasks 9 to the fifth wide."""
    names = ["begin", *(f"ask-{phase}" for phase in range(PHASES)), "end"]
    each = (
        "<multiInstanceLoopCharacteristics isSequential='false'>"
        f"<loopCardinality>{PEOPLE}</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    asks = "".join(f'<userTask id="{name}" name="{name}">{each}</userTask>' for name in names[1:-1])
    arrows = "".join(
        f'<sequenceFlow id="f-{a}" sourceRef="{a}" targetRef="{b}"/>' for a, b in itertools.pairwise(names)
    )
    inside = f'<startEvent id="begin"/>{asks}<endEvent id="end"/>{arrows}'
    process_ = f'<process id="cycle" isExecutable="true">{inside}</process>'
    return BytesIO(f'<definitions xmlns="{BPMN}" id="work">{process_}</definitions>'.encode())


class Store:
    """Where the host keeps workflows: one row each, every write durable."""

    def __init__(self, path: str) -> None:
        self.serializer = BpmnWorkflowSerializer()
        self.rows = sqlite3.connect(path, isolation_level=None)
        self.rows.execute("pragma journal_mode=wal")
        self.rows.execute("pragma synchronous=full")
        self.rows.execute("create table if not exists workflow (id text primary key, state text)")

    def save(self, name: str, workflow: BpmnWorkflow) -> None:
        """Serialise and write."""
        state = self.serializer.serialize_json(workflow)
        self.rows.execute("insert or replace into workflow values (?, ?)", (name, state))

    def load(self, name: str) -> BpmnWorkflow:
        """Read and restore."""
        (state,) = self.rows.execute("select state from workflow where id = ?", (name,)).fetchone()
        return self.serializer.deserialize_json(state)


def advance(workflow: BpmnWorkflow) -> None:
    """Run what needs nobody."""
    while task := workflow.get_next_task(state=TaskState.READY, manual=False):
        task.run()


def answer(workflow: BpmnWorkflow) -> None:
    """One person answers."""
    task = workflow.get_next_task(state=TaskState.READY, manual=True)
    task.data["position"] = "supports"
    task.run()
    advance(workflow)


def stored(spec: object, store: Store, name: str) -> dict[str, float]:
    """A cycle whose state is on disk between answers."""
    spent = []
    began = time.perf_counter()
    workflow = BpmnWorkflow(spec)
    advance(workflow)
    store.save(name, workflow)
    for _ in range(PHASES * PEOPLE):
        at = time.perf_counter()
        workflow = store.load(name)
        answer(workflow)
        store.save(name, workflow)
        spent.append(time.perf_counter() - at)
    assert workflow.is_completed()
    return {"cycle": time.perf_counter() - began, "answer": sorted(spent)[len(spent) // 2]}


def in_memory(spec: object) -> dict[str, float]:
    """A cycle that would be lost in a crash."""
    began = time.perf_counter()
    workflow = BpmnWorkflow(spec)
    advance(workflow)
    for _ in range(PHASES * PEOPLE):
        answer(workflow)
    assert workflow.is_completed()
    spent = time.perf_counter() - began
    return {"memory_cycle": spent, "memory_answer": spent / (PHASES * PEOPLE)}


def main() -> None:
    """So many cycles both ways, after one that warms up."""
    says = argparse.ArgumentParser(description=__doc__)
    says.add_argument("database")
    says.add_argument("number", type=int)
    said = says.parse_args()
    parser = BpmnParser()
    parser.add_bpmn_io(process())
    spec, store = parser.get_spec("cycle"), Store(said.database)
    stored(spec, store, "warm")
    ran = [stored(spec, store, f"cycle-{index}") | in_memory(spec) for index in range(said.number)]
    print(json.dumps({key: sorted(one[key] for one in ran) for key in ran[0]}))


if __name__ == "__main__":
    main()
