"""From the events of a run to its reports.

`store` writes the folder of a run, by `whole_files` never a file in part. `report_reader` and `stored_cases` read one,
and `report_schema` says what no run writes. `case_records` has verdicts in the form in which they are written and
counted. `tally` counts, by the `shapes` of cases, and `by_operation` for each operation; `places` says where a case is
written; `json_encoding` is the form of JSON. `inputs` keeps what a command reads from being written over. `merge` joins
the reports of shards, `replay` judges recorded exchanges again, `exit_status` is what a command returns. `formats` has
one writer per format; `gate` compares two reports, `compare` shows several side by side, and `documents_page` shows
documents so.
"""
