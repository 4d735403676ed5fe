"""Requests on the network, by libcurl.

    Client           keeps many requests under way, for one thread        client.py
    BlockingClient   sends one and waits for its answer                   blocking.py
    RateLimit        spaces requests                                      rate.py
    check_reachable  whether anything listens at an address               reachable.py
    TransferOutcome  an answer, or an `ExchangeError` that says why none  outcome.py

What was learned of a server decides how requests are sent: `pace` (how many at once), `keeping` (are connections kept)
and `contact` (is it still there). `descriptors` says how many connections this process may have.

Below the clients are `under_way` (what a client knows of its requests), `transfer` (one request in libcurl: a state
diagram), `sockets` (which sockets to wait for), `curl_options` (what libcurl must not do by itself), `heads` (what the
head of an answer says), `content_codings` (what is undone of a body), `whole_bodies` (which show their end),
`curl_failures` (its errors in words) and `libcurl`.
"""
