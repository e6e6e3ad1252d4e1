"""The files of LDBC FinBench (0.1 and 0.2): what each column becomes, and why the others are left out."""

from typing import Final

from graphfraud.schema import Kind
from graphfraud.sources.importers.declaration import Source, SourceColumn, SourceFile

_RANDOM: Final = "left out: drawn at random by the generator"
_UNUSED: Final = "left out: the contract has no column for it"
_PRIVATE: Final = "left out: a name is not needed to find anybody"
_EDGE: Final = "left out: the file gives no row of its own"
_TIMES: Final = "left out: time at which the generator made the row"


def _id(name: str, use: str) -> SourceColumn:
    return SourceColumn(name, use, Kind.ID)


def _time(use: str) -> SourceColumn:
    return SourceColumn("createTime", use, Kind.TIME)


def _amount(use: str, name: str = "amount") -> SourceColumn:
    return SourceColumn(name, use, Kind.MONEY)


def _optional(name: str, use: str, kind: Kind) -> SourceColumn:
    return SourceColumn(name, use, kind, optional=True)


def _out(reason: str, *names: str) -> tuple[SourceColumn, ...]:
    return tuple(SourceColumn(name, reason) for name in names)


def _owner(name: str, party: str) -> SourceFile:
    columns = (
        _id(party, "owner of the account, wherever the account stands"),
        _id("accountId", "looked up, wherever the account stands"),
        *_out(_TIMES, "createTime"),
    )
    return SourceFile(name, columns, key="accountId")


def _paid(name: str, prefix: str, *more: SourceColumn) -> SourceFile:
    return SourceFile(
        name,
        (
            _id("fromId", "payments.payer_account; its owner payer_id, payer_kind"),
            _id("toId", "payments.payee_account; its owner payee_id, payee_kind"),
            _amount("payments.amount, halves rounded away from zero"),
            _time(f"payments.at; payment_id is `{prefix}:fromId:toId:createTime`"),
            *more,
        ),
    )


def _unwanted(name: str, source: str, target: str, *rest: str) -> SourceFile:
    """A file none of whose rows is wanted; its two ends are looked at to know the file by."""
    return SourceFile(name, (_id(source, _EDGE), _id(target, _EDGE), *_out(_EDGE, *rest)))


_NODES: Final = (
    SourceFile(
        "Person",
        (
            _id("personId", "people.person_id"),
            _time("people.registered_at"),
            _optional("birthday", "people.birth_date", Kind.DATE),
            *_out(_PRIVATE, "personName"),
            *_out(_RANDOM, "isBlocked"),
            *_out(_UNUSED, "gender", "country", "city"),
        ),
        key="personId",
    ),
    SourceFile(
        "Company",
        (
            _id("companyId", "merchants.merchant_id"),
            _optional("business", "merchants.category", Kind.TEXT),
            *_out(_PRIVATE, "companyName"),
            *_out(_RANDOM, "isBlocked"),
            *_out(_UNUSED, "createTime", "country", "city", "description", "url"),
        ),
        key="companyId",
    ),
    SourceFile(
        "Account",
        (
            _id("accountId", "looked up for its owner; stays in payments.payer_account, payee_account"),
            _time("identifiers.since"),
            _optional("phonenum", "identifiers.value, kind phone, of the owning person", Kind.IDENTIFIER),
            *_out("left out: only the domain of the address", "email"),
            *_out(_RANDOM, "isBlocked"),
            *_out(_PRIVATE, "nickname"),
            *_out(_UNUSED, "accoutType", "accountType", "freqLoginType", "lastLoginTime", "accountLevel"),
        ),
        key="accountId",
    ),
    SourceFile(
        "Loan",
        (
            _id("loanId", "loans.loan_id"),
            _amount("loans.principal", "loanAmount"),
            _amount("loans.outstanding, as loaded (observed_at is null)", "balance"),
            *_out("left out: equal to the time of the application", "createTime"),
            *_out(_UNUSED, "loanUsage", "interestRate"),
        ),
        key="loanId",
    ),
    SourceFile(
        "Medium",
        (
            _id("mediumId", "ips.ip for IPv4 and IPv6, else devices.device_id"),
            SourceColumn("mediumType", "devices.model; decides between ips and devices", Kind.TEXT),
            *_out(_RANDOM, "isBlocked"),
            *_out(_UNUSED, "createTime", "lastLoginTime", "riskLevel"),
        ),
        key="mediumId",
    ),
)

