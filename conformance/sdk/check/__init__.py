"""Does a driver speak the protocol? `check_driver` calls it in many ways, with a recording proxy behind it.

`driver_checks` has the checks, `fixture` the driver with its proxy, `checked_operation` what the driver is made to
call.
"""

from conformance.sdk.check.driver_checks import CheckResult, check_driver

__all__ = ["CheckResult", "check_driver"]
