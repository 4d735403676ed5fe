"""Does a driver speak the protocol? `check_driver` calls it in many ways, with a recording proxy behind it."""

from conformance.sdk.check.driver_checks import CheckResult, check_driver

__all__ = ["CheckResult", "check_driver"]