_EDGES: Final = (
    _owner("PersonOwnAccount", "personId"),
    _owner("CompanyOwnAccount", "companyId"),
    _paid("AccountTransferAccount", "transfer", *_out(_UNUSED, "orderNum", "comment", "payType", "goodsType")),
    _paid("AccountWithdrawAccount", "withdraw"),
    SourceFile(
        "PersonApplyLoan",
        (
            _id("personId", "loans.person_id"),
            _id("loanId", "looked up for the loan"),
            _time("loans.opened_at"),
            _optional("org", "loans.lender_id; each name once in lenders.lender_id", Kind.ID),
        ),
        key="loanId",
    ),
    SourceFile(
        "CompanyApplyLoan",
        (
            _id("loanId", "looked up to name why the loan is dropped"),
            *_out(_EDGE, "companyId", "createTime", "org"),
        ),
        key="loanId",
    ),
    SourceFile(
        "LoanDepositAccount",
        (
            _id("loanId", "disbursements.loan_id"),
            _id("accountId", "its owner is disbursements.person_id"),
            _amount("disbursements.amount, summed over deposits of one loan at one instant"),
            _time("disbursements.at"),
        ),
    ),
    SourceFile(
        "AccountRepayLoan",
        (
            _id("accountId", "its owner is repayments.payer_id, if a person of Person.csv"),
            _id("loanId", "repayments.loan_id"),
            _amount("repayments.amount"),
            _time("repayments.at; repayment_id is `repay:accountId:loanId:createTime`"),
        ),
    ),
    SourceFile(
        "PersonGuaranteePerson",
        (
            _id("fromId", "guarantees.guarantor_id"),
            _id("toId", "guarantees.person_id"),
            _time("guarantees.at"),
            *_out(_UNUSED, "relation"),
        ),
    ),
    SourceFile(
        "MediumSignInAccount",
        (
            _id("mediumId", "logins.ip for IPv4 and IPv6, else logins.device_id"),
            _id("accountId", "its owner is logins.person_id"),
            _time("logins.at"),
            *_out(_UNUSED, "location"),
        ),
    ),
    _unwanted("CompanyGuaranteeCompany", "fromId", "toId", "createTime", "relation"),
    _unwanted("PersonInvestCompany", "investorId", "companyId", "ratio", "createTime"),
    _unwanted("CompanyInvestCompany", "investorId", "companyId", "ratio", "createTime"),
)

FINBENCH: Final = Source(
    name="finbench",
    delimiter="|",
    files=(*_NODES, *_EDGES),
    drops={
        "repeated row": "the same row stands in the file before",
        "folded into other rows": "gives the owner of an account, or the person, time and lender of a loan",
        "account without phone": "gives no identifier; the account itself stays in payments",
        "account of a company": "identifiers, logins and money lent belong to people; payments keep the account",
        "account without owner": "nobody is known to have acted through it",
        "merged: repeated phone": "the same person gave this phone with an earlier account",
        "loan of a company": "the contract's loans belong to people, and what hangs on a loan goes with it",
        "loan without applicant": "nobody is known to owe it",
        "unknown loan": "no row of Loan.csv has this id",
        "merged: same loan and instant": "added to the other deposit of this loan at this time",
        "merged: repeated guarantee": "an earlier guarantee binds the same two people",
        "merged: repeated login": "the same person, device and time stand in another row",
        "unknown person": "a person in the row, or the owner of an account in it, has no row in Person.csv",
        "unknown medium": "no row of Medium.csv has this id",
        "guarantee of a company": "the contract's guarantors are people",
        "investment": "the contract has no table for it",
    },
    derived={
        "devices": "for each account signed in to from an address, a device `account:accountId` of model "
        "`unknown`: FinBench does not say which device stood behind the address",
        "lenders": "each lender that an application for a loan names",
    },
)
"""LDBC FinBench as the importer reads it."""
