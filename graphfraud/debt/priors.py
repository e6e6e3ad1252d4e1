"""Documented priors of default, used until labels allow to learn them: judgement, and flagged as such.

The direction of each is common in the consumer-credit literature (days past due
first, then leverage and the number of lenders); the sizes are ours and say so.
"""

from typing import Final

INTERCEPT: Final = -4.0
"""Log-odds of default in 90 days of somebody with nothing against them: 1.8 %."""
PER_30_DAYS_PAST_DUE: Final = 0.9
"""Log-odds for each 30 days that the worst open loan is overdue, to 120 days."""
STACKING: Final = 2.0
"""Log-odds from no stacking to full stacking."""

PASS_ON: Final = (0.3, 0.1, 0.02)
"""By layer (legal, economic, social): chance that the default of a debtor who could cost somebody all that
they can bear makes them default too."""
ECONOMIC_SHARE: Final = 0.5
"""Part of a debt that nobody guarantees which falls on household and shared business, in equal parts."""
SOCIAL_SHARE: Final = 0.1
"""Part of such a debt for which contacts, friends and small groups are asked, in equal parts."""

PER_EXTRA_LENDER: Final = 0.25
PER_NEW_LENDER: Final = 0.25
PER_BORROWED_REPAYMENT: Final = 0.5
"""Rates of the stacking index ``1 - exp(-sum)``."""
