"""Contagion on real companies (SMEsD): bankruptcy in the validation part, learned on the training part.

``python benchmarks/debt_companies.py DIR [--json FILE]``. Months and ages count back from the bankruptcy and
are not read. Prints the area under the curve with and without contagion, and a bootstrap interval of the
difference over validation companies.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from measure import SCREEN

from graphfraud.debt.learning import Lesson
from graphfraud.debt.logistic import auc, ridge_logistic

LAYERS = {
    "legal": ("loan", "creditor", "deal", "rent"),
    "economic": ("invest_CC", "branch", "invest_CP"),
    "social": ("stakeholder", "supervise", "execute"),
}
"""Edge types by layer, one of each pair of directions; companies that share a person are tied too."""
RIDGE = 30.0
MOST = 50
"""A person or company with more companies ties none of them to another."""


@dataclass(frozen=True)
class Companies:
    """What is read of each company, and who is tied to whom in each layer (pairs of places)."""

    table: pd.DataFrame
    own: np.ndarray
    pairs: tuple[np.ndarray, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found = compared(read(asked.directory))
    SCREEN.print("\n".join(f"{name}: {value}" for name, value in found.items()))
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read(directory: Path) -> Companies:
    table = pd.read_csv(directory / "companies.csv").sort_values(["split", "company"])
    table = table.drop_duplicates("company").sort_values("company").reset_index(drop=True)
    edges = pd.read_csv(directory / "edges.csv", usecols=["src", "dst", "type"]).drop_duplicates()
    suits = pd.read_csv(directory / "lawsuits.csv", usecols=["company", "cause", "court", "result"])
    counts = [
        pd.crosstab(suits["company"], suits[name]).reindex(table["company"], fill_value=0) for name in suits.columns[1:]
    ]
    kinds = pd.crosstab(edges["src"], edges["type"]).reindex(table["company"], fill_value=0)
    capital = table[["registered_capital", "paid_capital"]].fillna(0).clip(lower=0)
    own = np.log1p(
        np.hstack([capital.to_numpy(), *(count.to_numpy() for count in counts), kinds.to_numpy()]).astype(float)
    )
    own = (own - own.mean(axis=0)) / np.maximum(own.std(axis=0), 1e-9)
    own = own[:, own.std(axis=0) > 0.5]
    return Companies(
        table, np.hstack([np.ones((len(own), 1)), own]), tuple(tied(edges, table, types) for types in LAYERS.values())
    )


def tied(edges: pd.DataFrame, table: pd.DataFrame, types: tuple[str, ...]) -> np.ndarray:
    """Pairs of companies tied directly or through one other node, both ways."""
    chosen = edges[edges["type"].isin(types)][["src", "dst"]]
    both = pd.concat([chosen, chosen.rename(columns={"src": "dst", "dst": "src"})]).drop_duplicates()
    place = pd.Series(np.arange(len(table)), index=table["company"])
    common = both[both.groupby("dst")["src"].transform("size") <= MOST]
    through = common.merge(common, on="dst")[["src_x", "src_y"]].set_axis(["src", "dst"], axis=1)
    pairs = pd.concat([both, through]).drop_duplicates()
    pairs = pairs[pairs["src"].isin(place.index) & pairs["dst"].isin(place.index) & (pairs["src"] != pairs["dst"])]
    return np.stack([place[pairs["src"]].to_numpy(), place[pairs["dst"]].to_numpy()])


def others(companies: Companies, known: np.ndarray, bankrupt: np.ndarray, log_odds: np.ndarray) -> np.ndarray:
    """By layer, known bankruptcies among the others beyond the base rate; their own log-odds; how many there are."""
    base = bankrupt[known].mean()
    size = len(companies.table)
    pull, strain, count = [], [], []
    for one, other in companies.pairs:
        seen = np.bincount(one, weights=known[other] * 1.0, minlength=size)
        pull.append(np.bincount(one, weights=known[other] * (bankrupt[other] - base), minlength=size) / (seen + 1))
        ties = np.bincount(one, minlength=size)
        strain.append(np.bincount(one, weights=log_odds[other], minlength=size) / np.maximum(ties, 1))
        count.append(np.log1p(ties))
    return np.column_stack([*pull, *strain, *count])


def compared(companies: Companies) -> dict[str, object]:
    bankrupt = companies.table["bankrupt"].to_numpy().astype(float)
    train = (companies.table["split"] == "train").to_numpy()
    plain = unseen(companies, bankrupt, train)
    seen = others(companies, train, bankrupt, plain - plain.mean())
    whole, helped = taught(plain, seen, bankrupt, train)
    _, known_only = taught(plain, seen[:, : len(LAYERS)], bankrupt, train)
    valid = np.flatnonzero(~train)
    tie = np.zeros(len(bankrupt), bool)
    for one, other in companies.pairs:
        tie[one[train[other]]] = True
    near = valid[tie[valid]]
    counts = f"{int(train.sum())} train, {len(valid)} validation, {len(near)} of them tied to a training company"
    return {
        "companies": counts,
        "auc_without": round(auc(plain[valid], bankrupt[valid]), 4),
        "auc_with": difference(helped, plain, bankrupt, valid),
        "auc_with_known_bankruptcies_only": difference(known_only, plain, bankrupt, valid),
        "auc_without_tied": round(auc(plain[near], bankrupt[near]), 4),
        "auc_with_tied": difference(helped, plain, bankrupt, near),
        "pull": dict(zip(LAYERS, np.round(whole[2 : 2 + len(LAYERS)], 3).tolist(), strict=True)),
    }


def unseen(companies: Companies, bankrupt: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Own log-odds by fits on training companies that have not seen the company."""
    fold = np.random.default_rng(0).integers(0, 5, len(bankrupt))
    found = np.zeros(len(bankrupt))
    for part in range(6):
        out = ~train if part == 5 else train & (fold == part)
        used = train & ~out
        penalty = np.concatenate([[1e-9], np.full(companies.own.shape[1] - 1, 2.0)])
        fit = ridge_logistic(companies.own[used], bankrupt[used], penalty=penalty, offset=np.zeros(int(used.sum())))
        found[out] = companies.own[out] @ fit.values
    return found


def taught(
    plain: np.ndarray, seen: np.ndarray, bankrupt: np.ndarray, train: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What others add on top of own log-odds, learned on training companies: coefficients, and everybody's log-odds."""
    lesson = Lesson.of(plain[train], seen[train], RIDGE)
    values = lesson.fit(bankrupt[train]).values
    return values, lesson.read(plain, seen) @ values


def difference(helped: np.ndarray, plain: np.ndarray, bankrupt: np.ndarray, valid: np.ndarray) -> str:
    """Area under the curve, and the 95 % bootstrap interval of what was gained."""
    rng, drawn = np.random.default_rng(1), []
    for _ in range(2000):
        again = rng.choice(valid, len(valid))
        drawn.append(auc(helped[again], bankrupt[again]) - auc(plain[again], bankrupt[again]))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return f"{auc(helped[valid], bankrupt[valid]):.4f}, gained between {low:+.4f} and {high:+.4f}"


if __name__ == "__main__":
    main()
