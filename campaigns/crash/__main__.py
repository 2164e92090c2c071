"""`python -m campaigns.crash`: kills processes and judges what came of their cycles. Exit 1 when a promise broke."""

from __future__ import annotations

import argparse
import sys

from campaigns.crash.campaign import Campaign
from campaigns.results import keep

SHARE = 10
"""One kill of so many is on the full stack, where a process takes seconds to come back."""
LEAST = 6
"""Kills on the full stack at least."""


def main() -> int:
    """Run it, print the table, and the line that scripts read."""
    asked = _asked()
    share = min(asked.kills, max(LEAST, asked.kills // SHARE)) if asked.stack is None else asked.stack
    campaign = Campaign(asked.kills, asked.seed, share, lambda said: print(said, flush=True))
    campaign.run()
    outcome = campaign.outcome()
    for place, deaths in sorted(campaign.where.items()):
        print(f"{deaths:6,}  {place}")
    for promise in outcome.promises:
        print(f"{promise.promise}: {promise.trials:,} tried, {promise.failures} broken. {promise.note}")
    print(f"{outcome.seconds:,.0f} seconds")
    if asked.keep:
        keep(outcome)
    print(campaign.last_line)
    return int(outcome.failures > 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m campaigns.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stack", type=int, help="of the kills, so many on the full stack")
    parser.add_argument("--keep", action="store_true", help="write campaigns/results/crash.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
