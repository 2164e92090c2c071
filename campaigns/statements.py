"""What goes to the databases of registers, statement by statement, whichever way it goes there."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from models import driver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

    See = Callable[[Connection, str, Any], object]
    """Is told of a connection, a statement and its values, before it is executed."""

past_sqlalchemy = driver.execute


class Watch:
    """Somebody who is told of every statement, until told to `end`; of one engine's only, where that is named."""

    on: list[Watch] = []  # noqa: RUF012 - those who watch now

    def __init__(self, see: See, engine: Engine | None = None) -> None:
        self.see = see
        self.engine = engine
        event.listen(engine or Engine, "before_cursor_execute", self._through_sqlalchemy)
        Watch.on.append(self)
        driver.execute = _execute

    def end(self) -> None:
        """No more."""
        event.remove(self.engine or Engine, "before_cursor_execute", self._through_sqlalchemy)
        Watch.on.remove(self)

    def concerns(self, connection: Connection) -> bool:
        """Whether this is a connection of the engine; those that only differ in options share its dialect."""
        return self.engine is None or connection.dialect is self.engine.dialect

    def _through_sqlalchemy(self, connection: Connection, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        self.see(connection, text, values)


@contextmanager
def watched(see: See, engine: Engine | None = None) -> Iterator[None]:
    """Be told of the statements meanwhile."""
    watch = Watch(see, engine)
    try:
        yield
    finally:
        watch.end()


def _execute(connection: Connection, text: str, values: Sequence[Any]) -> Any:
    for watch in [watch for watch in Watch.on if watch.concerns(connection)]:
        watch.see(connection, text, values if len(values) > 1 else values[0])
    return past_sqlalchemy(connection, text, values)
