"""What `conformance diff` is given: `diff_input` reads both sides, `diff_witness` what is shown beside them."""
