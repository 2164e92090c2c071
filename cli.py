"""The command line: `samsyn …`.

Exit codes: 0 yes; 1 the answer is no; 2 unusable input, one line a fault on stderr. JSON goes to stdout alone.
"""

from __future__ import annotations

from typer.exceptions import TyperException

from shell import accounts, answers, cycles, definitions, mail, operating, record, running
from shell.panels import RUN_IT, in_panels
from shell.who import act_as
from shell.words import misused, new_app, unusable

app = new_app(__doc__)
app.callback(help=__doc__)(act_as)
app.registered_commands += in_panels(definitions, cycles, answers, mail, record, running, operating)
app.add_typer(accounts.app, name="account", rich_help_panel=RUN_IT)


def main() -> None:
    """Run a command; faults in what was given are told in one line each."""
    from config.loader import DefinitionError
    from config.settings import SettingsError
    from engine.stack import StackError
    from engine.unusable import UnusableFile
    from models.register import RegisterError

    try:
        raise SystemExit(app(standalone_mode=False))
    except TyperException as wrong:
        misused(wrong)
    except (DefinitionError, SettingsError, UnusableFile) as faults:
        unusable(str(faults))
    except (RegisterError, StackError) as refused:
        unusable(f"samsyn: {refused}")


if __name__ == "__main__":
    main()
