"""One module per format: `terminal`, `html`, `markdown`, `junit`, `ctrf`, `sarif`, `github`, `badge` and `allure`.

What they share: `text` has sentences, `case_text` what is said of a case, `cause_text` of a cause, `identity` of what
was tested; `bounded` cuts and neutralises what others said; `page` has what web pages share.
"""
