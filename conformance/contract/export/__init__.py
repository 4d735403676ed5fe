"""Contracts for other people's tools: an OpenAPI file (`openapi_file`) and the stubs of mock servers (`stubs`). Pure.

`call_form` is what every call has, `simple_patterns` gives patterns that every engine understands, `right_examples`
leaves out examples that break their schema, `for_tools` changes a whole description for its readers, `answers` has the
answers that a mock without state gives, and `preference` asks for one of them.
"""
