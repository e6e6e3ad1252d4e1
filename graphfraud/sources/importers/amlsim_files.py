"""The files of the IBM AMLSim samples: what each column becomes, and why the others are left out."""

from typing import Final

from graphfraud.schema import Kind
from graphfraud.sources.importers.declaration import Source, SourceColumn, SourceFile

AMLSIM: Final = Source(
    name="amlsim",
    delimiter=",",
    files=(
        SourceFile(
            "nodes",
            (
                SourceColumn("nodeid", "people.person_id: one account is one person", Kind.ID),
                SourceColumn("isFraud", "truth/truth_accounts.is_fraud; 0, 1, true or false", Kind.TEXT),
                SourceColumn(
                    "fraudStep", "truth/truth_accounts.fraud_at; -1 or empty: no time", Kind.TEXT, optional=True
                ),
                SourceColumn("init_balance", "left out: the contract has no column for it"),
            ),
            key="nodeid",
        ),
        SourceFile(
            "transactions",
            (
                SourceColumn("sourceNodeId", "payments.payer_id", Kind.ID),
                SourceColumn("targetNodeId", "payments.payee_id", Kind.ID),
                SourceColumn("value", "payments.amount, halves rounded away from zero", Kind.MONEY),
                SourceColumn(
                    "time",
                    "payments.at; payment_id is `transfer:sourceNodeId:targetNodeId:time`",
                    Kind.TEXT,
                ),
            ),
        ),
    ),
    drops={
        "repeated row": "the same row stands in the file before",
        "unknown person": "an account in the row has no row in nodes.csv",
    },
    derived={},
)
"""The two files of an AMLSim sample as the importer reads them."""
