"""Fraud rings, shared debt and an explained score from who-knows-whom, who-shares-what and who-pays-whom."""

from importlib.metadata import version

__version__ = version("graphfraud")
