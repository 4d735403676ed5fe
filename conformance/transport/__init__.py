"""Requests on the network: libcurl, connections, the rate."""
