"""SDK drivers: programs that call a target through an official SDK. docs/sdk-driver-protocol.md is their contract.

For the commands: `manifest`, `products_file`, `product_packages` and `install` (the drivers that there are, with which
packages), `check` (whether one keeps to the protocol), `driver_run` (a run through one), `model_check` (its model
against the documents), `unlisted_fields` (what the model alone has), `wire_check` (every documented parameter sent
once), `scripted_cases` (the cases for SDKs).

Below them, `sdk_caller` takes a `driver_process` from the `pool` and puts a `recording_proxy` behind it. A driver is a
`line_process` in an `environment` of its own that exchanges `messages`; where it dies, `exception_line` finds what it
says. `call_judge` judges what was sent, as `signed_request` reads it, and what the caller got; `parameter_rows` has the
lines of what was sent wrongly.
"""
