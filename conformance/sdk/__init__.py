"""SDK drivers: programs that call a target through an official SDK. docs/sdk-driver-protocol.md is their contract.

For the commands: `manifest` and `install` (the drivers that there are), `check` (whether one keeps to the protocol),
`driver_run` (a run through one), `model_check` (its model against the documents). Below them, `sdk_caller` takes a
`driver_process` from the `pool` and puts a `recording_proxy` behind it; `call_judge` judges what was sent and what the
caller got.
"""
