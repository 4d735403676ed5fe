"""Contract tests for Alibaba Cloud RPC operations: documents, contracts, cases, targets, verdicts, reports."""

__version__ = "0.2.0"
