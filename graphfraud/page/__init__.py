"""The investigator's page: one case from alert to report, in Chinese and English."""
