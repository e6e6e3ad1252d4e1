"""Findings: what was learned from labels about contagion, for people to read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Coefficient:
    """What a layer's pull adds to the log-odds.

    ``low`` and ``high`` hold for all layers together with 95 %; ``placebo_low`` and ``placebo_high``
    are the range that ties rewired at random give.
    """

    layer: str
    value: float
    low: float
    high: float
    placebo_low: float
    placebo_high: float


@dataclass(frozen=True)
class Findings:
    """What was learned; ``why`` says why the priors stand where they do.

    Log-losses and areas under the curve are those of people left out of the fit, without and with others.
    """

    basis: str
    why: str
    labels: int
    defaults: int
    form: str = ""
    read_before: tuple[str, ...] = ()
    """Tables whose rows were read a quarter before a label; the others are read as loaded."""
    others_known: str = ""
    left_out_columns: tuple[str, ...] = ()
    coefficients: tuple[Coefficient, ...] = ()
    log_loss_own: float | None = None
    log_loss: float | None = None
    auc_own: float | None = None
    auc: float | None = None
    calibration_slope: float | None = None
