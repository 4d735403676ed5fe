"""One module per format: `terminal`, `html`, `markdown`, `junit`, `ctrf`, `sarif`, `github`, `badge` and `allure`.

What they share: `words` has sentences for people and `text` the same in English, `reasons` why cases have no verdict,
`case_text` what is said of a case, `cause_text` of a cause, `identity` of what was tested; `bounded` cuts and
neutralises what others said, and `page` has what web pages share. `screen` is where
`terminal` prints to: `rich_screen`, or, where no terminal is, `plain_screen`.
"""
