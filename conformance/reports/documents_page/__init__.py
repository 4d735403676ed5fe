"""Documents beside each other as a web page: `followed` says whom a server follows, `diff_page` is the page."""
