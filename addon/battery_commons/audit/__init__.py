"""An independent check of the account: everything recomputed from an export, in plain Python.

It shares no code with what it checks. docs/account.md says how an export looks and what every figure means;
this reads like that page.
"""

from battery_commons.audit.auditor import audit
from battery_commons.audit.report import Difference, Report, Statement

__all__ = ["Difference", "Report", "Statement", "audit"]
