"""A small data set in the shape of FinBench 0.2, made here; every test changes what it needs."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Files = dict[str, list[str]]


def finbench() -> Files:
    """Anna (1) and Bo (2), the company 1 with the same number, two accounts for Anna, one each for the others."""
    return {
        "Person": [
            "personId|personName|isBlocked|createTime|gender|birthday|country|city",
            "1|Anna|false|2020-01-01 08:00:00.1|female|1991-12-21 00:00:00|China|Chengdu",
            "2|Bo|true|2020-01-02 08:00:00|male||China|Chengdu",
        ],
        "Company": [
            "companyId|companyName|isBlocked|createTime|country|city|business|description|url",
            '1|Tea|false|2020-01-01 08:00:00|China|Chengdu|Tea "House"|none|none',
        ],
        "Account": [
            "accountId|createTime|isBlocked|accoutType|nickname|phonenum|email|freqLoginType|lastLoginTime|accountLevel",
            "11|2020-01-03 08:00:00|false|debit|a|487-8303|hotmail.com|MAC|1624940728902|Basic",
            "12|2020-01-02 08:00:00|false|debit|a|487-8303|hotmail.com|MAC|1624940728902|Basic",
            "21|2020-01-03 08:00:00|false|debit|b|674-3173|gmail.com|MAC|1624940728902|Basic",
            "31|2020-01-03 08:00:00|false|debit|c|111-1111|gmail.com|MAC|1624940728902|Basic",
        ],
        "Loan": [
            "loanId|loanAmount|balance|createTime|loanUsage|interestRate",
            "51|1000.0|400.125|2020-02-01 08:00:00|travel|0.06",
            "52|5000.0|5000.0|2020-02-01 08:00:00|travel|0.06",
        ],
        "Medium": [
            "mediumId|mediumType|isBlocked|createTime|lastLoginTime|riskLevel",
            "71|PHONE|false|2020-01-01 08:00:00|1656275376736|Low",
            "72|IPv4|false|2020-01-01 08:00:00|1656275376736|Low",
            "73|IPv6|true|2020-01-01 08:00:00|1656275376736|Low",
        ],
        "PersonOwnAccount": [
            "personId|accountId|createTime",
            "1|11|2020-01-03 08:00:00",
            "1|12|2020-01-03 08:00:00",
            "2|21|2020-01-03 08:00:00",
        ],
        "CompanyOwnAccount": ["companyId|accountId|createTime", "1|31|2020-01-03 08:00:00"],
        "AccountTransferAccount": [
            "fromId|toId|amount|createTime|orderNum|comment|payType|goodsType",
            "11|21|10.005|2020-03-01 08:00:00.162|9|none|none|none",
            "11|12|7|2020-03-02 08:00:00|9|none|none|none",
        ],
        "AccountWithdrawAccount": ["fromId|toId|amount|createTime", "21|31|1.7E7|2020-03-03 08:00:00"],
        "PersonApplyLoan": ["personId|loanId|createTime|org", "1|51|2020-02-01 08:00:00|Bank A"],
        "CompanyApplyLoan": ["companyId|loanId|createTime|org", "1|52|2020-02-01 08:00:00|Bank B"],
        "LoanDepositAccount": [
            "loanId|accountId|amount|createTime",
            "51|11|600|2020-02-02 08:00:00",
            "52|31|5000|2020-02-02 08:00:00",
        ],
        "AccountRepayLoan": [
            "accountId|loanId|amount|createTime",
            "12|51|100|2020-02-20 08:00:00",
            "31|51|50|2020-02-21 08:00:00",
        ],
        "PersonGuaranteePerson": ["fromId|toId|createTime|relation", "2|1|2020-02-01 09:00:00|friend"],
        "MediumSignInAccount": [
            "mediumId|accountId|createTime|location",
            "71|11|2020-03-01 07:00:00|Chengdu",
            "72|21|2020-03-01 07:30:00|Chengdu",
            "71|31|2020-03-01 07:45:00|Chengdu",
        ],
        "CompanyGuaranteeCompany": ["fromId|toId|createTime|relation", "1|1|2020-02-01 08:00:00|none"],
        "PersonInvestCompany": ["investorId|companyId|ratio|createTime", "1|1|0.5|2020-02-01 08:00:00"],
        "CompanyInvestCompany": ["investorId|companyId|ratio|createTime", "1|1|0.5|2020-02-01 08:00:00"],
    }


def write_files(files: Mapping[str, list[str]], directory: Path) -> Path:
    """The files as FinBench writes them: one line a row, a line feed after each."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, lines in files.items():
        (directory / f"{name}.csv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return directory


@pytest.fixture(scope="session")
def dataset() -> Callable[[], Files]:
    """Makes the small data set anew, to change."""
    return finbench


@pytest.fixture(scope="session")
def write() -> Callable[[Mapping[str, list[str]], Path], Path]:
    """Writes a data set to a directory and says where."""
    return write_files


@pytest.fixture
def files() -> Files:
    """The small data set, to change."""
    return finbench()
