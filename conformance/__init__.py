"""Contract tests for Alibaba Cloud RPC operations: documents, contracts, cases, targets, verdicts, reports.

The packages, from the lowest to the highest; docs/architecture.md has the picture.

    core           errors, YAML, cache, redaction, packaged data
    contract       facts of a document, kept as OpenAPI
    extraction     documents to facts
    comparison     two contracts compared
    cases          case files, and what each contract promises for them
    protocol       one RPC call: request, signature, answer
    transport      requests on the network
    target         what is tested: target file, provider states
    judging        answers to verdicts
    server         the reference server
    engine         cases run against a target
    sdk            calls through official SDKs
    reports        verdicts to files, comparisons and exit statuses
    fuzz           property tests
    selftest       the suite tested on the reference server
    pytest_plugin  cases as items of pytest
    cli            the command `conformance`
"""

__version__ = "0.2.0"
