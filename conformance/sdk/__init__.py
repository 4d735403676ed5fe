"""SDK drivers: programs that call a target through an official SDK. docs/sdk-driver-protocol.md is their contract."""
