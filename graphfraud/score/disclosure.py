"""What a borrower is shown before agreeing: the annual rate, every fee, the whole cost, what default means."""

from dataclasses import dataclass
from typing import Final

from graphfraud.errors import RefusedError
from graphfraud.score.price import MAX_ANNUAL, Fee, Quote
from graphfraud.score.schedule import Instalment

DEFAULT_ZH: Final = (
    "逾期未还的本金按原日利率继续计息，不收取任何其他罚金；逾期信息将报送征信机构，可能影响您今后的借款，"
    "我们可依法追偿。综合年化成本始终不超过24%。"
)
DEFAULT_EN: Final = (
    "Principal not paid when due goes on bearing interest at the same daily rate, with no other penalty; the delay is "
    "reported to the credit bureau, may make later loans harder to get, and the debt may be recovered by law. "
    "The annual cost never exceeds 24 %."
)
EARLY_ZH: Final = "可随时提前还款，只付至还款当日的利息，不收取任何费用。"
EARLY_EN: Final = "You may repay early at any time: you pay interest up to that day and no fee."


@dataclass(frozen=True)
class Disclosure:
    """Figures and texts of one offer; money in yuan, rates as shares, ``daily_rate`` exactly as charged."""

    irr_annual: float
    effective_annual: float
    nominal_annual: float
    daily_rate: float
    principal_cny: float
    interest_cny: float
    fees: tuple[Fee, ...]
    total_cost_cny: float
    instalments: tuple[Instalment, ...]
    default_zh: str = DEFAULT_ZH
    default_en: str = DEFAULT_EN
    early_zh: str = EARLY_ZH
    early_en: str = EARLY_EN


def disclosure(offer: Quote) -> Disclosure:
    """What is shown with an offer.

    Raises:
        RefusedError: the annual rate, as it would be shown, is over 24 %: there is no such offer.
    """
    if offer.irr_annual > MAX_ANNUAL:
        raise RefusedError(
            f"the loan would cost {offer.irr_annual:.2%} a year",
            where="offer",
            cure="take bounded_quote, or lower fees",
        )
    return Disclosure(
        irr_annual=offer.irr_annual,
        effective_annual=offer.effective,
        nominal_annual=offer.nominal,
        daily_rate=offer.terms.rate_steps / 1_000_000,
        principal_cny=offer.terms.principal_fen / 100,
        interest_cny=offer.interest_fen / 100,
        fees=offer.fees,
        total_cost_cny=offer.total_cost_fen / 100,
        instalments=offer.instalments,
    )
